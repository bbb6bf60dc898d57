/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "dump/flatten.h"

#include <inttypes.h>
#include <stdlib.h>

#include "dump/extents.h"

/* The structs of makedumpfile.h. The file starts with struct makedumpfile_header, which is in the
 * first 4096 bytes. Each record starts with a struct makedumpfile_data_header. All numbers are
 * big-endian. */
enum {
	FLAT_TYPE = 16,
	FLAT_VERSION = 24,
	FLAT_HEADER_SIZE = 4096,
	RECORD_HEADER_SIZE = 16,
	/* The records of makedumpfile and of QEMU are smaller, so a larger record is damaged, not
	 * only cut. */
	RECORD_MOST = 1 << 30,
};

/* At first, a run has at most RUN_RECORDS records. If there are MANY_RUNS runs, runs are joined and
 * this limit is doubled. */
enum { RUN_RECORDS = 4, MANY_RUNS = 1 << 19 };

/* The runs in the order of the file. If gaps is false, each run begins in the file where the
 * previous run ends. */
struct flatten_runs {
	struct pieces list;
	size_t many;
	unsigned int limit; /* the most records in a run */
	unsigned int in_last; /* the number of records in the last run */
	bool gaps; /* true if some records belong to no run */
};

/* Joins each pair of runs that are adjacent in the dump, and doubles the limit of records in a
 * run. */
static void join_runs(struct flatten_runs *runs)
{
	struct pieces *list = &runs->list;
	size_t nr = 0;

	for (size_t i = 0; i < list->nr; i++) {
		struct extent run = list->at[i];

		if (i + 1 < list->nr && !runs->gaps && run.last + 1 == list->at[i + 1].first)
			run.last = list->at[++i].last;
		list->at[nr++] = run;
	}
	list->nr = nr;
	runs->limit *= 2;
	if (nr > runs->many / 2)
		runs->many *= 2;
}

struct flatten_record {
	uint64_t first, size; /* the range in the dump; a size of 0 means that there is no record */
	uint64_t header; /* the offset in the file of the header of the record */
};

static bool add_record(struct flatten_runs *runs, const struct flatten_record *record)
{
	struct pieces *list = &runs->list;
	struct extent *last = list->nr ? &list->at[list->nr - 1] : NULL;

	if (last && last->last + 1 == record->first && runs->in_last < runs->limit) {
		last->last += record->size;
		runs->in_last++;
		return true;
	}
	if (list->nr == runs->many)
		join_runs(runs);
	runs->in_last = 1;
	pieces_add(list, record->first, record->size, PAGE_PRESENT, record->header);
	return !list->failed;
}

struct flatten_reading {
	const struct file *file;
	struct listener *listener;
	struct flatten_runs runs;
	struct flatten_record before; /* the last record that was added */
	struct flatten_record pending; /* the record that will be added next */
	uint64_t nr; /* the number of records so far */
	bool complete; /* the end mark was found */
	uint64_t damaged; /* see struct flattened */
	/* The following members are for records with a wrong offset: see is_stray(). */
	bool no_strays; /* true if all offsets are known to be right */
	/* The first stray record; a size of 0 means that there is none. */
	struct flatten_record stray;
	uint64_t stray_nr; /* the number of the record after the stray record */
	/* The offset in the dump of the gap where the stray record seems to belong. */
	uint64_t hole;
};

/* Is the offset of the pending record wrong? This is assumed if the records before and after it
 * leave a gap of exactly its size, and the record is not in this gap. */
static bool is_stray(const struct flatten_reading *reading, uint64_t next)
{
	const struct flatten_record *before = &reading->before;
	const struct flatten_record *record = &reading->pending;
	uint64_t place = before->first + before->size;

	return before->size && place != record->first && record->first + record->size != next &&
	       place + record->size == next;
}

/* Adds the pending record, unless it is stray. `next` is the offset in the dump of the record that
 * follows it, or UINT64_MAX if no record follows. */
static bool flatten_add_pending(struct flatten_reading *reading, uint64_t next)
{
	const struct flatten_record *record = &reading->pending;
	bool ok = true;

	if (!record->size)
		return true;
	if (!reading->no_strays && is_stray(reading, next)) {
		if (!reading->stray.size) {
			reading->stray = *record;
			reading->stray_nr = reading->nr;
			reading->hole = reading->before.first + reading->before.size;
		}
		/* The stray record belongs to no run, so the next record must begin a new run. */
		reading->runs.gaps = true;
		reading->runs.in_last = reading->runs.limit;
	} else {
		ok = add_record(&reading->runs, record);
		reading->before = *record;
	}
	reading->pending = (struct flatten_record){ 0 };
	return ok;
}

struct record_header {
	uint64_t offset, size; /* the offset and the size of the record in the dump */
};

/* Reads the header of a record. Returns false if the file ends before the end of the header. */
static bool flatten_read_header(const struct file *file, uint64_t at, struct record_header *header)
{
	uint8_t scratch[RECORD_HEADER_SIZE];
	const uint8_t *bytes = file_view(file, at, sizeof(scratch), scratch);

	if (!bytes)
		return false;
	*header = (struct record_header){ load_be64(bytes), load_be64(bytes + 8) };
	return true;
}

/* Reads all records up to the first invalid record or the end of the file. The record before an
 * invalid record is left out, too, because its size may be wrong. A record that ends beyond the end
 * of the file is also left out. An empty record is invalid, because no program writes one. Returns
 * false if memory runs out. */
static bool read_records(struct flatten_reading *reading)
{
	const struct file *file = reading->file;
	struct listener *listener = reading->listener;
	struct progress progress = progress_start("indexing the flattened file", listener);
	uint64_t at = FLAT_HEADER_SIZE;

	for (;; reading->nr++) {
		struct record_header header;
		uint64_t offset, size, left;
		bool bad;

		if (!flatten_read_header(file, at, &header))
			break;
		offset = header.offset;
		size = header.size;
		left = file->size - at - RECORD_HEADER_SIZE;

		reading->complete = offset == UINT64_MAX && size == UINT64_MAX;
		if (reading->complete)
			return flatten_add_pending(reading, UINT64_MAX);
		bad = offset > INT64_MAX || size > INT64_MAX || !size;
		if (!bad && !flatten_add_pending(reading, offset))
			return false;
		if (bad || (size > left && size > RECORD_MOST))
			reading->damaged = at;
		if (bad || size > left) {
			listener_trouble(listener, reading->file->path,
					 "the header of record %" PRIu64 ", at offset %#" PRIx64
					 ", announces %#" PRIx64 " bytes for offset %#" PRIx64
					 " of the dump, but the file ends at %#" PRIx64,
					 reading->nr, at, size, offset, file->size);
			return true;
		}
		reading->pending = (struct flatten_record){ offset, size, at };
		at += RECORD_HEADER_SIZE + size;
		progress_step(&progress, at, file->size);
	}
	listener_trouble(listener, reading->file->path,
			 "has no end mark after record %" PRIu64 ": the file ends at %#" PRIx64,
			 reading->nr, file->size);
	return flatten_add_pending(reading, UINT64_MAX);
}

/* Reads the records and builds the list of runs. If records overlap, the last record is valid, but
 * an extent list prefers the first piece. Therefore the order of the runs is reversed. */
static bool flatten_read_list(struct flatten_reading *reading, struct extent_list *list)
{
	struct pieces *runs = &reading->runs.list;
	bool ok;

	reading->runs = (struct flatten_runs){ .many = MANY_RUNS, .limit = RUN_RECORDS };
	ok = read_records(reading);
	for (size_t i = 0; i < runs->nr / 2; i++) {
		struct extent run = runs->at[i];

		runs->at[i] = runs->at[runs->nr - 1 - i];
		runs->at[runs->nr - 1 - i] = run;
	}
	ok = ok && extent_list_build(list, runs->at, runs->nr);
	free(runs->at);
	return ok;
}

/* Checks the first stray record when all records were read. If a later record has filled the gap,
 * the offset of the stray record was right. In this case the file is read again, with all offsets
 * taken as right. */
static bool check_stray(struct flatten_reading *reading, struct extent_list *list)
{
	struct extent extent;

	if (!reading->stray.size)
		return true;
	extent_list_find(list, reading->hole, &extent);
	if (extent.state == PAGE_PRESENT) {
		extent_list_release(list);
		*reading = (struct flatten_reading){ .file = reading->file,
						     .listener = reading->listener,
						     .no_strays = true };
		return flatten_read_list(reading, list);
	}
	listener_trouble(reading->listener, reading->file->path,
			 "the record before record %" PRIu64
			 " is ignored, because its offset in the dump, %#" PRIx64
			 ", does not fit the records before and after it",
			 reading->stray_nr, reading->stray.first);
	return true;
}

bool flatten_index(const struct file *file, struct extent_list *runs, struct flattened *flattened,
		   struct listener *listener, struct error *err)
{
	struct flatten_reading reading = { .file = file, .listener = listener };
	struct bytes bytes = file->bytes;

	if (bytes.size < FLAT_HEADER_SIZE)
		return fail(err, ERROR_FORMAT,
			    "%s: is cut short within its header, after %zu of %d bytes", file->path,
			    bytes.size, FLAT_HEADER_SIZE);
	if (load_be64(bytes.data + FLAT_TYPE) != 1 || load_be64(bytes.data + FLAT_VERSION) != 1)
		return fail(err, ERROR_FORMAT,
			    "%s: is a flattened dump of an unknown type or version", file->path);
	if (!flatten_read_list(&reading, runs) || !check_stray(&reading, runs))
		return out_of_memory(err);
	*flattened = (struct flattened){
		.complete = reading.complete && !reading.stray.size,
		.damaged = reading.damaged,
		.most = reading.runs.limit,
	};
	if (runs->nr)
		flattened->size = runs->extents[runs->nr - 1].last + 1;
	return true;
}

bool flatten_find(const struct file *file, const struct extent *run, unsigned int most,
		  uint64_t offset, struct extent *part)
{
	uint64_t at = run->origin;
	struct record_header header;

	for (; most && flatten_read_header(file, at, &header); most--) {
		uint64_t first = header.offset, size = header.size;

		at += RECORD_HEADER_SIZE;
		if (offset - first >= size) {
			if (size > file->size - at)
				return false;
			at += size;
			continue;
		}
		*part = (struct extent){
			.first = first > run->first ? first : run->first,
			.last = first + (size - 1) < run->last ? first + (size - 1) : run->last,
			.state = PAGE_PRESENT,
			.origin = at - first,
		};
		return range_within(at, part->last - first + 1, file->size);
	}
	return false;
}
