/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vtop --guest: looks up addresses of a virtual machine in the tables of the guest and of the
 * host. */
#pragma once

#include "kvm/two_ways.h"
#include "cli/command.h"

struct guest_question {
	const char *word; /* the word that names the machine */
	struct number_given cpu; /* number of a vCPU; default: the first one */
	const char *root; /* a value of CR3 to use as root; NULL: the vCPU's CR3 */
};

/* Answers each address in a list of words that ends with NULL. Returns false and sets err if no
 * address could be answered. */
bool answer_guest(struct session *session, const struct guest_question *question, char **addresses,
		  struct error *err);

/* --- for show_guest.c --- */

/* A virtual machine, and the table in which its addresses are looked up. */
struct guest_walks {
	struct session *session;
	struct guest_view view;
	/* The guest's table, which is in the guest's memory. If paging is off, addresses are
	 * physical. */
	struct space own;
};

struct guest_answer {
	const struct guest_walks *walks;
	const char *argument; /* the address as typed */
	uint64_t vaddr;
	struct walk walk; /* walk of the guest's table, if the guest has one */
	bool has_place; /* the address has a guest-physical address */
	struct guest_place place;
	enum page_state state; /* state of the guest's page in the dump */
	const char *status;
	enum style style; /* style of the status */
	bool ends_in_host; /* status describes the tables of the host, not of the guest */
	struct error trouble; /* why there is no answer; the code is 0 if there is one */
};

extern const char *const walk_outcome_names[]; /* indexed by enum walk_outcome */

extern const struct record guest_record; /* the form of all these answers */
void show_guest_answer(const struct guest_answer *answer);
