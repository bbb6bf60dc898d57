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
	size_t at, size; /* the part of the line with the other members */
	char event[FAULT_EVENT]; /* "DMA Write", "IO_PAGE_FAULT" */
	bool has_segment; /* false: the segment is unknown */
	uint16_t segment;
	uint8_t bus, devfn;
	bool has_access, is_write;
	bool has_pasid, has_domain;
	uint64_t pasid, domain;
	bool has_address; /* false for faults of interrupt remapping */
	uint64_t address; /* bus address */
};

/* False: the line reports no fault. */
bool dma_fault_parse(const char *line, size_t size, struct dma_fault *fault);

/* The state of the fault's device and address in the dump. */
struct dma_fault_view {
	struct dma_fault fault;
	const struct pci_function *function; /* borrowed; NULL: see trouble */
	struct error trouble;
	struct device_dma dma;
	bool has_translation; /* false: the device's own table does not apply */
	struct dma_translation translation;
	struct dma_near near;
	bool has_domain_now; /* the current domain in the table of AMD's IOMMU is known */
	uint64_t domain_now;
	bool is_bounced; /* the address is mapped to a bounce buffer now */
	struct bounce_copy bounce;
};

void dma_fault_look(struct kernel *kernel, const struct dma_fault *fault,
		    struct dma_fault_view *view);

/* Appends one line, without a newline, to text of size bytes. */
void dma_fault_text(const struct dma_fault_view *view, char *text, size_t size);
