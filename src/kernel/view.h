/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A range of virtual memory as one run of bytes: borrowed from the dump where
 * they lie there in one piece, copied where they do not. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"
#include "paging/walk.h"

struct view {
	struct bytes bytes; /* borrowed from the dump, or owned */
	void *owned;        /* NULL where borrowed */
};

/* More is refused: sizes come from the dump. */
enum { LARGEST_VIEW = 256 << 20 };

/* All of [vaddr, vaddr + size), or an error that names the first address that
 * cannot be read. */
bool view_open(struct view *view, const struct space *space, uint64_t vaddr,
	       uint64_t size, struct error *err);
void view_close(struct view *view); /* a zeroed one is fine */

/* From *vaddr up to last (inclusive), the next range that is mapped and in the
 * dump, LARGEST_VIEW at most; *vaddr is moved past it. False where none is left. */
bool view_next_run(const struct space *space, uint64_t *vaddr, uint64_t last,
		   uint64_t *start, uint64_t *size);
