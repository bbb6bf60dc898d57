/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "answers/page_owner.h"
#include "session/command.h"

/* The use of a page frame as fields of the open answer; one column in text. A frame
 * without a struct page has none. owners: also search the processes that map an
 * anonymous page. */
void show_use(struct session *session, uint64_t pfn, bool owners);
