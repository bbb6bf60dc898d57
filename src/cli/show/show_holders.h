/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shows, in groups, what points to some memory and what that memory points to: the answers of
 * frames -w and slabs -w. */
#pragma once

#include "cli/command.h"
#include "query/holders.h"

extern const struct record show_holders_record;

/* use and cache: as for query_holders(). Returns false and sets err if the answer is incomplete. */
bool show_holders(struct session *session, const char *argument, const bool use[NR_PAGE_USES],
		  uint64_t cache, struct error *err);
