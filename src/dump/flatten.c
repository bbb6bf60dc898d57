/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dump/flatten.h"

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

/* The records in the file's order. */
struct records {
	struct extent *at;
	size_t nr, room;
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

static bool add_record(struct records *records, uint64_t offset, uint64_t size,
		       const uint8_t *data)
{
	if (records->nr == records->room) {
		size_t room = records->room ? 2 * records->room : 1024;
		struct extent *at =
			realloc(records->at, room * sizeof(*records->at));

		if (!at)
			return false;
		records->at = at;
		records->room = room;
	}
	records->at[records->nr++] = (struct extent){
		.first = offset, .last = offset + (size - 1), .data = data,
		.state = PAGE_PRESENT,
	};
	return true;
}

/*
 * Of three records the middle one, where the others follow one another with its
 * size between them and it does not stand there: its offset is wrong.
 */
static bool is_stray(const struct extent *record)
{
	const struct extent *before = record - 1, *after = record + 1;

	return before->last + 1 != record->first &&
	       record->last + 1 != after->first &&
	       after->first - before->last == record->last - record->first + 2;
}

/* Leaves out what is not where it says. */
static void drop_strays(struct records *records, bool *complete)
{
	size_t kept = 1;

	for (size_t i = 1; i + 1 < records->nr; i++) {
		if (is_stray(&records->at[i]))
			*complete = false;
		else
			records->at[kept++] = records->at[i];
	}
	if (kept < records->nr) {
		records->at[kept++] = records->at[records->nr - 1];
		records->nr = kept;
	}
}

/*
 * False only for lack of memory; *complete where the end mark was met. A record
 * whose size may be wrong is left out: one that reaches beyond the end of the
 * file, and one that no other record follows.
 */
static bool read_records(struct bytes file, struct records *records,
			 bool *complete)
{
	uint64_t at = FLAT_HEADER_SIZE;

	while (range_within(at, RECORD_HEADER_SIZE, file.size)) {
		uint64_t offset = load_be64(file.data + at);
		uint64_t size = load_be64(file.data + at + 8);

		at += RECORD_HEADER_SIZE;
		if (offset > INT64_MAX || size > INT64_MAX || !size) {
			*complete = offset == UINT64_MAX && size == UINT64_MAX;
			records->nr -= !*complete && records->nr;
			return true;
		}
		if (size > file.size - at)
			return true;
		if (!add_record(records, offset, size, file.data + at))
			return false;
		at += size;
	}
	return true;
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

static bool overlap(const struct records *records)
{
	for (size_t i = 1; i < records->nr; i++)
		if (records->at[i].first <= records->at[i - 1].last)
			return true;
	return false;
}

/*
 * Few files have records over one another: sorted, the records are the list.
 * Others take several times the memory while it is made. Of equal pieces the
 * first wins there, of records the last.
 */
static bool make_list(struct records *records, struct extent_list *list)
{
	bool ok;

	if (!records->nr) {
		free(records->at);
		return true;
	}
	qsort(records->at, records->nr, sizeof(*records->at), compare_offset);
	if (!overlap(records)) {
		*list = (struct extent_list){ records->at, records->nr };
		return true;
	}
	qsort(records->at, records->nr, sizeof(*records->at),
	      compare_last_written);
	ok = extent_list_build(list, records->at, records->nr);
	free(records->at);
	return ok;
}

bool flatten_index(const struct file *file, struct extent_list *records,
		   struct flattened *flattened, struct error *err)
{
	struct records found = { 0 };
	struct bytes bytes = file->bytes;

	*flattened = (struct flattened){ 0 };
	if (bytes.size < FLAT_HEADER_SIZE)
		return fail(err, ERROR_FORMAT,
			    "%s: is cut short within its header", file->path);
	if (load_be64(bytes.data + FLAT_TYPE) != 1 ||
	    load_be64(bytes.data + FLAT_VERSION) != 1)
		return fail(err, ERROR_FORMAT,
			    "%s: is a flattened dump of an unknown type or version",
			    file->path);
	if (!read_records(bytes, &found, &flattened->complete)) {
		free(found.at);
		return fail(err, ERROR_SYSTEM, "out of memory");
	}
	drop_strays(&found, &flattened->complete);
	if (!make_list(&found, records))
		return fail(err, ERROR_SYSTEM, "out of memory");
	if (records->nr)
		flattened->size = records->extents[records->nr - 1].last + 1;
	return true;
}
