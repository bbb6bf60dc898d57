/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The meaning of a page table's entry, as one line. */
#pragma once

#include "query/whatis.h"

/* level: as an oops or a report of a bad page names it: PGD, PMD, pte, pdpt, pde; a level that
 * this mode lacks means the level above. list: what lies where the entry points; empty: nothing
 * known. False: an empty entry, or the mode of paging is not known. */
bool entry_text(struct kernel *kernel, const char *level, uint64_t entry, struct whatis_list *list,
		char text[WHATIS_TEXT]);
