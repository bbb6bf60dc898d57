/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A translation as vtop and pagemap show it. */
#pragma once

#include "answers/translate.h"
#include "session/command.h"

struct region;

/* A translation and what is known about its address. All pointers are borrowed. */
struct walk_answer {
	struct session *session;
	const struct space *space;
	const char *argument; /* as typed, or NULL */
	struct translation translation;
	const struct region *region; /* NULL: unknown */
	uint64_t page; /* address of the struct page; 0: none */
	struct error trouble; /* of translation_trouble() */
};

/* Sets region, page and trouble; what stands above them is set. */
void walk_answer_complete(struct walk_answer *answer);

/* Begins an answer with all fields but the levels, for JSON. */
void show_walk(const struct walk_answer *answer, const char *command);

/* The name of the resource that holds the page, if it is not RAM: device memory,
 * or what ioremap() maps. NULL for RAM and if unknown. */
const char *walk_answer_resource(const struct walk_answer *answer);

/* "4K", "2M", "4M", "1G" */
const char *page_size_text(uint64_t page_size);
