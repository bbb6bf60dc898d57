/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The use of a page frame. */
#pragma once

#include "answers/page_owner.h"
#include "session/command.h"

/* Keeps the file shown last: neighbouring frames often belong to the same one. */
struct page_use_view {
	struct session *session;
	uint64_t mapping; /* address_space of the file; 0: none yet */
	bool has_file;
	struct page_file file; /* valid if has_file */
};

/* Fields of the open answer; one column in text. A frame without a struct page
 * has none. owners: also search the processes that map an anonymous page. */
void show_use(struct page_use_view *view, uint64_t pfn, bool owners);
