/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Finds guest-physical memory in two ways: by its slot and the page table of the process, and by
 * EPT or NPT. The two ways must agree. */
#pragma once

#include "query/translate.h"
#include "kvm/guests.h"
#include "kvm/vcpu.h"
#include "linux/task/mm.h"

/* A machine, prepared for look-ups. */
struct guest_view {
	struct kernel *kernel; /* kernel of the host */
	const struct guest *guest; /* a member of the host's list */
	struct guest_cpu cpu; /* the CPU whose tables are walked */
	bool has_process;
	struct process process;
	struct error no_process; /* if the process is not known: why */
};

/* The CPU with this number; with a negative number the first CPU. */
bool guest_view_open(struct kernel *kernel, const struct guest *guest, int64_t number,
		     struct guest_view *view, struct error *err);

enum two_ways {
	WAYS_ONE, /* only one way is possible, or no way */
	WAYS_AGREE,
	WAYS_LATER, /* EPT or NPT do not map the page yet: KVM maps it on first use */
	WAYS_EMULATED, /* no slot holds it, and KVM has marked it: KVM emulates a device there */
	WAYS_CONTRADICT, /* the message names the contradiction */
	NR_WAYS
};
extern const char *const two_ways_names[NR_WAYS];

struct guest_place {
	uint64_t guest_physical;
	const struct guest_slot *slot; /* NULL: no slot holds the address */
	uint64_t user; /* if slot is set: address in the process */
	bool has_host; /* slot is set, and the process is known */
	struct translation host; /* translation of user */
	bool has_nested;
	struct walk nested;
	bool marked; /* the last entry is KVM's mark of emulated memory */
	enum two_ways ways;
	struct error contradiction;
};

/* Cannot fail. */
void guest_place_find(const struct guest_view *view, uint64_t guest_physical,
		      struct guest_place *place);
