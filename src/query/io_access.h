/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The device that has a number as a bus address. */
#pragma once

#include <stddef.h>

#include "devices/dma_fault.h"

struct kernel;

/* The access, as if its IOMMU had refused it, of the first device whose table maps bus; not at
 * its own physical address, as for firmware. *nr_others: tables of other domains that map it too.
 * False: none does, or it is not known. */
bool io_access_find(struct kernel *kernel, uint64_t bus, struct dma_fault *access,
		    size_t *nr_others);
