/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the memory of a guest-physical address in two ways. The first way uses the memory slot and
 * the page table of the process. The second way uses the page tables of EPT or NPT. Both ways must
 * have the same result. */
#pragma once

#include "query/translate.h"
#include "kvm/guests.h"
#include "kvm/vcpu.h"
#include "linux/task/mm.h"

/* A virtual machine, and the data that look-ups of its addresses need. */
struct guest_view {
	struct kernel *kernel; /* kernel of the host */
	const struct guest *guest; /* an item of the host's list */
	struct guest_cpu cpu; /* the vCPU whose EPT or NPT is walked */
	bool has_process;
	struct process process;
	struct error no_process; /* if has_process is false: the reason */
};

/* Prepares look-ups. number: number of the vCPU whose EPT or NPT is used; if negative, the first
 * vCPU is used. Returns false and sets err if the machine has no such vCPU, or if the vCPU cannot
 * be read. */
bool guest_view_open(struct kernel *kernel, const struct guest *guest, int64_t number,
		     struct guest_view *view, struct error *err);

enum two_ways {
	WAYS_ONE, /* at most one way has a result */
	WAYS_AGREE,
	WAYS_LATER, /* EPT or NPT does not map the page yet; KVM maps it on first use */
	/* No slot contains the address, and the EPT or NPT entry for the address has KVM's mark,
	 * because KVM emulates a device there. */
	WAYS_EMULATED,
	WAYS_CONTRADICT, /* the results differ; struct guest_place.contradiction describes how */
	NR_WAYS
};
extern const char *const two_ways_names[NR_WAYS];

struct guest_place {
	uint64_t guest_physical;
	const struct guest_slot *slot; /* NULL: no slot contains the address */
	uint64_t user; /* virtual address in the process; valid if slot is not NULL */
	bool has_host; /* the slot is memory of a process, and this process is known */
	struct translation host; /* translation of the address `user`; valid if has_host */
	bool has_nested;
	struct walk nested;
	bool marked; /* the last entry has KVM's mark for emulated memory */
	enum two_ways ways;
	struct error contradiction;
};

/* Finds the memory of a guest-physical address in both ways, compares the results, and fills
 * *place. */
void guest_place_find(const struct guest_view *view, uint64_t guest_physical,
		      struct guest_place *place);
