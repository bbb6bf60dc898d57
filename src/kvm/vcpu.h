/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A CPU of a virtual machine: its registers as far as memory holds them, and the tables that
 * it runs with. arch/x86/include/asm/kvm_host.h, arch/x86/kvm/svm/svm.h. */
#pragma once

#include "base/error.h"
#include "dump/registers.h"
#include "paging/walk.h"

struct kernel;

/* The table that the CPU uses to translate guest-physical to host-physical addresses. */
enum nested_kind {
	NESTED_UNKNOWN,
	NESTED_SHADOW, /* nothing: KVM keeps copies of the guest's own tables */
	NESTED_NPT, /* AMD: AMD64 APM vol. 2, 15.25 */
	NESTED_EPT, /* Intel: SDM vol. 3C, 29.3 */
	NR_NESTED_KINDS
};
extern const char *const nested_kind_names[NR_NESTED_KINDS]; /* "npt", ... */

struct guest_cpu {
	uint64_t address; /* of its struct kvm_vcpu */
	int32_t id;
	int32_t cpu; /* of the host, that runs it or ran it last; -1: none did */
	bool in_guest; /* a CPU of the host ran it when the dump was taken: registers are older */
	bool nested_guest; /* it runs a guest of its own: registers belong to that guest */
	struct registers registers; /* those known */
	bool has_efer;
	uint64_t efer;
	uint64_t idt_base; /* 0: not known */
	uint64_t vmcb; /* physical address of its VMCB (AMD); 0: not known */
	struct error no_vmcb; /* AMD: why not */
	bool encrypted; /* SEV: its memory and registers cannot be read */
	enum nested_kind nested;
	/* KVM marks entries of EPT or NPT for memory that it emulates with these bits; mask 0:
	 * not known. */
	uint64_t mark_mask, mark_value;
	bool has_root; /* of EPT or NPT; otherwise trouble has the reason */
	struct space space; /* has_root; dump is the kernel's */
	struct error trouble;
};

/* Reads a struct kvm_vcpu. False with err: not even its number is known. */
bool guest_cpu_read(struct kernel *kernel, uint64_t address, struct guest_cpu *cpu,
		    struct error *err);

/* The table that the guest itself uses: paging mode and root from its control registers; root
 * from *cr3 if cr3 is not NULL. space has the guest's memory. If paging is off, its paging
 * becomes NULL: addresses are physical. False with err: a register is not known. */
bool guest_cpu_space(struct kernel *kernel, const struct guest_cpu *cpu, const uint64_t *cr3,
		     struct space *space, struct error *err);
