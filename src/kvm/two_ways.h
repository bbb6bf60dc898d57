/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Where guest-physical memory is: by its slot and the table of the process, and by EPT or NPT.
 * The two ways must agree. */
#pragma once

#include "query/translate.h"
#include "kvm/guests.h"
#include "kvm/vcpu.h"
#include "linux/task/mm.h"

/* A machine that is looked at. */
struct guest_view {
	struct kernel *kernel; /* the host's */
	const struct guest *guest; /* of its list */
	struct guest_cpu cpu; /* the one whose tables are walked */
	bool has_process;
	struct process process;
	struct error no_process; /* else: why */
};

/* The CPU of that number, the first one where it is negative. */
bool guest_view_open(struct kernel *kernel, const struct guest *guest, int64_t number,
		     struct guest_view *view, struct error *err);

enum two_ways {
	WAYS_ONE, /* there is only one way, or none */
	WAYS_AGREE,
	WAYS_LATER, /* EPT or NPT do not map it yet: KVM does so when it is touched */
	WAYS_EMULATED, /* no slot holds it, and KVM has marked it: a device is emulated there */
	WAYS_CONTRADICT, /* the message names the contradiction */
	NR_WAYS
};
extern const char *const two_ways_names[NR_WAYS];

struct guest_place {
	uint64_t guest_physical;
	const struct guest_slot *slot; /* NULL: none has it */
	uint64_t user; /* slot: its address in the process */
	bool has_host; /* slot, and the process is known */
	struct translation host; /* of user */
	bool has_nested;
	struct walk nested;
	bool marked; /* its last entry is KVM's mark of memory that it emulates */
	enum two_ways ways;
	struct error contradiction;
};

/* Cannot fail. */
void guest_place_find(const struct guest_view *view, uint64_t guest_physical,
		      struct guest_place *place);
