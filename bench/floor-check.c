/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * floor-check DUMP <LIST   Times the least work for most of the command check: walks the page tables
 *              of x86-64, reads each table once, counts how often its entries refer to each frame,
 *              compares the counts with the struct pages, and reads the addresses of each mapping,
 *              all in one thread. Each line of LIST is "root NR PADDR 0": the
 *              top-level table at PADDR, with its first NR entries; "pages PFN START END": the
 *              struct pages from PFN on, in this physical range, both inclusive; or "vma 0 PADDR 0":
 *              the vm_area_struct at PADDR. The places are given, so the time to find them is not
 *              counted. Lists of tasks, areas, slabs and free frames, and the nodes of maple trees,
 *              are not read.
 *              Prints the elapsed time and the processor time in microseconds, and the number of
 *              bytes that were read.
 */
#include <string.h>
#include <sys/resource.h>

#include "dump/dump.h"
#include "dump/formats/formats.h"
#include "timing.h"

enum { PAGE = 4096, MOST_RANGES = 1 << 20, MOST_FRAMES = 1 << 26, STRUCT_PAGE = 64, MAPCOUNT = 48 };
enum { TOP_LEVEL = 4, LARGE = 1 << 7 };

struct range {
	enum { ROOT, PAGES, VMA } kind;
	uint64_t pfn, first, last; /* the three numbers of the line */
};

struct work {
	struct dump *dump;
	struct range *range;
	size_t nr;
	uint32_t *count; /* number of entries that refer to each frame */
	bool *seen; /* frames that were read as tables */
	uint64_t bytes, more;
};

static void walk(struct work *work, uint64_t table, unsigned int level, size_t nr)
{
	uint8_t page[PAGE];

	if (table / PAGE >= MOST_FRAMES || work->seen[table / PAGE] ||
	    dump_read(work->dump, table, page, PAGE) != PAGE_PRESENT)
		return;
	work->seen[table / PAGE] = true;
	work->bytes += PAGE;
	for (size_t i = 0; i < nr; i++) {
		uint64_t entry, frame;

		memcpy(&entry, page + i * sizeof(entry), sizeof(entry));
		frame = entry & 1 ? entry >> 12 & ((UINT64_C(1) << 40) - 1) : MOST_FRAMES;
		if (level > 1 && entry & 1 && !(entry & LARGE))
			walk(work, frame * PAGE, level - 1, PAGE / sizeof(entry));
		else if (frame < MOST_FRAMES)
			work->count[frame]++;
	}
}

static void look_at_vma(struct work *work, uint64_t paddr)
{
	uint64_t vma[3]; /* vm_start, vm_end, vm_mm */

	if (dump_read(work->dump, paddr, vma, sizeof(vma)) != PAGE_PRESENT)
		return;
	work->bytes += sizeof(vma);
	work->more += vma[0] >= vma[1] || !vma[2];
}

static void compare_counts(struct work *work, const uint8_t *page, uint64_t pfn)
{
	for (size_t at = 0; at < PAGE && pfn < MOST_FRAMES; at += STRUCT_PAGE, pfn++) {
		uint32_t mapcount;

		memcpy(&mapcount, page + at + MAPCOUNT, sizeof(mapcount));
		work->more += work->count[pfn] > mapcount + 1;
	}
}

static void read_pages(struct work *work, const struct range *range)
{
	uint8_t page[PAGE];

	for (uint64_t at = range->first; at < range->last; at += PAGE) {
		if (dump_read(work->dump, at, page, PAGE) != PAGE_PRESENT)
			continue;
		work->bytes += PAGE;
		compare_counts(work, page, range->pfn + (at - range->first) / STRUCT_PAGE);
	}
}

static void do_work(struct work *work)
{
	for (size_t i = 0; i < work->nr; i++)
		if (work->range[i].kind == ROOT)
			walk(work, work->range[i].first, TOP_LEVEL, (size_t)work->range[i].pfn);
	for (size_t i = 0; i < work->nr; i++) {
		if (work->range[i].kind == PAGES)
			read_pages(work, &work->range[i]);
		else if (work->range[i].kind == VMA)
			look_at_vma(work, work->range[i].first);
	}
}

static void read_list(struct work *work)
{
	char kind[16];
	struct range range;

	work->range = calloc(MOST_RANGES, sizeof(*work->range));
	work->count = calloc(MOST_FRAMES, sizeof(*work->count));
	work->seen = calloc(MOST_FRAMES, sizeof(*work->seen));
	if (!work->range || !work->count || !work->seen)
		exit(1);
	while (work->nr < MOST_RANGES && scanf("%15s %" SCNx64 " %" SCNx64 " %" SCNx64, kind,
					       &range.pfn, &range.first, &range.last) == 4) {
		range.kind = strcmp(kind, "root") == 0 ? ROOT : *kind == 'v' ? VMA : PAGES;
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
	do_work(&work);
	printf("%.0f %.0f %" PRIu64 "\n", (double)(now_ns() - start) / 1e3, processor_us() - used,
	       work.bytes);
	dump_close(work.dump);
	free(work.range);
	free(work.count);
	free(work.seen);
	return 0;
}
