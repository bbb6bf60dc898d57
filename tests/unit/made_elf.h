/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ELF cores, valid and damaged. Each byte of an image depends on its offset, so a byte of memory
 * shows from which place of the file it was read. */
#pragma once

#include "base/error.h"
#include "dump/dump.h"
#include "image.h"

#include "unit.h"

static struct image image;

static inline struct dump *open_image(void)
{
	struct error err = { .message = "" };
	struct dump *dump = image_open(&image, &err);

	if (!dump)
		fail_msg("%s", err.message);
	return dump;
}

static inline void refuse(const char *because)
{
	struct error err = { .message = "" };
	struct dump *dump = image_open_bytes(&image, &err);

	if (dump)
		fail_msg("opened, though: %s", because);
	assert_int_equal(err.code, ERROR_FORMAT);
	if (!strstr(err.message, because))
		fail_msg("\"%s\" does not say: %s", err.message, because);
	if (!strstr(err.message, "/proc/self/fd/"))
		fail_msg("\"%s\" does not name the file", err.message);
}

/* Checks that memory at paddr has the bytes of the file at offset. */
static inline void expect_bytes(struct dump *dump, uint64_t paddr, uint64_t offset, size_t size)
{
	uint8_t *bytes = malloc(size);

	assert_int_equal(dump_read(dump, paddr, bytes, size), PAGE_PRESENT);
	for (size_t i = 0; i < size; i++)
		assert_int_equal(bytes[i], image_byte(offset + i));
	free(bytes);
}

static inline void expect_state(struct dump *dump, uint64_t paddr, enum page_state expected)
{
	struct extent extent;
	uint8_t byte;

	dump_find(dump, paddr, &extent);
	assert_true(extent.first <= paddr && paddr <= extent.last);
	assert_int_equal(extent.state, expected);
	assert_int_equal(dump_read(dump, paddr, &byte, 1), expected);
}
