/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The meaning of a page table entry, as one line. */
#pragma once

#include "query/whatis.h"

/* level: name of the level in an oops or in a report of a bad page: PGD, PMD, pte, pdpt, pde. If
 * the paging mode has no such level, the level above is used. list: receives the meanings of the
 * address in the entry; it is empty if they are unknown. Returns false if the entry is empty or the
 * paging mode is not known. */
bool entry_text(struct kernel *kernel, const char *level, uint64_t entry, struct whatis_list *list,
		char text[WHATIS_TEXT]);
