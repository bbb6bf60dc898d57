/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vmlinux-common.h"

/*
 * The part of the vmlinux without a kernel that knows bounce buffers, and two PCI functions
 * that use them, with BUS=bounce in mkvmlinux' environment. POOLS says of which era: 510,
 * 514, 601, 606, or 700, where pools may grow. Members that nobody asks for are left out.
 */
struct io_tlb_slot {
	u64 orig_addr;
	unsigned long alloc_size;
	unsigned int list;
};

struct io_tlb_pool {
	u64 start, end;
	unsigned long nslabs;
	struct io_tlb_slot *slots;
#if POOLS >= 700
	struct list_head node;
#endif
};

struct io_tlb_mem {
#if POOLS >= 606
	struct io_tlb_pool defpool;
#else
	u64 start, end;
	unsigned long nslabs;
#endif
#if POOLS >= 700
	struct list_head pools;
#endif
	_Bool force_bounce;
#if POOLS == 601
	struct io_tlb_slot *slots;
#elif POOLS == 514
	struct io_tlb_slot slots[];
#endif
};

struct device_dma_parameters {
	unsigned int max_segment_size;
#if POOLS > 510
	unsigned int min_align_mask;
#endif
};

struct device {
	struct device_dma_parameters *dma_parms;
#if POOLS > 510
	struct io_tlb_mem *dma_io_tlb_mem;
#endif
#if POOLS >= 700
	struct list_head dma_io_tlb_pools;
#endif
};

#include "vmlinux-pci.h"

#if POOLS == 510
PLACED(".data.20c00.b") u64 io_tlb_start = 1;
PLACED(".data.20c00.c") unsigned long io_tlb_nslabs = 1;
PLACED(".data.20c00.d") u64 *io_tlb_orig_addr = (void *)1;
PLACED(".data.20c00.e") unsigned int *io_tlb_list = (void *)1;
#elif POOLS == 514
PLACED(".data.20c00.b") struct io_tlb_mem *io_tlb_default_mem = (void *)1;
#else
PLACED(".data.20c00.b")
struct io_tlb_mem io_tlb_default_mem = { .force_bounce = 1 };
#endif

/* Types that no variable has. */
PLACED(".data.20c80") struct io_tlb_pool *pool = (void *)1;
