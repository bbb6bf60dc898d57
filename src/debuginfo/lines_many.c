/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "debuginfo/lines_many.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/crew.h"
#include "base/ranges.h"
#include "base/sort.h"

enum { PIECES = 64, UNITS_PER_THREAD = 8 };

struct wanted_line {
	uint64_t address;
	uint32_t unit; /* the index in `units` */
	bool found; /* the members below are valid */
	unsigned int line; /* 0: no line */
	struct line_path path;
};

/* At first, some successive addresses of a unit; afterwards, all addresses of a unit. */
struct wanted_unit {
	uint64_t at; /* the offset in .debug_info */
	size_t first, nr; /* elements of `wanted`; afterwards only nr is valid */
	bool done;
	const char *folder, *name;
};

/* --- the units of the addresses --- */

static int lines_many_compare(const void *one, const void *two)
{
	const struct wanted_unit *left = one, *right = two;

	return COMPARE(left->at, right->at) ?: COMPARE(left->first, right->first);
}

/* Joins the elements of each unit, and sets the units of the addresses. */
static void join_units(struct lines_many *many)
{
	size_t nr = 0;

	for (size_t i = 0; i < many->nr_units; i++) {
		struct wanted_unit part = many->units[i];

		if (nr && many->units[nr - 1].at == part.at)
			many->units[nr - 1].nr += part.nr;
		else
			many->units[nr++] = part;
		for (size_t at = part.first; at < part.first + part.nr; at++)
			many->wanted[at].unit = (uint32_t)(nr - 1);
	}
	many->nr_units = nr;
}

/* Adds an address. Returns false if memory runs out. */
static bool want_line(struct lines_many *many, size_t *room, uint64_t address, uint64_t unit)
{
	struct wanted_unit *last = many->nr_units ? &many->units[many->nr_units - 1] : NULL;
	struct wanted_unit part = { .at = unit, .first = many->nr, .nr = 1 };

	many->wanted[many->nr++] = (struct wanted_line){ .address = address };
	if (last && last->at == unit)
		last->nr++;
	else
		return array_add(&many->units, &many->nr_units, room, &part, sizeof(part));
	return true;
}

static bool find_wanted_units(struct lines_many *many, const struct debug_info *debug,
			      struct unit_index *index, const uint64_t *addresses, size_t nr)
{
	const struct listener *listener = debug->work->listener;
	size_t room = 0;
	uint64_t unit;

	many->wanted = calloc(nr, sizeof(*many->wanted));
	for (size_t i = 0; many->wanted && i < nr; i++) {
		debug->work->steps = MOST_STEPS;
		if (listener_stops_at(listener, i))
			return false;
		if (many->nr && addresses[i] <= many->wanted[many->nr - 1].address)
			continue;
		if (unit_index_find(index, debug, addresses[i], &unit) &&
		    !want_line(many, &room, addresses[i], unit))
			return false;
		if (!debug->work->steps)
			return false;
	}
	if (!many->wanted || !sort_items(many->units, many->nr_units, sizeof(*many->units),
					 lines_many_compare, listener))
		return false;
	join_units(many);
	return true;
}

/* --- decoding the tables --- */

struct lines_crew {
	struct lines_many *many;
	const struct debug_info *debug;
	size_t next; /* the next unit to be decoded */
};

struct lines_worker {
	struct lines_many *many;
	struct debug_info debug;
	struct line_work work;
	struct line_table table;
	/* The path that was found last, and the number of its file. */
	uint64_t file; /* UINT64_MAX: none */
	struct line_path path;
};

static void set_line(struct lines_worker *worker, const struct line_row *row,
		     struct wanted_line *wanted)
{
	wanted->found = true;
	if (!line_row_has_line(row))
		return;
	if (worker->file != row->file) {
		worker->file = row->file;
		if (!line_table_file(&worker->debug, &worker->table, row->file, &worker->path))
			worker->path.name = NULL;
	}
	wanted->path = worker->path;
	wanted->line = wanted->path.name ? (unsigned int)row->line : 0;
}

/* Returns the index of the first wanted address that is not below `address`. */
static size_t first_wanted(const struct lines_many *many, uint64_t address)
{
	return ARRAY_SEARCH(i, 0, many->nr, many->wanted[i].address < address);
}

/* Finds the lines of the addresses of a unit. As for a single address, the line is in the first row
 * of the program that is at or below the address, and is followed by a row above the address. */
static void decode_unit(struct lines_worker *worker, struct wanted_unit *unit, uint32_t nr)
{
	struct lines_many *many = worker->many;
	struct line_place place = line_table_start(&worker->table);
	struct cursor work = worker->table.header.program;
	size_t left = unit->nr;
	size_t at = many->nr; /* the first wanted address that is not below the last row */
	uint64_t limit = UINT64_MAX;

	cursor_work(&work, cursor_left(&work));
	while (left && !work.bad && line_table_run(&worker->table, &place, limit)) {
		if (place.row.address < place.before.address)
			at = first_wanted(many, place.row.address);
		for (; at < many->nr && many->wanted[at].address < place.row.address; at++) {
			struct wanted_line *wanted = &many->wanted[at];

			cursor_work(&work, 1);
			if (wanted->unit != nr || wanted->found)
				continue;
			set_line(worker, &place.before, wanted);
			left--;
		}
		limit = at < many->nr && !place.row.ends ? many->wanted[at].address : UINT64_MAX;
	}
	unit->done = !work.bad && worker->work.steps;
}

static void lines_make(void *arg, void *piece)
{
	struct lines_worker *worker = arg;
	uint32_t nr = *(uint32_t *)piece;
	struct wanted_unit *unit = &worker->many->units[nr];
	const struct unit *read = &worker->table.unit;

	worker->work.steps = MOST_STEPS;
	worker->file = UINT64_MAX;
	if (!line_table_read(&worker->debug, unit->at, &worker->table))
		return;
	unit->folder = unit_text(&worker->debug, read, &read->of[DW_AT_comp_dir]);
	unit->name = unit_text(&worker->debug, read, &read->of[DW_AT_name]);
	decode_unit(worker, unit, nr);
}

static void *lines_worker_create(void *arg)
{
	const struct lines_crew *crew = arg;
	struct lines_worker *worker = calloc(1, sizeof(*worker));

	if (!worker)
		return NULL;
	worker->many = crew->many;
	worker->debug = *crew->debug;
	worker->debug.work = &worker->work;
	return worker;
}

static bool lines_all_taken(void *arg)
{
	const struct lines_crew *crew = arg;

	return crew->next == crew->many->nr_units;
}

static bool lines_take(void *arg, void *piece)
{
	struct lines_crew *crew = arg;

	*(uint32_t *)piece = (uint32_t)crew->next++;
	return true;
}

/* Only this function asks the listener, because it runs only in the caller's thread. */
static bool lines_give(void *arg, void *piece)
{
	const struct lines_crew *crew = arg;

	(void)piece;
	return !listener_stops(crew->debug->work->listener);
}

void lines_many_find(struct lines_many *many, const struct debug_info *debug,
		     struct unit_index *index, const uint64_t *addresses, size_t nr)
{
	struct lines_crew arg = { many, debug, 0 };
	uint32_t pieces[PIECES];
	struct crew crew = {
		.pieces = pieces,
		.nr_pieces = PIECES,
		.piece_size = sizeof(*pieces),
		.worker_create = lines_worker_create,
		.worker_destroy = free,
		.take = lines_take,
		.all_taken = lines_all_taken,
		.make = lines_make,
		.give = lines_give,
		.arg = &arg,
	};

	lines_many_free(many);
	if (!find_wanted_units(many, debug, index, addresses, nr)) {
		lines_many_free(many);
		return;
	}
	/* Starting a thread takes longer than decoding a few units. */
	crew.nr_threads = crew_cpus();
	if (crew.nr_threads > many->nr_units / UNITS_PER_THREAD)
		crew.nr_threads = (unsigned int)(many->nr_units / UNITS_PER_THREAD);
	crew_run(&crew);
}

/* --- results --- */

bool lines_many_get(struct lines_many *many, uint64_t address, struct line_found *found)
{
	const struct wanted_line *wanted;
	const struct wanted_unit *unit;

	if (many->next >= many->nr || many->wanted[many->next].address != address)
		many->next = first_wanted(many, address);
	if (many->next == many->nr || many->wanted[many->next].address != address)
		return false;
	wanted = &many->wanted[many->next++];
	unit = &many->units[wanted->unit];
	*found = (struct line_found){ wanted->line, wanted->path, unit->folder, unit->name };
	return unit->done;
}

void lines_many_free(struct lines_many *many)
{
	free(many->wanted);
	free(many->units);
	*many = (struct lines_many){ 0 };
}
