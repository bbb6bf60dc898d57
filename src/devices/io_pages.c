/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "devices/io_pages.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/ranges.h"
#include "base/sort.h"
#include "devices/dma.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"

/* Limits for the use of memory. Damaged tables can map the same page many times. */
enum { MOST_RUNS = 1 << 21, MOST_PAGES = 1 << 21 };

/* The scan of one table. */
struct io_pages_finding {
	struct io_pages *pages;
	uint32_t table;
	bool failed; /* there is not enough memory, or there are too many runs or pages */
};

/* --- pages of the tables themselves --- */

static bool io_pages_add_page(struct io_pages *pages, uint64_t paddr, uint8_t shift,
			      uint32_t device)
{
	const struct io_table_page page = { paddr & -(uint64_t)IO_TABLE, shift, device };

	return pages->nr_pages < MOST_PAGES &&
	       array_add(&pages->page, &pages->nr_pages, &pages->room_pages, &page, sizeof(page));
}

static void io_pages_visit_table(void *arg, uint64_t paddr, unsigned int level)
{
	struct io_pages_finding *finding = arg;
	const struct io_table *table = &finding->pages->io.map.table[finding->table];

	finding->failed |=
		!io_pages_add_page(finding->pages, paddr, table->space.paging->level[level].shift,
				   (uint32_t)table->first);
}

static bool add_heads(struct io_pages *pages, uint32_t device)
{
	const struct dma_entrance *entrance = &pages->io.map.device[device].dma.entrance;

	for (unsigned int i = 0; i < entrance->nr_heads; i++)
		if (entrance->head[i].read &&
		    !io_pages_add_page(pages, entrance->head[i].paddr, IO_HEAD, device))
			return false;
	return true;
}

static int io_pages_compare_pages(const void *one, const void *other)
{
	const struct io_table_page *a = one, *b = other;

	return COMPARE(a->paddr, b->paddr) ?: COMPARE(a->shift, b->shift);
}

/* Sorts the pages of tables and removes duplicates. A table was added several times if several
 * devices or bus addresses use it. */
static bool sort_pages(struct io_pages *pages)
{
	size_t nr = 0;

	if (!sort_items(pages->page, pages->nr_pages, sizeof(*pages->page), io_pages_compare_pages,
			pages->io.kernel->listener))
		return false;
	for (size_t i = 0; i < pages->nr_pages; i++)
		if (!nr || io_pages_compare_pages(&pages->page[nr - 1], &pages->page[i]))
			pages->page[nr++] = pages->page[i];
	pages->nr_pages = nr;
	return true;
}

/* --- mapped memory --- */

static bool io_pages_continues(const struct io_run *run, const struct io_run *next)
{
	return run->last + 1 == next->first && run->bus + (next->first - run->first) == next->bus &&
	       run->table == next->table && run->writable == next->writable;
}

static bool io_pages_add_run(struct io_pages *pages, const struct io_run *run)
{
	struct io_run *last = pages->nr ? &pages->run[pages->nr - 1] : NULL;

	if (last && io_pages_continues(last, run)) {
		last->last = run->last;
		return true;
	}
	return pages->nr < MOST_RUNS &&
	       array_add(&pages->run, &pages->nr, &pages->room, run, sizeof(*run));
}

/* Adds the part of the page whose bus addresses are from first to last, both inclusive. */
static bool io_pages_add_part(struct io_pages_finding *finding, const struct scanned *page,
			      uint64_t first, uint64_t last)
{
	struct io_pages *pages = finding->pages;
	const struct io_table *table = &pages->io.map.table[finding->table];
	uint64_t from = page->first > first ? page->first : first;
	uint64_t to = page->last < last ? page->last : last;
	const struct io_run run = {
		.first = page->paddr + (from - page->first),
		.last = page->paddr + (to - page->first),
		.bus = from,
		.table = finding->table,
		.writable = page->writable && table->writable,
	};

	return from > to || io_pages_add_run(pages, &run);
}

static bool io_pages_add_mapped(struct io_pages_finding *finding, const struct scanned *page)
{
	const struct io_table *table = &finding->pages->io.map.table[finding->table];

	if (!(page->writable && table->writable) && !(page->readable && table->readable))
		return true;
	if (!finding->pages->io.kernel->arch->dma_interrupts)
		return io_pages_add_part(finding, page, 0, UINT64_MAX);
	return io_pages_add_part(finding, page, 0, DMA_INTERRUPT_FIRST - 1) &&
	       io_pages_add_part(finding, page, DMA_INTERRUPT_LAST + 1, UINT64_MAX);
}

static void add_gap(struct io_pages_finding *finding, const struct scanned *gap)
{
	struct io_pages *pages = finding->pages;

	io_scans_lacks(&pages->io, finding->table, gap->first);
	if (gap->outcome != WALK_CORRUPT)
		return;
	if (!pages->nr_corrupt++) {
		pages->corrupt = *gap;
		pages->corrupt_table = finding->table;
	}
}

static bool too_much(struct error *err)
{
	return fail(err, ERROR_FORMAT, "the tables of IOMMUs map more ranges than kwalk can store");
}

static bool find_of_table(struct scan *scan, uint32_t table, void *arg, struct error *err)
{
	struct io_pages_finding finding = { .pages = arg, .table = table };
	struct scanned scanned;

	scan->visit_table = io_pages_visit_table;
	scan->arg = &finding;
	io_pages_visit_table(&finding, scan->space->root, 0);
	while (!finding.failed && scan_next(scan, &scanned)) {
		if (scanned.outcome == WALK_MAPPED)
			finding.failed |= !io_pages_add_mapped(&finding, &scanned);
		else
			add_gap(&finding, &scanned);
	}
	return !finding.failed || too_much(err);
}

static bool find_of_mapping(const struct viommu_mapping *mapping, uint32_t table, void *arg,
			    struct error *err)
{
	struct io_pages_finding finding = { .pages = arg, .table = table };
	const struct scanned page = {
		.first = mapping->first,
		.last = mapping->last,
		.paddr = mapping->physical,
		.readable = mapping->readable,
		.writable = mapping->writable,
	};

	return io_pages_add_mapped(&finding, &page) || too_much(err);
}

/* --- all runs and devices --- */

static bool io_pages_add_range(struct io_ranges *ranges, const struct io_run *run)
{
	const struct io_range range = { run->first, run->last };
	struct io_range *last = ranges->nr ? &ranges->range[ranges->nr - 1] : NULL;

	if (last && (run->first <= last->last || run->first - last->last == 1)) {
		if (run->last > last->last)
			last->last = run->last;
		return true;
	}
	return array_add(&ranges->range, &ranges->nr, &ranges->room, &range, sizeof(range));
}

static bool sort_runs(struct io_pages *pages)
{
	if (!sort_items(pages->run, pages->nr, sizeof(*pages->run), ranges_compare,
			pages->io.kernel->listener))
		return false;
	for (size_t i = 0; i < pages->nr; i++) {
		const struct io_run *run = &pages->run[i];

		if (run->writable &&
		    (!io_pages_add_range(&pages->writable, run) ||
		     (!io_run_is_identity(run) && !io_pages_add_range(&pages->allocated, run))))
			return false;
	}
	return true;
}

/* Adds the tables that point to page tables. Also counts the devices that access memory without a
 * page table. Does not count an IOMMU, because an IOMMU writes only to its own logs. */
static bool look_at_devices(struct io_pages *pages)
{
	const struct io_map *map = &pages->io.map;

	for (uint32_t i = 0; i < map->nr; i++) {
		const struct device_dma *dma = &map->device[i].dma;
		const struct pci_function *function = dma->function;
		uint64_t last = function->has_mask ? function->dma_mask : UINT64_MAX;

		if (!add_heads(pages, i))
			return false;
		if ((dma->entrance.reach != DMA_DIRECT &&
		     dma->entrance.reach != DMA_PASS_THROUGH) ||
		    pci_is_iommu(function))
			continue;
		pages->nr_direct++;
		if (last > pages->direct_last)
			pages->direct_last = last;
	}
	return true;
}

bool io_pages_find(struct io_pages *pages, struct kernel *kernel, struct error *err)
{
	const struct io_visitor visitor = {
		.scan = find_of_table,
		.mapping = find_of_mapping,
		.arg = pages,
	};

	*pages = (struct io_pages){ 0 };
	if (!io_scans_start(&pages->io, kernel, err))
		return false;
	io_scans_run(&pages->io, &visitor);
	if (look_at_devices(pages) && sort_pages(pages) && sort_runs(pages))
		return true;
	io_pages_release(pages);
	return kernel_stopped(kernel) ? fail(err, ERROR_INTERRUPTED, "interrupted") :
					out_of_memory(err);
}

void io_pages_release(struct io_pages *pages)
{
	io_scans_release(&pages->io);
	free(pages->run);
	free(pages->page);
	free(pages->writable.range);
	free(pages->allocated.range);
}

uint64_t io_ranges_within(const struct io_ranges *ranges, uint64_t first, uint64_t last)
{
	const struct io_range *range = ranges->range;
	uint64_t nr = 0;

	for (size_t i = RANGES_SEARCH(range, ranges->nr, first);
	     i < ranges->nr && range[i].first <= last; i++) {
		uint64_t from = range[i].first > first ? range[i].first : first;
		uint64_t to = range[i].last < last ? range[i].last : last;

		nr += to - from + 1;
	}
	return nr;
}

uint64_t io_pages_writable(const struct io_pages *pages, uint64_t first, uint64_t last)
{
	uint64_t direct = pages->direct_last;

	if (!pages->nr_direct || first > direct)
		return io_ranges_within(&pages->writable, first, last);
	if (last <= direct)
		return last - first + 1;
	return direct - first + 1 + io_ranges_within(&pages->writable, direct + 1, last);
}

bool io_run_is_identity(const struct io_run *run)
{
	return run->bus == run->first;
}
