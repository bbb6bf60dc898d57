/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two walkers' timings share: the questions and the clock. */
#pragma once

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { TIMING_ROUNDS = 31 };

struct addresses {
	uint64_t *values;
	size_t nr;
};

static inline int compare_numbers(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static inline void addresses_sort(struct addresses *addresses)
{
	qsort(addresses->values, addresses->nr, sizeof(*addresses->values), compare_numbers);
}

/* One hexadecimal number a line; an empty list where the file has none. */
static inline struct addresses addresses_read(const char *path)
{
	struct addresses list = { 0 };
	FILE *file = fopen(path, "r");
	size_t room = 0;
	uint64_t value;

	while (file && fscanf(file, "%" SCNx64, &value) == 1) {
		if (list.nr == room) {
			room = room ? 2 * room : 1024;
			list.values = realloc(list.values, room * sizeof(*list.values));
			if (!list.values)
				abort();
		}
		list.values[list.nr++] = value;
	}
	if (file)
		fclose(file);
	return list;
}

static inline uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* More than the last cache of most machines, read so that little else stays there. */
enum { EVICTING = 128 << 20 };

static inline uint64_t evict_caches(void)
{
	static uint64_t *much;
	uint64_t sum = 0;

	if (!much)
		much = calloc(EVICTING, 1);
	for (size_t i = 0; much && i < EVICTING / sizeof(*much); i += 8)
		sum += much[i]++;
	return sum;
}

/* Calls ask, which answers nr questions, over and over; cold: each time after the caches
 * were emptied. Prints as timing_run(). */
static inline void timing_run_all(const char *name, size_t nr, bool cold,
				  uint64_t (*ask)(void *arg), void *arg)
{
	static volatile uint64_t sink;
	uint64_t rounds[TIMING_ROUNDS];

	sink = ask(arg);
	for (int i = 0; i < TIMING_ROUNDS; i++) {
		uint64_t start;

		if (cold)
			sink = evict_caches();
		start = now_ns();
		sink = ask(arg);
		rounds[i] = now_ns() - start;
	}
	(void)sink;
	qsort(rounds, TIMING_ROUNDS, sizeof(*rounds), compare_numbers);
	printf("%s %.1f %.1f\n", name, (double)rounds[0] / (double)nr,
	       (double)rounds[TIMING_ROUNDS / 2] / (double)nr);
}

/* Asks all questions, over and over; prints "NAME MINIMUM MEDIAN", in
 * nanoseconds a question. ask returns something of the answer, so that none
 * can be left out. */
static inline void timing_run(const char *name, const struct addresses *list,
			      uint64_t (*ask)(void *arg, uint64_t address), void *arg)
{
	static volatile uint64_t sink;
	uint64_t rounds[TIMING_ROUNDS];
	double nr = (double)list->nr;

	for (int i = -1; i < TIMING_ROUNDS; i++) { /* the first warms up */
		uint64_t start = now_ns(), sum = 0;

		for (size_t j = 0; j < list->nr; j++)
			sum += ask(arg, list->values[j]);
		sink = sum;
		if (i >= 0)
			rounds[i] = now_ns() - start;
	}
	(void)sink;
	qsort(rounds, TIMING_ROUNDS, sizeof(*rounds), compare_numbers);
	printf("%s %.1f %.1f\n", name, (double)rounds[0] / nr,
	       (double)rounds[TIMING_ROUNDS / 2] / nr);
}
