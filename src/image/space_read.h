/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Virtual memory, read through a given page table. */
#pragma once

#include "base/error.h"
#include "paging/walk.h"

/* Copies [vaddr, vaddr + size), translated page by page. The error names the first
 * address that cannot be read. */
bool space_read(const struct space *space, uint64_t vaddr, void *buffer,
		size_t size, struct error *err);
