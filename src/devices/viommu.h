/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* virtio's IOMMU has its tables in the host. The guest's driver keeps the mappings that it
 * requested, in a tree for each domain. drivers/iommu/virtio-iommu.c, since 5.3 (edcd69ab9a32). */
#pragma once

#include "devices/tables.h"

struct pci_function;

/* Bus addresses, inclusive, that are mapped to physical ones from physical on. */
struct viommu_mapping {
	uint64_t first, last;
	uint64_t physical;
	uint64_t address; /* of the struct viommu_mapping; 0: there is none */
	bool readable, writable;
};

/* info: data of the IOMMU's driver for the function; unit: its struct iommu_device. False: the
 * function is no endpoint of such an IOMMU. */
bool viommu_enter(struct kernel *kernel, uint64_t info, uint64_t unit,
		  const struct pci_function *function, struct dma_entrance *entrance);

enum viommu_found {
	VIOMMU_AT, /* the mapping that has the address */
	VIOMMU_BELOW, /* the last one below it */
	VIOMMU_ABOVE, /* the first one above it */
	NR_VIOMMU_FOUND
};

/* Finds the mapping of a tree that holds a bus address, and else the mappings next to it. root:
 * address of the tree's root. A mapping that does not exist has address 0. Repeated searches
 * from the end of each mapping AT or ABOVE visit all of a tree in order. Fails if the way is
 * damaged or not in the dump. */
bool viommu_search(struct kernel *kernel, uint64_t root, uint64_t bus,
		   struct viommu_mapping found[NR_VIOMMU_FOUND], struct error *err);

/* The same, also with the neighbours of the mapping. */
bool viommu_find(struct kernel *kernel, uint64_t root, uint64_t bus,
		 struct viommu_mapping found[NR_VIOMMU_FOUND], struct error *err);
