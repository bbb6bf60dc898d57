/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Members of the kernel's structs that the files in kvm read. */
#pragma once

#include "kernel/member.h"

// clang-format off
#define MEMBERS_OF_KVM(X) \
	X(CPU_VENDOR, "cpuinfo_x86", "x86_vendor") \
	X(KVM_LIST, "kvm", "vm_list", .module = "kvm") \
	X(KVM_MM, "kvm", "mm", .module = "kvm") \
	X(KVM_PID, "kvm", "userspace_pid", .module = "kvm") \
	X(KVM_ONLINE, "kvm", "online_vcpus.counter", .module = "kvm") \
	X(KVM_VCPU_HEAD, "kvm", "vcpu_array.xa_head", .module = "kvm") \
	X(KVM_VCPUS, "kvm", "vcpus", .module = "kvm") \
	X(KVM_MEMSLOTS, "kvm", "memslots", .module = "kvm") \
	X(SLOTS_TREE, "kvm_memslots", "gfn_tree.rb_node", .module = "kvm") \
	X(SLOTS_NODE, "kvm_memslots", "node_idx", .module = "kvm") \
	X(SLOTS_ARRAY, "kvm_memslots", "memslots", .module = "kvm") \
	X(SLOTS_USED, "kvm_memslots", "used_slots", .module = "kvm") \
	X(MEMSLOT_NODE, "kvm_memory_slot", "gfn_node", .module = "kvm") \
	X(MEMSLOT_GFN, "kvm_memory_slot", "base_gfn", .module = "kvm") \
	X(MEMSLOT_PAGES, "kvm_memory_slot", "npages", .module = "kvm") \
	X(MEMSLOT_USER, "kvm_memory_slot", "userspace_addr", .module = "kvm") \
	X(MEMSLOT_FLAGS, "kvm_memory_slot", "flags", .module = "kvm") \
	X(MEMSLOT_ID, "kvm_memory_slot", "id", .module = "kvm") \
	X(KVM_STAGE2, "kvm", "arch.mmu.pgd_phys", .module = "kvm") \
	X(KVM_OLD_STAGE2, "kvm", "arch.pgd_phys", .module = "kvm") \
	X(KVM_VTCR, "kvm", "arch.mmu.vtcr", .module = "kvm") \
	X(KVM_OLD_VTCR, "kvm", "arch.vtcr", .module = "kvm") \
	X(KVM_MARK, "kvm", "arch.shadow_mmio_value", .module = "kvm") \
	X(VCPU_KVM, "kvm_vcpu", "kvm", .module = "kvm") \
	X(VCPU_ID, "kvm_vcpu", "vcpu_id", .module = "kvm") \
	X(VCPU_CPU, "kvm_vcpu", "cpu", .module = "kvm") \
	X(VCPU_MODE, "kvm_vcpu", "mode", .module = "kvm") \
	X(VCPU_REGS, "kvm_vcpu", "arch.regs", .module = "kvm") \
	X(VCPU_AVAILABLE, "kvm_vcpu", "arch.regs_avail", .module = "kvm") \
	X(VCPU_CR0, "kvm_vcpu", "arch.cr0", .module = "kvm") \
	X(VCPU_CR3, "kvm_vcpu", "arch.cr3", .module = "kvm") \
	X(VCPU_CR4, "kvm_vcpu", "arch.cr4", .module = "kvm") \
	X(VCPU_EFER, "kvm_vcpu", "arch.efer", .module = "kvm") \
	X(VCPU_MMU, "kvm_vcpu", "arch.mmu", .module = "kvm") \
	X(VCPU_ROOT_MMU, "kvm_vcpu", "arch.root_mmu", .module = "kvm") \
	X(VCPU_CONTEXT, "kvm_vcpu", "arch.ctxt.regs", .module = "kvm") \
	X(VCPU_SYSTEM, "kvm_vcpu", "arch.ctxt.sys_regs", .module = "kvm") \
	X(VCPU_VNCR, "kvm_vcpu", "arch.ctxt.vncr_array", .module = "kvm") \
	X(MMU_ROOT, "kvm_mmu", "root.hpa", .module = "kvm") \
	X(MMU_OLD_ROOT, "kvm_mmu", "root_hpa", .module = "kvm") \
	X(MMU_ROLE, "kvm_mmu", "root_role.word", .module = "kvm") \
	X(MMU_LEVELS, "kvm_mmu", "shadow_root_level", .module = "kvm") \
	X(SVM_VMCB, "vcpu_svm", "vmcb", .module = "kvm_amd")
// clang-format on

MEMBER_IDS(KVM);
