/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the memory that a device accesses at a bus address. */
#pragma once

#include "devices/iommu.h"
#include "devices/viommu.h"

struct dump;

/* On x86 a write to a bus address in this range raises an interrupt (Intel SDM vol. 3A, 11.11.1),
 * and is not translated by page tables. Both ends are inclusive. */
#define DMA_INTERRUPT_FIRST UINT64_C(0xfee00000)
#define DMA_INTERRUPT_LAST UINT64_C(0xfeefffff)

enum dma_status {
	DMA_STATUS_MAPPED,
	DMA_STATUS_NOT_MAPPED,
	DMA_STATUS_BLOCKED,
	DMA_STATUS_NON_CANONICAL, /* the bus address has too many bits for the page table */
	DMA_STATUS_CORRUPT,
	DMA_STATUS_UNREADABLE,
	DMA_STATUS_ERROR, /* it is not known how the device accesses memory */
	NR_DMA_STATUSES
};
extern const char *const dma_status_names[NR_DMA_STATUSES];

/* Returns the name of the device's kind of access in answers of the command devices: "translated",
 * "direct", "bounced", ... */
const char *device_dma_name(const struct device_dma *dma);

struct dma_translation {
	enum dma_status status;
	uint64_t bus;
	bool has_walk;
	struct walk walk; /* valid if has_walk; the walk of the device's page table */
	/* With DMA_LISTED: the mapping of the bus address, and the mappings before and after it. */
	struct viommu_mapping mapping[NR_VIOMMU_FOUND];
	/* The members up to page_state are valid with DMA_STATUS_MAPPED: */
	uint64_t physical;
	uint64_t page_size; /* 0: the mapping is a range of any size, not a page */
	bool readable, writable;
	enum page_state page_state;
	struct error trouble; /* set with any other status: the reason */
};

/* Translates the bus address. Always sets all members of *translation. The member status shows
 * whether the translation succeeded. */
void device_dma_translate(const struct device_dma *dma, struct dump *dump, uint64_t bus,
			  struct dma_translation *translation);

/* --- mappings next to a bus address --- */

/* A range of mapped bus addresses, both inclusive. It consists of adjacent pages for which the
 * device has the same access rights. */
struct dma_range {
	bool known;
	uint64_t first, last;
};

struct dma_near {
	/* The nearest ranges. known is false if there is no such range, or if the user stopped the
	 * search. */
	struct dma_range below, above;
	bool cut; /* a searched page table is damaged or missing, so a nearer range may exist */
};
