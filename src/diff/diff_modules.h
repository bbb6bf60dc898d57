/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Loaded modules of two dumps. */
#pragma once

#include "diff/pair.h"

struct module_place {
	char name[64];   /* printable */
	uint64_t module; /* address of its struct module */
	bool has_size;
	uint64_t size; /* bytes of its parts, those of initialization left out */
};

struct module_diff {
	enum diff_status status;
	const struct module_place *module[NR_SIDES]; /* NULL: not loaded; borrowed */
};

/* By name, until visit returns false. DIFF_MOVED: the same, loaded elsewhere, in a dump of
 * another boot; in one of the same boot that is DIFF_CHANGED: it was loaded again. False
 * with err: the modules of a dump are not known. */
bool diff_modules(const struct pair *pair,
		  bool (*visit)(const struct module_diff *diff, void *arg),
		  void *arg, struct diff_counts *counts, struct error *err);
