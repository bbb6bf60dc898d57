/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "extract/select.h"

#include <inttypes.h>
#include <stdio.h>

#include "query/translate.h"
#include "base/bytes.h"
#include "base/page.h"
#include "linux/page/page.h"
#include "kernel/kernel.h"
#include "kernel/view.h"
#include "symbols/kallsyms.h"
#include "dump/dump.h"
#include "dump/registers.h"
#include "kernel/arch.h"
#include "linux/task/table_pass.h"

/* --- the identity of the kernel --- */

/* Reads the data that identify the kernel of a dump, and the data of its symbols. The dump must
 * be a recorder, because the purpose is to record what is read. */

enum { BANNER_SIZE = 512, LARGEST_NOTES = 4096 };

/* Reads the mapped pages from first to last, both inclusive. */
static void select_identity_read_pages(struct kernel *kernel, uint64_t first, uint64_t last)
{
	uint8_t page[PAGE_BYTES];

	for (uint64_t at = page_first(first);
	     at >= page_first(first) && at <= last && !kernel_stopped(kernel); at += PAGE_BYTES)
		kernel_read(kernel, at, page, sizeof(page), NULL);
}

/* Reads the tables of kallsyms and the bytes between them, because a search of the kernel's image
 * needs these bytes to find the tables if no VMCOREINFO note names them. */
static void read_kallsyms(struct kernel *kernel)
{
	struct kallsyms *kallsyms = kernel_kallsyms(kernel, NULL);
	const struct kallsyms_place *place;
	uint64_t width, first, last;

	if (!kallsyms)
		return;
	place = kallsyms_place(kallsyms);
	width = place->encoding == KALLSYMS_ABSOLUTE ? kernel_pointer_size(kernel) : 4;
	first = smaller_of(place->names, place->values);
	last = larger_of(place->token_index + KALLSYMS_INDEX_SIZE,
			 place->values + place->nr * width);
	/* Reads one page more at both ends, because the number of symbols is stored before the
	 * names, and the base address after the offsets. */
	if (last > first && last - first < LARGEST_VIEW)
		select_identity_read_pages(kernel, first - PAGE_BYTES, last + PAGE_BYTES);
}

/* Reads the banner and the notes, which distinguish this build of the kernel from others. */
static void select_identity_read_build(struct kernel *kernel)
{
	char banner[BANNER_SIZE];
	uint8_t notes[LARGEST_NOTES];
	uint64_t address, stop;

	if (kernel_symbol(kernel, "linux_banner", &address, NULL))
		kernel_read_string(kernel, address, banner, sizeof(banner), NULL);
	if (kernel_symbol(kernel, "__start_notes", &address, NULL) &&
	    kernel_symbol(kernel, "__stop_notes", &stop, NULL) && stop - address <= sizeof(notes))
		kernel_read(kernel, address, notes, stop - address, NULL);
}

/* Reads the data that are needed to find the struct page of a frame: all sections, or, in a memory
 * model without sections, the data for each part of memory. */
static void read_sections(struct kernel *kernel)
{
	/* In bytes. Each part of memory with a separate array of struct pages has at least this
	 * size. */
	enum { SMALLEST_PART = 1 << 22 };
	struct section_cursor cursor = { 0 };
	struct section section;
	uint64_t max_pfn, page, steps = 0;

	while (!kernel_stopped(kernel) && page_next_section(kernel, &cursor, &section))
		;
	if (page_section_layout(kernel) || !kernel_fact(kernel, FACT_MAX_PFN, &max_pfn))
		return;
	for (uint64_t pfn = 0; pfn < max_pfn; pfn += kernel_pfn(kernel, SMALLEST_PART)) {
		page_of_pfn(kernel, pfn, &page, NULL);
		if (listener_stops_at(kernel->listener, ++steps))
			return;
	}
}

void select_build(struct selector *selector)
{
	struct kernel *kernel = selector->kernel;

	read_kallsyms(kernel);
	select_identity_read_build(kernel);
	kernel_dump_types(kernel);
}

void select_identity(struct selector *selector)
{
	struct kernel *kernel = selector->kernel;

	select_build(selector);
	query_is_zero_page(kernel, 0);
	read_sections(kernel);
}

void selector_lacks(struct selector *selector, const char *part, const struct error *why)
{
	if (selector->nr_lacks < MOST_LACKS) {
		struct lack *lack = &selector->lack[selector->nr_lacks];

		snprintf(lack->part, sizeof(lack->part), "%s", part);
		lack->why = *why;
	}
	selector->nr_lacks++;
}

/* --- page tables --- */

struct table_selector {
	struct selector *selector;
	struct dump *dump;
	uint64_t nr_missing, first_missing; /* first_missing: physical address */
};

/* Keeps a table. A page table is a page, but the top-level table of PAE has only 32 bytes. */
static bool select_table(void *arg, const struct passed_table *table)
{
	struct table_selector *place = arg;
	const struct paging *paging = table->space->paging;
	uint64_t size = paging_table_size(paging, table->level);

	if (dump_range_state(place->dump, table->paddr, size) > PAGE_ZERO) {
		if (!place->nr_missing++)
			place->first_missing = table->paddr;
	} else if (size < PAGE_BYTES) {
		selection_add_bytes(place->selector->selection, table->paddr, size);
	} else {
		selection_add_range(place->selector->selection, table->paddr,
				    table->paddr + (size - 1), SELECTED_TABLE, NULL);
	}
	return true;
}

/* Visits tables that belong to no process: the kernel's second table, which page-table isolation
 * creates, and the current tables of the CPUs. For example, a CPU may use the table for EFI
 * calls. */
static void pass_further_roots(struct table_pass *pass)
{
	struct kernel *kernel = pass->kernel;
	const struct dump *dump = kernel->dump;
	const struct space *own = kernel_space(kernel, NULL);
	struct space space;

	if (!own)
		return;
	space = *own;
	if (kernel->arch->user_table && kernel->arch->user_table(&space, &space.root))
		table_pass_space(pass, &space);
	for (size_t i = 0; i < dump->nr_cpus && !kernel_stopped(kernel); i++) {
		space = *own;
		if (arch_cpu_root(kernel->arch, &space, &dump->cpus[i], &space.root))
			table_pass_space(pass, &space);
	}
}

void select_tables(struct selector *selector)
{
	struct kernel *kernel = selector->kernel;
	struct table_selector place = { selector, kernel->dump, 0, 0 };
	struct table_pass pass = {
		.kernel = kernel,
		.visit = select_table,
		.arg = &place,
	};
	struct error err;

	if (!kernel_space(kernel, &err))
		selector_lacks(selector, "the kernel's page table", &err);
	if (!task_all(kernel, &err))
		selector_lacks(selector, "page tables of processes", &err);
	table_pass_all(&pass);
	pass_further_roots(&pass);
	table_pass_release(&pass);
	if (!place.nr_missing)
		return;
	fail(&err, ERROR_UNREADABLE, "%" PRIu64 " are not in the dump, the first is at %" PRIx64,
	     place.nr_missing, place.first_missing);
	selector_lacks(selector, "page tables", &err);
}
