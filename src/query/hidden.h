/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Frames that the kernel takes out of the direct map on purpose: no code has any business there. */
#pragma once

#include <stdint.h>

struct kernel;

enum hidden {
	NOT_HIDDEN,
	HIDDEN_SECRETMEM, /* memfd_secret() (5.14): set_direct_map_invalid_noflush() */
	HIDDEN_KFENCE, /* guards, and objects that were freed (5.12): kfence_protect() */
	HIDDEN_HWPOISON, /* set_mce_nospec() (4.19) */
	NR_HIDDEN
};

/* The names in messages. */
extern const char *const hidden_names[NR_HIDDEN];

/* KFENCE's pool, by frames, half-open; empty: there is none, or it is not known. */
struct kfence_pool {
	uint64_t start, end;
};

struct kfence_pool query_kfence_pool(struct kernel *kernel);

/* Why the frame may be missing in the direct map; NOT_HIDDEN: no reason is known. */
enum hidden query_frame_hidden(struct kernel *kernel, uint64_t pfn, const struct kfence_pool *pool);
