/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shows, in groups, what points to the given memory, and what the given memory points to. These are
 * the answers of frames -w and slabs -w. */
#pragma once

#include "cli/command.h"
#include "query/holders.h"

extern const struct record show_holders_record;

/* use and cache select the memory, as in query_holders(). If the answer is incomplete, sets err and
 * returns false. */
bool show_holders(struct session *session, const char *argument, const bool use[NR_PAGE_USES],
		  uint64_t cache, struct error *err);
