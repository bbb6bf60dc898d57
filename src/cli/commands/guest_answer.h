/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vtop --guest: translates addresses of a virtual machine, with the page tables of the guest and
 * then of the host. */
#pragma once

#include "kvm/two_ways.h"
#include "cli/command.h"

struct guest_question {
	const char *word; /* the word that names the machine */
	struct number_given cpu; /* the number of a vCPU; not given: the first vCPU */
	const char *
		root; /* a value of the root register, whose page table is used; NULL: the vCPU's own */
};

/* Answers for each address in a list of words, which ends with NULL. If no address can be answered,
 * sets err and returns false. */
bool answer_guest(struct session *session, const struct guest_question *question, char **addresses,
		  struct error *err);

/* --- for show_guest.c --- */

/* A virtual machine, and the page table with which the machine's addresses are translated. */
struct guest_walks {
	struct session *session;
	struct guest_view view;
	/* The guest's page table, which is in the guest's memory. If paging is off, there is none,
	 * and addresses are physical. */
	struct space own;
};

struct guest_answer {
	const struct guest_walks *walks;
	const char *argument; /* the address as the user typed it */
	uint64_t vaddr;
	struct walk walk; /* the walk of the guest's page table, if there is one */
	bool has_place; /* the guest's page table maps the address to a guest-physical address */
	struct guest_place place;
	enum page_state state; /* the state of the guest's page in the dump */
	const char *status;
	enum style style; /* the style for the status */
	/* the status is about the host's tables, and not about the guest's table */
	bool ends_in_host;
	struct error trouble; /* the reason if there is no answer, or code 0 */
};

extern const char *const walk_outcome_names[]; /* indexed by enum walk_outcome */

extern const struct record guest_record; /* the form of all these answers */
void show_guest_answer(const struct guest_answer *answer);
