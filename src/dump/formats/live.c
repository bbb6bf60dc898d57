/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "dump/formats/live.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/page.h"
#include "dump/formats/elf_headers.h"

void live_close(struct dump *dump)
{
	struct live *live = dump->private;

	extents_close(dump);
	free(live->notes);
}

bool live_read_notes(struct dump *dump, uint64_t offset, size_t size, struct error *err)
{
	struct live *live = dump->private;
	struct elf_notes notes = { 0 };

	live->notes = malloc(size);
	if (!live->notes)
		return out_of_memory(err);
	if (!file_read(&dump->file, offset, live->notes, size)) {
		dump_warn(dump, "its notes cannot be read");
		dump_trouble(dump, "notes of %zu bytes at offset %#" PRIx64 ": %s", size, offset,
			     strerror(errno));
		return true;
	}
	return elf_notes_read(&notes, (struct bytes){ live->notes, size }, dump) ||
	       out_of_memory(err);
}

static bool read_page(struct dump *dump, const struct extent *extent)
{
	struct live *live = dump->private;

	if (live->read)
		return live->read(dump, extent);
	return file_read(&dump->file, extent_offset(extent, extent->first), live->page,
			 extent->last - extent->first + 1);
}

void live_find(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	struct live *live = dump->private;

	extents_find(dump, paddr, extent);
	if (extent->state != PAGE_PRESENT)
		return;
	extent_cut(extent, page_first(paddr), page_last(paddr));
	extent->data = live->page;
	if (read_page(dump, extent))
		return;
	extent->data = NULL;
	/* With these errors, the kernel refuses access to memory that exists. */
	extent->state = errno == EPERM || errno == EFAULT ? PAGE_FILTERED : PAGE_DAMAGED;
	dump_trouble(dump, "physical %" PRIx64 " to %" PRIx64 ", offset %#" PRIx64 ": %s",
		     extent->first, extent->last, extent_offset(extent, extent->first),
		     strerror(errno));
}
