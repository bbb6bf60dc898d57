/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * walk -l N DUMP      lists N mapped kernel addresses, in random order
 * walk DUMP FILE      times walks over the addresses in FILE
 */
#include <string.h>

#include "kernel/kernel.h"
#include "open/open.h"
#include "query/translate.h"
#include "timing.h"

struct leaf {
	uint64_t entry_paddr, vaddr, size;
};

struct leaves {
	struct leaf *list;
	size_t nr, room;
};

static struct kernel *open_kernel(const char *path, struct error *err)
{
	const struct opening opening = {
		.paths = &path,
		.nr_paths = 1,
		.debug_path = "",
	};
	struct kernel *kernel = open_kernel_dump(&opening, err);

	if (kernel && kernel_space(kernel, err))
		return kernel;
	open_close(kernel);
	return NULL;
}

static void add_leaf(struct leaves *leaves, const struct leaf *leaf)
{
	if (leaves->nr == leaves->room) {
		leaves->room = leaves->room ? 2 * leaves->room : 4096;
		leaves->list = realloc(leaves->list, leaves->room * sizeof(*leaves->list));
		if (!leaves->list)
			abort();
	}
	leaves->list[leaves->nr++] = *leaf;
}

static int compare_leaves(const void *a, const void *b)
{
	const struct leaf *x = a, *y = b;

	return (x->entry_paddr > y->entry_paddr) - (x->entry_paddr < y->entry_paddr);
}

/* Keeps each entry once. An entry may have been found several times, because thousands of entries
 * can point to the same table. */
static void drop_repeated(struct leaves *leaves)
{
	size_t kept = 0;

	qsort(leaves->list, leaves->nr, sizeof(*leaves->list), compare_leaves);
	for (size_t i = 0; i < leaves->nr; i++) {
		if (kept && leaves->list[kept - 1].entry_paddr == leaves->list[i].entry_paddr)
			continue;
		leaves->list[kept++] = leaves->list[i];
	}
	leaves->nr = kept;
}

/* Collects all entries that map a page that is entirely in the dump. */
static struct leaves collect(struct kernel *kernel)
{
	const struct space *space = kernel_space(kernel, NULL);
	struct leaves leaves = { 0 };
	uint64_t vaddr = 0, first, last;
	uint64_t end = space->paging->sign_extends ?
			       UINT64_MAX :
			       (UINT64_C(1) << space->paging->address_bits) - 1;

	do {
		struct walk walk = walk_page_table(space, vaddr);

		walk_range(space, &walk, &first, &last);
		if (walk.outcome == WALK_MAPPED &&
		    dump_range_state(kernel->dump, walk.paddr & ~(walk.page_size - 1),
				     walk.page_size) == PAGE_PRESENT)
			add_leaf(&leaves, &(struct leaf){ walk.step[walk.nr_steps - 1].entry_paddr,
							  first, walk.page_size });
		vaddr = last + 1;
	} while (last < end);
	drop_repeated(&leaves);
	return leaves;
}

/* Uses xorshift64*, so that every run uses the same addresses. */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(0x2545f4914f6cdd1d);
}

static int list_addresses(struct kernel *kernel, unsigned long nr)
{
	struct leaves leaves = collect(kernel);
	uint64_t state = 1;

	if (leaves.nr == 0) {
		fputs("walk: the page table maps nothing\n", stderr);
		return 1;
	}
	for (unsigned long i = 0; i < nr; i++) {
		const struct leaf *leaf = &leaves.list[(next_random(&state) >> 20) % leaves.nr];
		uint64_t offset = (next_random(&state) >> 20) % leaf->size;

		printf("%" PRIx64 "\n", leaf->vaddr + (offset & ~UINT64_C(7)));
	}
	free(leaves.list);
	return 0;
}

struct asked {
	struct kernel *kernel;
	const struct space *space;
};

static uint64_t ask_walk(void *arg, uint64_t address)
{
	const struct asked *asked = arg;

	return walk_page_table(asked->space, address).paddr;
}

static uint64_t ask_translate(void *arg, uint64_t address)
{
	const struct asked *asked = arg;

	return query_translate(asked->kernel, asked->space, address).physical;
}

static uint64_t ask_load(void *arg, uint64_t address)
{
	const struct asked *asked = arg;
	uint64_t value = 0;

	dump_load(asked->kernel->dump, address, 8, &value);
	return value;
}

static int time_all(struct kernel *kernel, const char *path)
{
	struct addresses list = addresses_read(path), entries = { 0 };
	struct asked asked = { kernel, kernel_space(kernel, NULL) };

	if (list.nr == 0) {
		fprintf(stderr, "walk: %s: no addresses\n", path);
		return 1;
	}
	entries.values = calloc(list.nr, sizeof(*entries.values));
	if (!entries.values)
		abort();
	for (size_t i = 0; i < list.nr; i++) {
		struct walk walk = walk_page_table(asked.space, list.values[i]);

		if (walk.nr_steps)
			entries.values[entries.nr++] = walk.step[walk.nr_steps - 1].entry_paddr;
	}
	timing_run("load-random", &entries, ask_load, &asked);
	timing_run("walk-random", &list, ask_walk, &asked);
	timing_run("translate-random", &list, ask_translate, &asked);
	addresses_sort(&list);
	timing_run("walk-sequential", &list, ask_walk, &asked);
	timing_run("translate-sequential", &list, ask_translate, &asked);
	free(entries.values);
	free(list.values);
	return 0;
}

int main(int argc, char **argv)
{
	bool lists = argc == 4 && !strcmp(argv[1], "-l");
	struct kernel *kernel;
	struct error err;
	int status;

	if (!lists && argc != 3) {
		fputs("usage: walk -l N DUMP | walk DUMP FILE\n", stderr);
		return 2;
	}
	kernel = open_kernel(lists ? argv[3] : argv[1], &err);
	if (!kernel) {
		fprintf(stderr, "walk: %s\n", err.message);
		return 1;
	}
	status = lists ? list_addresses(kernel, strtoul(argv[2], NULL, 10)) :
			 time_all(kernel, argv[2]);
	open_close(kernel);
	return status;
}
