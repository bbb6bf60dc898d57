/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/commands/show_swap.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "linux/vma/swap_area.h"

void show_swap_place(struct session *session, const struct entry_meaning *meaning)
{
	char path[VMA_NAME_MAX];
	uint64_t pages;

	if (!meaning->has_swap || meaning->kind != ENTRY_SWAPPED)
		return;
	if (swap_area_file(session->kernel, meaning->swap_type, path, NULL))
		output_string(session->output, "swap_file", path);
	if (!swap_zswap_pages(session->kernel, &pages) || !pages)
		return;
	output_count(session->output, "zswap_pages", pages);
	switch (swap_in_zswap(session->kernel, meaning->swap_type, meaning->swap_offset)) {
	case YES: output_string(session->output, "zswap", "yes"); break;
	case NO: output_string(session->output, "zswap", "no"); break;
	case UNSURE: output_string(session->output, "zswap", "unknown"); break;
	}
}

enum { ZSWAP_TEXT = 160 };

/* Writes the condition under which zswap has the page instead, or nothing if it surely has not. */
static void zswap_text(struct kernel *kernel, enum certainty in_zswap, char text[ZSWAP_TEXT])
{
	uint64_t pages;

	if (!swap_zswap_pages(kernel, &pages))
		snprintf(text, ZSWAP_TEXT, ", unless compressed by zswap");
	else if (pages && in_zswap == UNSURE)
		snprintf(text, ZSWAP_TEXT,
			 ", unless it is one of the %" PRIu64 " pages that zswap holds compressed",
			 pages);
	else
		*text = '\0';
}

/* Writes where the bytes of a page are that was swapped to this file or device. */
static void bytes_text(struct kernel *kernel, const char *path, uint64_t type, uint64_t slot,
		       char text[ZSWAP_TEXT])
{
	enum certainty in_zswap = swap_in_zswap(kernel, type, slot);
	char zswap[ZSWAP_TEXT];

	if (in_zswap == YES) {
		snprintf(text, ZSWAP_TEXT,
			 "zswap holds it compressed in the kernel's memory, which kwalk does not "
			 "decompress");
		return;
	}
	if (starts_with(path, "/dev/zram")) {
		snprintf(text, ZSWAP_TEXT,
			 "it is compressed in the kernel's memory, which kwalk does not decompress, unless "
			 "zram wrote it to a backing device");
		return;
	}
	zswap_text(kernel, in_zswap, zswap);
	text_append(text, ZSWAP_TEXT, "%s%s",
		    starts_with(path, "/dev/ram") ? "it is in the memory of this RAM disk" :
						    "it is not in the dump",
		    zswap);
}

void show_swap_error(struct session *session, uint64_t vaddr, const struct entry_meaning *meaning,
		     struct error *err)
{
	uint64_t type = meaning->swap_type, slot = meaning->swap_offset;
	char path[VMA_NAME_MAX], bytes[ZSWAP_TEXT] = "";

	if (!swap_area_file(session->kernel, type, path, NULL)) {
		fail(err, ERROR_UNREADABLE,
		     "%" PRIx64 " is swapped out (type %" PRIu64 ", slot %" PRIu64 ")", vaddr, type,
		     slot);
		return;
	}
	bytes_text(session->kernel, path, type, slot, bytes);
	fail(err, ERROR_UNREADABLE, "%" PRIx64 " is swapped to %.300s, slot %" PRIu64 ": %s", vaddr,
	     path, slot, bytes);
}
