/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Finds the devices that can access physical frames, and the bus addresses that they use. All
 * frames are given first; then each page table of an IOMMU is scanned once, for all devices that
 * share it. */
#pragma once

#include "devices/io_scans.h"
#include "query/reverse.h"
#include "devices/dma.h"

struct reach {
	struct io_scans io; /* also records missing parts */
	struct reverse *reverse; /* owned */
};

/* paddrs: see reverse_create(). False with err: there is no answer, and nothing needs to be
 * released. */
bool reach_search(struct reach *reach, struct kernel *kernel, const uint64_t *paddrs, size_t nr,
		  struct error *err);
void reach_release(struct reach *reach);

/* A device and a bus address that reach a frame. page_size is 0 if bus addresses are physical, or
 * if the mapping is a virtio IOMMU's. */
struct reached {
	const struct device_dma *dma;
	struct dma_translation translation;
	const char *level; /* static; level of the entry that maps the page; NULL: no entry */
};

/* Calls visit for each device and bus address that reach the frame of paddr, which must be one of
 * those given: sorted by device, then by bus address, until visit returns false or the kernel is
 * stopped. */
void reach_each(const struct reach *reach, uint64_t paddr,
		bool (*visit)(const struct reached *reached, void *arg), void *arg);
