/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vtop --guest: addresses of a virtual machine, walked in both dimensions. */
#pragma once

#include "kvm/two_ways.h"
#include "cli/command.h"

struct guest_question {
	const char *word; /* names the machine */
	struct number_given cpu; /* number of a vCPU; not given: the first one */
	const char *root; /* a value of CR3 to walk by; NULL: the vCPU's */
};

/* addresses are words, NULL-terminated. False with err: none could be answered. */
bool answer_guest(struct session *session, const struct guest_question *question, char **addresses,
		  struct error *err);

/* --- for show_guest.c --- */

/* One machine, and the table that its addresses are walked in. */
struct guest_walks {
	struct session *session;
	struct guest_view view;
	struct space own; /* the guest's table in its memory; no paging: addresses are physical */
};

struct guest_answer {
	const struct guest_walks *walks;
	const char *argument; /* as typed */
	uint64_t vaddr;
	struct walk walk; /* in the guest's table, if it has one */
	bool has_place; /* it has a guest-physical address */
	struct guest_place place;
	enum page_state state; /* of the guest's page, in its dump */
	const char *status;
	enum style style; /* of the status */
	bool ends_in_host; /* the status is about the host's tables, not the guest's own */
	struct error trouble; /* why there is no answer; code 0: there is one */
};

extern const char *const walk_outcome_names[]; /* by enum walk_outcome */

extern const struct record guest_record; /* of these answers */
void show_guest_answer(const struct guest_answer *answer);
