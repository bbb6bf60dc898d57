/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * many FILE GIB: writes page tables to FILE that map GIB GiB of memory in pages of 4K. The tables
 * have about GIB times 2 MiB. Then times walks for random addresses, one walk at a time and
 * interleaved walks: first in a few pages, whose tables stay in the CPU's caches, then in all
 * pages.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <fcntl.h>
#include <unistd.h>

#include "kernel/kernel.h"
#include "open/open.h"
#include "timing.h"

enum { NR = 1 << 20, ROUNDS = 9, TABLE = 0x67, PAGE = 4096 };
#define START UINT64_C(0xffff888000000000)

static void fail_with(const char *what)
{
	perror(what);
	exit(1);
}

/* Writes the pgd and the pud, and then for each GiB the pmd and its last-level tables. */
static void write_tables(const char *path, uint64_t nr_gib)
{
	uint64_t nr_pages = 2 + nr_gib * (1 + 512), size = nr_pages * PAGE;
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	uint64_t *table;

	if (fd < 0 || ftruncate(fd, (off_t)size) < 0)
		fail_with(path);
	table = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (table == MAP_FAILED)
		fail_with(path);
	table[START >> 39 & 511] = PAGE | TABLE;
	for (uint64_t gib = 0; gib < nr_gib; gib++) {
		uint64_t pmd = 2 + gib * 513;

		table[512 + gib] = pmd * PAGE | TABLE;
		for (uint64_t i = 0; i < 512; i++) {
			table[pmd * 512 + i] = (pmd + 1 + i) * PAGE | TABLE;
			for (uint64_t j = 0; j < 512; j++)
				table[(pmd + 1 + i) * 512 + j] =
					(gib << 30 | i << 21 | j << 12) | TABLE;
		}
	}
	munmap(table, size);
	close(fd);
}

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(0x2545f4914f6cdd1d);
}

static int compare(const void *a, const void *b)
{
	return compare_numbers(a, b);
}

static double median_of(const struct space *space, const uint64_t *vaddrs, uint64_t *paddrs,
			bool together)
{
	uint64_t rounds[ROUNDS];

	for (int round = 0; round < ROUNDS; round++) {
		uint64_t start = now_ns();

		if (together)
			walk_page_tables(space, vaddrs, paddrs, NR);
		for (size_t i = 0; !together && i < NR; i++)
			paddrs[i] = walk_page_table(space, vaddrs[i]).paddr;
		rounds[round] = now_ns() - start;
		for (size_t i = 0; i < NR; i++)
			if (paddrs[i] != vaddrs[i] - START)
				exit(1);
	}
	qsort(rounds, ROUNDS, sizeof(*rounds), compare);
	return (double)rounds[ROUNDS / 2] / NR;
}

static void time_walks(const struct space *space, uint64_t bytes, const char *what)
{
	uint64_t *vaddrs = malloc(NR * sizeof(*vaddrs)), state = 1;
	uint64_t *paddrs = calloc(NR, sizeof(*paddrs));
	double one, many;

	if (!vaddrs || !paddrs)
		fail_with("memory");
	for (size_t i = 0; i < NR; i++)
		vaddrs[i] = START + (next_random(&state) >> 8) % bytes;
	one = median_of(space, vaddrs, paddrs, false);
	many = median_of(space, vaddrs, paddrs, true);
	printf("| %s | %.1f | %.1f | %.1f |\n", what, one, many, one / many);
	free(vaddrs);
	free(paddrs);
}

int main(int argc, char **argv)
{
	const char *overrides[] = { "arch=x86_64", "levels=4", "root=0" };
	const struct opening opening = {
		.paths = (const char *const *)argv + 1,
		.nr_paths = 1,
		.overrides = overrides,
		.nr_overrides = 3,
		.debug_path = "",
	};
	uint64_t nr_gib = argc == 3 ? strtoull(argv[2], NULL, 10) : 0;
	struct kernel *kernel;
	struct error err;

	if (!nr_gib || nr_gib > 512) {
		fputs("usage: many FILE GIB\n", stderr);
		return 2;
	}
	write_tables(argv[1], nr_gib);
	kernel = open_kernel_dump(&opening, &err);
	if (!kernel || !kernel_space(kernel, &err)) {
		fprintf(stderr, "many: %s\n", err.message);
		return 1;
	}
	puts("| tables | one at a time, ns | interleaved, ns | times |\n|---|--:|--:|--:|");
	time_walks(kernel_space(kernel, NULL), UINT64_C(64) << 20, "128 KiB");
	time_walks(kernel_space(kernel, NULL), nr_gib << 30, "all");
	open_close(kernel);
	return 0;
}
