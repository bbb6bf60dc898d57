/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* What a register of a report was in the source: the variable in it, and the member that an instruction accessed
 * by it. */
#pragma once

#include "debuginfo/lines.h"
#include "debuginfo/variables.h"
#include "query/text_code.h"

/* An access to memory. */
struct text_access {
	/* The register is the base, and the access is `offset` bytes from where it points to. */
	bool has_offset;
	int64_t offset;
	bool has_index; /* offset contains an index, so it may lead to another element of an array */
	unsigned int size; /* in bytes; 0: not known */
};

enum { TEXT_MEMBER = 3 * (128 + 192) };

struct text_member {
	struct register_variable variable;
	char type[128]; /* in C, such as "struct file *" */
	/* "file->f_mode"; of a union: "file->a or file->b". "": not known. */
	char member[TEXT_MEMBER];
	bool is_inside; /* the access does not begin where the member begins */
	bool has_line;
	struct code_line line; /* of the code */
};

/* Finds the variable in a register ("rdi", "x19") at a place, and the member that is accessed. Returns false if no
 * variable is known to be in the register. */
bool text_member_find(struct kernel *kernel, const struct text_place *place, const char *reg,
		      const struct text_access *access, struct text_member *found);
