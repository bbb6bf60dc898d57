/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads struct pages. A reader of a kernel reads any struct page. A reader of a window reads only
 * struct pages that were read before, in one piece, so it can be used in any thread. */
#pragma once

#include "base/page.h"
#include "linux/page/page_layout.h"
#include "paging/walk.h"

struct kernel;

/* PAGE_WINDOW_MAX is in bytes. */
enum { PAGE_WINDOW_FRAMES = 1 << 15, PAGE_WINDOW_MAX = PAGE_WINDOW_FRAMES * PAGE_STRUCT_MAX };

/* The struct pages of at most PAGE_WINDOW_FRAMES consecutive frames. All of these frames have struct pages, and are online. */
struct page_window {
	uint64_t first, nr; /* the first frame, and the number of frames */
	uint64_t page; /* virtual address of the first struct page */
	const uint8_t *bytes; /* borrowed; the struct pages. NULL: they are in buffer */
	/* Each page of memory is copied to the buffer when it is needed first. tried: the pages of
	 * memory that were needed. filled: the pages of memory that were copied. */
	const struct space *space; /* borrowed; used by no other thread */
	uint8_t *buffer; /* borrowed; has PAGE_WINDOW_MAX bytes */
	bool tried[PAGE_WINDOW_MAX / LEAST_PAGE + 1];
	bool filled[PAGE_WINDOW_MAX / LEAST_PAGE + 1];
};

/* The part of the memory map that one entry of the page table maps, and that is contiguous in the
 * dump. */
struct page_part {
	uint64_t first, last; /* virtual addresses, inclusive; 0 and 0: no part is known */
	uint64_t paddr; /* physical address of `first` */
	const uint8_t *data; /* the bytes at `first`, borrowed; NULL: they must be copied */
};

struct page_reader {
	struct kernel *kernel; /* NULL: the reader reads only the window */
	const struct page_layout *layout;
	uint64_t page_size; /* kernel_page_size() */
	/* These two are used only if kernel is NULL. kept: borrowed, may be NULL (cpu_lists.h). */
	struct page_window window;
	const struct kept_blocks *kept;
	/* Something outside of the window was needed, so only a reader of the kernel can find the
	 * result. The owner of the reader clears this member. */
	bool missed;
	/* The free block that was found last: pfns, inclusive. */
	uint64_t free_first, free_last;
	unsigned int free_order;
	bool has_free;
	/* The last frame that find_free_block() found to be in no free block. */
	uint64_t lone;
	bool has_lone;
	size_t kept_hint; /* of page_kept_block_in() */
	/* The last ranges of frames that were found to be online and offline: pfns, inclusive. */
	uint64_t online_first, online_last, offline_first, offline_last;
	bool has_online, has_offline;
	/* The address of the struct page of the frame online_first, if all frames of this range have
	 * struct pages. */
	uint64_t online_map;
	bool has_online_map;
	struct page_part part; /* the part of the memory map that was read last */
};

/* Returns the reader of the kernel. It is valid until states_forget(). Fails if the layout of
 * struct page is unknown. */
struct page_reader *page_reader_of(struct kernel *kernel);

/* Like page_of_pfn(), page_pfn() and page_words_read(). */
bool page_reader_address(struct page_reader *reader, uint64_t pfn, uint64_t *page,
			 struct error *err);
bool page_reader_pfn(struct page_reader *reader, uint64_t page, uint64_t *pfn);
bool page_reader_words(struct page_reader *reader, uint64_t page, struct page_words *words,
		       struct error *err);
/* pfn: a frame whose struct page this reader cannot read. Returns a frame `last`. The reader can
 * read no struct page of the frames from pfn to `last`, and none of these frames is offline. */
uint64_t page_reader_unreadable_to(const struct page_reader *reader, uint64_t pfn);
/* Reads a little-endian number of up to 8 bytes in the memory map. */
bool page_reader_number(struct page_reader *reader, uint64_t address, size_t size, uint64_t *value);

/* Like page_compound() and page_use_of(). A reader of a window has no result if it sets `missed`. */
struct page_use;
bool page_reader_compound(struct page_reader *reader, uint64_t pfn, struct page_words *words,
			  struct compound *compound, struct error *err);
bool page_reader_use(struct page_reader *reader, uint64_t pfn, struct page_use *use,
		     struct error *err);
