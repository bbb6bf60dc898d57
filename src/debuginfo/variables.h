/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the variables and parameters that are in a register of the machine at a link-time address, using DWARF
 * (libdw). */
#pragma once

#include "debuginfo/inlines.h"

enum { VARIABLE_NAME = 128, MOST_REGISTER_VARIABLES = 16 };

struct register_variable {
	char name[VARIABLE_NAME];
	char function[VARIABLE_NAME]; /* to which it belongs */
	bool is_parameter;
	bool is_inlined; /* the function is inlined into another one */
	uint64_t type; /* the offset of the DIE of its type in .debug_info; 0: none */
	/* The unit defines the struct or union to which it points, and does not only declare it. */
	bool is_defined;
};

/* Returns the number of a register ("rdi", "eax", "x19") in the DWARF of this machine (EM_*), or -1. */
int variables_register(unsigned int machine, const char *name);

/* Finds the variables that are, as a whole, in a register at the address, the innermost function's first.
 * A variable whose value the register only had at the entry of the function, or of which the register has only a
 * part, is not found. Returns the number of variables. listener may be NULL. */
size_t variables_find(struct inlines *inlines, uint64_t address, unsigned int reg,
		      const struct listener *listener,
		      struct register_variable found[MOST_REGISTER_VARIABLES]);
