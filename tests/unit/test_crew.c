/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The workers of a crew: all are created in the caller's thread before any work begins, because
 * creating a worker may copy data that the work changes. */
#include <pthread.h>
#include <stdint.h>

#include "base/crew.h"

#include "unit.h"

enum { PIECES = 8, NUMBERS = 1000 };

struct counted {
	pthread_t caller;
	unsigned int most; /* the number of workers for which there is memory */
	unsigned int created, destroyed;
	unsigned int elsewhere; /* the number of these calls that ran in other threads */
	unsigned int late; /* the number of workers that were created after work had begun */
	unsigned int made; /* changed by several threads */
	unsigned int next; /* the number of the next piece */
	unsigned int given;
};

static void *worker_create(void *arg)
{
	struct counted *counted = arg;

	counted->elsewhere += !pthread_equal(pthread_self(), counted->caller);
	counted->late += __atomic_load_n(&counted->made, __ATOMIC_SEQ_CST) != 0;
	if (counted->created == counted->most)
		return NULL;
	counted->created++;
	return counted;
}

static void worker_destroy(void *worker)
{
	struct counted *counted = worker;

	counted->elsewhere += !pthread_equal(pthread_self(), counted->caller);
	counted->destroyed++;
}

static bool take(void *arg, void *piece)
{
	struct counted *counted = arg;

	*(unsigned int *)piece = counted->next++;
	return true;
}

static bool all_taken(void *arg)
{
	return ((struct counted *)arg)->next == NUMBERS;
}

static void make(void *worker, void *piece)
{
	struct counted *counted = worker;

	*(unsigned int *)piece *= 2;
	__atomic_add_fetch(&counted->made, 1, __ATOMIC_SEQ_CST);
}

static bool give(void *arg, void *piece)
{
	struct counted *counted = arg;

	assert_int_equal(*(unsigned int *)piece, 2 * counted->given);
	counted->given++;
	return true;
}

static struct counted run(unsigned int nr_threads, unsigned int most, enum crew_end end)
{
	struct counted counted = { .caller = pthread_self(), .most = most };
	unsigned int pieces[PIECES];
	struct crew crew = {
		.nr_threads = nr_threads,
		.pieces = pieces,
		.nr_pieces = PIECES,
		.piece_size = sizeof(*pieces),
		.worker_create = worker_create,
		.worker_destroy = worker_destroy,
		.take = take,
		.all_taken = all_taken,
		.make = make,
		.give = give,
		.arg = &counted,
	};

	assert_int_equal(crew_run(&crew), end);
	assert_int_equal(counted.elsewhere, 0);
	assert_int_equal(counted.late, 0);
	assert_int_equal(counted.destroyed, counted.created);
	return counted;
}

static void test_workers(void **state)
{
	(void)state;
	for (unsigned int nr = 0; nr <= CREW_MOST_THREADS + 2; nr = nr * 2 + 1) {
		struct counted counted = run(nr, UINT32_MAX, CREW_DONE);

		assert_int_equal(counted.given, NUMBERS);
		assert_int_equal(counted.created, nr == 0		 ? 1 :
						  nr > CREW_MOST_THREADS ? CREW_MOST_THREADS :
									   nr);
	}
}

static void test_too_little_memory(void **state)
{
	(void)state;
	for (unsigned int most = 1; most < 4; most++) {
		struct counted counted = run(4, most, CREW_DONE);

		assert_int_equal(counted.given, NUMBERS);
		assert_int_equal(counted.created, most);
	}
	assert_int_equal(run(4, 0, CREW_NO_MEMORY).given, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_workers),
		cmocka_unit_test(test_too_little_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
