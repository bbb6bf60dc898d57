/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A translation as vtop and pagemap answer it. */
#pragma once

#include "command/command.h"
#include "kernel/translate.h"

/* One question and all that is known of it, for either way of printing. */
struct answer {
	struct session *session;
	const struct space *space;
	const char *argument; /* NULL: none */
	struct translation translation;
	const struct region *region; /* NULL where not known */
	uint64_t page;               /* struct page; 0 where there is none */
	struct error trouble;        /* for the statuses that are no answer */
	bool in_trouble;
};

/* session, space and argument are set. */
void answer_find(struct answer *answer, uint64_t vaddr);
/* The same where it is translated already. */
void answer_complete(struct answer *answer);

/* Begins an answer in JSON with all fields but the levels. */
void answer_begin(const struct answer *answer, const char *command);

/* The resource that the page belongs to where it is no RAM: device memory, or
 * what ioremap() maps. NULL where it is RAM, or nothing tells. */
const char *answer_resource(const struct answer *answer);

/* "4K", "2M", "4M", "1G" */
const char *answer_size_text(uint64_t page_size);
