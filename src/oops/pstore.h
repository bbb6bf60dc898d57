/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Records of pstore: the kernel cuts the end of its log into parts and writes the newest one first, so that the
 * lines of part 1 come after the lines of part 2 (pstore_dump() in fs/pstore/platform.c). */
#pragma once

#include "oops/lines.h"

enum { PSTORE_MOST_PART = 255, PSTORE_EVENT = 24 };

struct pstore_part {
	char event[PSTORE_EVENT]; /* "Oops#1" */
	unsigned int part; /* 1 to PSTORE_MOST_PART */
	uint64_t seconds; /* when it was written, by the name of its file; 0: not known */
	size_t start, end; /* its lines */
	size_t nr; /* of the event */
};

struct pstore {
	struct pstore_part *part; /* owned; in the order of the text */
	size_t nr, room;
};

/* Reads a line such as "Oops#1 Part2", which begins a part. */
bool pstore_head(const char *text, struct pstore_part *part);
/* Is it a line that names the file of the next part, or the line that ramoops writes first? */
bool pstore_is_name(const char *text, uint64_t *seconds);

/* Puts the parts of each event into order, the oldest lines first. Joins lines that were torn between two parts, and
 * sets lines->missing. `spare` has as many bytes as the texts of the lines, with their NULs. */
bool pstore_order(struct oops_lines *lines, struct pstore *pstore, char *spare, struct error *err);
