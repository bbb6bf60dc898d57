/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Members of the kernel's structs, each looked up in kernel_types() on first use. Which
 * of them exist tells which layout this kernel has. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

// clang-format off
#define FOR_EACH_MEMBER(X) \
	X(TASK_TASKS, "task_struct", "tasks") \
	X(TASK_PID, "task_struct", "pid") \
	X(TASK_TGID, "task_struct", "tgid") \
	X(TASK_COMM, "task_struct", "comm") \
	X(TASK_MM, "task_struct", "mm") \
	X(TASK_ACTIVE_MM, "task_struct", "active_mm") \
	X(TASK_SIGNAL, "task_struct", "signal") \
	X(TASK_THREAD_NODE, "task_struct", "thread_node") \
	X(TASK_THREAD_GROUP, "task_struct", "thread_group") \
	X(TASK_PIDS, "task_struct", "pids") \
	X(PID_LIST, "pid", "pid_list") \
	X(SIGNAL_THREAD_HEAD, "signal_struct", "thread_head") \
	X(TASK_STACK, "task_struct", "stack") \
	X(TASK_STATE, "task_struct", "__state") \
	X(TASK_OLD_STATE, "task_struct", "state") \
	X(TASK_EXIT_STATE, "task_struct", "exit_state") \
	X(TASK_ON_CPU, "task_struct", "on_cpu") \
	X(TASK_SWITCHED_SP, "task_struct", "thread.sp") \
	X(TASK_SWITCHED_IP, "task_struct", "thread.ip") \
	X(SWITCHED_FLAGS, "inactive_task_frame", "flags") \
	X(SWITCHED_R15, "inactive_task_frame", "r15") \
	X(SWITCHED_R14, "inactive_task_frame", "r14") \
	X(SWITCHED_R13, "inactive_task_frame", "r13") \
	X(SWITCHED_R12, "inactive_task_frame", "r12") \
	X(SWITCHED_SI, "inactive_task_frame", "si") \
	X(SWITCHED_DI, "inactive_task_frame", "di") \
	X(SWITCHED_BX, "inactive_task_frame", "bx") \
	X(SWITCHED_BP, "inactive_task_frame", "bp") \
	X(SWITCHED_RETURN, "inactive_task_frame", "ret_addr") \
	X(TASK_PARENT, "task_struct", "real_parent") \
	X(TASK_START_TIME, "task_struct", "start_time") \
	X(TASK_INFO, "task_struct", "thread_info") \
	X(TASK_INFO_CPU, "task_struct", "thread_info.cpu") \
	X(TASK_CPU, "task_struct", "cpu") \
	X(INFO_CPU, "thread_info", "cpu") \
	X(TASK_RSS_COUNT, "task_struct", "rss_stat.count") \
	X(RQ_IDLE, "rq", "idle") \
	X(RQ_CURR, "rq", "curr") \
	X(PDA_OFFSET, "x8664_pda", "data_offset") \
	X(PDA_CPU, "x8664_pda", "cpunumber") \
	X(PCPU_HOT_HARDIRQ, "pcpu_hot", "hardirq_stack_ptr") \
	X(PCPU_HOT_SOFTIRQ, "pcpu_hot", "softirq_stack_ptr") \
	X(CHUNK_LIST, "pcpu_chunk", "list") \
	X(CHUNK_BASE, "pcpu_chunk", "base_addr") \
	X(CHUNK_PAGES, "pcpu_chunk", "nr_pages") \
	X(CHUNK_START_OFFSET, "pcpu_chunk", "start_offset") \
	X(CHUNK_END_OFFSET, "pcpu_chunk", "end_offset") \
	X(SLAB_CACHE, "slab", "slab_cache") \
	X(SLAB_OBJECTS, "slab", "objects") \
	X(SLAB_S_MEM, "slab", "s_mem") \
	X(SLAB_COLOUR, "slab", "colouroff") \
	X(SLAB_FREE, "slab", "free") \
	X(PAGE_SLAB_CACHE, "page", "slab_cache") \
	X(PAGE_SLAB, "page", "slab") \
	X(PAGE_SLAB_PAGE, "page", "slab_page") \
	X(PAGE_OBJECTS, "page", "objects") \
	X(PAGE_S_MEM, "page", "s_mem") \
	X(CACHE_NAME, "kmem_cache", "name") \
	X(CACHE_LIST, "kmem_cache", "list") \
	X(CACHE_CONSTRUCTOR, "kmem_cache", "ctor") \
	X(CACHE_SIZE, "kmem_cache", "size") \
	X(CACHE_ORDER, "kmem_cache", "oo.x") \
	X(CACHE_MIN_ORDER, "kmem_cache", "min.x") \
	X(CACHE_LEFT_PAD, "kmem_cache", "red_left_pad") \
	X(CACHE_NUM, "kmem_cache", "num") \
	X(CACHE_OBJ_OFFSET, "kmem_cache", "obj_offset") \
	X(CACHE_OFFSET, "kmem_cache", "offset") \
	X(CACHE_RANDOM, "kmem_cache", "random") \
	X(CACHE_CPU_SLAB, "kmem_cache", "cpu_slab") \
	X(CACHE_CPU_SHEAVES, "kmem_cache", "cpu_sheaves") \
	X(CACHE_CPU_CACHE, "kmem_cache", "cpu_cache") \
	X(CACHE_ARRAY, "kmem_cache", "array") \
	X(CACHE_NODE, "kmem_cache", "node") \
	X(CACHE_PER_NODE, "kmem_cache", "per_node") \
	X(CACHE_LISTS, "kmem_cache_s", "lists") \
	X(CACHE_NODE_SHARED, "kmem_cache_node", "shared") \
	X(CACHE_NODE_ALIEN, "kmem_cache_node", "alien") \
	X(CACHE_NODE_BARN, "kmem_cache_node", "barn") \
	X(PER_NODE_NODE, "kmem_cache_per_node_ptrs", "node") \
	X(PER_NODE_BARN, "kmem_cache_per_node_ptrs", "barn") \
	X(CPU_SLAB_FREELIST, "kmem_cache_cpu", "freelist") \
	X(CPU_SLAB_SLAB, "kmem_cache_cpu", "slab") \
	X(CPU_SLAB_PAGE, "kmem_cache_cpu", "page") \
	X(CPU_SLAB_PARTIAL, "kmem_cache_cpu", "partial") \
	X(SLAB_NEXT, "slab", "next") \
	X(PAGE_NEXT, "page", "next") \
	X(ARRAY_CACHE_NR, "array_cache", "avail") \
	X(ARRAY_CACHE_ENTRY, "array_cache", "entry") \
	X(ALIEN_CACHE_AC, "alien_cache", "ac") \
	X(SHEAVES_MAIN, "slub_percpu_sheaves", "main") \
	X(SHEAVES_SPARE, "slub_percpu_sheaves", "spare") \
	X(BARN_FULL, "node_barn", "sheaves_full") \
	X(SHEAF_LIST, "slab_sheaf", "barn_list") \
	X(SHEAF_SIZE, "slab_sheaf", "size") \
	X(SHEAF_OBJECTS, "slab_sheaf", "objects") \
	X(SLAB_FREELIST, "slab", "freelist") \
	X(SLAB_ACTIVE, "slab", "active") \
	X(PAGE_FREELIST, "page", "freelist") \
	X(PAGE_ACTIVE, "page", "active") \
	X(CACHE_OBJECT_SIZE, "kmem_cache", "object_size") \
	X(CACHE_GFPORDER, "kmem_cache", "gfporder") \
	X(NODE_NR_SLABS, "kmem_cache_node", "nr_slabs") \
	X(NODE_OBJECTS, "kmem_cache_node", "total_objects") \
	X(NODE_PARTIAL, "kmem_cache_node", "partial") \
	X(NODE_TOTAL_SLABS, "kmem_cache_node", "total_slabs") \
	X(NODE_FREE_OBJECTS, "kmem_cache_node", "free_objects") \
	X(NODE_SLABS_PARTIAL, "kmem_cache_node", "slabs_partial") \
	X(NODE_SLABS_FULL, "kmem_cache_node", "slabs_full") \
	X(NODE_SLABS_FREE, "kmem_cache_node", "slabs_free") \
	X(SLAB_INUSE, "slab", "inuse") \
	X(SLAB_LIST, "slab", "slab_list") \
	X(PAGE_INUSE, "page", "inuse") \
	X(PAGE_SLAB_LIST, "page", "slab_list") \
	X(PAGE_LRU, "page", "lru") \
	X(PGDAT_ZONES, "pglist_data", "node_zones") \
	X(PGDAT_ID, "pglist_data", "node_id") \
	X(ZONE_NAME, "zone", "name") \
	X(ZONE_START, "zone", "zone_start_pfn") \
	X(ZONE_SPANNED, "zone", "spanned_pages") \
	X(ZONE_PRESENT, "zone", "present_pages") \
	X(ZONE_MANAGED, "zone", "managed_pages") \
	X(ZONE_STAT, "zone", "vm_stat") \
	X(ZONE_FREE_AREA, "zone", "free_area") \
	X(ZONE_WATERMARK, "zone", "_watermark") \
	X(ZONE_WATERMARK_OLD, "zone", "watermark") \
	X(ZONE_BOOST, "zone", "watermark_boost") \
	X(ZONE_CPU_PAGES, "zone", "per_cpu_pageset") \
	X(ZONE_CPU_PAGESET, "zone", "pageset") \
	X(ZONE_CPU_STATS, "zone", "per_cpu_zonestats") \
	X(CPU_STATS_DIFF, "per_cpu_zonestat", "vm_stat_diff") \
	X(PAGESET_DIFF, "per_cpu_pageset", "vm_stat_diff") \
	X(PAGESET_PAGES, "per_cpu_pageset", "pcp") \
	X(CPU_PAGES_LISTS, "per_cpu_pages", "lists") \
	X(FREE_AREA_NR, "free_area", "nr_free") \
	X(TASK_CRED, "task_struct", "cred") \
	X(TASK_REAL_CRED, "task_struct", "real_cred") \
	X(TASK_FILES, "task_struct", "files") \
	X(MM_PGD, "mm_struct", "pgd") \
	X(MM_RSS, "mm_struct", "rss_stat") \
	X(MM_RSS_COUNT, "mm_struct", "rss_stat.count") \
	X(COUNTER_COUNT, "percpu_counter", "count") \
	X(COUNTER_COUNTERS, "percpu_counter", "counters") \
	X(MM_MT, "mm_struct", "mm_mt") \
	X(MM_NOTIFIERS, "mm_struct", "notifier_subscriptions") \
	X(MM_NOTIFIERS_OLD, "mm_struct", "mmu_notifier_mm") \
	X(MM_MMAP, "mm_struct", "mmap") \
	X(MM_RB_ROOT, "mm_struct", "mm_rb.rb_node") \
	X(MM_START_BRK, "mm_struct", "start_brk") \
	X(MM_BRK, "mm_struct", "brk") \
	X(MM_START_STACK, "mm_struct", "start_stack") \
	X(MM_ARG_START, "mm_struct", "arg_start") \
	X(MM_ARG_END, "mm_struct", "arg_end") \
	X(MM_VDSO, "mm_struct", "context.vdso") \
	X(MM_CONTEXT_FLAGS, "mm_struct", "context.flags") \
	X(MM_IA32_COMPAT, "mm_struct", "context.ia32_compat") \
	X(MAPLE_ROOT, "maple_tree", "ma_root") \
	X(VMA_START, "vm_area_struct", "vm_start") \
	X(VMA_END, "vm_area_struct", "vm_end") \
	X(VMA_NEXT, "vm_area_struct", "vm_next") \
	X(VMA_RB, "vm_area_struct", "vm_rb") \
	X(VMA_RB_LEFT, "vm_area_struct", "vm_rb.rb_left") \
	X(VMA_RB_RIGHT, "vm_area_struct", "vm_rb.rb_right") \
	X(VMA_MM, "vm_area_struct", "vm_mm") \
	X(VMA_FLAGS, "vm_area_struct", "vm_flags") \
	X(VMA_PGOFF, "vm_area_struct", "vm_pgoff") \
	X(VMA_FILE, "vm_area_struct", "vm_file") \
	X(VMA_OPS, "vm_area_struct", "vm_ops") \
	X(VMA_PRIVATE_DATA, "vm_area_struct", "vm_private_data") \
	X(VMA_ANON_NAME, "vm_area_struct", "anon_name") \
	X(ANON_NAME_NAME, "anon_vma_name", "name") \
	X(SPECIAL_MAPPING_NAME, "vm_special_mapping", "name") \
	X(FILE_MNT, "file", "f_path.mnt") \
	X(FILE_DENTRY, "file", "f_path.dentry") \
	X(DENTRY_PARENT, "dentry", "d_parent") \
	X(DENTRY_INODE, "dentry", "d_inode") \
	X(DENTRY_ALIAS, "dentry", "d_u.d_alias") \
	X(DENTRY_ALIAS_OLD, "dentry", "d_alias") \
	X(DENTRY_NAME, "dentry", "d_name.name") \
	X(DENTRY_LENGTH, "dentry", "d_name.len") \
	X(DENTRY_HASH, "dentry", "d_hash") \
	X(DENTRY_OPS, "dentry", "d_op") \
	X(DENTRY_OPS_DNAME, "dentry_operations", "d_dname") \
	X(SPACE_HOST, "address_space", "host") \
	X(SPACE_NONLINEAR, "address_space", "i_mmap_nonlinear") \
	X(SWAP_FLAGS, "swap_info_struct", "flags") \
	X(SWAP_MAX, "swap_info_struct", "max") \
	X(SWAP_FILE, "swap_info_struct", "swap_file") \
	X(INODE_DATA, "inode", "i_data") \
	X(INODE_MAPPING, "inode", "i_mapping") \
	X(INODE_NUMBER, "inode", "i_ino") \
	X(INODE_SB, "inode", "i_sb") \
	X(INODE_DENTRY, "inode", "i_dentry") \
	X(SB_TYPE, "super_block", "s_type") \
	X(SB_ID, "super_block", "s_id") \
	X(FILESYSTEM_NAME, "file_system_type", "name") \
	X(ANON_VMA_ROOT, "anon_vma", "rb_root") \
	X(AVC_VMA, "anon_vma_chain", "vma") \
	X(AVC_RB, "anon_vma_chain", "rb") \
	X(AVC_RB_LEFT, "anon_vma_chain", "rb.rb_left") \
	X(AVC_RB_RIGHT, "anon_vma_chain", "rb.rb_right") \
	X(VFSMOUNT_ROOT, "vfsmount", "mnt_root") \
	X(VFSMOUNT_PARENT, "vfsmount", "mnt_parent") \
	X(VFSMOUNT_MOUNTPOINT, "vfsmount", "mnt_mountpoint") \
	X(MOUNT_MNT, "mount", "mnt") \
	X(MOUNT_PARENT, "mount", "mnt_parent") \
	X(MOUNT_MOUNTPOINT, "mount", "mnt_mountpoint") \
	X(VMAP_START, "vmap_area", "va_start") \
	X(VMAP_END, "vmap_area", "va_end") \
	X(VMAP_FLAGS, "vmap_area", "flags") \
	X(VMAP_LIST, "vmap_area", "list") \
	X(VMAP_VM, "vmap_area", "vm") \
	X(VMAP_PRIVATE, "vmap_area", "private") \
	X(VMAP_SUBTREE_MAX_SIZE, "vmap_area", "subtree_max_size") \
	X(VMAP_PURGE_LIST, "vmap_area", "purge_list") \
	X(VMAP_NODE_BUSY, "vmap_node", "busy.head") \
	X(VMAP_NODE_LAZY, "vmap_node", "lazy.head") \
	X(VM_NEXT, "vm_struct", "next") \
	X(VM_ADDR, "vm_struct", "addr") \
	X(VM_SIZE, "vm_struct", "size") \
	X(VM_FLAGS, "vm_struct", "flags") \
	X(VM_PAGES, "vm_struct", "pages") \
	X(VM_NR_PAGES, "vm_struct", "nr_pages") \
	X(VM_PHYS_ADDR, "vm_struct", "phys_addr") \
	X(VM_CALLER, "vm_struct", "caller") \
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
	X(GROUP_ID, "iommu_group", "id") \
	X(GROUP_DOMAIN, "iommu_group", "domain") \
	X(DOMAIN_TYPE, "iommu_domain", "type") \
	X(DEV_IOMMU_UNIT, "dev_iommu", "iommu_dev") \
	X(DEV_IOMMU_PRIVATE, "dev_iommu", "priv") \
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
	X(RB_NODE_LEFT, "rb_node", "rb_left") \
	X(RB_NODE_RIGHT, "rb_node", "rb_right") \
	X(MODULE_LIST, "module", "list") \
	X(MODULE_NAME, "module", "name") \
	X(MODULE_KALLSYMS, "module", "kallsyms") \
	X(MODULE_SYMBOLS, "mod_kallsyms", "symtab") \
	X(MODULE_NR_SYMBOLS, "mod_kallsyms", "num_symtab") \
	X(MODULE_STRINGS, "mod_kallsyms", "strtab") \
	X(MODULE_SYMBOL_TYPES, "mod_kallsyms", "typetab") \
	X(MODULE_MEM, "module", "mem") \
	X(MODULE_MEMORY_BASE, "module_memory", "base") \
	X(MODULE_MEMORY_SIZE, "module_memory", "size") \
	X(MODULE_CORE_BASE, "module", "core_layout.base") \
	X(MODULE_CORE_SIZE, "module", "core_layout.size") \
	X(MODULE_CORE_TEXT_SIZE, "module", "core_layout.text_size") \
	X(MODULE_CORE_RO_SIZE, "module", "core_layout.ro_size") \
	X(MODULE_INIT_BASE, "module", "init_layout.base") \
	X(MODULE_INIT_SIZE, "module", "init_layout.size") \
	X(MODULE_INIT_TEXT_SIZE, "module", "init_layout.text_size") \
	X(MODULE_INIT_RO_SIZE, "module", "init_layout.ro_size") \
	X(MODULE_OLD_CORE, "module", "module_core") \
	X(MODULE_OLD_CORE_SIZE, "module", "core_size") \
	X(MODULE_OLD_CORE_TEXT_SIZE, "module", "core_text_size") \
	X(MODULE_OLD_CORE_RO_SIZE, "module", "core_ro_size") \
	X(MODULE_OLD_INIT, "module", "module_init") \
	X(MODULE_OLD_INIT_SIZE, "module", "init_size") \
	X(MODULE_OLD_INIT_TEXT_SIZE, "module", "init_text_size") \
	X(MODULE_OLD_INIT_RO_SIZE, "module", "init_ro_size") \
	X(XA_NODE_SHIFT, "xa_node", "shift") \
	X(XA_NODE_SLOTS, "xa_node", "slots") \
	X(CPU_VENDOR, "cpuinfo_x86", "x86_vendor")

/* Of structs that a module has: looked up in its types too. */
#define FOR_EACH_MODULE_MEMBER(X) \
	X(KVM_LIST, "kvm", "vm_list", "kvm") \
	X(KVM_MM, "kvm", "mm", "kvm") \
	X(KVM_PID, "kvm", "userspace_pid", "kvm") \
	X(KVM_ONLINE, "kvm", "online_vcpus.counter", "kvm") \
	X(KVM_VCPU_HEAD, "kvm", "vcpu_array.xa_head", "kvm") \
	X(KVM_VCPUS, "kvm", "vcpus", "kvm") \
	X(KVM_MEMSLOTS, "kvm", "memslots", "kvm") \
	X(SLOTS_TREE, "kvm_memslots", "gfn_tree.rb_node", "kvm") \
	X(SLOTS_NODE, "kvm_memslots", "node_idx", "kvm") \
	X(SLOTS_ARRAY, "kvm_memslots", "memslots", "kvm") \
	X(SLOTS_USED, "kvm_memslots", "used_slots", "kvm") \
	X(MEMSLOT_NODE, "kvm_memory_slot", "gfn_node", "kvm") \
	X(MEMSLOT_LEFT, "kvm_memory_slot", "gfn_node.rb_left", "kvm") \
	X(MEMSLOT_RIGHT, "kvm_memory_slot", "gfn_node.rb_right", "kvm") \
	X(MEMSLOT_GFN, "kvm_memory_slot", "base_gfn", "kvm") \
	X(MEMSLOT_PAGES, "kvm_memory_slot", "npages", "kvm") \
	X(MEMSLOT_USER, "kvm_memory_slot", "userspace_addr", "kvm") \
	X(MEMSLOT_FLAGS, "kvm_memory_slot", "flags", "kvm") \
	X(MEMSLOT_ID, "kvm_memory_slot", "id", "kvm") \
	X(KVM_MARK, "kvm", "arch.shadow_mmio_value", "kvm") \
	X(VCPU_KVM, "kvm_vcpu", "kvm", "kvm") \
	X(VCPU_ID, "kvm_vcpu", "vcpu_id", "kvm") \
	X(VCPU_CPU, "kvm_vcpu", "cpu", "kvm") \
	X(VCPU_MODE, "kvm_vcpu", "mode", "kvm") \
	X(VCPU_REGS, "kvm_vcpu", "arch.regs", "kvm") \
	X(VCPU_AVAILABLE, "kvm_vcpu", "arch.regs_avail", "kvm") \
	X(VCPU_CR0, "kvm_vcpu", "arch.cr0", "kvm") \
	X(VCPU_CR2, "kvm_vcpu", "arch.cr2", "kvm") \
	X(VCPU_CR3, "kvm_vcpu", "arch.cr3", "kvm") \
	X(VCPU_CR4, "kvm_vcpu", "arch.cr4", "kvm") \
	X(VCPU_EFER, "kvm_vcpu", "arch.efer", "kvm") \
	X(VCPU_MMU, "kvm_vcpu", "arch.mmu", "kvm") \
	X(VCPU_ROOT_MMU, "kvm_vcpu", "arch.root_mmu", "kvm") \
	X(MMU_ROOT, "kvm_mmu", "root.hpa", "kvm") \
	X(MMU_OLD_ROOT, "kvm_mmu", "root_hpa", "kvm") \
	X(MMU_ROLE, "kvm_mmu", "root_role.word", "kvm") \
	X(MMU_LEVELS, "kvm_mmu", "shadow_root_level", "kvm") \
	X(VIOMMU_UNIT, "viommu_dev", "iommu", "virtio_iommu") \
	X(VIOMMU_DOMAIN_ROOT, "viommu_domain", "mappings.rb_root.rb_node", "virtio_iommu") \
	X(VIOMMU_DOMAIN_BYPASS, "viommu_domain", "bypass", "virtio_iommu") \
	X(VIOMMU_ENDPOINT_DEVICE, "viommu_endpoint", "dev", "virtio_iommu") \
	X(VIOMMU_ENDPOINT_DOMAIN, "viommu_endpoint", "vdomain", "virtio_iommu") \
	X(VIOMMU_ENDPOINT_UNIT, "viommu_endpoint", "viommu", "virtio_iommu") \
	X(VIOMMU_MAPPING_NODE, "viommu_mapping", "iova.rb", "virtio_iommu") \
	X(VIOMMU_MAPPING_START, "viommu_mapping", "iova.start", "virtio_iommu") \
	X(VIOMMU_MAPPING_LAST, "viommu_mapping", "iova.last", "virtio_iommu") \
	X(VIOMMU_MAPPING_PHYSICAL, "viommu_mapping", "paddr", "virtio_iommu") \
	X(VIOMMU_MAPPING_FLAGS, "viommu_mapping", "flags", "virtio_iommu") \
	X(SVM_VMCB, "vcpu_svm", "vmcb", "kvm_amd")
// clang-format on

enum member_id {
#define MEMBER_ID(ID, TYPE, NAME) ID,
	FOR_EACH_MEMBER(MEMBER_ID)
#undef MEMBER_ID
#define MEMBER_ID(ID, TYPE, NAME, MODULE) ID,
	FOR_EACH_MODULE_MEMBER(MEMBER_ID)
#undef MEMBER_ID
	NR_MEMBERS
};

struct member {
	bool tried, known;
	uint32_t offset; /* bytes */
	uint32_t size;
};

/* Valid until facts are forgotten. NULL: there is no such member, or no types
 * describe it; err says which. */
const struct member *kernel_member(struct kernel *kernel, enum member_id id,
				   struct error *err);

/* What a member is loaded as, and the size in bytes that it must have. */
enum member_form {
	MEMBER_NUMBER,  /* 1, 2, 4 or 8 */
	MEMBER_INT,     /* 4 */
	MEMBER_POINTER, /* that of a pointer or long of this kernel */
	MEMBER_LINKS,   /* two pointers: struct list_head */
	MEMBER_TEXT,    /* at least 1 */
};

/* The same; fails also if the types give it another size. */
const struct member *kernel_member_as(struct kernel *kernel, enum member_id id,
				      enum member_form form, struct error *err);

/* Consecutive bytes of a struct. */
struct member_bytes {
	const uint8_t *data;
	uint64_t start; /* offset of data[0] in the struct */
	uint64_t size;
};

/* The number of size bytes at offset at of a member; 0 if it reaches past the end of the
 * member or of bytes. */
uint64_t member_load(const struct member_bytes *bytes,
		     const struct member *member, uint64_t at, size_t size);

/* Reads a MEMBER_NUMBER of the struct at a virtual address. */
bool kernel_read_member(struct kernel *kernel, uint64_t address,
			enum member_id id, uint64_t *value, struct error *err);
