/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The operands of instructions of x86, for code.c. */
#pragma once

/* The number of a general register as instructions encode it: 0 of "rax" and "eax"; or -1. */
int code_x86_register(const char *name);

#ifdef HAVE_CAPSTONE

#include <stdbool.h>

#include <capstone/capstone.h>

#include "code/code.h"

/* name: cs_insn_name(), the name without a suffix. wide: code of 64 bits. is_call must be set. */
void code_x86_operands(const cs_insn *found, const char *name, bool wide,
		       struct code_instruction *instruction);

#endif
