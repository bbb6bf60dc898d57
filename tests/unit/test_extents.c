/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pieces of memory that overlap, compared with a model that stores the state of each byte. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dump/extents.h"

#include "unit.h"

static struct extent piece(uint64_t first, uint64_t last, enum page_state state,
			   const uint8_t *data)
{
	return (struct extent){ first, last, data, state, 0, 0 };
}

static void expect(const struct extent_list *list, uint64_t paddr, uint64_t first, uint64_t last,
		   enum page_state state, const uint8_t *data)
{
	struct extent found;

	memset(&found, 0x5a, sizeof(found));
	extent_list_find(list, paddr, &found);
	assert_true(found.first == first);
	assert_true(found.last == last);
	assert_int_equal(found.state, state);
	assert_ptr_equal(found.data, data);
}

static void nothing_is_one_gap(void **state)
{
	struct extent none = { 0 };
	struct extent_list list;

	(void)state;
	assert_true(extent_list_build(&list, &none, 0));
	assert_int_equal(list.nr, 0);
	expect(&list, 0, 0, UINT64_MAX, PAGE_ABSENT, NULL);
	expect(&list, 0x1234, 0, UINT64_MAX, PAGE_ABSENT, NULL);
	expect(&list, UINT64_MAX, 0, UINT64_MAX, PAGE_ABSENT, NULL);
	extent_list_release(&list);
	extent_list_release(&list);
}

static void gaps_have_bounds(void **state)
{
	static const uint8_t low[0x1000], high[0x1000];
	struct extent pieces[] = {
		piece(0x5000, 0x5fff, PAGE_PRESENT, high),
		piece(0x1000, 0x1fff, PAGE_PRESENT, low),
	};
	struct extent_list list;

	(void)state;
	assert_true(extent_list_build(&list, pieces, 2));
	expect(&list, 0, 0, 0xfff, PAGE_ABSENT, NULL);
	expect(&list, 0xfff, 0, 0xfff, PAGE_ABSENT, NULL);
	expect(&list, 0x1000, 0x1000, 0x1fff, PAGE_PRESENT, low);
	expect(&list, 0x1fff, 0x1000, 0x1fff, PAGE_PRESENT, low);
	expect(&list, 0x2000, 0x2000, 0x4fff, PAGE_ABSENT, NULL);
	expect(&list, 0x4fff, 0x2000, 0x4fff, PAGE_ABSENT, NULL);
	expect(&list, 0x5800, 0x5000, 0x5fff, PAGE_PRESENT, high);
	expect(&list, 0x6000, 0x6000, UINT64_MAX, PAGE_ABSENT, NULL);
	expect(&list, UINT64_MAX, 0x6000, UINT64_MAX, PAGE_ABSENT, NULL);
	extent_list_release(&list);
}

static void the_better_state_wins(void **state)
{
	static const uint8_t data[0x1000];
	struct extent pieces[] = {
		piece(0x0000, 0x8fff, PAGE_TRUNCATED, NULL),
		piece(0x1000, 0x7fff, PAGE_FILTERED, NULL),
		piece(0x2000, 0x6fff, PAGE_ZERO, NULL),
		piece(0x4000, 0x4fff, PAGE_PRESENT, data),
	};
	struct extent_list list;

	(void)state;
	assert_true(extent_list_build(&list, pieces, 4));
	expect(&list, 0x0000, 0x0000, 0x0fff, PAGE_TRUNCATED, NULL);
	expect(&list, 0x1000, 0x1000, 0x1fff, PAGE_FILTERED, NULL);
	expect(&list, 0x2000, 0x2000, 0x3fff, PAGE_ZERO, NULL);
	expect(&list, 0x4000, 0x4000, 0x4fff, PAGE_PRESENT, data);
	expect(&list, 0x5000, 0x5000, 0x6fff, PAGE_ZERO, NULL);
	expect(&list, 0x7000, 0x7000, 0x7fff, PAGE_FILTERED, NULL);
	expect(&list, 0x8fff, 0x8000, 0x8fff, PAGE_TRUNCATED, NULL);
	expect(&list, 0x9000, 0x9000, UINT64_MAX, PAGE_ABSENT, NULL);
	extent_list_release(&list);
}

static void of_equal_ones_the_first_wins(void **state)
{
	static const uint8_t first[0x2000], second[0x4000];
	struct extent pieces[] = {
		piece(0x2000, 0x3fff, PAGE_PRESENT, first),
		piece(0x1000, 0x4fff, PAGE_PRESENT, second),
	};
	struct extent swapped[] = { pieces[1], pieces[0] };
	struct extent_list list;

	(void)state;
	assert_true(extent_list_build(&list, pieces, 2));
	expect(&list, 0x1800, 0x1000, 0x1fff, PAGE_PRESENT, second);
	expect(&list, 0x2800, 0x2000, 0x3fff, PAGE_PRESENT, first);
	expect(&list, 0x4800, 0x4000, 0x4fff, PAGE_PRESENT, second + 0x3000);
	extent_list_release(&list);
	assert_true(extent_list_build(&list, swapped, 2));
	expect(&list, 0x2800, 0x1000, 0x4fff, PAGE_PRESENT, second);
	extent_list_release(&list);
}

static void neighbours_are_joined(void **state)
{
	static const uint8_t data[0x3000], other[0x1000];
	struct extent pieces[] = {
		piece(0x0000, 0x0fff, PAGE_PRESENT, data),
		piece(0x1000, 0x1fff, PAGE_PRESENT, data + 0x1000),
		piece(0x2000, 0x2fff, PAGE_PRESENT, other),
		piece(0x3000, 0x3fff, PAGE_FILTERED, NULL),
		piece(0x4000, 0x4fff, PAGE_FILTERED, NULL),
	};
	struct extent_list list;

	(void)state;
	assert_true(extent_list_build(&list, pieces, 5));
	expect(&list, 0x0800, 0x0000, 0x1fff, PAGE_PRESENT, data);
	expect(&list, 0x2800, 0x2000, 0x2fff, PAGE_PRESENT, other);
	expect(&list, 0x3800, 0x3000, 0x4fff, PAGE_FILTERED, NULL);
	extent_list_release(&list);
}

static void the_last_address(void **state)
{
	static const uint8_t data[0x10];
	struct extent pieces[] = {
		piece(UINT64_MAX - 0xf, UINT64_MAX, PAGE_PRESENT, data),
		piece(UINT64_MAX - 0xff, UINT64_MAX, PAGE_FILTERED, NULL),
		piece(0, 0, PAGE_TRUNCATED, NULL),
	};
	struct extent whole = piece(0, UINT64_MAX, PAGE_FILTERED, NULL);
	struct extent_list list;

	(void)state;
	assert_true(extent_list_build(&list, pieces, 3));
	expect(&list, 0, 0, 0, PAGE_TRUNCATED, NULL);
	expect(&list, 1, 1, UINT64_MAX - 0x100, PAGE_ABSENT, NULL);
	expect(&list, UINT64_MAX - 0xff, UINT64_MAX - 0xff, UINT64_MAX - 0x10, PAGE_FILTERED, NULL);
	expect(&list, UINT64_MAX, UINT64_MAX - 0xf, UINT64_MAX, PAGE_PRESENT, data);
	extent_list_release(&list);
	assert_true(extent_list_build(&list, &whole, 1));
	expect(&list, 0, 0, UINT64_MAX, PAGE_FILTERED, NULL);
	expect(&list, UINT64_MAX, 0, UINT64_MAX, PAGE_FILTERED, NULL);
	extent_list_release(&list);
}

/* --- random pieces against the model --- */

enum { WINDOW = 96, MOST_PIECES = 14, NR_ROUNDS = 20000 };

/* The state of one address. */
struct byte {
	enum page_state state;
	const uint8_t *data;
};

static uint32_t random_below(uint32_t limit)
{
	static uint64_t seed = 1;

	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)(seed >> 33) % limit;
}

static size_t make_pieces(struct extent *pieces, uint64_t base)
{
	static const uint8_t data[4 * WINDOW];
	static const enum page_state states[] = {
		PAGE_PRESENT, PAGE_PRESENT, PAGE_ZERO, PAGE_FILTERED, PAGE_TRUNCATED,
	};
	size_t nr = random_below(MOST_PIECES + 1);

	for (size_t i = 0; i < nr; i++) {
		uint64_t first = random_below(WINDOW);
		uint64_t last = first + random_below(WINDOW - (uint32_t)first);
		enum page_state state = states[random_below(5)];
		/* Often the bytes are the ones that would continue the neighbour. */
		const uint8_t *at =
			random_below(2) ? data + first : data + random_below(3 * WINDOW);

		pieces[i] =
			piece(base + first, base + last, state, state == PAGE_PRESENT ? at : NULL);
	}
	return nr;
}

static void fill_model(struct byte *model, uint64_t base, const struct extent *pieces, size_t nr)
{
	for (uint64_t at = 0; at < WINDOW; at++) {
		struct byte best = { PAGE_ABSENT, NULL };
		bool covered = false;

		for (size_t i = 0; i < nr; i++) {
			const struct extent *p = &pieces[i];

			if (base + at < p->first || base + at > p->last)
				continue;
			if (covered && p->state >= best.state)
				continue;
			covered = true;
			best.state = p->state;
			best.data = p->data ? p->data + (base + at - p->first) : NULL;
		}
		model[at] = best;
	}
}

/* Can both bytes be in one extent, the second directly after the first? */
static bool continues(struct byte before, struct byte after)
{
	return before.state == after.state && (!before.data || before.data + 1 == after.data);
}

static void compare(const struct extent_list *list, const struct byte *model, uint64_t base)
{
	for (uint64_t at = 0; at < WINDOW; at++) {
		uint64_t first = at, last = at;
		struct extent found;

		while (first > 0 && continues(model[first - 1], model[first]))
			first--;
		while (last < WINDOW - 1 && continues(model[last], model[last + 1]))
			last++;
		extent_list_find(list, base + at, &found);
		assert_int_equal(found.state, model[at].state);
		assert_ptr_equal(found.data, model[first].data);
		/* Gaps at the ends of the window continue outside of it. */
		if (first > 0 || found.state != PAGE_ABSENT)
			assert_true(found.first == base + first);
		if (last < WINDOW - 1 || found.state != PAGE_ABSENT)
			assert_true(found.last == base + last);
	}
}

static void check_order(const struct extent_list *list)
{
	for (size_t i = 0; i < list->nr; i++) {
		assert_true(list->extents[i].first <= list->extents[i].last);
		if (i)
			assert_true(list->extents[i - 1].last < list->extents[i].first);
	}
}

static void random_pieces(void **state)
{
	static const uint64_t bases[] = { 0, 0xfffffff0, UINT64_MAX - WINDOW + 1 };
	struct extent pieces[MOST_PIECES];
	struct byte model[WINDOW];
	struct extent_list list;

	(void)state;
	for (int round = 0; round < NR_ROUNDS; round++) {
		uint64_t base = bases[round % 3];
		size_t nr = make_pieces(pieces, base);

		fill_model(model, base, pieces, nr);
		assert_true(extent_list_build(&list, pieces, nr));
		check_order(&list);
		compare(&list, model, base);
		extent_list_release(&list);
	}
}

/* A hundred thousand pieces that overlap must not take n * n steps, which would take minutes. */
static void many_overlapping_pieces(void **state)
{
	enum { NR = 100000 };
	struct extent *pieces = calloc(NR, sizeof(*pieces));
	struct extent_list list;

	(void)state;
	assert_non_null(pieces);
	for (uint64_t i = 0; i < NR; i++)
		pieces[i] = piece(i, 2 * NR - i, i % 2 ? PAGE_FILTERED : PAGE_TRUNCATED, NULL);
	assert_true(extent_list_build(&list, pieces, NR));
	expect(&list, 0, 0, 0, PAGE_TRUNCATED, NULL);
	expect(&list, NR, 1, 2 * NR - 1, PAGE_FILTERED, NULL);
	expect(&list, 2 * NR, 2 * NR, 2 * NR, PAGE_TRUNCATED, NULL);
	extent_list_release(&list);
	free(pieces);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_one_gap),
		cmocka_unit_test(gaps_have_bounds),
		cmocka_unit_test(the_better_state_wins),
		cmocka_unit_test(of_equal_ones_the_first_wins),
		cmocka_unit_test(neighbours_are_joined),
		cmocka_unit_test(the_last_address),
		cmocka_unit_test(random_pieces),
		cmocka_unit_test(many_overlapping_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
