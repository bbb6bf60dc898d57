/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/note_search.h"

#include <stdlib.h>

enum {
	PAGE_BYTES = 4096,
	NOTE_HEADER = 24,  /* namesz, descsz, type, "VMCOREINFO", padding */
	NOTE_MAX = 65536,  /* VMCOREINFO_BYTES is a page of the kernel's */
};

static const char first_key[] = "OSRELEASE=";

/* Takes the note at paddr, unless it is no note or one that was found before. */
static void take(struct dump *dump, uint64_t paddr, const uint8_t *header,
		 struct note_search *found)
{
	size_t size = load_le32(header + 4);
	char *text;

	if (size < sizeof(first_key) || size > NOTE_MAX)
		return;
	text = malloc(size);
	if (!text || dump_read(dump, paddr + NOTE_HEADER, text, size) !=
			     PAGE_PRESENT ||
	    memcmp(text, first_key, sizeof(first_key) - 1)) {
		free(text);
		return;
	}
	if (!found->text) {
		*found = (struct note_search){ text, size, paddr, false };
		return;
	}
	if (found->size != size || memcmp(found->text, text, size))
		found->ambiguous = true;
	free(text);
}

static void search_extent(struct dump *dump, const struct extent *extent,
			  struct progress *progress, uint64_t last,
			  struct note_search *found)
{
	static const char name[12] = "VMCOREINFO";
	uint64_t skip = -extent->first & (PAGE_BYTES - 1);
	uint64_t span = extent->last - extent->first;

	/* Reading the note may take the extent's bytes away: a copy is kept. */
	for (uint64_t at = skip; at <= span && span - at >= NOTE_HEADER - 1;
	     at += PAGE_BYTES) {
		const uint8_t *note = extent->data + at;
		uint8_t header[NOTE_HEADER];
		struct extent again;

		progress_step(progress, extent->first + at, last);
		if (load_le32(note) != sizeof("VMCOREINFO") ||
		    load_le32(note + 8) != 0 ||
		    memcmp(note + 12, name, sizeof(name)))
			continue;
		memcpy(header, note, sizeof(header));
		take(dump, extent->first + at, header, found);
		dump_find(dump, extent->first, &again);
		if (again.data != extent->data || again.last != extent->last)
			return;
	}
}

void note_search(struct dump *dump, struct note_search *found)
{
	struct listener *listener = dump->listener;
	struct progress progress = progress_start(
		"searching memory for VMCOREINFO",
		listener ? listener->progress : NULL,
		listener ? listener->arg : NULL);
	uint64_t last = dump_last_paddr(dump);
	struct extent extent = { .last = UINT64_MAX };

	*found = (struct note_search){ 0 };
	do {
		dump_find(dump, extent.last + 1, &extent);
		if (extent.state == PAGE_PRESENT)
			search_extent(dump, &extent, &progress, last, found);
	} while (extent.last != UINT64_MAX);
	if (found->ambiguous) {
		free(found->text);
		found->text = NULL;
	}
}
