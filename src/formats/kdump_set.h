/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of a kdump-compressed dump, in the order of their memory. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/kdump_part.h"

struct kdump_set {
	struct kdump_part *parts; /* owned; by start_pfn */
	size_t nr;
};

/* Reads the headers of the dump's files, and sorts them. Fails if they are not parts
 * of one dump, or if a part was given twice. */
bool kdump_set_open(struct kdump_set *set, struct dump *dump,
		    struct error *err);
void kdump_set_close(struct kdump_set *set); /* zeroed is fine */

/* Cuts the parts to max_pfn, the end of the bitmaps, and warns of missing parts. */
void kdump_set_check(struct kdump_set *set, struct dump *dump,
		     uint64_t max_pfn);

/* The part with the descriptor of this frame; NULL: it was not given. */
const struct kdump_part *kdump_set_find(const struct kdump_set *set,
					uint64_t pfn);
