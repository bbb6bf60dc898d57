/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The device that has a number as a bus address. */
#pragma once

#include <stddef.h>

#include "devices/dma_fault.h"

struct kernel;

/* Describes an access of the first device whose table maps bus, as if the IOMMU had refused it.
 * A table that maps bus to the same physical address, as for firmware, does not count.
 * *nr_others: tables of other domains that map bus too. False: no table maps it, or it is not
 * known. */
bool io_access_find(struct kernel *kernel, uint64_t bus, struct dma_fault *access,
		    size_t *nr_others);
