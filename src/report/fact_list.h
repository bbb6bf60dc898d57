/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The facts that answers rest on, each with what its sources say. */
#pragma once

#include "kernel/facts.h"

enum { MOST_VOICES = 16, FACT_TEXT = 64 };

struct told_voice {
	const char *source; /* static */
	enum fact_verdict verdict;
	char value[FACT_TEXT];
};

struct told_fact {
	enum fact_id id;
	const char *source; /* static */
	const char *doubt;  /* static: why it is doubtful; NULL: it is not */
	bool contradicted;  /* a source differs */
	char value[FACT_TEXT];
	struct told_voice voice[MOST_VOICES]; /* sources that know it */
	size_t nr_voices;
};

struct fact_list {
	struct told_fact fact[NR_FACTS];
	size_t nr;
	size_t nr_doubtful, nr_contradicted;
};

void fact_list_make(struct fact_list *list, struct kernel *kernel);
