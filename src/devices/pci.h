/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The PCI functions of the machine, from the kernel's struct pci_dev: include/linux/pci.h,
 * drivers/pci/probe.c. If the layout of this struct is not known, the list contains the functions
 * that have entries in tables of IOMMUs. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/state.h"

struct kernel;

enum {
	MOST_BARS = 7, /* six BARs and one for the ROM: PCI_STD_NUM_BARS, PCI_ROM_RESOURCE */
	/* Size of a name such as "0000:00:1f.2" with its NUL. A segment may have five digits,
	 * because VMD's segments begin at 0x10000. */
	PCI_NAME = 20,
	PCI_DRIVER = 40,
};

/* A range of memory addresses or I/O ports to which the function responds. */
struct pci_bar {
	uint64_t start, end; /* both inclusive, as in struct resource */
	unsigned int nr;
	bool is_memory; /* false: I/O ports */
};

struct pci_function {
	/* Address of the struct pci_dev. 0: the function is known only from a table of an IOMMU,
	 * and only name, bus and devfn are set. */
	uint64_t address;
	char name[PCI_NAME];
	uint32_t segment; /* the kernel calls this the domain */
	uint8_t bus, devfn;
	uint16_t vendor, id;
	uint32_t class; /* class, subclass and programming interface: 0x010802 is NVMe */
	char driver[PCI_DRIVER]; /* printable; "": no driver, or the driver's name cannot be read */
	bool has_mask;
	uint64_t dma_mask; /* the highest bus address that the driver allows */
	unsigned int nr_bars;
	struct pci_bar bar[MOST_BARS];
};

/* Returns the request id that an IOMMU uses for the function, see io_root.h. */
static inline unsigned int pci_request(const struct pci_function *function)
{
	return (unsigned int)function->bus << 8 | function->devfn;
}

/* Is the function an IOMMU? AMD's IOMMUs are PCI functions, and their own accesses to memory are
 * not translated. */
static inline bool pci_is_iommu(const struct pci_function *function)
{
	return function->class >> 8 == 0x0806; /* PCI_CLASS_SYSTEM_IOMMU */
}

struct pci_list {
	struct pci_function *function; /* owned; sorted by segment, bus and devfn */
	size_t nr, room;
	size_t nr_damages; /* number of buses and functions that could not be read */
	struct error damage; /* the first damage */
	/* True if the kernel's types are not known. In this case the list contains the functions
	 * with entries in tables of IOMMUs (found by io_root.c or given with -o), all in segment
	 * 0. damage contains the reason, and nr_damages is 1. */
	bool by_tables;
};

/* Returns the list of all functions. The first call reads the list. The kernel owns the list, which
 * is valid until the kernel's facts are forgotten. Returns NULL and sets err if the address or the
 * layout of the structs is not known, or if the structs cannot be read. */
const struct pci_list *pci_functions(struct kernel *kernel, struct error *err);

/* Returns the function with this name, for example "0000:00:1f.2". The name may lack the segment if
 * the segment is 0: "00:1f.2". Returns NULL and sets err if there is no such function. */
const struct pci_function *pci_find(const struct pci_list *list, const char *name,
				    struct error *err);

/* Returns the function that has a memory BAR with this physical address, and sets *bar to the BAR.
 * Returns NULL if there is no such function. */
const struct pci_function *pci_at(const struct pci_list *list, uint64_t paddr,
				  const struct pci_bar **bar);
