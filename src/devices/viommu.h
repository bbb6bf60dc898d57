/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* virtio's IOMMU has its tables in the host. The guest's driver keeps its requested mappings in a
 * tree for each domain. drivers/iommu/virtio-iommu.c, since 5.3 (edcd69ab9a32). */
#pragma once

#include "devices/tables.h"

struct pci_function;

/* A range of bus addresses, both inclusive, mapped to physical addresses from physical on. */
struct viommu_mapping {
	uint64_t first, last;
	uint64_t physical;
	uint64_t address; /* address of the struct viommu_mapping; 0: there is no mapping */
	bool readable, writable;
};

/* info: data of the IOMMU's driver for the function; unit: its struct iommu_device. False: the
 * function does not use such an IOMMU. */
bool viommu_enter(struct kernel *kernel, uint64_t info, uint64_t unit,
		  const struct pci_function *function, struct dma_entrance *entrance);

enum viommu_found {
	VIOMMU_AT, /* the mapping that holds the bus address */
	VIOMMU_BELOW, /* the last mapping below the bus address */
	VIOMMU_ABOVE, /* the first mapping above the bus address */
	NR_VIOMMU_FOUND
};

/* Finds the mapping in a tree that holds a bus address, or if there is none, the mappings next to
 * the address. root: address of the tree's root. A mapping that was not found has address 0.
 * Searches from the end of each mapping AT or ABOVE visit the whole tree in order. Fails if a node
 * is damaged or not in the dump. */
bool viommu_search(struct kernel *kernel, uint64_t root, uint64_t bus,
		   struct viommu_mapping found[NR_VIOMMU_FOUND], struct error *err);

/* The same, but also finds the neighbours of the mapping that holds the address. */
bool viommu_find(struct kernel *kernel, uint64_t root, uint64_t bus,
		 struct viommu_mapping found[NR_VIOMMU_FOUND], struct error *err);
