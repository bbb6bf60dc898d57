/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Values by their parts, for the Python module. */
#pragma once

#include <kwalk.h>

#include "value/parts.h"

/* Visits the value of an expression and its parts. The visitor must not call functions with the same
 * kernel. Returns enum kwalk_code. If the value has too many parts: KWALK_INCOMPLETE. */
int lib_value_visit(kwalk_kernel *kernel, const char *expression,
		    const struct value_visitor *visitor, struct kwalk_error *error);

struct lib_list {
	const char *link; /* the member that links the elements: "TYPE.MEMBER" */
	const char *
		start; /* an expression: the head, the first element, or with is_element any element */
	const char **members; /* paths of members of TYPE */
	size_t nr_members; /* 0: only the addresses of the elements are visited */
	bool is_element, backward;
};

/* Visits an array of the elements of a list: their addresses, or structs of "address" and the members.
 * A member that cannot be read is PART_UNREADABLE. If the list is damaged, visits the elements before
 * and returns KWALK_INCOMPLETE. */
int lib_list_visit(kwalk_kernel *kernel, const struct lib_list *list,
		   const struct value_visitor *visitor, struct kwalk_error *error);
