/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a frame is used for, as fields of an answer. */
#pragma once

#include "command/command.h"
#include "kernel/page_use.h"

/* Remembers the file of the frame before: neighbours often have the same. */
struct page_use_teller {
	struct session *session;
	uint64_t mapping; /* 0: none yet */
	bool has_file;
	struct page_file file;
};

/* Fields of the open answer: in text one column. A frame without struct page
 * has none. owners: look for the processes that an anonymous page belongs to. */
void output_page_use(struct page_use_teller *teller, uint64_t pfn, bool owners);
