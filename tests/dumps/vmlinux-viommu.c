/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vmlinux-common.h"

/*
 * The part of the vmlinux without a kernel that knows a PCI function behind a virtio
 * IOMMU whose driver is built in, with BUS=virtio in mkvmlinux' environment. Members that
 * nobody asks for are left out. As Linux 6.12 has them.
 */
struct rb_root_cached {
	struct rb_root rb_root;
	struct rb_node *rb_leftmost;
};

struct interval_tree_node {
	struct rb_node rb;
	unsigned long start, last, __subtree_last;
};

struct kobject {
	const char *name;
};

struct iommu_device {
	struct list_head list;
	struct device *dev;
};

struct dev_iommu {
	struct iommu_device *iommu_dev;
	void *priv;
};

struct device {
	struct kobject kobj;
	struct dev_iommu *iommu;
};

#include "vmlinux-pci.h"

struct viommu_dev {
	void *vdev;
	struct iommu_device iommu;
};

struct viommu_mapping {
	u64 paddr;
	struct interval_tree_node iova;
	unsigned int flags;
};

struct viommu_domain {
	unsigned int id;
	struct rb_root_cached mappings;
	_Bool bypass;
};

struct viommu_endpoint {
	struct device *dev;
	struct viommu_dev *viommu;
	struct viommu_domain *vdomain;
};

/* Types that no variable has. */
PLACED(".data.20c80") struct viommu_endpoint *endpoint = (void *)1;
PLACED(".data.20c80") struct viommu_mapping *mapping = (void *)1;
