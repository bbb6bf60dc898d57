/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vmlinux-common.h"

/*
 * The part of the vmlinux without a kernel that knows PCI functions and their
 * IOMMUs, with BUS in mkvmlinux' environment. Members that nobody asks for are
 * left out. As Linux 6.12 has them.
 */
struct resource {
	u64 start, end;
	const char *name;
	unsigned long flags, desc;
	struct resource *parent, *sibling, *child;
};

struct iommu_domain {
	unsigned int type;
};

struct iommu_group {
	int id;
	struct iommu_domain *domain;
};

struct iommu_device {
	struct list_head list;
};

struct dev_iommu {
	struct iommu_device *iommu_dev;
	void *priv;
};

struct io_tlb_mem {
	_Bool force_bounce;
};

struct device {
	u64 *dma_mask;
	struct io_tlb_mem *dma_io_tlb_mem;
	struct iommu_group *iommu_group;
	struct dev_iommu *iommu;
	void *driver_data;
};

#define PCI_RESOURCES
#include "vmlinux-pci.h"

struct virtio_device {
	u64 features;
	struct {
		void *driver;
	} dev;
};

#ifndef NO_IOMMUS
struct intel_iommu {
	u64 cap, ecap;
	unsigned int gcmd;
	unsigned char name[13];
	void *root_entry;
	struct iommu_device iommu;
};

struct dmar_drhd_unit {
	struct list_head list;
	struct intel_iommu *iommu;
};

struct device_domain_info {
	unsigned char bus, devfn;
	struct intel_iommu *iommu;
};

struct amd_iommu_pci_seg {
	void *dev_table;
};

struct amd_iommu {
	struct list_head list;
	int index;
	struct pci_dev *dev;
	struct amd_iommu_pci_seg *pci_seg;
	struct iommu_device iommu;
};

struct iommu_dev_data {
	unsigned short devid;
};
#endif

PLACED(".data.20c00.b") struct list_head dmar_drhd_units = { (void *)1 };
PLACED(".data.20c00.c") struct list_head amd_iommu_list = { (void *)1 };
PLACED(".data.20c00.d") int intel_iommu_sm = 1;

/* Types that no variable has. */
PLACED(".data.20c80") struct virtio_device *virtio = (void *)1;
#ifndef NO_IOMMUS
PLACED(".data.20c80") struct dmar_drhd_unit *drhd = (void *)1;
PLACED(".data.20c80") struct device_domain_info *info = (void *)1;
PLACED(".data.20c80") struct amd_iommu *amd = (void *)1;
PLACED(".data.20c80") struct iommu_dev_data *data = (void *)1;
#endif

/* Of before 6.6, and of no device. */
PLACED(".data.20c80")
enum compound_dtor_id {
	NULL_COMPOUND_DTOR,
	COMPOUND_PAGE_DTOR,
	HUGETLB_PAGE_DTOR,
} dtor = HUGETLB_PAGE_DTOR;
