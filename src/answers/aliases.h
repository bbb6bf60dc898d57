/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the mappings of one frame say about each other. */
#pragma once

#include "answers/reverse.h"

struct entry_rules;

struct frame_aliases {
	bool cache_conflict; /* two mappings have different cache types */
	bool cache_compared; /* all cache types are known, or the same PAT entry */
	/* A way around a protection: the kernel can write through one address to
	 * what is read-only or executable at another. */
	bool writable_alias;
	bool in_process; /* a process maps the frame */
};

/* has_no_execute: the paging mode has a bit against execution. */
struct frame_aliases reverse_aliases(const struct reverse *reverse,
				     struct reverse_frame frame,
				     const struct entry_rules *rules,
				     bool has_no_execute);
