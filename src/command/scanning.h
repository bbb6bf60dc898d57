/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What commands that go over whole page tables share. */
#pragma once

#include "command/command.h"
#include "paging/range.h"

/* Ctrl-C, and a reader that went away, end the scan. */
void scanning_watch(struct scan *scan, struct session *session);

/* What stands in the way where an entry is corrupt or a table is missing. */
void scanning_explain(const struct paging *paging, const struct range *range,
		      struct error *err);

/* Did it come to its end? Else an error that says where it stopped and why. */
bool scanning_complete(const struct scan *scan, const struct session *session,
		       struct error *err);
