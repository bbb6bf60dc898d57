/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of a kdump-compressed dump, in the order of their memory. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dump/kdump_part.h"

struct kdump_set {
	struct kdump_part *parts; /* owned; by start_pfn */
	size_t nr;
};

/* Reads the headers of all of the dump's files, and sorts them. Fails where they
 * are not parts of one dump, or a part is there twice. */
bool kdump_set_open(struct kdump_set *set, struct dump *dump,
		    struct error *err);
void kdump_set_close(struct kdump_set *set); /* zeroed is fine */

/* Trims the parts to what the bitmaps tell of, and warns of those that are
 * missing. */
void kdump_set_check(struct kdump_set *set, struct dump *dump,
		     uint64_t max_pfn);

/* The part that has this frame's descriptor; NULL: it was not given. */
const struct kdump_part *kdump_set_find(const struct kdump_set *set,
					uint64_t pfn);
