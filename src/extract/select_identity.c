/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads the data that identify the kernel of a dump, and the data of its symbols. The dump must be
 * a recorder, because the purpose is to record what is read. */

#include "query/translate.h"
#include "base/bytes.h"
#include "base/page.h"
#include "linux/page/page.h"
#include "extract/select.h"
#include "kernel/kernel.h"
#include "kernel/view.h"
#include "symbols/kallsyms.h"

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
