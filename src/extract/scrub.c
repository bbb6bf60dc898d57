/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "extract/scrub.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/ranges.h"
#include "base/sort.h"
#include "dump/write/dump_out.h"
#include "extract/selection.h"
#include "kernel/kernel.h"

/* --- names --- */

/* Finds the bytes of names in memory, and determines their new content. */

enum { LONGEST_NOTED = 1 << 16 };

/* --- bytes of the kernel's build --- */

/* Sets the mask bits of bytes that are the same on each machine with this kernel. */
static void scrub_mark_own(const struct scrub *scrub, uint64_t pfn, uint8_t mask[PAGE_MASK_BYTES])
{
	const uint8_t *own = selection_bytes(scrub->own, pfn);

	for (size_t i = 0; own && i < PAGE_MASK_BYTES; i++)
		mask[i] |= own[i];
	byte_ranges_mark(&scrub->places.constant, pfn, mask);
}

static bool is_own(const struct scrub *scrub, uint64_t paddr, size_t size)
{
	uint8_t mask[PAGE_MASK_BYTES] = { 0 };
	unsigned int at = (unsigned int)(paddr & (PAGE_BYTES - 1));

	scrub_mark_own(scrub, paddr >> PAGE_SHIFT, mask);
	for (size_t i = 0; i < size; i++)
		if (!mask_has(mask, at + (unsigned int)i))
			return false;
	return true;
}

/* --- pieces --- */

static void scrub_names_add_piece(struct scrub *scrub, const struct scrub_piece *piece)
{
	enum address_added added = address_set_add(&scrub->seen, piece->paddr + 1);

	if (added == ADDRESS_NEW &&
	    array_add(&scrub->piece, &scrub->nr_pieces, &scrub->room_pieces, piece, sizeof(*piece)))
		return;
	if (added != ADDRESS_SEEN)
		scrub->failed = true;
}

/* Splits [vaddr, vaddr + size) at page ends, and calls visit for each part that is mapped. `paddr`
 * and `part` are the physical address and the size of the part. `at` is the offset of the part from
 * vaddr. */
static void each_frame(struct scrub *scrub, uint64_t vaddr, size_t size,
		       void (*visit)(struct scrub *scrub, uint64_t paddr, size_t part, size_t at,
				     void *arg),
		       void *arg)
{
	const struct space *space = kernel_space(scrub->kernel, NULL);

	for (size_t at = 0, part; space && at < size; at += part) {
		struct walk walk = walk_page_table(space, vaddr + at);
		size_t room = PAGE_BYTES - ((vaddr + at) & (PAGE_BYTES - 1));

		part = size - at < room ? size - at : room;
		if (walk.outcome == WALK_MAPPED)
			visit(scrub, walk.paddr, part, at, arg);
	}
}

static void add_other(struct scrub *scrub, uint64_t paddr, size_t part, size_t at, void *arg)
{
	const struct noted *noted = arg;
	struct scrub_piece piece = { .paddr = paddr, .size = (uint32_t)part };

	/* A link is aligned, so it is in one page, and `at` is 0. */
	piece.kind = noted->kind;
	(void)at;
	scrub_names_add_piece(scrub, &piece);
}

struct new_name {
	const char *bytes;
	bool is_own; /* all parts so far are the same in all copies of this kernel */
};

static void add_name_part(struct scrub *scrub, uint64_t paddr, size_t part, size_t at, void *arg)
{
	const struct new_name *name = arg;
	struct scrub_piece piece = { paddr, NOTED_NAME, (uint32_t)part, scrub->nr_names };

	if (address_set_has(&scrub->seen, paddr + 1))
		return;
	if (!array_add_bytes(&scrub->names, &scrub->nr_names, &scrub->room_names, name->bytes + at,
			     part))
		scrub->failed = true;
	if (!scrub->failed)
		scrub_names_add_piece(scrub, &piece);
}

static void look_whose(struct scrub *scrub, uint64_t paddr, size_t part, size_t at, void *arg)
{
	struct new_name *name = arg;

	(void)at;
	name->is_own &= is_own(scrub, paddr, part);
}

/* Returns true for names of idle tasks. They are constants of the kernel, and other tools recognise
 * Linux dumps by these names. */
static bool scrub_names_stays(const char *text, size_t size)
{
	static const char idle[] = "swapper";
	size_t at = sizeof(idle) - 1;

	if (size < at || memcmp(text, idle, at))
		return false;
	if (at < size && text[at] == '/')
		for (at++; at < size && text[at] >= '0' && text[at] <= '9'; at++)
			;
	return at == size;
}

/* Adds pieces for a field that contains a name. The bytes after the NUL become zero, because they
 * are not part of the name. */
static void scrub_names_take_name(struct scrub *scrub, const struct noted *noted)
{
	struct new_name name = { .is_own = true };
	size_t length = strnlen(noted->text, noted->size);
	char other[PSEUDONYM_MAX], *bytes;

	if (!noted->size || noted->size > LONGEST_NOTED)
		return;
	each_frame(scrub, noted->vaddr, length ? length : 1, look_whose, &name);
	if (name.is_own)
		return;
	bytes = calloc(1, noted->size);
	if (!bytes) {
		scrub->failed = true;
		return;
	}
	if (scrub_names_stays(noted->text, length)) {
		memcpy(bytes, noted->text, length);
	} else if (length) {
		size_t size = pseudonym_of(scrub->pseudonyms, noted->text, length, other);

		scrub->failed |= !size;
		memcpy(bytes, other, size);
	}
	name.bytes = bytes;
	each_frame(scrub, noted->vaddr, noted->size, add_name_part, &name);
	free(bytes);
}

static void select_part(struct scrub *scrub, uint64_t paddr, size_t part, size_t at,
			void *selection)
{
	(void)scrub, (void)at;
	selection_add_bytes(selection, paddr, part);
}

/* Handles the place of a name or text in memory, which a command reported: adds pieces for its
 * bytes, or adds the bytes to scrub->own. */
static void scrub_take(struct note_taker *taker, const struct noted *noted)
{
	struct scrub *scrub = (struct scrub *)taker;
	bool own_module = address_set_has(&scrub->places.own_modules, noted->module);

	switch (noted->kind) {
	case NOTED_MODULE:
		if (own_module)
			each_frame(scrub, noted->vaddr, strnlen(noted->text, noted->size),
				   select_part, scrub->own);
		scrub_names_take_name(scrub, noted);
		return;
	case NOTED_NAME: scrub_names_take_name(scrub, noted); return;
	case NOTED_SYMBOLS:
		if (own_module)
			each_frame(scrub, noted->vaddr, noted->size, select_part, scrub->own);
		else
			each_frame(scrub, noted->vaddr, noted->size, add_other, (void *)noted);
		return;
	case NOTED_NUMBERS:
		each_frame(scrub, noted->vaddr, noted->size, select_part, scrub->own);
		return;
	case NOTED_LOG:
	case NOTED_LINK: each_frame(scrub, noted->vaddr, noted->size, add_other, (void *)noted);
	}
}

/* --- the machine --- */

/* Keeps the machine's names (of uname()) in memory, and adds pieces for them. */
static void scrub_take_machine(struct scrub *scrub)
{
	struct kernel *kernel = scrub->kernel;
	char names[NR_UTS_NAMES][UTS_NAME_SIZE];
	uint64_t address;

	if (!machine_out_names(kernel, names, &address))
		return;
	for (enum uts_name i = 0; i < NR_UTS_NAMES; i++) {
		const struct noted name = {
			.kind = NOTED_NAME,
			.vaddr = address + i * UTS_NAME_SIZE,
			.text = names[i],
			.size = UTS_NAME_SIZE,
		};

		if (i != UTS_NODE && i != UTS_DOMAIN)
			each_frame(scrub, name.vaddr, name.size, select_part, scrub->own);
		else if (memcmp(names[i], "(none)", sizeof("(none)")))
			scrub_names_take_name(scrub, &name);
	}
	each_frame(scrub, address, sizeof(names), select_part, scrub->selection);
}

/* --- scrub --- */

enum {
	/* A 64-bit number never has so many consecutive printable bytes, because the highest byte
	 * of an address or of a time is never printable. */
	SHORTEST_TEXT = 8,
};

/* --- pieces --- */

/* Returns the index of the first piece that is in the frame or in a later frame. */
static size_t first_piece(const struct scrub *scrub, uint64_t pfn)
{
	return ranges_search(scrub->piece, scrub->nr_pieces, sizeof(*scrub->piece),
			     offsetof(struct scrub_piece, paddr), pfn << PAGE_SHIFT);
}

static const struct scrub_piece *piece_in(const struct scrub *scrub, size_t i, uint64_t pfn)
{
	return i < scrub->nr_pieces && scrub->piece[i].paddr >> PAGE_SHIFT == pfn ?
		       &scrub->piece[i] :
		       NULL;
}

/* Hides the text, but not newlines and NULs, so the number of lines and strings stays the same. */
static void hide_text(uint8_t *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (text[i] && text[i] != '\n')
			text[i] = '*';
}

static void hide_link(uint8_t *link, size_t size)
{
	bool any = false;

	for (size_t i = 0; i < size; i++) {
		any |= link[i];
		link[i] = 0;
	}
	link[0] = any;
}

/* Writes the new content of a piece into the page. Changes only bytes that are kept. */
static void scrub_put_piece(const struct scrub *scrub, const struct scrub_piece *piece,
			    const uint8_t mask[PAGE_MASK_BYTES], uint8_t page[PAGE_BYTES])
{
	unsigned int at = (unsigned int)(piece->paddr & (PAGE_BYTES - 1));
	uint8_t bytes[PAGE_BYTES];

	memcpy(bytes, page + at, piece->size);
	if (piece->kind == NOTED_LOG || piece->kind == NOTED_SYMBOLS)
		hide_text(bytes, piece->size);
	else if (piece->kind == NOTED_LINK)
		hide_link(bytes, piece->size);
	else
		memcpy(bytes, scrub->names + piece->at, piece->size);
	for (unsigned int i = 0; i < piece->size; i++)
		if (mask_has(mask, at + i))
			page[at + i] = bytes[i];
}

/* --- text that was not noted --- */

/* Clears the mask bits of bytes that are text. If whole_words is true and a byte of a word of four
 * bytes is text, clears the bits of all four bytes. Returns true if there was text. */
static bool drop_text(const struct scrub *scrub, uint64_t pfn, const uint8_t page[PAGE_BYTES],
		      bool whole_words, uint8_t mask[PAGE_MASK_BYTES])
{
	/* Bytes that are the same in all copies of this kernel, and bytes that are in a piece,
	 * which get new content. */
	uint8_t harmless[PAGE_MASK_BYTES] = { 0 };
	uint8_t doubtful[PAGE_MASK_BYTES], left[PAGE_MASK_BYTES];
	const struct scrub_piece *piece;

	scrub_mark_own(scrub, pfn, harmless);
	for (size_t i = first_piece(scrub, pfn); (piece = piece_in(scrub, i, pfn)); i++)
		mask_set(harmless, piece->paddr & (PAGE_BYTES - 1), piece->size);
	for (size_t i = 0; i < PAGE_MASK_BYTES; i++)
		left[i] = doubtful[i] = mask[i] & (uint8_t)~harmless[i];
	if (!blank_text(page, left, SHORTEST_TEXT))
		return false;
	for (size_t i = 0; i < PAGE_MASK_BYTES; i++) {
		unsigned int text = doubtful[i] ^ left[i];

		if (whole_words)
			text = (text & 0xf ? 0xf : 0) | (text >> 4 ? 0xf0 : 0);
		mask[i] &= (uint8_t)~text;
	}
	return true;
}

struct settling {
	struct scrub *scrub;
	const struct memory_out *memory;
	void *reader;
};

static bool settle_part(void *arg, uint64_t pfn, uint8_t mask[PAGE_MASK_BYTES])
{
	static const uint8_t none[PAGE_MASK_BYTES];
	struct settling *settling = arg;
	struct scrub *scrub = settling->scrub;
	uint8_t page[PAGE_BYTES];

	if (selection_is_judged(scrub->selection, pfn) ||
	    !settling->memory->read(settling->reader, pfn, page))
		return true;
	drop_text(scrub, pfn, page, false, mask);
	if (!memcmp(mask, none, sizeof(none)))
		selection_remove(scrub->selection, pfn);
	return !listener_stops(scrub->kernel->listener);
}

bool scrub_settle(struct scrub *scrub, const struct memory_out *memory)
{
	struct settling settling = { scrub, memory, memory->reader_create(memory->arg) };
	bool sorted;

	if (!settling.reader)
		return false;
	scrub_take_machine(scrub);
	sorted = sort_items(scrub->piece, scrub->nr_pieces, sizeof(*scrub->piece), ranges_compare,
			    scrub->kernel->listener);
	if (sorted)
		selection_each_part(scrub->selection, settle_part, &settling);
	memory->reader_destroy(settling.reader);
	return sorted && !scrub->failed && !selection_failed(scrub->own);
}

/* --- pages --- */

static void put_pieces(const struct scrub *scrub, uint64_t pfn, const uint8_t mask[PAGE_MASK_BYTES],
		       uint8_t page[PAGE_BYTES])
{
	const struct scrub_piece *piece;

	for (size_t i = first_piece(scrub, pfn); (piece = piece_in(scrub, i, pfn)); i++)
		scrub_put_piece(scrub, piece, mask, page);
}

static void judge_page(const struct scrub *scrub, uint64_t pfn, uint8_t page[PAGE_BYTES])
{
	static const struct blank_rules no_rules = { .word = 8 };
	const uint8_t *recorded = selection_bytes(scrub->selection, pfn);
	uint8_t sure[PAGE_MASK_BYTES] = { 0 }, hidden[PAGE_MASK_BYTES] = { 0 },
		constant[PAGE_MASK_BYTES] = { 0 };
	bool hides = false;

	if (recorded) {
		memcpy(sure, recorded, sizeof(sure));
		drop_text(scrub, pfn, page, true, sure);
	}
	byte_ranges_mark(&scrub->places.hidden, pfn, hidden);
	byte_ranges_mark(&scrub->places.constant, pfn, constant);
	for (size_t i = 0; i < PAGE_MASK_BYTES; i++) {
		sure[i] |= constant[i];
		hides |= hidden[i];
	}
	blank_words(hides ? &no_rules : &scrub->places.rules, sure, page);
	put_pieces(scrub, pfn, sure, page);
}

void scrub_page(const struct scrub *scrub, uint64_t pfn, uint8_t page[PAGE_BYTES])
{
	if (selection_is_whole(scrub->selection, pfn)) {
		blank_runs(page, scrub->shortest_in_frame);
	} else if (selection_is_judged(scrub->selection, pfn)) {
		judge_page(scrub, pfn, page);
	} else {
		selection_clear_rest(scrub->selection, pfn, page);
		put_pieces(scrub, pfn, selection_bytes(scrub->selection, pfn), page);
	}
}

/* --- the whole dump --- */

/* Sets shortest_in_frame. Page table entries of eight bytes contain only short runs of printable
 * bytes, because the byte above the address is zero. Entries of four bytes that point to low frames
 * may look like text, but 32 consecutive entries (128 bytes) never do. */
static void find_shortest(struct scrub *scrub)
{
	const struct paging *paging = kernel_paging(scrub->kernel, NULL);

	if (!paging || paging->entry_size == 4)
		scrub->shortest_in_frame = 128;
	else
		scrub->shortest_in_frame = scrub->places.rules.word == 8 ? 8 : 16;
}

bool scrub_create(struct scrub **created, struct kernel *kernel, struct selection *selection,
		  struct error *err)
{
	struct scrub *scrub;

	*created = NULL;
	if (kernel->vmlinux && kernel->identity->match == VMLINUX_DIFFERS)
		return fail(
			err, ERROR_USAGE,
			"the vmlinux is of another kernel, and its types would give wrong places for names; for --scrub, give the vmlinux of this dump, or none");
	scrub = calloc(1, sizeof(*scrub));
	if (!scrub)
		return out_of_memory(err);
	scrub->taker.take = scrub_take;
	scrub->kernel = kernel;
	scrub->selection = selection;
	scrub->own = selection_create(selection_nr_frames(selection));
	scrub->pseudonyms = pseudonyms_create();
	if (!scrub->own || !scrub->pseudonyms || !selection_judge(selection) ||
	    !scrub_places_find(&scrub->places, kernel)) {
		scrub_destroy(scrub);
		return kernel_stopped(kernel) ? fail(err, ERROR_INTERRUPTED, "interrupted") :
						out_of_memory(err);
	}
	find_shortest(scrub);
	*created = scrub;
	return true;
}

void scrub_destroy(struct scrub *scrub)
{
	if (!scrub)
		return;
	selection_destroy(scrub->own);
	pseudonyms_destroy(scrub->pseudonyms);
	scrub_places_release(&scrub->places);
	free(scrub->piece);
	address_set_release(&scrub->seen);
	free(scrub->names);
	free(scrub);
}
