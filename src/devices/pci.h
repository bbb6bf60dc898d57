/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The PCI functions of the machine, from the kernel's struct pci_dev: include/linux/pci.h,
 * drivers/pci/probe.c. If the struct is not known, the functions that have entries in tables of
 * IOMMUs. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/state.h"

struct kernel;

enum {
	MOST_BARS = 7, /* six, and one for the ROM: PCI_STD_NUM_BARS, PCI_ROM_RESOURCE */
	PCI_NAME = 20, /* "0000:00:1f.2" and a NUL; VMD's segments begin at 10000 */
	PCI_DRIVER = 40,
};

/* A range of memory or ports that the function answers to. */
struct pci_bar {
	uint64_t start, end; /* inclusive, as in struct resource */
	unsigned int nr;
	bool is_memory; /* false: ports */
};

struct pci_function {
	/* Address of the struct pci_dev. 0: only an IOMMU's table names the function; then only
	 * name, bus and devfn are set. */
	uint64_t address;
	char name[PCI_NAME];
	uint32_t segment; /* called "domain" in the kernel */
	uint8_t bus, devfn;
	uint16_t vendor, id;
	uint32_t class; /* class, subclass, programming interface: 0x010802 */
	char driver[PCI_DRIVER]; /* printable; "": no driver, or its name cannot be read */
	bool has_mask;
	uint64_t dma_mask; /* the highest bus address that its driver can use */
	unsigned int nr_bars;
	struct pci_bar bar[MOST_BARS];
};

/* The id of the function's requests at an IOMMU: io_root.h. */
static inline unsigned int pci_request(const struct pci_function *function)
{
	return (unsigned int)function->bus << 8 | function->devfn;
}

/* AMD's IOMMUs are PCI functions. Their own accesses are not translated. */
static inline bool pci_is_iommu(const struct pci_function *function)
{
	return function->class >> 8 == 0x0806; /* PCI_CLASS_SYSTEM_IOMMU */
}

struct pci_list {
	struct pci_function *function; /* owned; sorted by segment, bus and devfn */
	size_t nr, room;
	size_t nr_damages; /* number of buses and functions that could not be read */
	struct error damage; /* the first damage */
	/* The kernel's types are not known: the list has the functions with entries in tables of
	 * IOMMUs (io_chain.h, or -o), all in segment 0. damage has the reason; nr_damages is 1. */
	bool by_tables;
};

/* The list is read on first use, and borrowed from the kernel until its facts are forgotten. NULL
 * with err: address or layout of the structs is not known, or they cannot be read. */
const struct pci_list *pci_functions(struct kernel *kernel, struct error *err);

/* The function with this name: "0000:00:1f.2", or "00:1f.2" for segment 0. NULL with err. */
const struct pci_function *pci_find(const struct pci_list *list, const char *name,
				    struct error *err);

/* The function with a memory BAR that holds the physical address, and the BAR; NULL: no
 * function. */
const struct pci_function *pci_at(const struct pci_list *list, uint64_t paddr,
				  const struct pci_bar **bar);
