/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What of a dump is handed on: for each page frame nothing, all of it, or some of its
 * bytes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/listener.h"
#include "base/page.h"

struct dump;
struct listener;
struct kept; /* opaque */

/* Why a frame is kept. */
enum kept_kind {
	KEPT_TABLE,   /* a page table */
	KEPT_MEMORY_MAP, /* struct pages */
	KEPT_PROCESS, /* mapped by a process that was asked for */
	KEPT_KERNEL,  /* the kernel's own memory */
	KEPT_FACTS,   /* bytes that answers rest on, and nothing else */
	NR_KEPT_KINDS
};
extern const char *const kept_kind_names[NR_KEPT_KINDS];

struct kept_count {
	uint64_t pages, bytes; /* bytes: those of pages that are not cleared */
};

/* nr_frames: one past the last frame that can be kept. NULL: out of memory. */
struct kept *kept_create(uint64_t nr_frames);
void kept_destroy(struct kept *kept); /* NULL is fine */

/* Keeps a whole frame. One that is kept already counts as before, unless it was kept for
 * some bytes only. A frame beyond the last one is ignored. */
void kept_add(struct kept *kept, uint64_t pfn, enum kept_kind kind);
/* Keeps size bytes of memory from paddr on. */
void kept_add_bytes(struct kept *kept, uint64_t paddr, uint64_t size);
/* Memory ran out: something is not kept that should be. */
bool kept_failed(const struct kept *kept);

/* Drops frames that the dump says it does not have, and counts by the state of each what
 * was wanted: lost[] has room for NR_PAGE_STATES. False: stopped. */
bool kept_settle(struct kept *kept, struct dump *dump, uint64_t *lost);

/* A bit for each frame of which something is kept, low bits first; borrowed. */
const uint64_t *kept_bits(const struct kept *kept);
uint64_t kept_nr_frames(const struct kept *kept);
bool kept_has(const struct kept *kept, uint64_t pfn);
/* Clears what is not kept of a frame's bytes. Any thread may, once nothing is added. */
void kept_clear_rest(const struct kept *kept, uint64_t pfn,
		     uint8_t page[PAGE_BYTES]);

/* The note that says which bytes of frames are kept (dump/parts.h), empty where all are kept
 * wholly. Owned by kept, which it is made in once, when nothing more is added. False: out
 * of memory, or stopped by the listener, which may be NULL. */
bool kept_note(struct kept *kept, const struct listener *listener,
	       struct bytes *note);

struct kept_count kept_count(const struct kept *kept, enum kept_kind kind);
