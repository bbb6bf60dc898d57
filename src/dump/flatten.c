/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dump/flatten.h"

#include <inttypes.h>
#include <stdlib.h>

#include "dump/dump.h"
#include "dump/extents.h"

/*
 * makedumpfile.h: struct makedumpfile_header in the first 4096 bytes, then
 * struct makedumpfile_data_header before each record; numbers are big-endian.
 */
enum {
	FLAT_SIGNATURE_SIZE = 16,
	FLAT_TYPE = 16,
	FLAT_VERSION = 24,
	FLAT_HEADER_SIZE = 4096,
	RECORD_HEADER_SIZE = 16,
};

static const char signature[FLAT_SIGNATURE_SIZE] = "makedumpfile";

/*
 * How many records a run has at most, at first, and how many runs there are
 * before that is doubled: look-ups become slower rather than the index large.
 */
enum { RUN_RECORDS = 4, MANY_RUNS = 1 << 19 };

/* The runs in the file's order; but for gaps each begins where the last ends. */
struct runs {
	struct extent *at;
	size_t nr, room, many;
	unsigned int limit;   /* records in each */
	unsigned int in_last; /* records in the last */
	bool gaps; /* there are records that are in no run */
};

static uint64_t load_be64(const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return be64toh(value);
}

bool flatten_probe(struct bytes file)
{
	return file.size >= sizeof(signature) &&
	       !memcmp(file.data, signature, sizeof(signature));
}

/* Joins runs by twos where their content is in one piece. */
static void join_runs(struct runs *runs)
{
	size_t nr = 0;

	for (size_t i = 0; i < runs->nr; i++) {
		struct extent run = runs->at[i];

		if (i + 1 < runs->nr && !runs->gaps &&
		    run.last + 1 == runs->at[i + 1].first)
			run.last = runs->at[++i].last;
		runs->at[nr++] = run;
	}
	runs->nr = nr;
	runs->limit *= 2;
	if (nr > runs->many / 2)
		runs->many *= 2;
}

static bool add_run(struct runs *runs, const struct extent *run)
{
	if (runs->nr == runs->many)
		join_runs(runs);
	if (runs->nr == runs->room) {
		size_t room = runs->room ? 2 * runs->room : 1024;
		struct extent *at = realloc(runs->at, room * sizeof(*at));

		if (!at)
			return false;
		runs->at = at;
		runs->room = room;
	}
	runs->at[runs->nr++] = *run;
	runs->in_last = 1;
	return true;
}

struct record {
	uint64_t first, size; /* size 0: none */
	const uint8_t *header;
};

static bool add_record(struct runs *runs, const struct record *record)
{
	struct extent *last = runs->nr ? &runs->at[runs->nr - 1] : NULL;

	if (last && last->last + 1 == record->first &&
	    runs->in_last < runs->limit) {
		last->last += record->size;
		runs->in_last++;
		return true;
	}
	return add_run(runs, &(struct extent){
				     .first = record->first,
				     .last = record->first + (record->size - 1),
				     .data = record->header,
				     .state = PAGE_PRESENT,
			     });
}

/* The file goes on behind a record that is in no run. */
static void end_run(struct runs *runs)
{
	runs->gaps = true;
	runs->in_last = runs->limit;
}

/* Reading records, and what is said of the first that is not whole. */
struct reading {
	const struct file *file;
	struct listener *listener;
	struct runs runs;
	struct record before, pending; /* the last in runs, and the one to follow it */
	uint64_t nr; /* records so far */
	bool complete; /* the end mark was met */
	bool strays;
};

/*
 * Is the pending record where it says? It is not where its neighbours follow one
 * another with its size between them, and it does not stand there.
 */
static bool is_stray(const struct reading *reading, uint64_t next)
{
	const struct record *before = &reading->before;
	const struct record *record = &reading->pending;
	uint64_t place = before->first + before->size;

	return before->size && place != record->first &&
	       record->first + record->size != next &&
	       place + record->size == next;
}

/* Takes the pending record into the runs, now that the next one is known, or
 * that there is none: then next is UINT64_MAX. */
static bool settle(struct reading *reading, uint64_t next)
{
	const struct record *record = &reading->pending;
	bool ok = true;

	if (!record->size)
		return true;
	if (is_stray(reading, next)) {
		listener_trouble(reading->listener, reading->file->path,
				 "record before %" PRIu64 ": says it is for offset %#" PRIx64
				 " of the dump, and its neighbours that it is not",
				 reading->nr, record->first);
		reading->strays = true;
		end_run(&reading->runs);
	} else {
		ok = add_record(&reading->runs, record);
		reading->before = *record;
	}
	reading->pending = (struct record){ 0 };
	return ok;
}

static void tell_cut(const struct reading *reading, uint64_t at, uint64_t offset,
		     uint64_t size)
{
	listener_trouble(reading->listener, reading->file->path,
			 "record %" PRIu64 " at offset %#" PRIx64
			 " has %#" PRIx64 " bytes for offset %#" PRIx64
			 " of the dump; the file ends at %#zx",
			 reading->nr, at, size, offset,
			 reading->file->bytes.size);
}

/*
 * False only for lack of memory. A record whose size may be wrong is left out:
 * one that reaches beyond the end of the file, and one that no other follows.
 * Writers make none without content.
 */
static bool read_records(struct reading *reading)
{
	struct bytes file = reading->file->bytes;
	struct listener *listener = reading->listener;
	struct progress progress = progress_start(
		"indexing the flattened file",
		listener ? listener->progress : NULL,
		listener ? listener->arg : NULL);
	uint64_t at = FLAT_HEADER_SIZE;

	for (; range_within(at, RECORD_HEADER_SIZE, file.size); reading->nr++) {
		const uint8_t *header = file.data + at;
		uint64_t offset = load_be64(header);
		uint64_t size = load_be64(header + 8);
		uint64_t left = file.size - at - RECORD_HEADER_SIZE;

		reading->complete = offset == UINT64_MAX && size == UINT64_MAX;
		if (reading->complete)
			return settle(reading, UINT64_MAX);
		if (offset > INT64_MAX || size > INT64_MAX || !size) {
			tell_cut(reading, at, offset, size);
			return true;
		}
		if (!settle(reading, offset))
			return false;
		if (size > left) {
			tell_cut(reading, at, offset, size);
			return true;
		}
		reading->pending = (struct record){ offset, size, header };
		at += RECORD_HEADER_SIZE + size;
		progress_step(&progress, at, file.size);
	}
	listener_trouble(listener, reading->file->path,
			 "has no end mark behind record %" PRIu64
			 ": the file ends at %#zx",
			 reading->nr, file.size);
	return settle(reading, UINT64_MAX);
}

static int compare_offset(const void *a, const void *b)
{
	const struct extent *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return x->data < y->data ? -1 : 1;
}

static int compare_last_written(const void *a, const void *b)
{
	const struct extent *x = a, *y = b;

	return x->data > y->data ? -1 : 1;
}

/* How many of nr sorted runs from the first on lie over one another. */
static size_t nr_overlapping(const struct extent *runs, size_t nr)
{
	uint64_t last = runs[0].last;
	size_t i;

	for (i = 1; i < nr && runs[i].first <= last; i++)
		if (runs[i].last > last)
			last = runs[i].last;
	return i;
}

static bool overlap(const struct runs *runs)
{
	for (size_t i = 1; i < runs->nr; i++)
		if (runs->at[i].first <= runs->at[i - 1].last)
			return true;
	return false;
}

static bool append(struct extent_list *list, size_t *room,
		   const struct extent *extents, size_t nr)
{
	if (nr > *room - list->nr) {
		size_t more = 2 * (list->nr + nr);
		struct extent *at =
			realloc(list->extents, more * sizeof(*at));

		if (!at)
			return false;
		list->extents = at;
		*room = more;
	}
	memcpy(list->extents + list->nr, extents, nr * sizeof(*extents));
	list->nr += nr;
	return true;
}

/* Of equal pieces the first wins in an extent list, of records the last. */
static bool lay_over(struct extent *runs, size_t nr, struct extent_list *list,
		     size_t *room)
{
	struct extent_list part;
	bool ok;

	qsort(runs, nr, sizeof(*runs), compare_last_written);
	if (!extent_list_build(&part, runs, nr, true))
		return false;
	ok = append(list, room, part.extents, part.nr);
	extent_list_release(&part);
	return ok;
}

/*
 * Few files have records over one another: sorted, the runs are the list. Of
 * others those runs are laid over one another that are.
 */
static bool make_list(struct runs *runs, struct extent_list *list)
{
	size_t room = 0, nr;
	bool ok = true;

	if (!runs->nr)
		return true;
	qsort(runs->at, runs->nr, sizeof(*runs->at), compare_offset);
	if (!overlap(runs)) {
		*list = (struct extent_list){ runs->at, runs->nr, true };
		runs->at = NULL;
		return true;
	}
	list->whole = true;
	for (size_t i = 0; ok && i < runs->nr; i += nr) {
		nr = nr_overlapping(runs->at + i, runs->nr - i);
		ok = nr == 1 ? append(list, &room, runs->at + i, nr) :
			       lay_over(runs->at + i, nr, list, &room);
	}
	return ok;
}

bool flatten_index(const struct file *file, struct extent_list *runs,
		   struct flattened *flattened, struct listener *listener,
		   struct error *err)
{
	struct reading reading = {
		.file = file,
		.listener = listener,
		.runs = { .many = MANY_RUNS, .limit = RUN_RECORDS },
	};
	struct bytes bytes = file->bytes;
	bool ok;

	if (bytes.size < FLAT_HEADER_SIZE)
		return fail(err, ERROR_FORMAT,
			    "%s: is cut short within its header: it has %zu of %d bytes",
			    file->path, bytes.size, FLAT_HEADER_SIZE);
	if (load_be64(bytes.data + FLAT_TYPE) != 1 ||
	    load_be64(bytes.data + FLAT_VERSION) != 1)
		return fail(err, ERROR_FORMAT,
			    "%s: is a flattened dump of an unknown type or version",
			    file->path);
	ok = read_records(&reading) && make_list(&reading.runs, runs);
	free(reading.runs.at);
	if (!ok)
		return fail(err, ERROR_SYSTEM, "out of memory");
	*flattened = (struct flattened){ .complete = reading.complete &&
						      !reading.strays };
	if (runs->nr)
		flattened->size = runs->extents[runs->nr - 1].last + 1;
	return true;
}

bool flatten_find(struct bytes file, const struct extent *run, uint64_t offset,
		  struct extent *part)
{
	uint64_t at = (uint64_t)(run->data - file.data);

	while (range_within(at, RECORD_HEADER_SIZE, file.size)) {
		uint64_t first = load_be64(file.data + at);
		uint64_t size = load_be64(file.data + at + 8);

		at += RECORD_HEADER_SIZE;
		if (offset - first >= size) {
			if (size > file.size - at)
				return false;
			at += size;
			continue;
		}
		*part = (struct extent){
			.first = first > run->first ? first : run->first,
			.last = first + (size - 1) < run->last ?
					first + (size - 1) :
					run->last,
			.state = PAGE_PRESENT,
		};
		part->data = file.data + at + (part->first - first);
		return range_within(at, part->last - first + 1, file.size);
	}
	return false;
}
