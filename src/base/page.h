/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The size of the pages in which kwalk reads, caches and writes dumps. The kernel may have another
 * page size: see kernel_page_size() in kernel/kernel.h. */
#pragma once

#include <stdint.h>

enum { PAGE_SHIFT = 12, PAGE_BYTES = 1 << PAGE_SHIFT };

/* The smallest page size of all machines. All bytes of an aligned unit of this size belong to one
 * page. */
enum { LEAST_PAGE_SHIFT = PAGE_SHIFT };
#define LEAST_PAGE (UINT64_C(1) << LEAST_PAGE_SHIFT)

/* page_first() and page_last() return the address of the first and of the last byte of the page
 * that contains an address. */
static inline uint64_t page_first(uint64_t address)
{
	return address & -(uint64_t)PAGE_BYTES;
}

static inline uint64_t page_last(uint64_t address)
{
	return address | (PAGE_BYTES - 1);
}
