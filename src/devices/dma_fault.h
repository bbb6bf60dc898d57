/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Lines of the kernel's log in which the driver of an IOMMU reports that it refused an access:
 *   DMAR: [DMA Write NO_PASID] Request device [00:02.0] fault addr 0xffffe000 [fault reason ...
 *   AMD-Vi: Event logged [IO_PAGE_FAULT device=00:02.0 domain=0x0007 address=0xffffe000 ...
 * All forms of these lines since 3.10 are recognised: drivers/iommu/intel/dmar.c,
 * drivers/iommu/amd/iommu.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "devices/bounce.h"
#include "devices/dma.h"

enum { FAULT_EVENT = 32 };

struct dma_fault {
	/* Offset and size of the part of the line from which the other members were read. */
	size_t at, size;
	char event[FAULT_EVENT]; /* such as "DMA Write" or "IO_PAGE_FAULT" */
	bool has_segment; /* false: the line does not contain the segment */
	uint16_t segment;
	uint8_t bus, devfn;
	bool has_access, is_write;
	bool has_pasid, has_domain;
	uint64_t pasid, domain;
	bool has_address; /* false for faults of interrupt remapping, which have no bus address */
	uint64_t address; /* bus address */
};

/* Parses a line of `size` bytes. Returns false if the line does not report a fault. */
bool dma_fault_parse(const char *line, size_t size, struct dma_fault *fault);

/* The device and the bus address of a fault, as they are in the dump. */
struct dma_fault_view {
	struct dma_fault fault;
	/* Borrowed. NULL: the function was not found, and trouble contains the reason. */
	const struct pci_function *function;
	struct error trouble;
	struct device_dma dma;
	/* False if the fault has no address, or if the address was not translated by the device's
	 * own page table. */
	bool has_translation;
	struct dma_translation translation;
	struct dma_near near;
	/* True if the device's entry in the device table of AMD's IOMMU could be read. */
	bool has_domain_now;
	uint64_t domain_now;
	bool is_bounced; /* the bus address is now mapped to a bounce buffer */
	struct bounce_copy bounce;
};

void dma_fault_look(struct kernel *kernel, const struct dma_fault *fault,
		    struct dma_fault_view *view);

/* Appends one line, without a newline, to the string in the array `text`. size: size of the array
 * in bytes. */
void dma_fault_text(const struct dma_fault_view *view, char *text, size_t size);
