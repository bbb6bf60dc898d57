/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Finds the devices that can access page frames, and the bus addresses that they use. The caller
 * passes all frames first. Then each page table of an IOMMU is scanned once, for all devices that
 * share it. */
#pragma once

#include "devices/io_scans.h"
#include "query/reverse.h"
#include "devices/dma.h"

struct reach {
	struct io_scans io; /* also records which parts are missing */
	struct reverse *reverse; /* owned */
};

/* Searches for the frames of paddrs (see reverse_create()). Returns false and sets err if that
 * fails; then the caller need not release *reach. */
bool reach_search(struct reach *reach, struct kernel *kernel, const uint64_t *paddrs, size_t nr,
		  struct error *err);
void reach_release(struct reach *reach);

/* A device, and a bus address at which the device accesses a frame. translation.page_size is 0 if
 * bus addresses are physical addresses, or if a virtio IOMMU has the mapping. */
struct reached {
	const struct device_dma *dma;
	struct dma_translation translation;
	/* Static; name of the level of the entry that maps the page; NULL: no entry. */
	const char *level;
};

/* Calls visit for each device and bus address that access the frame of paddr, sorted by device,
 * then by bus address. paddr must be one of paddrs. Ends when visit returns false or the user stops
 * it. */
void reach_each(const struct reach *reach, uint64_t paddr,
		bool (*visit)(const struct reached *reached, void *arg), void *arg);
