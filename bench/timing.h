/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The addresses and the clock that all timing programs use. */
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

/* Reads a file that has one hexadecimal number in each line. Returns an empty list if the file has
 * no number or cannot be read. */
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

/* More bytes than the last-level cache of most machines has. Reading them evicts almost all other
 * data from the caches. */
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

/* Calls ask repeatedly. nr: number of questions that one call answers. cold: true to evict the
 * caches before each call. Prints a line like timing_run(). */
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

/* Asks all questions repeatedly. Prints "NAME MINIMUM MEDIAN", in nanoseconds for each question.
 * ask must return a part of the answer, so that the compiler cannot remove a call. */
static inline void timing_run(const char *name, const struct addresses *list,
			      uint64_t (*ask)(void *arg, uint64_t address), void *arg)
{
	static volatile uint64_t sink;
	uint64_t rounds[TIMING_ROUNDS];
	double nr = (double)list->nr;

	for (int i = -1; i < TIMING_ROUNDS; i++) { /* the first round only warms the caches */
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
