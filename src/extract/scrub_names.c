/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the bytes of names in memory, and determines their new content. */
#include "extract/scrub.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "extract/selection.h"
#include "dump/write/dump_out.h"

enum { LONGEST_NOTED = 1 << 16 };

/* --- bytes of the kernel's build --- */

void scrub_mark_own(const struct scrub *scrub, uint64_t pfn, uint8_t mask[PAGE_MASK_BYTES])
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

void scrub_take(struct note_taker *taker, const struct noted *noted)
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

void scrub_take_machine(struct scrub *scrub)
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
