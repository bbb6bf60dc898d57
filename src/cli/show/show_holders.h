/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups of what points to memory, and of what it points to: answers of frames -w and slabs -w. */
#pragma once

#include "cli/command.h"
#include "query/holders.h"

extern const struct record show_holders_record;

/* use, cache: as for query_holders(). */
bool show_holders(struct session *session, const char *argument, const bool use[NR_PAGE_USES],
		  uint64_t cache, struct error *err);
