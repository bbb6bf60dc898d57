/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Lines of the kernel's log in which an IOMMU driver reports a refused access:
 *   DMAR: [DMA Write NO_PASID] Request device [00:02.0] fault addr 0xffffe000 [fault reason ...
 *   AMD-Vi: Event logged [IO_PAGE_FAULT device=00:02.0 domain=0x0007 address=0xffffe000 ...
 * drivers/iommu/intel/dmar.c, drivers/iommu/amd/iommu.c, in all forms since 3.10. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "devices/bounce.h"
#include "devices/dma.h"

enum { FAULT_EVENT = 32 };

struct dma_fault {
	/* Offset and size of the part of the line that the other members were read from. */
	size_t at, size;
	char event[FAULT_EVENT]; /* "DMA Write", "IO_PAGE_FAULT" */
	bool has_segment; /* false: the line does not name the segment */
	uint16_t segment;
	uint8_t bus, devfn;
	bool has_access, is_write;
	bool has_pasid, has_domain;
	uint64_t pasid, domain;
	bool has_address; /* false for faults of interrupt remapping */
	uint64_t address; /* bus address */
};

/* Parses the line of size bytes. Returns false if the line reports no fault. */
bool dma_fault_parse(const char *line, size_t size, struct dma_fault *fault);

/* The state in the dump of the device and the bus address of a fault. */
struct dma_fault_view {
	struct dma_fault fault;
	/* Borrowed; NULL: not found, and trouble has the reason. */
	const struct pci_function *function;
	struct error trouble;
	struct device_dma dma;
	/* false: the fault has no address, or was in another table than the device's */
	bool has_translation;
	struct dma_translation translation;
	struct dma_near near;
	/* True if the device's entry in the device table of AMD's IOMMU could be read. */
	bool has_domain_now;
	uint64_t domain_now;
	bool is_bounced; /* the address is mapped to a bounce buffer now */
	struct bounce_copy bounce;
};

void dma_fault_look(struct kernel *kernel, const struct dma_fault *fault,
		    struct dma_fault_view *view);

/* Appends one line, without a newline, to the string in text, an array of size bytes. */
void dma_fault_text(const struct dma_fault_view *view, char *text, size_t size);
