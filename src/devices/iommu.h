/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* How devices reach memory: their IOMMU, group and domain, by the kernel's structures.
 * drivers/iommu/iommu.c, drivers/iommu/intel/iommu.c, drivers/iommu/amd/init.c */
#pragma once

#include "devices/pci.h"
#include "devices/tables.h"

struct device_dma {
	const struct pci_function *function; /* borrowed */
	/* As in /sys/class/iommu: "dmar0", "smmu3.0x0000000009050000"; "": not known. */
	char iommu[32];
	bool has_group;
	uint64_t group;
	uint64_t domain; /* address of the struct iommu_domain; 0: none */
	char domain_type[16]; /* as in sysfs: "DMA-FQ", "identity"; "": not known */
	bool interrupts; /* writes to the DMA_INTERRUPT range of dma.h reach no memory */
	bool bounces; /* the kernel copies memory that the driver maps to and from bounce buffers */
	struct dma_entrance entrance;
	/* If the kernel's types do not lead to the IOMMU's table: physical address of the table,
	 * and its static source. 0: the types lead to it, or the table is not known. */
	uint64_t table;
	const char *table_source;
};

/* Cannot fail. The trouble in the entrance names facts that are not known. */
void device_dma_read(struct kernel *kernel, const struct pci_function *function,
		     struct device_dma *dma);
