/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Page frames that the kernel removes from the direct map on purpose, because no code should access
 * them. */
#pragma once

#include <stdint.h>

struct kernel;

enum hidden {
	NOT_HIDDEN,
	HIDDEN_SECRETMEM, /* memfd_secret() (5.14): set_direct_map_invalid_noflush() */
	HIDDEN_KFENCE, /* guard pages, and freed objects (5.12): kfence_protect() */
	HIDDEN_HWPOISON, /* set_mce_nospec() (4.19) */
	NR_HIDDEN
};

/* Names for messages. */
extern const char *const hidden_names[NR_HIDDEN];

/* KFENCE's pool: page frame numbers [start, end). Both are 0 if there is no pool or it is
 * unknown. */
struct kfence_pool {
	uint64_t start, end;
};

struct kfence_pool query_kfence_pool(struct kernel *kernel);

/* Returns the reason why the frame may be missing in the direct map. NOT_HIDDEN: no reason is
 * known. */
enum hidden query_frame_hidden(struct kernel *kernel, uint64_t pfn, const struct kfence_pool *pool);
