/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/missing.h"

#include <inttypes.h>
#include <stdio.h>

#include "kernel/kernel.h"

/* The limit is CRASHKERNEL_CMA_RANGES_MAX, in include/linux/crash_reserve.h. */
enum { MOST_RANGES = 4, RANGE_BYTES = 16 };

/* The kernel lends memory that crashkernel=SIZE,cma reserved to processes. After a crash, the capture
 * kernel uses it and leaves it out of /proc/vmcore: crashk_cma_ranges[] in kernel/crash_reserve.c
 * (35c18f2933c5, ab475510e042). An element is a struct range of two u64, and its end is inclusive. */
static bool is_of_capture_kernel(struct kernel *kernel, uint64_t paddr, uint64_t *first,
				 uint64_t *last)
{
	uint64_t address, nr;

	if (!kernel_symbol(kernel, "crashk_cma_cnt", &address, NULL) ||
	    !kernel_read_number(kernel, address, 4, &nr, NULL) || nr > MOST_RANGES ||
	    !kernel_symbol(kernel, "crashk_cma_ranges", &address, NULL))
		return false;
	for (uint64_t end = address + nr * RANGE_BYTES; address < end; address += RANGE_BYTES)
		if (kernel_read_number(kernel, address, 8, first, NULL) &&
		    kernel_read_number(kernel, address + 8, 8, last, NULL) && paddr >= *first &&
		    paddr <= *last)
			return true;
	return false;
}

bool query_why_missing(struct kernel *kernel, uint64_t paddr, char text[MISSING_TEXT])
{
	enum page_state state = dump_range_state(kernel->dump, kernel_page_first(kernel, paddr),
						 kernel_page_size(kernel));
	uint64_t first, last;

	if ((state != PAGE_ABSENT && state != PAGE_FILTERED) ||
	    !is_of_capture_kernel(kernel, paddr, &first, &last))
		return false;
	snprintf(text, MISSING_TEXT,
		 "reserved by crashkernel=,cma for the capture kernel (%" PRIx64 " to %" PRIx64 ")",
		 first, last);
	return true;
}
