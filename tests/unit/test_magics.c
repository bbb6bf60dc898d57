/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bytes that show the format of a file. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "debuginfo/vmlinux.h"
#include "dump/archive/packed.h"
#include "dump/formats/formats.h"

#include "unit.h"

static bool is_boot_image(struct bytes bytes)
{
	return vmlinuz_probe(&(struct file){ .bytes = bytes });
}

static bool is_dump(struct bytes bytes)
{
	return dump_probe(&(struct file){ .fd = -1, .bytes = bytes, .size = bytes.size });
}

static bool is_packed(struct bytes bytes)
{
	return packed_kind(bytes);
}

/* Files of zeros and at most two magics. A file of fewer than `least` bytes has no format. */
static const struct magic_row {
	bool (*probe)(struct bytes bytes);
	size_t size, least; /* least: 0 if it is equal to size */
	struct {
		size_t at, size;
		const char *bytes;
	} magic[2];
} rows[] = {
	{ is_boot_image, 0x250, 0, { { 0x1fe, 2, "\x55\xaa" }, { 0x202, 4, "HdrS" } } },
	{ is_boot_image, 64, 0, { { 0, 2, "MZ" }, { 4, 4, "zimg" } } },
	{ is_boot_image, 64, 0, { { 56, 4, "ARM\x64" } } },
	{ is_dump, 4, 0, { { 0, 4, "AVML" } } },
	{ is_dump, 4, 0, { { 0, 4, "EMiL" } } },
	{ is_dump, 18, 4, { { 0, 4, "\177ELF" }, { 16, 2, "\4" } } },
	{ is_dump, 18, 4, { { 0, 4, "\177ELF" }, { 16, 2, "\0\4" } } },
	{ is_dump, 8, 0, { { 0, 8, "KDUMP   " } } },
	{ is_dump, 8, 0, { { 0, 8, "DISKDUMP" } } },
	{ is_dump, 8, 0, { { 0, 8, "\xed\x23\x8f\x61\x73\x01\x19\xa8" } } },
	{ is_dump, 8, 0, { { 0, 8, "\xa8\x19\x01\x73\x61\x8f\x23\xed" } } },
	{ is_dump, 12, 0, { { 0, 4, "\xd0\xbe\xd0\xbe" } } },
	{ is_dump, 12, 0, { { 0, 4, "\xd2\xbe\xd2\xbe" } } },
	{ is_dump, 12, 0, { { 0, 4, "\xd3\xbe\xd3\xbe" } } },
	{ is_dump, 12, 0, { { 0, 4, "\xd1\xba\xd1\xba" } } },
	{ is_dump, 12, 0, { { 0, 4, "\xd2\xba\xd2\xba" } } },
	{ is_dump, 4, 0, { { 0, 4, "QEVM" } } },
	{ is_dump, 16, 0, { { 0, 16, "LibvirtQemudSave" } } },
	{ is_dump, 16, 0, { { 0, 16, "LibvirtQemudPart" } } },
	{ is_packed, 3, 0, { { 0, 3, "\x1f\x8b\x08" } } },
	{ is_packed, 6, 0, { { 0, 6, "\375\067zXZ\0" } } },
	{ is_packed, 4, 0, { { 0, 4, "\x28\xb5\x2f\xfd" } } },
	{ is_packed, 3, 0, { { 0, 3, "BZh" } } },
	{ is_packed, 4, 0, { { 0, 4, "\x04\x22\x4d\x18" } } },
	{ is_packed, 4, 0, { { 0, 4, "\x02\x21\x4c\x18" } } },
	{ is_packed, 262, 0, { { 257, 5, "ustar" } } },
	{ is_packed, 8, 0, { { 0, 8, "!<arch>\n" } } },
	{ is_packed, 4, 0, { { 0, 4, "\xed\xab\xee\xdb" } } },
	{ is_packed, 4, 0, { { 0, 4, "PK\3\4" } } },
};

/* The file has exactly `size` bytes, so that a sanitizer detects accesses beyond its end. */
static bool probe(const struct magic_row *row, const uint8_t *content, size_t size)
{
	uint8_t *file = malloc(size);
	bool found;

	assert_non_null(file);
	memcpy(file, content, size);
	found = row->probe((struct bytes){ file, size });
	free(file);
	return found;
}

static void each_byte_of_a_magic_counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct magic_row *row = &rows[i];
		uint8_t content[1024] = { 0 };

		for (size_t k = 0; k < 2; k++)
			if (row->magic[k].size)
				memcpy(content + row->magic[k].at, row->magic[k].bytes,
				       row->magic[k].size);
		if (!probe(row, content, row->size) ||
		    probe(row, content, (row->least ? row->least : row->size) - 1))
			fail_msg("row %zu: the size of the file", i);
		for (size_t k = 0; k < 2; k++)
			for (size_t at = 0; at < row->magic[k].size; at++) {
				content[row->magic[k].at + at] ^= 0x80;
				if (probe(row, content, row->size))
					fail_msg("row %zu: byte %zu of magic %zu", i, at, k);
				content[row->magic[k].at + at] ^= 0x80;
			}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_byte_of_a_magic_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
