/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A virtual CPU (vCPU): its registers that are in memory, and the page tables that it uses.
 * arch/x86/include/asm/kvm_host.h, arch/x86/kvm/svm/svm.h. */
#pragma once

#include "base/error.h"
#include "dump/registers.h"
#include "paging/walk.h"

struct kernel;

/* The kind of page table that translates guest-physical to host-physical addresses. */
enum nested_kind {
	NESTED_UNKNOWN,
	/* No table of this kind: KVM maintains modified copies of the guest's own page tables. */
	NESTED_SHADOW,
	NESTED_NPT, /* AMD: AMD64 APM vol. 2, 15.25 */
	NESTED_EPT, /* Intel: SDM vol. 3C, 29.3 */
	NR_NESTED_KINDS
};
extern const char *const nested_kind_names[NR_NESTED_KINDS]; /* names: "npt", ... */

struct guest_cpu {
	uint64_t address; /* address of its struct kvm_vcpu */
	int32_t id;
	/* Number of the host's CPU that runs this vCPU or ran it last; -1: it has never run. */
	int32_t cpu;
	/* True if the guest was running when the dump was made. Registers in memory are older
	 * then. */
	bool in_guest;
	/* The guest runs a guest inside itself, and the registers belong to the inner guest. */
	bool nested_guest;
	struct registers registers; /* contains the registers that are known */
	bool has_efer;
	uint64_t efer;
	uint64_t idt_base; /* 0: unknown */
	uint64_t vmcb; /* physical address of its VMCB (AMD); 0: unknown */
	struct error no_vmcb; /* on AMD, if vmcb is 0: why */
	bool encrypted; /* SEV: memory and registers are encrypted */
	enum nested_kind nested;
	/* KVM marks entries of EPT or NPT for memory that it emulates: the bits of mark_mask have
	 * the value mark_value. mark_mask 0: unknown. */
	uint64_t mark_mask, mark_value;
	bool has_root; /* the root of EPT or NPT is known; false: trouble has the reason */
	struct space space; /* valid if has_root; space.dump is the dump of the host's kernel */
	struct error trouble;
};

/* Reads the struct kvm_vcpu at address. Returns false and sets err if not even the number of the
 * vCPU is known. */
bool guest_cpu_read(struct kernel *kernel, uint64_t address, struct guest_cpu *cpu,
		    struct error *err);

/* Finds the page table that the guest itself uses. Its entries contain guest-physical addresses.
 * The paging mode follows from the vCPU's control registers. The root is CR3, or *cr3 if cr3 is not
 * NULL. If paging is off, space->paging is NULL, because virtual addresses are guest-physical
 * addresses. Returns false and sets err if a register is not known. */
bool guest_cpu_space(struct kernel *kernel, const struct guest_cpu *cpu, const uint64_t *cr3,
		     struct space *space, struct error *err);
