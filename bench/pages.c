/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pages WHAT DUMP [LIST]   times how kwalk reads memory: see pages.h
 * pages list DUMP N        lists SHORT_LIST physical addresses that are near each other, and then
 *                          N addresses in all memory
 */
#include "dump/dump.h"
#include "dump/formats/formats.h"
#include "pages.h"

static void *open_dump(const char *path)
{
	struct file file;
	struct error err;
	struct dump *dump = NULL;

	if (!file_open(&file, path, &err) || !(dump = dump_open_parts(&file, 1, NULL, &err)))
		fprintf(stderr, "pages: %s\n", err.message);
	return dump;
}

static void close_dump(void *dump)
{
	dump_close(dump);
}

static bool read8(void *dump, uint64_t paddr, uint64_t *value)
{
	return dump_load(dump, paddr, 8, value) == PAGE_PRESENT;
}

static bool next_page(void *dump, uint64_t *paddr, uint8_t *page)
{
	struct extent extent;

	while (dump_read(dump, *paddr, page, PAGE_SIZE) != PAGE_PRESENT) {
		dump_find(dump, *paddr, &extent);
		if (extent.last == UINT64_MAX)
			return false;
		*paddr = extent.last + 1;
	}
	return true;
}

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(0x2545f4914f6cdd1d);
}

/* Lists nr addresses in the dump, from start to end (exclusive). */
static void list_addresses(struct dump *dump, unsigned long nr, uint64_t start, uint64_t end,
			   uint64_t *state)
{
	uint64_t value;

	while (nr) {
		uint64_t paddr = start + ((next_random(state) >> 8) % (end - start) & ~UINT64_C(7));

		if (!read8(dump, paddr, &value))
			continue;
		printf("%" PRIx64 "\n", paddr);
		nr--;
	}
}

/* Lists addresses in a window in the middle of memory, and then in all memory. The window has 1024
 * pages, which fit into a page cache. */
static int list_all(const char *path, unsigned long nr)
{
	enum { WINDOW = 4 << 20 };
	uint64_t state = 1, end, middle, value;
	struct dump *dump = open_dump(path);

	if (!dump)
		return 1;
	end = dump_last_paddr(dump) + 1;
	middle = end / 2 & ~(uint64_t)(WINDOW - 1);
	/* Move the window down if its start is not in the dump, for example because the crash
	 * kernel was there. */
	while (middle && !read8(dump, middle, &value))
		middle -= WINDOW;
	list_addresses(dump, SHORT_LIST, middle, middle + WINDOW, &state);
	list_addresses(dump, nr, 0, end, &state);
	dump_close(dump);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct reader reader = { open_dump, close_dump, read8, next_page };

	if (argc == 4 && !strcmp(argv[1], "list"))
		return list_all(argv[2], strtoul(argv[3], NULL, 10));
	return time_reader(&reader, argc, argv);
}
