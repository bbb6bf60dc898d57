/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* A virtual CPU (vCPU): its registers, as far as they are in memory, and its page tables:
 * asm/kvm_host.h of each architecture, arch/x86/kvm/svm/svm.h. */
#pragma once

#include "base/error.h"
#include "dump/registers.h"
#include "paging/walk.h"

struct kernel;

/* The kind of page table that translates guest-physical addresses to host-physical addresses. */
enum nested_kind {
	NESTED_UNKNOWN,
	/* There is no such page table: KVM makes modified copies of the guest's page tables. */
	NESTED_SHADOW,
	NESTED_NPT, /* AMD: AMD64 APM vol. 2, 15.25 */
	NESTED_EPT, /* Intel: SDM vol. 3C, 29.3 */
	NESTED_STAGE2, /* Arm: Arm ARM (DDI 0487), D8.2 */
	NR_NESTED_KINDS
};
extern const char *const nested_kind_names[NR_NESTED_KINDS]; /* names in answers, such as "npt" */

struct guest_cpu {
	uint64_t address; /* address of the struct kvm_vcpu */
	int32_t id;
	/* Number of the host's CPU that runs this vCPU or ran it last; -1: it has never run. */
	int32_t cpu;
	/* True if the guest was running when the dump was made. Then the registers in memory are
	 * old. */
	bool in_guest;
	/* True if the guest was running a nested guest. The registers then belong to the nested
	 * guest. */
	bool nested_guest;
	struct registers registers;
	bool has_efer;
	uint64_t efer;
	uint64_t vector_table; /* 0: unknown */
	uint64_t vmcb; /* physical address of the VMCB (AMD); 0: unknown */
	struct error no_vmcb; /* on AMD, if vmcb is 0: the reason */
	bool encrypted; /* SEV: the memory and the registers of the guest are encrypted */
	enum nested_kind nested;
	/* How KVM marks an entry of EPT or NPT for memory that it emulates: entry & mark_mask ==
	 * mark_value. mark_mask = 0: unknown. */
	uint64_t mark_mask, mark_value;
	/* The root of EPT, NPT or stage 2 is known; false: trouble contains the reason. */
	bool has_root;
	struct space space; /* this table, in the dump of the host's kernel; valid if has_root */
	/* On Arm, the system registers that determine the page table of the guest itself; valid if
	 * has_system. */
	bool has_system;
	uint64_t sctlr, tcr, ttbr0, ttbr1;
	struct error trouble;
};

/* Reads the struct kvm_vcpu at `address`. Returns false and sets err if the number of the vCPU
 * cannot be read. All other values may be unknown. */
bool guest_cpu_read(struct kernel *kernel, uint64_t address, struct guest_cpu *cpu,
		    struct error *err);

/* Finds the page table of the guest itself. Its entries contain guest-physical addresses. The
 * control registers of the vCPU determine the paging mode. The root is in CR3, or in *root if root
 * is not NULL. On Arm, the roots are in TTBR0_EL1 and TTBR1_EL1, and *root replaces TTBR0_EL1. If
 * paging is off, space->paging is NULL, and virtual addresses are guest-physical addresses. Returns
 * false and sets err if a register is not known. */
bool guest_cpu_space(struct kernel *kernel, const struct guest_cpu *cpu, const uint64_t *root,
		     struct space *space, struct error *err);
