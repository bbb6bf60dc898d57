/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/page/page_reader.h"

#include <string.h>

#include "kernel/view.h"
#include "linux/page/page.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"

static const struct state_type state_page_reader = { .size = sizeof(struct page_reader) };

struct page_reader *page_reader_of(struct kernel *kernel)
{
	const struct page_layout *layout = page_layout_of(kernel, NULL);
	struct page_reader *reader = layout ? kernel_state(kernel, &state_page_reader) : NULL;

	if (!reader)
		return NULL;
	reader->kernel = kernel;
	reader->layout = layout;
	reader->page_size = kernel_page_size(kernel);
	return reader;
}

/* Is the frame in a range that is online, and whose struct pages are contiguous? */
static bool in_online_map(const struct page_reader *reader, uint64_t pfn)
{
	return reader->has_online_map && pfn >= reader->online_first && pfn <= reader->online_last;
}

/* Returns the address of the struct page of a frame for which in_online_map() is true. */
static uint64_t online_address(const struct page_reader *reader, uint64_t pfn)
{
	return (reader->online_map + (pfn - reader->online_first) * reader->layout->size) &
	       reader->kernel->arch->address_mask;
}

static bool missed(struct page_reader *reader)
{
	reader->missed = true;
	return false;
}

bool page_reader_address(struct page_reader *reader, uint64_t pfn, uint64_t *page,
			 struct error *err)
{
	const struct page_window *window = &reader->window;

	if (in_online_map(reader, pfn)) {
		*page = online_address(reader, pfn);
		return true;
	}
	if (reader->kernel)
		return page_of_pfn(reader->kernel, pfn, page, err);
	if (pfn - window->first >= window->nr)
		return missed(reader);
	*page = window->page + (pfn - window->first) * reader->layout->size;
	return true;
}

bool page_reader_pfn(struct page_reader *reader, uint64_t page, uint64_t *pfn)
{
	const struct page_window *window = &reader->window;
	uint64_t offset = page - window->page, size = reader->layout->size;

	if (reader->kernel)
		return page_pfn(reader->kernel, page, pfn, NULL);
	if (offset >= window->nr * size)
		return missed(reader);
	*pfn = window->first + offset / size;
	return offset % size == 0;
}

/* Finds the part of the memory map that contains the address. The part is not used if the bytes
 * cannot be read. */
static void page_reader_find_part(struct page_reader *reader, uint64_t address)
{
	const struct space *space = kernel_space(reader->kernel, NULL);
	struct page_part *part = &reader->part;
	struct extent extent;
	struct walk walk;

	*part = (struct page_part){ 0 };
	if (!space || !dump_can_be_remembered(reader->kernel->dump))
		return;
	walk_page_table_to(space, address, &walk);
	if (walk.outcome != WALK_MAPPED)
		return;
	*part = (struct page_part){
		.first = address & -walk.page_size,
		.last = address | (walk.page_size - 1),
		.paddr = walk.paddr - (address & (walk.page_size - 1)),
	};
	if (!dump_extents_last(space->dump))
		return;
	dump_find(space->dump, walk.paddr, &extent);
	if (extent.state != PAGE_PRESENT)
		return;
	extent_cut(&extent, part->paddr, part->paddr + (walk.page_size - 1));
	part->first += extent.first - part->paddr;
	part->last = part->first + (extent.last - extent.first);
	part->paddr = extent.first;
	part->data = extent.data;
}

/* Copies bytes of the part that was read last, or of the part that contains the address. Returns
 * false if the bytes are not in one part, or are not in the dump. */
static bool page_reader_read_part(struct page_reader *reader, uint64_t address, uint8_t *bytes,
				  size_t size)
{
	const struct page_part *part = &reader->part;
	uint64_t offset;

	if (address < part->first || address > part->last)
		page_reader_find_part(reader, address);
	offset = address - part->first;
	if (!part->last || part->last - address < size - 1)
		return false;
	if (!part->data)
		return dump_read(reader->kernel->dump, part->paddr + offset, bytes, size) ==
		       PAGE_PRESENT;
	memcpy(bytes, part->data + offset, size);
	return true;
}

/* Returns the number of the page of memory in the window that contains the address. */
static uint64_t number_in_window(const struct page_window *window, uint64_t address)
{
	return address / LEAST_PAGE - window->page / LEAST_PAGE;
}

/* Copies the page of memory that contains the address to the buffer of the window. */
static bool page_window_fill(struct page_window *window, uint64_t room, uint64_t address)
{
	uint64_t start = address & -(uint64_t)LEAST_PAGE, end = start + LEAST_PAGE;
	uint64_t number = number_in_window(window, address);

	if (window->tried[number])
		return window->filled[number];
	start = start > window->page ? start : window->page;
	end = end < window->page + room ? end : window->page + room;
	window->tried[number] = true;
	window->filled[number] =
		space_read(window->space, start, window->buffer + (start - window->page),
			   (size_t)(end - start), NULL);
	return window->filled[number];
}

/* Copies bytes of the window. */
static bool page_window_read(struct page_window *window, uint64_t room, uint64_t address,
			     uint8_t *bytes, size_t size)
{
	uint64_t offset = address - window->page;

	if (offset >= room || room - offset < size)
		return false;
	if (!window->bytes && (!page_window_fill(window, room, address) ||
			       !page_window_fill(window, room, address + (size - 1))))
		return false;
	memcpy(bytes, (window->bytes ? window->bytes : window->buffer) + offset, size);
	return true;
}

static bool page_reader_bytes(struct page_reader *reader, uint64_t address, uint8_t *bytes,
			      size_t size, struct error *err)
{
	struct page_window *window = &reader->window;

	if (reader->kernel)
		return page_reader_read_part(reader, address, bytes, size) ||
		       kernel_read(reader->kernel, address, bytes, size, err);
	return page_window_read(window, window->nr * reader->layout->size, address, bytes, size) ||
	       missed(reader);
}

bool page_reader_words(struct page_reader *reader, uint64_t page, struct page_words *words,
		       struct error *err)
{
	uint64_t size = reader->layout->size;

	words->layout = reader->layout;
	words->page = page;
	return page_reader_bytes(reader, page, words->bytes,
				 size < PAGE_STRUCT_MAX ? size : PAGE_STRUCT_MAX, err);
}

/* Returns the number of bytes after the address that cannot be read for the same reason. */
static uint64_t unreadable_bytes(const struct space *space, uint64_t address)
{
	struct extent extent;
	struct walk walk;
	uint64_t nr;

	walk_page_table_to(space, address, &walk);
	if (walk.outcome == WALK_NON_CANONICAL)
		return 0;
	nr = walk.page_size - 1 - (address & (walk.page_size - 1));
	if (walk.outcome != WALK_MAPPED)
		return nr;
	dump_find_run(space->dump, walk.paddr, &extent);
	if (extent.state == PAGE_PRESENT || extent.state == PAGE_ZERO)
		return 0;
	return nr < extent.last - walk.paddr ? nr : extent.last - walk.paddr;
}

uint64_t page_reader_unreadable_to(const struct page_reader *reader, uint64_t pfn)
{
	const struct page_window *window = &reader->window;
	uint64_t size = reader->layout->size, last, address, nr = 0;

	if (!reader->kernel) {
		address = window->page + (pfn - window->first) * size;
		last = window->first + (window->nr - 1);
		if (window->tried[number_in_window(window, address)] &&
		    !window->filled[number_in_window(window, address)])
			nr = LEAST_PAGE - 1 - address % LEAST_PAGE;
	} else {
		const struct space *space = kernel_space(reader->kernel, NULL);

		if (!space || !in_online_map(reader, pfn))
			return pfn;
		address = online_address(reader, pfn);
		last = reader->online_last;
		nr = unreadable_bytes(space, address);
	}
	return nr / size < last - pfn ? pfn + nr / size : last;
}

bool page_words_read(struct kernel *kernel, uint64_t page, struct page_words *words)
{
	struct page_reader *reader = page_reader_of(kernel);

	return reader && page_reader_words(reader, page, words, NULL);
}

bool page_reader_number(struct page_reader *reader, uint64_t address, size_t size, uint64_t *value)
{
	uint8_t bytes[8];

	if (!page_reader_bytes(reader, address, bytes, size, NULL))
		return false;
	*value = load_le(bytes, size);
	return true;
}
