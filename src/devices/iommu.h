/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* How devices reach memory: their IOMMU, group and domain, by the kernel's structures.
 * drivers/iommu/iommu.c, drivers/iommu/intel/iommu.c, drivers/iommu/amd/init.c */
#pragma once

#include "devices/pci.h"
#include "devices/tables.h"

struct device_dma {
	const struct pci_function *function; /* borrowed */
	char iommu[20]; /* as in /sys/class/iommu: "dmar0", "ivhd0"; "": not known */
	bool has_group;
	uint64_t group;
	uint64_t domain; /* address of the struct iommu_domain; 0: none */
	char domain_type[16]; /* as in sysfs: "DMA-FQ", "identity"; "": not known */
	bool bounces; /* memory that its driver maps is copied to and from other memory */
	struct dma_entrance entrance;
	/* If the kernel's types do not lead to the IOMMU's table: its physical address, and its
	 * source (static). 0: they do, or it is not known. */
	uint64_t table;
	const char *table_source;
};

/* The entrance's trouble names what is not known. */
void device_dma_read(struct kernel *kernel, const struct pci_function *function,
		     struct device_dma *dma);
