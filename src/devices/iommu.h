/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Determines from the kernel's structs how a device accesses memory, and its IOMMU, group and
 * domain: drivers/iommu/iommu.c, drivers/iommu/intel/iommu.c, drivers/iommu/amd/init.c. */
#pragma once

#include "devices/pci.h"
#include "devices/entrance.h"

struct device_dma {
	const struct pci_function *function; /* borrowed */
	/* The name in /sys/class/iommu, such as "dmar0" or "smmu3.0x0000000009050000". "": not
	 * known. */
	char iommu[32];
	bool has_group;
	uint64_t group;
	uint64_t domain; /* address of the struct iommu_domain; 0: none */
	char domain_type[16]; /* the name in sysfs, such as "DMA-FQ" or "identity"; "": not known */
	/* True if the device's writes to the DMA_INTERRUPT range (dma.h) raise interrupts instead
	 * of changing memory. */
	bool interrupts;
	/* True if the driver's mappings use bounce buffers (bounce.h). */
	bool bounces;
	struct dma_entrance entrance;
	/* The physical address of a table that was found without types (iommu.c), and a static
	 * text that describes how it was found. table = 0: the table was found with types, or is
	 * not known. */
	uint64_t table;
	const char *table_source;
};

/* Fills *dma. If it is not known how the device accesses memory, dma->entrance.trouble contains the
 * reason. */
void device_dma_read(struct kernel *kernel, const struct pci_function *function,
		     struct device_dma *dma);
