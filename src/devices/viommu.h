/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads the mappings of a virtio IOMMU. Its page tables are in the host, not in the dump. The
 * guest's driver keeps a tree of mappings for each domain, with the mappings that it has requested:
 * drivers/iommu/virtio-iommu.c, since 5.3 (edcd69ab9a32). */
#pragma once

#include "devices/entrance.h"

struct pci_function;

/* A mapping of the bus addresses from first to last, both inclusive. The bus address `first` is
 * mapped to the physical address `physical`. */
struct viommu_mapping {
	uint64_t first, last;
	uint64_t physical;
	uint64_t address; /* address of the struct viommu_mapping; 0: no mapping was found */
	bool readable, writable;
};

/* Fills *entrance for a PCI function behind a virtio IOMMU: the tree of its mappings, or
 * pass-through, or entrance->trouble. Returns false only if the IOMMU is not a virtio IOMMU. info:
 * address of the data that the driver of the IOMMU has for the function. unit: address of the
 * struct iommu_device of the IOMMU. */
bool viommu_enter(struct kernel *kernel, uint64_t info, uint64_t unit,
		  const struct pci_function *function, struct dma_entrance *entrance);

enum viommu_found {
	VIOMMU_AT, /* the mapping that contains the bus address */
	VIOMMU_BELOW, /* the last mapping below the bus address */
	VIOMMU_ABOVE, /* the first mapping above the bus address */
	NR_VIOMMU_FOUND
};

/* Finds the mapping that contains a bus address. If there is no such mapping, finds the mappings
 * before and after the address. A mapping that was not found has address 0. root: address of the
 * pointer to the root of the tree. To visit all mappings in order, search again for the address
 * after the end of the mapping that was found as VIOMMU_AT, or if there is none, as VIOMMU_ABOVE.
 * Returns false if a node is damaged or not in the dump. */
bool viommu_search(struct kernel *kernel, uint64_t root, uint64_t bus,
		   struct viommu_mapping found[NR_VIOMMU_FOUND], struct error *err);

/* Like viommu_search(). If a mapping contains the address, also finds the mappings before and after
 * this mapping. */
bool viommu_find(struct kernel *kernel, uint64_t root, uint64_t bus,
		 struct viommu_mapping found[NR_VIOMMU_FOUND], struct error *err);
