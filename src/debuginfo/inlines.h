/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the functions that the compiler inlined at a link-time address, using DWARF (libdw). */
#pragma once

#include <libelf.h>
#include <stddef.h>
#include <stdint.h>

#include "base/listener.h"
#include "debuginfo/lines.h"

struct inlined_function {
	char name[128];
	/* The place of the call. The caller is the next function of the list, or, for the last
	 * function of the list, the function that was not inlined. */
	char path[CODE_PATH_MAX]; /* "" if the path is unknown */
	unsigned int line;
};

enum { MOST_INLINED = 32 };

struct inlines; /* defined in inlines.c */

/* Prepares the search. elf is borrowed, and must outlive the result. Returns NULL if there is no
 * DWARF that can be read, or if memory runs out. */
struct inlines *inlines_open(Elf *elf);
void inlines_close(struct inlines *inlines); /* `inlines` may be NULL */

/* Finds the inlined functions that contain a link-time address, the innermost first. Returns the
 * number of functions. listener may be NULL. */
size_t inlines_find(struct inlines *inlines, uint64_t address, const struct listener *listener,
		    struct inlined_function functions[MOST_INLINED]);

/* --- the variables and parameters that are in a register of the machine --- */

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
 * Ignores variables that are only partly in the register, or were there only on entry of the function. Returns the number of variables. listener may be NULL. */
size_t variables_find(struct inlines *inlines, uint64_t address, unsigned int reg,
		      const struct listener *listener,
		      struct register_variable found[MOST_REGISTER_VARIABLES]);
