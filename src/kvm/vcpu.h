/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A CPU of a virtual machine: the registers that are in memory, and the tables that the CPU runs
 * with. arch/x86/include/asm/kvm_host.h, arch/x86/kvm/svm/svm.h. */
#pragma once

#include "base/error.h"
#include "dump/registers.h"
#include "paging/walk.h"

struct kernel;

/* The table that the CPU uses to translate guest-physical to host-physical addresses. */
enum nested_kind {
	NESTED_UNKNOWN,
	NESTED_SHADOW, /* no such table: KVM keeps copies of the guest's own tables */
	NESTED_NPT, /* AMD: AMD64 APM vol. 2, 15.25 */
	NESTED_EPT, /* Intel: SDM vol. 3C, 29.3 */
	NR_NESTED_KINDS
};
extern const char *const nested_kind_names[NR_NESTED_KINDS]; /* Names: "npt", ... */

struct guest_cpu {
	uint64_t address; /* address of its struct kvm_vcpu */
	int32_t id;
	int32_t cpu; /* number of the host's CPU that runs it or ran it last; -1: it never ran */
	bool in_guest; /* the guest was running when the dump was taken: registers are older */
	/* The guest runs a guest of its own: registers belong to the inner guest. */
	bool nested_guest;
	struct registers registers; /* registers that are known */
	bool has_efer;
	uint64_t efer;
	uint64_t idt_base; /* 0: not known */
	uint64_t vmcb; /* physical address of its VMCB (AMD); 0: not known */
	struct error no_vmcb; /* if there is no vmcb on AMD: why */
	bool encrypted; /* SEV: memory and registers are encrypted */
	enum nested_kind nested;
	/* Bits with which KVM marks entries of EPT or NPT for memory that it emulates; mask 0: not
	 * known. */
	uint64_t mark_mask, mark_value;
	bool has_root; /* root of EPT or NPT is known; false: trouble has the reason */
	struct space space; /* valid if has_root; dump is the kernel's */
	struct error trouble;
};

/* Reads a struct kvm_vcpu. False with err: not even the number of the CPU is known. */
bool guest_cpu_read(struct kernel *kernel, uint64_t address, struct guest_cpu *cpu,
		    struct error *err);

/* Finds the table that the guest itself uses: paging mode and root by its control registers; root
 * by *cr3 if cr3 is not NULL. space uses the guest's memory. If paging is off, space has paging
 * NULL: addresses are physical. False with err: a register is not known. */
bool guest_cpu_space(struct kernel *kernel, const struct guest_cpu *cpu, const uint64_t *cr3,
		     struct space *space, struct error *err);
