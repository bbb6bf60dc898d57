/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Finds the device for which a number is a bus address. */
#pragma once

#include <stddef.h>

#include "devices/dma_fault.h"

struct kernel;

/* Finds the first table that maps the bus address, and describes an access of the table's first
 * device to bus. The description has the form of a refused access. Identity mappings, which the
 * kernel makes for firmware, do not count. *nr_others: number of tables of other domains that also
 * map bus. Returns false if no table maps bus, or if the tables are not known. */
bool io_access_find(struct kernel *kernel, uint64_t bus, struct dma_fault *access,
		    size_t *nr_others);
