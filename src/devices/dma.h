/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Finds the memory that a device accesses at a bus address. */
#pragma once

#include "devices/iommu.h"
#include "devices/viommu.h"

struct dump;

/* On x86 a write to one of these bus addresses raises an interrupt (Intel SDM vol. 3A, 11.11.1).
 * Page tables do not translate such a write. Both ends are inclusive. */
#define DMA_INTERRUPT_FIRST UINT64_C(0xfee00000)
#define DMA_INTERRUPT_LAST UINT64_C(0xfeefffff)

enum dma_status {
	DMA_STATUS_MAPPED,
	DMA_STATUS_NOT_MAPPED,
	DMA_STATUS_BLOCKED,
	DMA_STATUS_NON_CANONICAL, /* the bus address has more bits than the table translates */
	DMA_STATUS_CORRUPT,
	DMA_STATUS_UNREADABLE,
	DMA_STATUS_ERROR, /* how the device accesses memory is not known */
	NR_DMA_STATUSES
};
extern const char *const dma_status_names[NR_DMA_STATUSES];

/* Returns the name of the device's kind of access in the answers of `devices`: "translated",
 * "direct", "bounced", ... */
const char *device_dma_name(const struct device_dma *dma);

struct dma_translation {
	enum dma_status status;
	uint64_t bus;
	bool has_walk;
	struct walk walk; /* valid if has_walk; walk of the page table of the device's entrance */
	/* With DMA_LISTED: the mappings that were found. */
	struct viommu_mapping mapping[NR_VIOMMU_FOUND];
	/* The members up to page_state are valid with DMA_STATUS_MAPPED: */
	uint64_t physical;
	uint64_t page_size; /* 0: a mapping of any size, without pages */
	bool readable, writable;
	enum page_state page_state;
	struct error trouble; /* with any other status: why */
};

/* Translates the bus address. Always fills *translation; its status shows whether there is an
 * answer. */
void device_dma_translate(const struct device_dma *dma, struct dump *dump, uint64_t bus,
			  struct dma_translation *translation);

/* --- mappings next to a bus address --- */

/* A range of bus addresses, both inclusive. It consists of adjacent pages with the same rights for
 * the device. */
struct dma_range {
	bool known;
	uint64_t first, last;
};

struct dma_near {
	/* known is false if there is no such range, or if the user stopped the search. */
	struct dma_range below, above;
	bool cut; /* a table on the way is damaged or missing, so a nearer range may exist */
};

/* Finds the ranges before and after the page or gap where the translation ended. Both are unknown
 * if the device has no table. */
void device_dma_near(struct kernel *kernel, const struct device_dma *dma,
		     const struct dma_translation *translation, struct dma_near *near);
