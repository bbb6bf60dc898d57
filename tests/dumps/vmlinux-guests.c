/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vmlinux-common.h"

/*
 * The part of the vmlinux without a kernel that has KVM in it, of both vendors, with
 * GUESTS in mkvmlinux' environment. Members that nobody asks for are left out. As Linux
 * 6.12 has them; -DOLD as 4.19: slots and vCPUs are in arrays.
 */
typedef unsigned int u32;

struct xarray {
	void *xa_head;
};

struct xa_node {
	unsigned char shift;
	void *slots[64];
};

struct kvm_memory_slot {
#ifndef OLD
	struct rb_node gfn_node[2];
#endif
	u64 base_gfn;
	unsigned long npages;
	unsigned long userspace_addr;
	u32 flags;
	short id;
};

struct kvm_memslots {
#ifdef OLD
	struct kvm_memory_slot memslots[4];
	int used_slots;
#else
	struct rb_root gfn_tree;
	int node_idx;
#endif
};

struct kvm {
	struct kvm_memslots *memslots[2];
#ifdef OLD
	struct kvm_vcpu *vcpus[1];
#else
	struct xarray vcpu_array;
#endif
	struct {
		int counter;
	} online_vcpus;
	struct list_head vm_list;
	struct mm_struct *mm;
	int userspace_pid;
};

enum kvm_reg {
	VCPU_REGS_RIP = 16,
	VCPU_EXREG_CR3 = 19,
};

struct kvm_mmu {
#ifdef OLD
	u64 root_hpa;
	unsigned char root_level, shadow_root_level;
#else
	struct {
		u64 hpa;
	} root;
	union {
		u32 word;
	} root_role;
#endif
};

struct kvm_vcpu {
	int vcpu_id, cpu, mode;
	struct {
		unsigned long regs[17];
		u32 regs_avail;
		unsigned long cr0, cr2, cr3, cr4;
		u64 efer;
#ifdef OLD
		struct kvm_mmu mmu;
#else
		struct kvm_mmu *mmu;
		struct kvm_mmu root_mmu;
#endif
	} arch;
};

struct vcpu_svm {
	struct kvm_vcpu vcpu;
	struct vmcb *vmcb;
};

struct cpuinfo_x86 {
	unsigned char x86, x86_vendor;
};

PLACED(".data.20c00.a") struct list_head vm_list = { (void *)1 };
PLACED(".data.20c00.b") _Bool enable_ept = 1;
PLACED(".data.20c00.c") _Bool npt_enabled = 1;
PLACED(".data.20c00.d") struct cpuinfo_x86 boot_cpu_data = { 6 };
PLACED(".data.20c00.e") u64 shadow_mmio_mask = 1;
PLACED(".data.20c00.f") u64 shadow_mmio_value = 1;

/* Types that no variable has. */
PLACED(".data.20c80") struct kvm *machine = (void *)1;
PLACED(".data.20c80") struct kvm_vcpu *cpu = (void *)1;
PLACED(".data.20c80") struct vcpu_svm *svm = (void *)1;
PLACED(".data.20c80") struct kvm_memslots *some_slots = (void *)1;
PLACED(".data.20c80") struct kvm_memory_slot *slot = (void *)1;
PLACED(".data.20c80") struct xa_node *node = (void *)1;
PLACED(".data.20c80") enum kvm_reg a_register = VCPU_REGS_RIP;
