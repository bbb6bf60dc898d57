/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Determines how devices access memory, and their IOMMU, group and domain, from the kernel's
 * structs. drivers/iommu/iommu.c, drivers/iommu/intel/iommu.c, drivers/iommu/amd/init.c */
#pragma once

#include "devices/pci.h"
#include "devices/tables.h"

struct device_dma {
	const struct pci_function *function; /* borrowed */
	/* The name in /sys/class/iommu, such as "dmar0" or "smmu3.0x0000000009050000"; "": not
	 * known. */
	char iommu[32];
	bool has_group;
	uint64_t group;
	uint64_t domain; /* address of the struct iommu_domain; 0: none */
	char domain_type[16]; /* the name in sysfs, such as "DMA-FQ" or "identity"; "": not known */
	/* True if the device's writes to the DMA_INTERRUPT range of dma.h reach no memory. */
	bool interrupts;
	/* True if the driver's mappings use bounce buffers: the kernel copies data between the
	 * buffers and the driver's memory. */
	bool bounces;
	struct dma_entrance entrance;
	/* The physical address of a table that io_roots.h found, and static text that names the
	 * table's source. 0: the kernel's types lead to the table, or the table is not known. */
	uint64_t table;
	const char *table_source;
};

/* Fills *dma. If facts are not known, dma->entrance.trouble names them. */
void device_dma_read(struct kernel *kernel, const struct pci_function *function,
		     struct device_dma *dma);
