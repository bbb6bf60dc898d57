/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Instructions of arm64, decoded without the library: releases of it do not know the atomics of Armv8.1, and
 * later loads and stores. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "code/code.h"

/* Sets *instruction to what an instruction does, by code_arm64_memory() and for branches, copies, constants that are
 * added, and traps. The text of an atomic is written as objdump does; other texts are ".inst". */
void code_arm64(uint32_t word, uint64_t address, struct code_instruction *instruction);

/* Decodes a load or store. Fills only memory[0], nr_memories, `loaded` and what code_writes() needs. Returns false if
 * the word is not a load or store, not a known one, or accesses no memory, as a prefetch. address: of the
 * instruction. */
bool code_arm64_memory(uint32_t word, uint64_t address, struct code_instruction *instruction);
