/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The meaning of a page-table entry, as one line. */
#pragma once

#include "query/whatis.h"

/* level: name of the level in an oops or a report of a bad page: PGD, PMD, pte, pdpt, pde; if the
 * mode lacks the level, the level above. list: meanings of the entry's target; empty: unknown.
 * False: an empty entry, or the paging mode is not known. */
bool entry_text(struct kernel *kernel, const char *level, uint64_t entry, struct whatis_list *list,
		char text[WHATIS_TEXT]);
