/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The structs of PCI functions and buses in Linux 6.12. A file that includes this file must define
 * struct device before. If it defines PCI_RESOURCES, functions have resources and a DMA mask, and
 * the file must also define struct resource before. */
#pragma once

#include "vmlinux-common.h"

struct pci_sysdata {
	int domain;
};

struct pci_bus {
	struct list_head node, children, devices;
	void *sysdata;
	unsigned char number;
};

struct pci_driver {
	const char *name;
};

struct pci_dev {
	struct list_head bus_list;
	unsigned int devfn;
	unsigned short vendor, device;
	unsigned int class;
	struct pci_driver *driver;
#ifdef PCI_RESOURCES
	u64 dma_mask;
#endif
	struct device dev;
#ifdef PCI_RESOURCES
	struct resource resource[7];
#endif
};

PLACED(".data.20c00.a") struct list_head pci_root_buses = { (void *)1 };

/* Pointers to structs that no other variable has, so that the debug information contains these
 * structs. */
PLACED(".data.20c80") struct pci_bus *bus = (void *)1;
PLACED(".data.20c80") struct pci_sysdata *sysdata = (void *)1;
PLACED(".data.20c80") struct pci_dev *device = (void *)1;
