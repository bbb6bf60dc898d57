/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The memory that a device reaches at a bus address. */
#pragma once

#include "devices/iommu.h"
#include "devices/viommu.h"

struct dump;

/* On x86 a write to these bus addresses is an interrupt (Intel SDM vol. 3A, 11.11.1), which no page
 * table translates. Both ends are inclusive. */
#define DMA_INTERRUPT_FIRST UINT64_C(0xfee00000)
#define DMA_INTERRUPT_LAST UINT64_C(0xfeefffff)

enum dma_status {
	DMA_STATUS_MAPPED,
	DMA_STATUS_NOT_MAPPED,
	DMA_STATUS_BLOCKED,
	DMA_STATUS_NON_CANONICAL, /* the bus address is wider than the table's addresses */
	DMA_STATUS_CORRUPT,
	DMA_STATUS_UNREADABLE,
	DMA_STATUS_ERROR, /* unknown how the device reaches memory */
	NR_DMA_STATUSES
};
extern const char *const dma_status_names[NR_DMA_STATUSES];

/* The name in answers of `devices`: "translated", "direct", ... */
const char *device_dma_name(const struct device_dma *dma);

struct dma_translation {
	enum dma_status status;
	uint64_t bus;
	bool has_walk;
	struct walk walk; /* in the space of the entrance */
	struct viommu_mapping mapping[NR_VIOMMU_FOUND]; /* DMA_LISTED: the mappings found */
	/* With DMA_STATUS_MAPPED: */
	uint64_t physical;
	uint64_t page_size; /* 0: the mapping has no pages */
	bool readable, writable;
	enum page_state page_state;
	struct error trouble; /* with any other status: why */
};

/* Cannot fail. */
void device_dma_translate(const struct device_dma *dma, struct dump *dump, uint64_t bus,
			  struct dma_translation *translation);

/* --- mappings next to a bus address --- */

/* A range of bus addresses, both inclusive: adjacent pages that the device may use in the same
 * way. */
struct dma_range {
	bool known;
	uint64_t first, last;
};

struct dma_near {
	/* Known is false: there is no such range, or the search was stopped. */
	struct dma_range below, above;
	bool cut; /* a table between is damaged or missing, so there may be nearer ranges */
};

/* The ranges next to the page or gap where the translation ended; empty if the device has no
 * table. */
void device_dma_near(struct kernel *kernel, const struct device_dma *dma,
		     const struct dma_translation *translation, struct dma_near *near);
