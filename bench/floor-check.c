/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * floor-check DUMP <LIST   Times the least work for most of the command check: reads each page
 *              table of x86-64 once, counts how often its entries refer to each frame, and then
 *              compares the counts with the struct pages, in one thread. Each line of LIST is
 *              "tables 0 START END" or "pages PFN START END": a physical range, both inclusive, of
 *              tables, or of the struct pages from PFN on. The ranges are given, so the time to find
 *              them is not counted. Lists of tasks, mappings, areas, slabs and free frames are not
 *              read.
 *              Prints the elapsed time and the processor time in microseconds, and the number of
 *              bytes that were read.
 */
#include <string.h>
#include <sys/resource.h>

#include "dump/dump.h"
#include "dump/formats/formats.h"
#include "timing.h"

enum { PAGE = 4096, MOST_RANGES = 1 << 20, MOST_FRAMES = 1 << 26, STRUCT_PAGE = 64, MAPCOUNT = 48 };

struct range {
	bool tables;
	uint64_t pfn, first, last;
};

struct work {
	struct dump *dump;
	struct range *range;
	size_t nr;
	uint32_t *count; /* number of entries that refer to each frame */
	uint64_t bytes, more;
};

static void count_entries(struct work *work, const uint8_t *page)
{
	for (size_t at = 0; at < PAGE; at += 8) {
		uint64_t entry;

		memcpy(&entry, page + at, sizeof(entry));
		entry = entry & 1 ? entry >> 12 & ((UINT64_C(1) << 40) - 1) : MOST_FRAMES;
		if (entry < MOST_FRAMES)
			work->count[entry]++;
	}
}

static void compare_counts(struct work *work, const uint8_t *page, uint64_t pfn)
{
	for (size_t at = 0; at < PAGE && pfn < MOST_FRAMES; at += STRUCT_PAGE, pfn++) {
		uint32_t mapcount;

		memcpy(&mapcount, page + at + MAPCOUNT, sizeof(mapcount));
		work->more += work->count[pfn] > mapcount + 1;
	}
}

static void read_ranges(struct work *work, bool tables)
{
	uint8_t page[PAGE];

	for (size_t i = 0; i < work->nr; i++) {
		const struct range *range = &work->range[i];

		if (range->tables != tables)
			continue;
		for (uint64_t at = range->first; at < range->last; at += PAGE) {
			if (dump_read(work->dump, at, page, PAGE) != PAGE_PRESENT)
				continue;
			work->bytes += PAGE;
			if (tables)
				count_entries(work, page);
			else
				compare_counts(work, page,
					       range->pfn + (at - range->first) / STRUCT_PAGE);
		}
	}
}

static void read_list(struct work *work)
{
	char kind[16];
	struct range range;

	work->range = calloc(MOST_RANGES, sizeof(*work->range));
	work->count = calloc(MOST_FRAMES, sizeof(*work->count));
	if (!work->range || !work->count)
		exit(1);
	while (work->nr < MOST_RANGES && scanf("%15s %" SCNx64 " %" SCNx64 " %" SCNx64, kind,
					       &range.pfn, &range.first, &range.last) == 4) {
		range.tables = strcmp(kind, "tables") == 0;
		work->range[work->nr++] = range;
	}
}

static double processor_us(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

int main(int argc, char **argv)
{
	struct work work = { 0 };
	struct file file;
	struct error err;
	uint64_t start;
	double used;

	if (argc != 2) {
		fputs("usage: floor-check DUMP <LIST\n", stderr);
		return 2;
	}
	if (!file_open(&file, argv[1], &err) ||
	    !(work.dump = dump_open_parts(&file, 1, NULL, &err))) {
		fprintf(stderr, "floor-check: %s\n", err.message);
		return 1;
	}
	read_list(&work);
	start = now_ns();
	used = processor_us();
	read_ranges(&work, true);
	read_ranges(&work, false);
	printf("%.0f %.0f %" PRIu64 "\n", (double)(now_ns() - start) / 1e3, processor_us() - used,
	       work.bytes);
	dump_close(work.dump);
	free(work.range);
	free(work.count);
	return 0;
}
