/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Long work with names and sorting: the number of steps between two questions whether to stop, and
 * the results after a stop. The reasons for which a session stops. The times at which progress is
 * reported. */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/address_set.h"
#include "base/bytes.h"
#include "base/sort.h"
#include "sandbox/memory.h"
#include "cli/interrupt.h"
#include "symbols/symbol_names.h"

#include "unit.h"

enum { NR = 1 << 18 };

static struct asked {
	unsigned int nr, most; /* questions; the answer is yes after `most` of them */
	uint64_t steps, longest; /* since the last question, and the largest number so far */
} asked;

static bool should_stop(void *arg)
{
	(void)arg;
	if (asked.steps > asked.longest)
		asked.longest = asked.steps;
	asked.steps = 0;
	return ++asked.nr > asked.most;
}

static struct listener listener = { .stop = should_stop };

static void ask_at_most(unsigned int most)
{
	asked = (struct asked){ .most = most };
}

/* --- sorting --- */

static int compare(const void *one, const void *two)
{
	asked.steps++;
	return *(const uint32_t *)one < *(const uint32_t *)two ?
		       -1 :
		       *(const uint32_t *)one > *(const uint32_t *)two;
}

static uint32_t *mixed(void)
{
	uint32_t *numbers = calloc(NR, sizeof(*numbers));

	assert_non_null(numbers);
	for (uint32_t i = 0; i < NR; i++)
		/* The factor is odd, so each number is in the array once. */
		numbers[i] = i * 2654435761U % NR;
	return numbers;
}

static void sorted(void **state)
{
	uint32_t *numbers = mixed();

	(void)state;
	ask_at_most(UINT32_MAX);
	assert_true(sort_items(numbers, NR, sizeof(*numbers), compare, &listener));
	for (uint32_t i = 0; i < NR; i++)
		assert_int_equal(numbers[i], i);
	assert_in_range(asked.longest, 1, 17 << 16); /* the steps of one piece */
	assert_true(sort_items(NULL, 0, 4, compare, NULL));
	free(numbers);
}

static void sorting_stopped(void **state)
{
	for (unsigned int most = 0; most < 100; most += 9) {
		uint32_t *numbers = mixed();
		uint64_t sum = 0;

		ask_at_most(most);
		assert_false(sort_items(numbers, NR, sizeof(*numbers), compare, &listener));
		assert_int_equal(asked.nr, most + 1);
		for (uint32_t i = 0; i < NR; i++)
			sum += numbers[i];
		assert_true(sum == (uint64_t)NR * (NR - 1) / 2);
		free(numbers);
	}
	(void)state;
}

/* --- addresses --- */

/* Returns the length of the longest row of used slots, which limits a search. */
static size_t longest_row(const struct address_set *set)
{
	size_t longest = 0, row = 0;

	for (size_t i = 0; i < set->room; i++) {
		row = set->slot[i] ? row + 1 : 0;
		longest = row > longest ? row : longest;
	}
	return longest;
}

/* Multiples of a number whose product with the golden ratio is small. If a set multiplied only by
 * this ratio, all of them would have the same slot. */
static void addresses_that_collide(void **state)
{
	const uint64_t ratio = 0x9e3779b97f4a7c15;
	struct address_set set = { 0 };
	uint64_t inverse = ratio;

	(void)state;
	for (int i = 0; i < 6; i++) /* Newton's method doubles the number of right bits each time */
		inverse *= 2 - ratio * inverse;
	assert_true(ratio * inverse == 1);
	for (uint64_t i = 1; i <= 1 << 14; i++) {
		assert_int_equal(address_set_add(&set, i * inverse), ADDRESS_NEW);
		assert_true(address_set_has(&set, i * inverse));
	}
	assert_int_equal(address_set_add(&set, inverse), ADDRESS_SEEN);
	assert_in_range(longest_row(&set), 1, 1000);
	address_set_release(&set);
}

/* --- names --- */

static char text[2 * MOST_NAME];

/* All names begin with the same eight characters. Name 7 exists twice, and name 9 is too long. */
static const char *same_start(void *table, uint32_t nr, enum name_rank *rank)
{
	(void)table;
	asked.steps++;
	*rank = nr == NR - 1 ? NAME_GLOBAL : NAME_LOCAL;
	if (nr == NR - 1)
		nr = 7;
	if (nr == 9)
		memset(text, 'x', sizeof(text) - 1);
	else
		snprintf(text, sizeof(text), "collide_%u", nr);
	return text;
}

static struct symbol_names *open_names(void)
{
	struct symbol_names *names = calloc(1, sizeof(*names));

	assert_non_null(names);
	assert_true(symbol_names_init(names, same_start, NULL, NR));
	names->listener = &listener;
	for (uint32_t nr = 0; nr < NR; nr++)
		symbol_names_add(names, nr, load_le64(nr == 9 ? "xxxxxxxx" : "collide_"));
	return names;
}

static void close_names(struct symbol_names *names)
{
	symbol_names_free(names);
	free(names);
}

static void names_that_collide(void **state)
{
	struct symbol_names *names = open_names();
	char name[32];
	uint32_t nr;

	(void)state;
	ask_at_most(UINT32_MAX);
	assert_true(symbol_names_find(names, "collide_5", &nr));
	assert_int_equal(nr, 5);
	assert_true(symbol_names_find(names, "collide_7", &nr));
	assert_int_equal(nr, NR - 1); /* the global one of the two */
	assert_in_range(asked.longest, 1, 16 * STOP_STEPS);
	assert_in_range(asked.nr, NR / STOP_STEPS, 2 * NR / STOP_STEPS);
	/* Many look-ups take not much more work than one. */
	ask_at_most(UINT32_MAX);
	for (uint32_t i = 10; i < 1000; i++) {
		snprintf(name, sizeof(name), "collide_%u", i);
		assert_true(symbol_names_find(names, name, &nr));
		assert_int_equal(nr, i);
	}
	assert_false(symbol_names_find(names, "collide_x", &nr));
	assert_in_range(asked.steps, 1, 1000 * 4200);
	close_names(names);
}

/* A name that is looked up again, as for each CPU. A better symbol with the same name may be added
 * later. */
static void a_name_again(void **state)
{
	struct symbol_names *names = open_names();
	uint64_t steps;
	uint32_t nr;

	(void)state;
	names->count = 8;
	ask_at_most(UINT32_MAX);
	assert_true(symbol_names_find(names, "collide_7", &nr));
	assert_int_equal(nr, 7);
	steps = asked.steps;
	nr = 0;
	assert_true(symbol_names_find(names, "collide_7", &nr));
	assert_int_equal(nr, 7);
	assert_int_equal(asked.steps, steps);
	names->count = NR;
	assert_true(symbol_names_find(names, "collide_7", &nr));
	assert_int_equal(nr, NR - 1);
	close_names(names);
}

static void search_stopped(void **state)
{
	struct symbol_names *names = open_names();
	uint32_t nr;

	(void)state;
	ask_at_most(3);
	assert_false(symbol_names_find(names, "collide_5", &nr));
	assert_int_equal(asked.nr, 4);
	ask_at_most(UINT32_MAX); /* incomplete results are not kept */
	assert_true(symbol_names_find(names, "collide_5", &nr));
	close_names(names);
}

static bool count(const char *name, void *arg)
{
	assert_in_range(strlen(name), 1, MOST_NAME - 1);
	++*(unsigned int *)arg;
	return true;
}

static unsigned int completed(const struct symbol_names *names, const char *prefix)
{
	unsigned int nr = 0;

	symbol_names_complete(names, prefix, count, &nr);
	return nr;
}

static void completion(void **state)
{
	struct symbol_names *names = open_names();

	(void)state;
	ask_at_most(UINT32_MAX);
	assert_int_equal(completed(names, "collide_"), NR - 2);
	assert_int_equal(completed(names, "collide_7"), 1 + 10 + 100 + 1000 + 10000);
	assert_int_equal(completed(names, "x"), 0); /* too long */
	assert_in_range(asked.longest, 1, 2 * STOP_STEPS);
	ask_at_most(3);
	assert_int_equal(completed(names, "collide_"), 0);
	assert_int_equal(asked.nr, 4);
	close_names(names);
}

/* Names of 1023 bytes, which together are longer than MOST_COMPLETED. */
static const char *endless(void *table, uint32_t nr, enum name_rank *rank)
{
	(void)table;
	*rank = NAME_LOCAL;
	memset(text, 'y', MOST_NAME - 1);
	text[MOST_NAME - 1] = '\0';
	snprintf(text + MOST_NAME - 20, 20, "%019u", nr);
	return text;
}

static void completion_of_too_much(void **state)
{
	struct symbol_names *names = open_names();

	(void)state;
	ask_at_most(UINT32_MAX);
	names->get = endless;
	assert_int_equal(completed(names, "y"), 0);
	names->count = 1000;
	assert_int_equal(completed(names, "y"), 1000);
	close_names(names);
}

/* --- reasons for which a session stops --- */

static void ctrl_c_while_a_line_is_typed(void **state)
{
	sigset_t signals;
	int number;

	(void)state;
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	interrupt_poll(true);
	assert_false(interrupt_pending());
	raise(SIGINT);
	assert_true(interrupt_pending());
	interrupt_poll(false);
	assert_false(interrupt_pending());
	assert_int_equal(sigwait(&signals, &number), 0); /* the signal is still pending */
	assert_int_equal(number, SIGINT);
}

static void the_first_reason_stays(void **state)
{
	(void)state;
	interrupt_for(STOP_MEMORY);
	interrupt_for(STOP_TIME);
	assert_int_equal(interrupt_put_off(), STOP_MEMORY);
	assert_int_equal(interrupt_came, STOP_NONE);
	interrupt_resume(STOP_NONE);
	assert_int_equal(interrupt_came, STOP_NONE);
	interrupt_resume(STOP_TIME);
	assert_int_equal(interrupt_put_off(), STOP_TIME);
}

static void sizes(void **state)
{
	static const struct {
		const char *text;
		uint64_t size;
	} rows[] = {
		{ "1", 1 },
		{ "4096", 4096 },
		{ "1K", 1024 },
		{ "3m", 3 << 20 },
		{ "2G", UINT64_C(2) << 30 },
		{ "1t", UINT64_C(1) << 40 },
	};
	uint64_t size;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(limit_parse(rows[i].text, &size));
		assert_true(size == rows[i].size);
	}
	assert_true(limit_default() >= UINT64_C(1) << 30);
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ALLOCATOR "other"
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define ALLOCATOR "other"
#endif
#ifndef ALLOCATOR
#define ALLOCATOR "own"
#endif

/* Not with a sanitizer, whose allocator ends the program. */
static void a_failure_is_noted(void **state)
{
	void *(*volatile allocate)(size_t) = malloc;
	void *block;

	(void)state;
	limit_ran_out();
	if (strstr(ALLOCATOR, "other"))
		return;
	block = allocate(SIZE_MAX - 4096); /* with 32 bits, half of this size might be available */
	assert_null(block);
	assert_true(limit_ran_out());
	assert_false(limit_ran_out());
}

/* --- progress --- */

static uint64_t milliseconds; /* time of the clock, which only the test changes */

int clock_gettime(clockid_t clock, struct timespec *time)
{
	(void)clock;
	time->tv_sec = (time_t)(milliseconds / 1000);
	time->tv_nsec = (long)(milliseconds % 1000) * 1000000;
	return 0;
}

static char told[64];

static void keep_told(void *arg, const char *line)
{
	(void)arg;
	snprintf(told, sizeof(told), "%s", line);
}

static const struct listener teller = { .progress = keep_told };

/* Returns the progress that is reported after a step of this many milliseconds. */
static const char *told_after(struct progress *progress, uint64_t time, uint64_t done)
{
	told[0] = '\0';
	milliseconds += time;
	progress_long_step(progress, done, 999);
	return told;
}

static void a_long_step_is_told_after_a_second(void **state)
{
	struct progress progress;

	(void)state;
	milliseconds = 1999;
	progress = progress_start("unpacking", &teller);
	assert_string_equal(told_after(&progress, 1, 0), "");
	assert_string_equal(told_after(&progress, 998, 100), "");
	assert_string_equal(told_after(&progress, 1, 200), "unpacking: 20%");
	assert_string_equal(told_after(&progress, 1, 200), "");
	assert_string_equal(told_after(&progress, 998, 300), "");
	assert_string_equal(told_after(&progress, 1, 400), "unpacking: 40%");
}

static void short_steps_rarely_look_at_the_clock(void **state)
{
	struct progress progress;
	unsigned int nr = 0;

	(void)state;
	milliseconds = 0;
	told[0] = '\0';
	progress = progress_start("searching", &teller);
	for (milliseconds = 1000; !told[0] && nr < 1000; nr++)
		progress_step(&progress, 0, 1);
	assert_int_equal(nr, 256);
	assert_string_equal(told, "searching: 0%");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorted),
		cmocka_unit_test(sorting_stopped),
		cmocka_unit_test(addresses_that_collide),
		cmocka_unit_test(names_that_collide),
		cmocka_unit_test(a_name_again),
		cmocka_unit_test(search_stopped),
		cmocka_unit_test(completion),
		cmocka_unit_test(completion_of_too_much),
		cmocka_unit_test(ctrl_c_while_a_line_is_typed),
		cmocka_unit_test(the_first_reason_stays),
		cmocka_unit_test(sizes),
		cmocka_unit_test(a_failure_is_noted),
		cmocka_unit_test(a_long_step_is_told_after_a_second),
		cmocka_unit_test(short_steps_rarely_look_at_the_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
