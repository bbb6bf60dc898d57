/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vtop --guest: translates addresses of a virtual machine, with the page tables of the guest and
 * then of the host. */
#pragma once

#include "cli/command.h"

struct guest_question {
	const char *word; /* the word that names the machine */
	struct number_given cpu; /* the number of a vCPU; not given: the first vCPU */
	const char *root; /* the root of a page table; NULL: the vCPU's own */
};

/* Answers for each address in a list of words, which ends with NULL. If no address can be answered,
 * sets err and returns false. */
bool answer_guest(struct session *session, const struct guest_question *question, char **addresses,
		  struct error *err);
