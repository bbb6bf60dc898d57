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
	/* Free frames with DEBUG_PAGEALLOC: __kernel_map_pages(). On x86 also the memory of the initrd
	 * and of init code, which then stays reserved: free_init_pages(). */
	HIDDEN_PAGEALLOC,
	NR_HIDDEN
};

/* Names of reasons in messages. */
extern const char *const hidden_names[NR_HIDDEN];

/* Returns the reason why the direct map may lack the frame, or NOT_HIDDEN if no reason is known. */
enum hidden query_frame_hidden(struct kernel *kernel, uint64_t pfn);
/* The same for an address that the kernel's page table does not map. Returns NOT_HIDDEN if the address is
 * not in the direct map. */
enum hidden query_address_hidden(struct kernel *kernel, uint64_t vaddr);
