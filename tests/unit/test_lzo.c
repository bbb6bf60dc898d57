/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LZO1X: data written by hand after the kernel's description of the format, and, if liblzo2 is
 * there, what liblzo2 makes of the same data. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifdef HAVE_LZO
#include <lzo/lzo1x.h>
#endif

#include "base/page.h"
#include "dump/lzo.h"

#include "unit.h"

enum { ROOM = 2 * PAGE_BYTES };

/* Decodes in memory of exactly the size of the data, so that sanitizers see each byte too many. */
static bool decode(const uint8_t *data, size_t nr, uint8_t *to, size_t size)
{
	uint8_t *in = malloc(nr + !nr), *out = malloc(size + !size);
	bool ok;

	assert_true(in && out);
	memcpy(in, data, nr);
	ok = lzo_inflate((struct bytes){ in, nr }, out, size);
	memcpy(to, out, size);
	free(in);
	free(out);
	return ok;
}

#define DECODES(text, ...)                                                                         \
	do {                                                                                       \
		static const uint8_t data[] = { __VA_ARGS__ };                                     \
		uint8_t to[64];                                                                    \
                                                                                                   \
		assert_true(decode(data, sizeof(data), to, sizeof(text) - 1));                     \
		assert_memory_equal(to, text, sizeof(text) - 1);                                   \
		/* Another size, and each shorter input. */                                        \
		assert_false(decode(data, sizeof(data), to, sizeof(text)));                        \
		assert_false(decode(data, sizeof(data), to, sizeof(text) - 2));                    \
		for (size_t nr = 0; nr < sizeof(data); nr++)                                       \
			assert_false(decode(data, nr, to, sizeof(text) - 1));                      \
	} while (0)

#define FAILS(size, ...)                                                                           \
	do {                                                                                       \
		static const uint8_t data[] = { __VA_ARGS__ };                                     \
		uint8_t to[64];                                                                    \
                                                                                                   \
		assert_false(decode(data, sizeof(data), to, size));                                \
	} while (0)

#define LAST 17, 0, 0

static void each_token_decodes(void **state)
{
	(void)state;
	/* Runs: at the start, of four to 18 literals, and of 19 and more. */
	DECODES("ab", 17 + 2, 'a', 'b', LAST);
	DECODES("abcde", 17 + 5, 'a', 'b', 'c', 'd', 'e', LAST);
	DECODES("abcd", 1, 'a', 'b', 'c', 'd', LAST);
	DECODES("0123456789abcdefghi", 0, 1, '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a',
		'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', LAST);
	/* A match of two bytes after one to three literals, of distance 1 to 1024. */
	DECODES("abab", 17 + 2, 'a', 'b', 1 << 2, 0, LAST);
	DECODES("ababx", 17 + 2, 'a', 'b', 1 << 2 | 1, 0, 'x', LAST);
	/* Matches of 3, 4, and 5 to 8 bytes, of distance 1 to 2048. */
	DECODES("abcabc", 17 + 3, 'a', 'b', 'c', 1 << 6 | 2 << 2, 0, LAST);
	DECODES("abcabca", 17 + 3, 'a', 'b', 'c', 1 << 6 | 1 << 5 | 2 << 2, 0, LAST);
	DECODES("aaaaaaaaa", 17 + 1, 'a', 7 << 5, 0, LAST);
	DECODES("abcdefghijabcde", 17 + 10, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j',
		4 << 5 | 1 << 2, 1, LAST);
	/* Longer matches, of distance 1 to 16384. */
	DECODES("ababababab!", 17 + 2, 'a', 'b', 32 | 6, 1 << 2 | 1, 0, '!', LAST);
	DECODES("abababababababababababababababababababababab", 17 + 2, 'a', 'b', 32, 9, 1 << 2, 0,
		LAST);
	/* The length of the last token has no meaning. */
	DECODES("a", 17 + 1, 'a', 16, 1, 0, 0);
	DECODES("a", 17 + 1, 'a', 16, 0, 0, 0, 0, 0, 0, 16, 0, 0);
}

static void damage_is_found(void **state)
{
	(void)state;
	/* No end, bytes after the end, a match that begins before the output. */
	FAILS(1, 17 + 1, 'a');
	FAILS(1, 17 + 1, 'a', LAST, 0);
	FAILS(4, 17 + 1, 'a', 1 << 6 | 1 << 2, 0, LAST);
	FAILS(3, 1 << 6, 0, LAST);
	/* After a run of four or more literals, a token below 16 means a distance above 2048. */
	FAILS(7, 17 + 4, 'a', 'b', 'c', 'd', 1 << 2, 0, LAST);
	/* A length without an end, and one that exceeds the output. */
	FAILS(40, 0, 0, 0, 0, 0);
	FAILS(40, 17 + 1, 'a', 32, 0, 0, 1, 0, 0, LAST);
}

/* Distances of more than a page occur in the blocks of lzop. */
static void far_matches_decode(void **state)
{
	enum { SIZE = 20000 + 3 + 4 };
	static uint8_t data[SIZE + 200], to[SIZE];
	size_t at = 0, rest = 20000 - 18;

	(void)state;
	data[at++] = 0;
	for (; rest > 255; rest -= 255)
		data[at++] = 0;
	data[at++] = (uint8_t)rest;
	for (size_t i = 0; i < 20000; i++)
		data[at++] = (uint8_t)(i % 251);
	/* Three bytes of distance 2049 + 2 + 5 * 4, and four of distance 16384 + 7. */
	data[at++] = 2 << 2;
	data[at++] = 5;
	data[at++] = 16 | 2;
	data[at++] = 7 << 2;
	data[at++] = 0;
	memcpy(data + at, (const uint8_t[]){ LAST }, 3);
	at += 3;
	assert_true(decode(data, at, to, SIZE));
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(to[20000 + i], (20000 + i - 2071) % 251);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(to[20003 + i], (20003 + i - 16391) % 251);
	assert_false(decode(data, at - 1, to, SIZE));
}

/* The longest form of a match, whose token is below 32: bit 3 of the token is the highest bit of the
 * distance, and a length of 10 or more is outside of the token. */
static void the_farthest_matches_decode(void **state)
{
	enum { RUN = 40000, SIZE = RUN + 9 + 30 + 33 };
	static uint8_t data[SIZE + 300], to[SIZE];
	size_t at = 0, rest = RUN - 18;

	(void)state;
	data[at++] = 0;
	for (; rest > 255; rest -= 255)
		data[at++] = 0;
	data[at++] = (uint8_t)rest;
	for (size_t i = 0; i < RUN; i++)
		data[at++] = (uint8_t)(i % 251);
	/* Nine bytes of distance 16384 + 16384 + 3, 30 of distance 16384 + 5, 33 of distance 2. */
	memcpy(data + at, (const uint8_t[]){ 31, 3 << 2, 0, 16, 30 - 9, 5 << 2, 0, 63, 1 << 2, 0 },
	       10);
	memcpy(data + at + 10, (const uint8_t[]){ LAST }, 3);
	assert_true(decode(data, at + 13, to, SIZE));
	for (size_t i = 0; i < 9; i++)
		assert_int_equal(to[RUN + i], (RUN + i - 32771) % 251);
	for (size_t i = 9; i < 39; i++)
		assert_int_equal(to[RUN + i], (RUN + i - 16389) % 251);
	for (size_t i = 39; i < 72; i++)
		assert_int_equal(to[RUN + i], to[RUN + i - 2]);
}

#ifdef HAVE_LZO
/* Page number `nr` of pages with more and more repetitions: random bytes, few values, runs, copies
 * of earlier parts, and zeros. */
static void fill_page(uint8_t page[PAGE_BYTES], unsigned int nr)
{
	for (size_t i = 0; i < PAGE_BYTES; i++)
		page[i] = (uint8_t)(nr % 5 == 4 ? 0 : nr % 5 ? rand() % (2 << nr % 7) : rand());
	for (unsigned int i = 0; i < nr % 50; i++) {
		size_t length = 1 + (size_t)rand() % (rand() % 8 ? 40 : 1200);
		size_t from = (size_t)rand() % (PAGE_BYTES - length);
		size_t to = (size_t)rand() % (PAGE_BYTES - length);

		memmove(page + to, page + from, length);
	}
}

static void compare(const uint8_t *data, size_t nr, size_t size)
{
	uint8_t ours[ROOM], theirs[ROOM];
	lzo_uint length = size;
	bool right = !lzo1x_decompress_safe(data, nr, theirs, &length, NULL) && length == size;

	assert_int_equal(decode(data, nr, ours, size), right);
	if (right)
		assert_memory_equal(ours, theirs, size);
}

static void liblzo2_agrees(void **state)
{
	static uint8_t page[PAGE_BYTES], packed[ROOM], work[LZO1X_999_MEM_COMPRESS];

	(void)state;
	srand(2);
	for (unsigned int nr = 0; nr < 300; nr++) {
		lzo_uint size = ROOM;

		fill_page(page, nr);
		if (nr % 2)
			lzo1x_999_compress(page, PAGE_BYTES, packed, &size, work);
		else
			lzo1x_1_compress(page, PAGE_BYTES, packed, &size, work);
		compare(packed, size, PAGE_BYTES);
		for (int i = 0; i < 30; i++) {
			packed[(size_t)rand() % (i % 2 && size > 20 ? 20 : size)] =
				(uint8_t)(i % 3 ? rand() % 32 : rand());
			compare(packed, size, PAGE_BYTES);
			compare(packed, (size_t)rand() % size, PAGE_BYTES);
		}
	}
}
#else
static void liblzo2_agrees(void **state)
{
	(void)state;
	skip();
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_token_decodes), cmocka_unit_test(damage_is_found),
		cmocka_unit_test(far_matches_decode), cmocka_unit_test(the_farthest_matches_decode),
		cmocka_unit_test(liblzo2_agrees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
