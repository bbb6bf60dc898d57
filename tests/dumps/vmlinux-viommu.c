/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The part of the vmlinux without a kernel that knows a PCI function behind a virtio
 * IOMMU whose driver is built in, with BUS=virtio in mkvmlinux' environment. Members that
 * nobody asks for are left out. As Linux 6.12 has them.
 */
typedef unsigned long long u64;

struct list_head {
	struct list_head *next, *prev;
};

struct rb_node {
	unsigned long __rb_parent_color;
	struct rb_node *rb_right, *rb_left;
};

struct rb_root {
	struct rb_node *rb_node;
};

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
	struct device dev;
};

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

#define PLACED(section_name)                                                   \
	__attribute__((used, section(section_name), aligned(sizeof(long))))

PLACED(".data.20c00.a") struct list_head pci_root_buses = { (void *)1 };

/* Types that no variable has. */
PLACED(".data.20c80") struct pci_bus *bus = (void *)1;
PLACED(".data.20c80") struct pci_sysdata *sysdata = (void *)1;
PLACED(".data.20c80") struct pci_dev *device = (void *)1;
PLACED(".data.20c80") struct viommu_endpoint *endpoint = (void *)1;
PLACED(".data.20c80") struct viommu_mapping *mapping = (void *)1;
