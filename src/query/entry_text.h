/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Describes a page table entry in one line. */
#pragma once

#include "query/whatis.h"

/* Describes the entry. level: the name of the entry's level in an oops or in a report of a bad
 * page, such as PGD, PMD, pte, pdpt or pde. If the paging mode has no such level, uses the level
 * above. of_kernel: the entry maps an address of the kernel, whose memory is never swapped. list: filled with the meanings of the address in the entry; empty if they are unknown.
 * Returns false if the entry is empty, or if the paging mode is not known. */
bool entry_text(struct kernel *kernel, const char *level, uint64_t entry, bool of_kernel,
		struct whatis_list *list, char text[WHATIS_TEXT]);
