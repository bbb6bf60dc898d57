/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a dump is written, by the space that its file system has left. */
#include <stdint.h>
#include <string.h>
#include <sys/statvfs.h>

#include "dump/write/dump_out.h"
#include "dump/write/frame_set.h"

#include "unit.h"

enum { FRAMES = 8192 };

static uint64_t bytes_left; /* in the file system; UINT64_MAX: nobody knows */

int fstatvfs(int fd, struct statvfs *system)
{
	(void)fd;
	memset(system, 0, sizeof(*system));
	system->f_frsize = 1;
	system->f_bavail = bytes_left;
	return bytes_left == UINT64_MAX ? -1 : 0;
}

static bool made;

static bool make(struct dump_out *out, struct error *err)
{
	(void)out, (void)err;
	made = true;
	return true;
}

/* All pages that are read are the same. */
static void *reader_create(const void *arg)
{
	return (void *)(uintptr_t)arg;
}

static void reader_destroy(void *reader)
{
	(void)reader;
}

static bool read_page(void *reader, uint64_t pfn, uint8_t page[PAGE_BYTES])
{
	(void)pfn;
	memset(page, *(const uint8_t *)reader, PAGE_BYTES);
	return true;
}

/* A page of a compressed dump has a descriptor of 24 bytes, also if it is empty. What is written may
 * be an eighth less than what was estimated. */
static void room_that_is_needed(void **state)
{
	static const uint8_t zeros = 0, ones = 1;
	static const struct row {
		bool compresses;
		const uint8_t *bytes; /* of each page that is not known to be zeros */
		uint64_t nr_zero, left;
		bool enough;
	} rows[] = {
		{ true, &zeros, FRAMES, UINT64_C(21) * FRAMES, true },
		{ true, &zeros, FRAMES, UINT64_C(21) * FRAMES - 1, false },
		{ true, &zeros, 0, UINT64_C(21) * FRAMES, true },
		{ true, &zeros, 0, UINT64_C(21) * FRAMES - 1, false },
		{ false, &zeros, FRAMES, 0, true },
		{ false, &zeros, 0, 0, true },
		{ false, &ones, FRAMES, 0, true },
		{ false, &ones, 0, UINT64_C(3584) * FRAMES, true },
		{ false, &ones, 0, UINT64_C(3584) * FRAMES - 1, false },
		{ false, &ones, FRAMES / 2, UINT64_C(3584) * FRAMES / 2, true },
		{ false, &ones, FRAMES / 2, UINT64_C(3584) * FRAMES / 2 - 1, false },
		{ false, &ones, 0, UINT64_MAX, true },
	};
	uint64_t kept[FRAMES / 64], zero[FRAMES / 64];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		const struct memory_out memory = {
			.kept = kept,
			.zero = zero,
			.nr_frames = FRAMES,
			.reader_create = reader_create,
			.reader_destroy = reader_destroy,
			.read = read_page,
			.arg = row->bytes,
		};
		const struct out_format format = { .compresses = row->compresses, .make = make };
		struct dump_out out = { .path = "new", .memory = &memory, .codec = CODEC_ZLIB };
		struct error err = { 0 };

		memset(kept, 0xff, sizeof(kept));
		memset(zero, 0, sizeof(zero));
		frame_set_add_run(zero, 0, row->nr_zero);
		bytes_left = row->left;
		made = false;
		assert_int_equal(dump_out_write(&out, &format, &err), row->enough);
		assert_int_equal(made, row->enough);
		assert_int_equal(err.code, row->enough ? 0 : ERROR_SYSTEM);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(room_that_is_needed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
