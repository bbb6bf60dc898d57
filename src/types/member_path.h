/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The members of a struct that an access to memory reads or writes. */
#pragma once

#include "types/ctype.h"

enum { MEMBER_PATH = 192, MEMBER_PATHS = 3 };

struct member_paths {
	/* Such as "f_mode" or "stack[3].next". Several are members of a union. */
	char path[MEMBER_PATHS][MEMBER_PATH];
	size_t nr; /* 0: none is known, or too many are */
	/* The access is somewhere in path[0], which is larger, and does not begin where it begins. */
	bool is_inside;
};

/* Finds the innermost members that contain all `size` bytes of an access at this offset in a struct or union. If
 * several members of a union inside a named member do, finds the named one. size: 0 if it is not known. */
void member_paths_find(const struct ctype *type, uint64_t offset, uint64_t size,
		       struct member_paths *found);
