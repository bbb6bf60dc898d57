/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The checksum of AVML's chunks, CRC-32C. CPUs that have an instruction for it never compute it in
 * steps, so both ways are called here. */
#include <stdint.h>
#include <string.h>

/* Before cmocka.h, whose fail() is another one. */
#include "dump/formats/dump_avml.c"

#include "unit.h"

enum { SIZE = 32 };

/* The values are from RFC 3720, B.4, and of "123456789", the check value of the catalogues. */
static void checksums(void **state)
{
	uint8_t zeros[SIZE] = { 0 }, ones[SIZE], up[SIZE], down[SIZE];
	const struct row {
		const uint8_t *data;
		size_t size;
		uint32_t crc;
	} rows[] = {
		{ zeros, SIZE, 0x8a9136aa },
		{ ones, SIZE, 0x62a8ab43 },
		{ up, SIZE, 0x46dd794e },
		{ down, SIZE, 0x113fdb5c },
		{ (const uint8_t *)"123456789", 9, 0xe3069283 },
		{ zeros, 0, 0 },
	};

	(void)state;
	memset(ones, 0xff, SIZE);
	for (size_t i = 0; i < SIZE; i++) {
		up[i] = (uint8_t)i;
		down[i] = (uint8_t)(SIZE - 1 - i);
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(~crc32c_slow(UINT32_MAX, rows[i].data, rows[i].size), rows[i].crc);
		assert_int_equal(crc32c(rows[i].data, rows[i].size), rows[i].crc);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checksums),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
