/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Members of the kernel's structs that the files in devices read. */
#pragma once

#include "kernel/member.h"

// clang-format off
#define MEMBERS_OF_DEVICES(X) \
	X(PCI_BUS_NODE, "pci_bus", "node") \
	X(PCI_BUS_CHILDREN, "pci_bus", "children") \
	X(PCI_BUS_DEVICES, "pci_bus", "devices") \
	X(PCI_BUS_NUMBER, "pci_bus", "number") \
	X(PCI_BUS_SYSDATA, "pci_bus", "sysdata") \
	X(PCI_SYSDATA_DOMAIN, "pci_sysdata", "domain") \
	X(PCI_BUS_LIST, "pci_dev", "bus_list") \
	X(PCI_DEV_DEVFN, "pci_dev", "devfn") \
	X(PCI_DEV_VENDOR, "pci_dev", "vendor") \
	X(PCI_DEV_DEVICE, "pci_dev", "device") \
	X(PCI_DEV_CLASS, "pci_dev", "class") \
	X(PCI_DEV_DRIVER, "pci_dev", "driver") \
	X(PCI_DRIVER_NAME, "pci_driver", "name") \
	X(PCI_RESOURCE, "pci_dev", "resource") \
	X(PCI_DEV_MASK_POINTER, "pci_dev", "dev.dma_mask") \
	X(PCI_DEV_GROUP, "pci_dev", "dev.iommu_group") \
	X(PCI_DEV_IOMMU, "pci_dev", "dev.iommu") \
	X(PCI_DEV_OLD_IOMMU, "pci_dev", "dev.archdata.iommu") \
	X(PCI_DEV_POOL, "pci_dev", "dev.dma_io_tlb_mem") \
	X(PCI_DEV_POOLS, "pci_dev", "dev.dma_io_tlb_pools") \
	X(PCI_DEV_PARAMETERS, "pci_dev", "dev.dma_parms") \
	X(PARAMETERS_MASK, "device_dma_parameters", "min_align_mask") \
	X(POOL_FORCED, "io_tlb_mem", "force_bounce") \
	X(MEM_FIRST_POOL, "io_tlb_mem", "defpool") \
	X(MEM_POOLS, "io_tlb_mem", "pools") \
	X(MEM_START, "io_tlb_mem", "start") \
	X(MEM_END, "io_tlb_mem", "end") \
	X(MEM_NR_SLOTS, "io_tlb_mem", "nslabs") \
	X(MEM_SLOTS, "io_tlb_mem", "slots") \
	X(POOL_START, "io_tlb_pool", "start") \
	X(POOL_END, "io_tlb_pool", "end") \
	X(POOL_NR_SLOTS, "io_tlb_pool", "nslabs") \
	X(POOL_SLOTS, "io_tlb_pool", "slots") \
	X(POOL_NODE, "io_tlb_pool", "node") \
	X(SLOT_ORIGINAL, "io_tlb_slot", "orig_addr") \
	X(SLOT_SIZE, "io_tlb_slot", "alloc_size") \
	X(SLOT_FREE, "io_tlb_slot", "list") \
	X(PCI_DEV_DRIVER_DATA, "pci_dev", "dev.driver_data") \
	X(VIRTIO_FEATURES, "virtio_device", "features") \
	X(VIRTIO_DRIVER, "virtio_device", "dev.driver") \
	X(GROUP_ID, "iommu_group", "id") \
	X(GROUP_DOMAIN, "iommu_group", "domain") \
	X(DOMAIN_TYPE, "iommu_domain", "type") \
	X(DEV_IOMMU_UNIT, "dev_iommu", "iommu_dev") \
	X(DEV_IOMMU_PRIVATE, "dev_iommu", "priv") \
	X(DEV_IOMMU_SPEC, "dev_iommu", "fwspec") \
	X(SPEC_NR, "iommu_fwspec", "num_ids") \
	X(SPEC_IDS, "iommu_fwspec", "ids") \
	X(SMMU_MASTER_UNIT, "arm_smmu_master", "smmu") \
	X(SMMU_MASTER_DEVICE, "arm_smmu_master", "dev") \
	X(SMMU_STREAMS, "arm_smmu_master", "smmu->strtab_cfg") \
	X(SMMU_UNIT, "arm_smmu_master", "smmu->iommu") \
	X(SMMU_SID_BITS, "arm_smmu_master", "smmu->sid_bits") \
	X(STREAMS_TABLE, "arm_smmu_strtab_cfg", "strtab_dma") \
	X(STREAMS_FORMAT, "arm_smmu_strtab_cfg", "strtab_base_cfg") \
	X(STREAMS_LINEAR, "arm_smmu_strtab_cfg", "linear.ste_dma") \
	X(STREAMS_DIRECTORY, "arm_smmu_strtab_cfg", "l2.l1_dma") \
	X(STREAMS_NR_DIRECTORY, "arm_smmu_strtab_cfg", "l2.num_l1_ents") \
	X(DRHD_LIST, "dmar_drhd_unit", "list") \
	X(DRHD_IOMMU, "dmar_drhd_unit", "iommu") \
	X(INTEL_UNIT, "intel_iommu", "iommu") \
	X(INTEL_ROOT, "intel_iommu", "root_entry") \
	X(INTEL_COMMAND, "intel_iommu", "gcmd") \
	X(INTEL_FEATURES, "intel_iommu", "ecap") \
	X(INTEL_NAME, "intel_iommu", "name") \
	X(INFO_BUS, "device_domain_info", "bus") \
	X(INFO_DEVFN, "device_domain_info", "devfn") \
	X(INFO_IOMMU, "device_domain_info", "iommu") \
	X(AMD_LIST, "amd_iommu", "list") \
	X(AMD_UNIT, "amd_iommu", "iommu") \
	X(AMD_INDEX, "amd_iommu", "index") \
	X(AMD_FUNCTION, "amd_iommu", "dev") \
	X(AMD_SEGMENT, "amd_iommu", "pci_seg") \
	X(AMD_DEVICE_TABLE, "amd_iommu_pci_seg", "dev_table") \
	X(AMD_DEVICE_ID, "iommu_dev_data", "devid") \
	X(IOMMU_DEVICE_DEVICE, "iommu_device", "dev") \
	X(DEVICE_NAME, "device", "kobj.name") \
	X(PCI_DEV_DEVICE_ITSELF, "pci_dev", "dev") \
	X(VIOMMU_UNIT, "viommu_dev", "iommu", .module = "virtio_iommu") \
	X(VIOMMU_DOMAIN_ROOT, "viommu_domain", "mappings.rb_root.rb_node", .module = "virtio_iommu") \
	X(VIOMMU_DOMAIN_BYPASS, "viommu_domain", "bypass", .module = "virtio_iommu") \
	X(VIOMMU_ENDPOINT_DEVICE, "viommu_endpoint", "dev", .module = "virtio_iommu") \
	X(VIOMMU_ENDPOINT_DOMAIN, "viommu_endpoint", "vdomain", .module = "virtio_iommu") \
	X(VIOMMU_ENDPOINT_UNIT, "viommu_endpoint", "viommu", .module = "virtio_iommu") \
	X(VIOMMU_MAPPING_NODE, "viommu_mapping", "iova.rb", .module = "virtio_iommu") \
	X(VIOMMU_MAPPING_START, "viommu_mapping", "iova.start", .module = "virtio_iommu") \
	X(VIOMMU_MAPPING_LAST, "viommu_mapping", "iova.last", .module = "virtio_iommu") \
	X(VIOMMU_MAPPING_PHYSICAL, "viommu_mapping", "paddr", .module = "virtio_iommu") \
	X(VIOMMU_MAPPING_FLAGS, "viommu_mapping", "flags", .module = "virtio_iommu")
// clang-format on

MEMBER_IDS(DEVICES);
