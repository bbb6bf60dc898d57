/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The PCI functions of the machine, as the kernel knows them: struct pci_dev.
 * include/linux/pci.h, drivers/pci/probe.c. If those are not known, the functions that IOMMUs
 * have entries for. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/state.h"

struct kernel;

enum {
	MOST_BARS = 7, /* six, and the ROM's: PCI_STD_NUM_BARS, PCI_ROM_RESOURCE */
	PCI_NAME = 20, /* "0000:00:1f.2" and a null byte; VMD's segments are from 10000 on */
	PCI_DRIVER = 40,
};

/* A range of the memory or port space that the function answers to. */
struct pci_bar {
	uint64_t start, end; /* inclusive, as in struct resource */
	unsigned int nr;
	bool is_memory; /* else ports */
};

struct pci_function {
	uint64_t address; /* of the struct pci_dev; 0: known from an IOMMU's table only, and of
			   * the fields below only name, bus and devfn are set */
	char name[PCI_NAME];
	uint32_t segment; /* "domain" in the kernel's words */
	uint8_t bus, devfn;
	uint16_t vendor, id;
	uint32_t class; /* class, subclass, programming interface: 0x010802 */
	char driver[PCI_DRIVER]; /* printable; "": no driver, or its name cannot be read */
	bool has_mask;
	uint64_t dma_mask; /* the highest bus address that its driver asks for */
	unsigned int nr_bars;
	struct pci_bar bar[MOST_BARS];
};

/* The id of the function's requests at its IOMMU: io_root.h. */
static inline unsigned int pci_request(const struct pci_function *function)
{
	return (unsigned int)function->bus << 8 | function->devfn;
}

/* AMD's IOMMUs are PCI functions, which no IOMMU translates for. */
static inline bool pci_is_iommu(const struct pci_function *function)
{
	return function->class >> 8 == 0x0806; /* PCI_CLASS_SYSTEM_IOMMU */
}

struct pci_list {
	struct pci_function *function; /* owned; by segment, bus and devfn */
	size_t nr, room;
	size_t nr_damages; /* buses and functions that are missing */
	struct error damage; /* the first of them */
	/* The kernel's types are not known: these are the functions that tables of IOMMUs have
	 * entries for (io_chain.h, or -o), in segment 0. damage says so; nr_damages is 1. */
	bool by_tables;
};

/* Read on first use; borrowed from the kernel until its facts are forgotten. NULL with
 * err: where they are, or their layout, is not known, or they cannot be read. */
const struct pci_list *pci_functions(struct kernel *kernel, struct error *err);

/* The function of that name: "0000:00:1f.2", or "00:1f.2" of segment 0. NULL with err. */
const struct pci_function *pci_find(const struct pci_list *list, const char *name,
				    struct error *err);

/* The function with a memory BAR that holds a physical address, and that BAR; NULL: none. */
const struct pci_function *pci_at(const struct pci_list *list, uint64_t paddr,
				  const struct pci_bar **bar);
