/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Finds the device for which a number is a bus address. */
#pragma once

#include <stddef.h>

#include "devices/dma_fault.h"

struct kernel;

/* Describes an access to bus by the first device whose table maps bus, in the form of a refused
 * access. Tables that map bus to the same physical address, as for firmware, do not count.
 * *nr_others: number of tables of other domains that also map bus. False: no table maps it, or
 * unknown. */
bool io_access_find(struct kernel *kernel, uint64_t bus, struct dma_fault *access,
		    size_t *nr_others);
