/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Page frames that the kernel has removed from the direct map, so that no code can access them
 * there. */
#pragma once

#include <stdint.h>

struct kernel;

enum hidden {
	NOT_HIDDEN,
	HIDDEN_SECRETMEM, /* memory of memfd_secret() (5.14): set_direct_map_invalid_noflush() */
	HIDDEN_KFENCE, /* guard pages and freed objects of KFENCE (5.12): kfence_protect() */
	HIDDEN_HWPOISON, /* frames with corrupted memory: set_mce_nospec() (4.19) */
	NR_HIDDEN
};

/* Names of reasons in messages. */
extern const char *const hidden_names[NR_HIDDEN];

/* KFENCE's pool. start: pfn of its first frame. end: pfn after its last frame. Both are 0 if there
 * is no pool, or if the pool is unknown. */
struct kfence_pool {
	uint64_t start, end;
};

struct kfence_pool query_kfence_pool(struct kernel *kernel);

/* Returns the reason why the direct map may lack the frame, or NOT_HIDDEN if no reason is known. */
enum hidden query_frame_hidden(struct kernel *kernel, uint64_t pfn, const struct kfence_pool *pool);
