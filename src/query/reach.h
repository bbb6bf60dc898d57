/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* From physical frames to the devices that can reach them, and the bus addresses at which
 * they do. All frames are given first; then each page table of an IOMMU is scanned once,
 * for all devices that share it. */
#pragma once

#include "devices/io_scans.h"
#include "query/reverse.h"
#include "devices/dma.h"

struct reach {
	struct io_scans io; /* also has what the answers lack */
	struct reverse *reverse; /* owned */
};

/* paddrs as for reverse_create(). False with err: there is no answer, and nothing needs to be
 * released. */
bool reach_search(struct reach *reach, struct kernel *kernel, const uint64_t *paddrs, size_t nr,
		  struct error *err);
void reach_release(struct reach *reach);

/* One way to a frame. Where bus addresses are physical, or mappings are a virtio IOMMU's, its
 * page_size is 0. */
struct reached {
	const struct device_dma *dma;
	struct dma_translation translation;
	const char *level; /* of the entry that maps the page, static; NULL: none does */
};

/* Calls visit for each way to the frame that holds paddr, one of those given: by device,
 * then by bus address, until it returns false or the kernel is stopped. */
void reach_each(const struct reach *reach, uint64_t paddr,
		bool (*visit)(const struct reached *reached, void *arg), void *arg);
