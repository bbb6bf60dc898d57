/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vtop --guest: looks up addresses of a virtual machine, in the tables of the guest and of the
 * host. */
#pragma once

#include "kvm/two_ways.h"
#include "cli/command.h"

struct guest_question {
	const char *word; /* names the machine */
	struct number_given cpu; /* number of a vCPU; default: the first one */
	const char *root; /* a value of CR3 to use as root; NULL: the vCPU's CR3 */
};

/* Answers addresses, a NULL-terminated list of words. False with err: no address could be
 * answered. */
bool answer_guest(struct session *session, const struct guest_question *question, char **addresses,
		  struct error *err);

/* --- for show_guest.c --- */

/* A machine, and the table in which its addresses are looked up. */
struct guest_walks {
	struct session *session;
	struct guest_view view;
	/* The guest's table, in the guest's memory; without paging addresses are physical. */
	struct space own;
};

struct guest_answer {
	const struct guest_walks *walks;
	const char *argument; /* as typed */
	uint64_t vaddr;
	struct walk walk; /* walk of the guest's table, if there is one */
	bool has_place; /* the address has a guest-physical address */
	struct guest_place place;
	enum page_state state; /* state of the guest's page in the dump */
	const char *status;
	enum style style; /* style of the status */
	bool ends_in_host; /* status is about the tables of the host, not of the guest */
	struct error trouble; /* why there is no answer; code 0: there is an answer */
};

extern const char *const walk_outcome_names[]; /* indexed by enum walk_outcome */

extern const struct record guest_record; /* the form of these answers */
void show_guest_answer(const struct guest_answer *answer);
