/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "devices/dma.h"

#include <inttypes.h>

#include "devices/entrance.h"
#include "dump/dump.h"

const char *const dma_status_names[NR_DMA_STATUSES] = {
	[DMA_STATUS_MAPPED] = "mapped",	  [DMA_STATUS_NOT_MAPPED] = "not-mapped",
	[DMA_STATUS_BLOCKED] = "blocked", [DMA_STATUS_NON_CANONICAL] = "non-canonical",
	[DMA_STATUS_CORRUPT] = "corrupt", [DMA_STATUS_UNREADABLE] = "unreadable",
	[DMA_STATUS_ERROR] = "error",
};

const char *device_dma_name(const struct device_dma *dma)
{
	switch (dma->entrance.reach) {
	case DMA_DIRECT: return dma->bounces ? "bounced" : "direct";
	case DMA_PASS_THROUGH: return dma->bounces ? "bounced" : "pass-through";
	case DMA_TRANSLATED:
	case DMA_LISTED: return "translated";
	case DMA_BLOCKED: return "blocked";
	default: return "unknown";
	}
}

static void translate_by_table(const struct device_dma *dma, struct dma_translation *translation)
{
	static const enum dma_status of_outcome[] = {
		[WALK_MAPPED] = DMA_STATUS_MAPPED,
		[WALK_NOT_PRESENT] = DMA_STATUS_NOT_MAPPED,
		[WALK_CORRUPT] = DMA_STATUS_CORRUPT,
		[WALK_UNREADABLE] = DMA_STATUS_UNREADABLE,
		[WALK_NON_CANONICAL] = DMA_STATUS_NON_CANONICAL,
	};
	const struct dma_entrance *entrance = &dma->entrance;
	struct walk *walk = &translation->walk;

	walk_page_table_to(&entrance->space, translation->bus, walk);
	translation->has_walk = true;
	translation->status = of_outcome[walk->outcome];
	translation->physical = walk->paddr;
	translation->page_size = walk->page_size;
	translation->readable = entrance->readable && walk->readable;
	translation->writable = entrance->writable && walk->writable;
	if (walk->outcome == WALK_NON_CANONICAL)
		fail(&translation->trouble, ERROR_NO_ANSWER,
		     "the address has more than the %u bits that the IOMMU's table translates",
		     entrance->space.paging->address_bits);
	else
		walk_trouble(&entrance->space, walk, &translation->trouble);
}

static void translate_by_mappings(const struct device_dma *dma, struct dma_translation *translation)
{
	const struct dma_entrance *entrance = &dma->entrance;
	const struct viommu_mapping *mapping = &translation->mapping[VIOMMU_AT];

	if (!viommu_find(entrance->kernel, entrance->tree, translation->bus, translation->mapping,
			 &translation->trouble)) {
		translation->status = translation->trouble.code == ERROR_FORMAT ?
					      DMA_STATUS_CORRUPT :
					      DMA_STATUS_UNREADABLE;
		return;
	}
	if (!mapping->address) {
		translation->status = DMA_STATUS_NOT_MAPPED;
		return;
	}
	translation->physical = mapping->physical + (translation->bus - mapping->first);
	translation->readable = mapping->readable;
	translation->writable = mapping->writable;
}

/* Translates an address of a device without an IOMMU: the physical address is the bus address. Only
 * checks whether the device's DMA mask allows this address. */
static void pass_through(const struct device_dma *dma, struct dma_translation *translation)
{
	const struct pci_function *function = dma->function;

	translation->physical = translation->bus;
	translation->readable = dma->entrance.readable;
	translation->writable = dma->entrance.writable;
	if (function->has_mask && translation->bus > function->dma_mask) {
		translation->status = DMA_STATUS_BLOCKED;
		fail(&translation->trouble, ERROR_NO_ANSWER,
		     "the device cannot use this address, because its DMA mask is %" PRIx64,
		     function->dma_mask);
	}
}

static bool is_interrupt(uint64_t bus)
{
	return bus >= DMA_INTERRUPT_FIRST && bus <= DMA_INTERRUPT_LAST;
}

void device_dma_translate(const struct device_dma *dma, struct dump *dump, uint64_t bus,
			  struct dma_translation *translation)
{
	const struct dma_entrance *entrance = &dma->entrance;

	*translation = (struct dma_translation){ .bus = bus };
	if (dma->interrupts && is_interrupt(bus)) {
		translation->status = DMA_STATUS_BLOCKED;
		fail(&translation->trouble, ERROR_NO_ANSWER,
		     "a write to this address (in fee00000 to feefffff) is an interrupt, and does not reach memory");
	} else if (entrance->reach == DMA_TRANSLATED) {
		translate_by_table(dma, translation);
	} else if (entrance->reach == DMA_LISTED) {
		translate_by_mappings(dma, translation);
	} else if (entrance->reach == DMA_UNKNOWN) {
		translation->status = entrance->trouble.code == ERROR_UNREADABLE ?
					      DMA_STATUS_UNREADABLE :
					      DMA_STATUS_ERROR;
		translation->trouble = entrance->trouble;
	} else if (entrance->reach == DMA_BLOCKED) {
		translation->status = DMA_STATUS_BLOCKED;
		translation->trouble = entrance->trouble;
	} else {
		pass_through(dma, translation);
	}
	if (translation->status == DMA_STATUS_MAPPED)
		translation->page_state = dump_range_state(dump, translation->physical, 1);
}
