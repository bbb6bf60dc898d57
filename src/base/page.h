/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The smallest page size, the same on all supported machines. */
#pragma once

#include <stdint.h>

enum { PAGE_SHIFT = 12, PAGE_BYTES = 1 << PAGE_SHIFT };

/* No CPU has physical addresses of more bits: Intel SDM vol. 3, 4.1.4, MAXPHYADDR. */
#define MOST_PFNS (UINT64_C(1) << (52 - PAGE_SHIFT))

/* First and last byte of the page of an address. */
static inline uint64_t page_first(uint64_t address)
{
	return address & -(uint64_t)PAGE_BYTES;
}

static inline uint64_t page_last(uint64_t address)
{
	return address | (PAGE_BYTES - 1);
}
