/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The rows of a listing, read from the dumped kernel. */
#pragma once

#include "listing/listing.h"
#include "value/value.h"

enum cell_kind {
	CELL_NONE, /* the kernel has no such column, or a pointer before it is NULL */
	CELL_UNSIGNED,
	CELL_SIGNED,
	CELL_BOOL,
	CELL_HEX,
	CELL_SECONDS, /* a number of nanoseconds */
	CELL_TEXT,
	CELL_UNREADABLE,
};

struct listing_cell {
	const char *name; /* of the column */
	enum cell_kind kind;
	uint64_t number;
	char text[4096]; /* may contain any bytes except 0 */
	struct error why; /* CELL_UNREADABLE, or the kernel cannot have this value; code 0: none */
};

struct listing_visitor {
	/* Gets a cell for each column; columns of the same name have one. Returns false to end the visit. */
	bool (*row)(void *arg, const struct listing_cell *cell, size_t nr);
	void *arg;
};

/* Visits the rows. taken: what the listing takes; else NULL. Where data is damaged or cannot be read, rows are
 * left out, and *damages has the reasons. Fails if the kernel has none of the alternatives. */
bool listing_run(struct kernel *kernel, const struct listing *listing, const struct value *taken,
		 const struct listing_visitor *visitor, struct damages *damages, struct error *err);

/* --- for listing_run.c --- */

/* Reads a cell of this column. Fails if the expression or its members do not exist; what cannot be read is a
 * cell, too. */
bool listing_cell_read(const struct value_memory *memory, const struct listing_column *column,
		       struct listing_cell *cell, struct error *err);
