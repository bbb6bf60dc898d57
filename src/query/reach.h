/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the devices that can access certain page frames, and the bus addresses of the frames. The
 * caller must pass all frames at the start. Each page table of an IOMMU is then scanned only once,
 * for all devices that share it. */
#pragma once

#include "devices/io_scans.h"
#include "query/reverse.h"
#include "devices/dma.h"

struct reach {
	struct io_scans io; /* the scans of all tables; they also record which parts are missing */
	struct reverse *reverse; /* owned */
};

/* Searches for the frames that contain the addresses paddrs (see reverse_create()). If this fails,
 * returns false and sets err, and the caller need not release *reach. */
bool reach_search(struct reach *reach, struct kernel *kernel, const uint64_t *paddrs, size_t nr,
		  struct error *err);
void reach_release(struct reach *reach);

/* An access of a device to a frame. translation.page_size is 0 if bus addresses are physical
 * addresses, or if a virtio IOMMU maps the bus address. */
struct reached {
	const struct device_dma *dma;
	struct dma_translation translation;
	/* Static text: name of the level of the entry that maps the page. NULL: no entry maps
	 * it. */
	const char *level;
};

/* Calls visit for each access of a device to the frame that contains paddr, sorted by device, then
 * by bus address. The array paddrs of reach_search() must contain paddr. Ends when visit returns
 * false, or when the user stops the work. */
void reach_each(const struct reach *reach, uint64_t paddr,
		bool (*visit)(const struct reached *reached, void *arg), void *arg);
