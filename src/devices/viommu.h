/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A virtio IOMMU. Its page tables are in the host. The guest's driver keeps the mappings that it
 * requested in a tree for each domain. drivers/iommu/virtio-iommu.c, since 5.3 (edcd69ab9a32). */
#pragma once

#include "devices/tables.h"

struct pci_function;

/* A mapping of the bus addresses from first to last, both inclusive, to the physical addresses that
 * begin at physical. */
struct viommu_mapping {
	uint64_t first, last;
	uint64_t physical;
	uint64_t address; /* address of the struct viommu_mapping; 0: there is no mapping */
	bool readable, writable;
};

/* Finds the tree of mappings for the function. info: address of the data that the IOMMU's driver
 * has for the function. unit: address of the struct iommu_device of the IOMMU. Returns false if the
 * IOMMU is not a virtio IOMMU. */
bool viommu_enter(struct kernel *kernel, uint64_t info, uint64_t unit,
		  const struct pci_function *function, struct dma_entrance *entrance);

enum viommu_found {
	VIOMMU_AT, /* the mapping that contains the bus address */
	VIOMMU_BELOW, /* the last mapping below the bus address */
	VIOMMU_ABOVE, /* the first mapping above the bus address */
	NR_VIOMMU_FOUND
};

/* Finds the mapping that contains a bus address. If there is no such mapping, finds the mappings
 * before and after the address. root: address of the pointer to the root of the tree. A mapping
 * that was not found has address 0. To visit all mappings in order, search again from the end of
 * each mapping that was found AT or ABOVE. Returns false if a node is damaged or not in the
 * dump. */
bool viommu_search(struct kernel *kernel, uint64_t root, uint64_t bus,
		   struct viommu_mapping found[NR_VIOMMU_FOUND], struct error *err);

/* Like viommu_search(). If a mapping contains the address, also finds the mappings before and after
 * that mapping. */
bool viommu_find(struct kernel *kernel, uint64_t root, uint64_t bus,
		 struct viommu_mapping found[NR_VIOMMU_FOUND], struct error *err);
