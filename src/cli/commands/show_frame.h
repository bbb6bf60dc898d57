/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shows page frames and their use, for several commands. */
#pragma once

#include "query/frame_use.h"
#include "cli/command.h"

/* Adds the fields pfn, page and physical. If the frame is in the direct map, also adds the field
 * virtual. */
void show_frame(struct session *session, uint64_t pfn, uint64_t page);
/* Finds the frame to which vaddr is mapped, using the page table that session_space() returns. */
bool frame_of_address(struct session *session, uint64_t vaddr, uint64_t *pfn, struct error *err);

/* Adds to the open answer the use of a page frame, for which text has one column. Adds nothing for
 * a frame without a struct page. If owners is true, also searches for the processes that map an
 * anonymous page. */
void show_use(struct session *session, uint64_t pfn, bool owners);
/* Like show_use(), for a use that was already found. */
void show_frame_use(struct session *session, const struct frame_use *shown);
