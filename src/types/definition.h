/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Definitions of types in C, line by line, as crash writes them. */
#pragma once

#include "base/error.h"
#include "types/ctype.h"

/* A line, and the member or enumerator in it. Valid until the visitor returns. */
struct definition_line {
	const char *text; /* without a newline */
	/* The path of a member from the type, such as "se.run_node"; of an enumerator: its name. NULL:
	 * the line has no member with a name. */
	const char *path;
	struct ctype_member member; /* of a member: member.bit_offset is from the start of the type */
	bool is_enumerator;
	int64_t value; /* of an enumerator */
};

struct definition_form {
	bool offsets; /* write the offset of each member before it */
	bool hex; /* write offsets and sizes in hexadecimal */
	/* NULL: all members. Else paths of members, separated by commas: "comm,se.run_node". */
	const char *members;
};

typedef bool (*definition_visitor)(const struct definition_line *line, void *arg);

/* Calls visit for each line, until visit returns false. Members of anonymous structs and unions are
 * expanded in their place, and all other types are named. Sets err and returns false if the type is
 * only declared, or has no such member, or too many. If visit returned false, the result is true. */
bool definition_lines(const struct ctype *type, const struct definition_form *form,
		      definition_visitor visit, void *arg, struct error *err);
