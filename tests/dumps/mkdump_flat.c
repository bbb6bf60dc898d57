// SPDX-License-Identifier: GPL-3.0-or-later
/* mkdump: the flattened file around another container, as makedumpfile -F
 * writes it: makedumpfile.h, struct makedumpfile_header and _data_header. */
#include <stdlib.h>
#include <string.h>

#include "mkdump.h"

enum { HEADER = 4096 };

void run_flatten(struct dump *d, struct source *s, char *rest)
{
	static const struct key keys[] = {
		KEY(flat_fields, record),  KEY(flat_fields, order), KEY(flat_fields, overlap),
		KEY(flat_fields, end),	   KEY(flat_fields, holes), KEY(flat_fields, type),
		KEY(flat_fields, version),
	};

	d->flat.on = true;
	set_keys(&d->flat, keys, ARRAY_SIZE(keys), s->where, rest);
	if (!d->flat.record)
		die(s->where, "record=0");
}

static bool write_int(FILE *out, uint64_t value)
{
	struct buf b = { 0 };
	bool ok;

	buf_add_int(&b, value, 8, true);
	ok = fwrite(b.data, 1, b.size, out) == b.size;
	buf_free(&b);
	return ok;
}

static bool write_record(FILE *out, uint64_t offset, const uint8_t *data, size_t size)
{
	return write_int(out, offset) && write_int(out, size) && fwrite(data, 1, size, out) == size;
}

static bool all_zero(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (data[i])
			return false;
	return true;
}

/* The place of the i-th record in the file: 0 as they come, 1 backwards, 2 all
 * mixed up, by steps of a prime that does not divide their number. */
static size_t nth(const struct flat_fields *flat, size_t i, size_t nr)
{
	size_t step = nr % 7919 ? 7919 : 7907;

	if (flat->order == 0)
		return i;
	return flat->order == 1 ? nr - 1 - i : i * step % nr;
}

static bool write_records(const struct flat_fields *flat, FILE *out, const uint8_t *data,
			  size_t size)
{
	size_t nr = (size + flat->record - 1) / flat->record;
	uint8_t *wrong = malloc(flat->record);
	bool ok = wrong;

	for (size_t i = 0; ok && i < nr; i++) {
		uint64_t at = nth(flat, i, nr) * flat->record;
		size_t part = size - at < flat->record ? size - at : flat->record;

		if (flat->holes && all_zero(data + at, part) && at + part < size)
			continue;
		memset(wrong, 0xa5, part);
		if (flat->overlap)
			ok = write_record(out, at, wrong, part);
		ok = ok && write_record(out, at, data + at, part);
	}
	free(wrong);
	return ok;
}

bool flatten_file(const struct flat_fields *flat, FILE *from, FILE *out)
{
	static const char name[16] = "makedumpfile";
	uint8_t *data;
	long size;
	bool ok;

	if (fseek(from, 0, SEEK_END) || (size = ftell(from)) < 0)
		return false;
	rewind(from);
	data = malloc((size_t)size + 1);
	ok = data && fread(data, 1, (size_t)size, from) == (size_t)size &&
	     fwrite(name, 1, sizeof(name), out) == sizeof(name) && write_int(out, flat->type) &&
	     write_int(out, flat->version) && !fseek(out, HEADER, SEEK_SET) &&
	     write_records(flat, out, data, (size_t)size);
	if (ok && flat->end)
		ok = write_int(out, UINT64_MAX) && write_int(out, UINT64_MAX);
	free(data);
	return ok;
}
