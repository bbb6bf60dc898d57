/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times the same work for two libraries that read dumps: opening the dump, reading at a list of
 * addresses in random order, and reading all memory in order. */
#pragma once

#include <string.h>

#include "timing.h"

enum { OPENINGS = 9, SHORT_LIST = 20000, TIMES = 50, PAGE_SIZE = 4096 };

struct reader {
	void *(*open)(const char *path); /* returns NULL if the dump cannot be opened */
	void (*close)(void *dump);
	bool (*read8)(void *dump, uint64_t paddr, uint64_t *value);
	/* Reads the page at *paddr, or if it is missing, the next page in the dump. Sets *paddr to
	 * the address of the page. Returns false if there are no more pages. */
	bool (*next_page)(void *dump, uint64_t *paddr, uint8_t *page);
};

static inline double open_ms(const struct reader *reader, const char *path)
{
	uint64_t times[OPENINGS];

	for (int i = 0; i < OPENINGS; i++) {
		uint64_t start = now_ns();
		void *dump = reader->open(path);

		times[i] = now_ns() - start;
		if (!dump)
			exit(1);
		reader->close(dump);
	}
	qsort(times, OPENINGS, sizeof(*times), compare_numbers);
	return (double)times[OPENINGS / 2] / 1e6;
}

/* Returns the nanoseconds for each read. Sets *sum to the sum of all values, which must be the same
 * for both readers. */
static inline double random_ns(const struct reader *reader, void *dump,
			       const struct addresses *list, size_t nr, unsigned int times,
			       uint64_t *sum)
{
	uint64_t start, value;

	/* If the list is read several times, read it once before, so that the caches are warm. */
	for (size_t j = 0; times > 1 && j < nr; j++)
		reader->read8(dump, list->values[j], &value);
	*sum = 0;
	start = now_ns();
	for (unsigned int i = 0; i < times; i++)
		for (size_t j = 0; j < nr; j++)
			if (reader->read8(dump, list->values[j], &value))
				*sum += value;
	return (double)(now_ns() - start) / (double)nr / times;
}

static inline double sequential_mb(const struct reader *reader, void *dump, uint64_t *sum)
{
	static uint8_t page[PAGE_SIZE];
	uint64_t start = now_ns(), paddr = 0, nr = 0, word;

	*sum = 0;
	for (; reader->next_page(dump, &paddr, page); paddr += PAGE_SIZE) {
		memcpy(&word, page + (nr % (PAGE_SIZE / 8)) * 8, 8);
		*sum += word;
		nr++;
	}
	return (double)nr * PAGE_SIZE * 1e3 / (double)(now_ns() - start);
}

/* Handles the arguments WHAT DUMP [LIST]. WHAT is open, short, million or sequential. Prints the
 * result of timing, and a sum that must be the same for both readers. */
static inline int time_reader(const struct reader *reader, int argc, char **argv)
{
	struct addresses list = { 0 };
	uint64_t sum = 0;
	double figure;
	void *dump;

	if (argc < 3)
		return 2;
	if (!strcmp(argv[1], "open")) {
		printf("%.3f 0\n", open_ms(reader, argv[2]));
		return 0;
	}
	dump = reader->open(argv[2]);
	if (!dump)
		return 1;
	if (argc > 3)
		list = addresses_read(argv[3]);
	if (!strcmp(argv[1], "sequential"))
		figure = sequential_mb(reader, dump, &sum);
	else if (!strcmp(argv[1], "short") && list.nr >= SHORT_LIST)
		figure = random_ns(reader, dump, &list, SHORT_LIST, TIMES, &sum);
	else if (!strcmp(argv[1], "million") && list.nr > SHORT_LIST)
		figure = random_ns(reader, dump,
				   &(struct addresses){ list.values + SHORT_LIST,
							list.nr - SHORT_LIST },
				   list.nr - SHORT_LIST, 1, &sum);
	else
		return 2;
	printf("%.1f %" PRIx64 "\n", figure, sum);
	free(list.values);
	reader->close(dump);
	return 0;
}
