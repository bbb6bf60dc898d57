/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Instructions of riscv64, decoded without the library: it knows this machine since release 5. */
#pragma once

#include "code/code.h"

/* Sets *instruction to what a load, a store, an atomic, a jump or a trap does. Except for jumps to an address, their
 * texts are written as objdump does, and they are known; other texts are ".inst". word: the four bytes from the instruction on; of a
 * compressed instruction, only the lower half counts. */
void code_riscv(uint32_t word, uint64_t address, struct code_instruction *instruction);
