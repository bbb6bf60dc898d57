/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Finds the memory of a guest-physical address in two ways: by its slot and the page table of the
 * process, and by EPT or NPT. The two ways must have the same result. */
#pragma once

#include "query/translate.h"
#include "kvm/guests.h"
#include "kvm/vcpu.h"
#include "linux/task/mm.h"

/* A virtual machine, prepared for look-ups. */
struct guest_view {
	struct kernel *kernel; /* kernel of the host */
	const struct guest *guest; /* an item of the host's list */
	struct guest_cpu cpu; /* the vCPU whose EPT or NPT is walked */
	bool has_process;
	struct process process;
	struct error no_process; /* if has_process is false: why */
};

/* Prepares look-ups that use the vCPU with this number, or the first vCPU if number is negative.
 * Returns false and sets err if there is no such vCPU, or if it cannot be read. */
bool guest_view_open(struct kernel *kernel, const struct guest *guest, int64_t number,
		     struct guest_view *view, struct error *err);

enum two_ways {
	WAYS_ONE, /* at most one of the two ways is possible */
	WAYS_AGREE,
	WAYS_LATER, /* EPT or NPT does not map the page yet: KVM maps it on first use */
	/* No slot contains the address, and KVM marked its entry: KVM emulates a device there. */
	WAYS_EMULATED,
	WAYS_CONTRADICT, /* see member contradiction of struct guest_place */
	NR_WAYS
};
extern const char *const two_ways_names[NR_WAYS];

struct guest_place {
	uint64_t guest_physical;
	const struct guest_slot *slot; /* NULL: no slot contains the address */
	uint64_t user; /* if slot is not NULL: virtual address in the process */
	bool has_host; /* the slot is memory of the process, and the process is known */
	struct translation host; /* translation of user */
	bool has_nested;
	struct walk nested;
	bool marked; /* the last entry has KVM's mark for emulated memory */
	enum two_ways ways;
	struct error contradiction;
};

/* Finds the memory of a guest-physical address. Fills *place. */
void guest_place_find(const struct guest_view *view, uint64_t guest_physical,
		      struct guest_place *place);
