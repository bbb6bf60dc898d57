/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PCI functions and their buses, as Linux 6.12 has them; for the one part of the vmlinux that
 * knows devices, which defines struct device first. With PCI_RESOURCES, functions know their
 * resources and DMA mask; struct resource comes first, too. */
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

/* Types that no variable has. */
PLACED(".data.20c80") struct pci_bus *bus = (void *)1;
PLACED(".data.20c80") struct pci_sysdata *sysdata = (void *)1;
PLACED(".data.20c80") struct pci_dev *device = (void *)1;
