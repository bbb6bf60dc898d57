/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What a device has mapped next to a bus address. */
#pragma once

#include "bus/dma.h"

struct kernel;

/* Bus addresses, inclusive: adjacent pages that the device may use alike. */
struct dma_range {
	bool known;
	uint64_t first, last;
};

struct dma_near {
	struct dma_range below,
		above; /* not known: there is none, or it was stopped */
	bool cut; /* a table between is damaged or not in the dump: they may not be the next */
};

/* Of the page or gap that the translation ended in; nothing, where no table translates. */
void device_dma_near(struct kernel *kernel, const struct device_dma *dma,
		     const struct dma_translation *translation,
		     struct dma_near *near);
