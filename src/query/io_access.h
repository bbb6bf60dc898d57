/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds out whether a number is a bus address that an IOMMU maps. */
#pragma once

#include <stddef.h>

#include "devices/dma_fault.h"

struct kernel;

/* Finds the first table that maps the bus address, and describes an access to this address by the
 * table's first device. The description is a struct dma_fault, as if the access had been refused.
 * Ignores identity mappings. Sets *nr_others to the number of other tables that also map the bus
 * address. Returns false if no table maps the bus address, or if the tables are not known. */
bool io_access_find(struct kernel *kernel, uint64_t bus, struct dma_fault *access,
		    size_t *nr_others);
