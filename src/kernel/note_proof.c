/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/note_proof.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/arch.h"
#include "kernel/kernel.h"

enum {
	PAGE = 4096,          /* VMCOREINFO_BYTES: the text fills a page at most */
	MOST_CANDIDATES = 64, /* stale copies of earlier kernels */
};

static const char first_key[] = "OSRELEASE="; /* always its first line */

/* The text in the page at paddr; empty where there is none. */
static struct bytes text_at(struct kernel *kernel, uint64_t paddr)
{
	struct extent extent;
	struct bytes text;

	dump_find(kernel->dump, paddr, &extent);
	if (!extent.data || extent.last - paddr < PAGE - 1)
		return (struct bytes){ 0 };
	text.data = extent.data + (paddr - extent.first);
	text.size = strnlen((const char *)text.data, PAGE);
	if (memcmp(text.data, first_key, sizeof(first_key) - 1) != 0)
		text.size = 0;
	return text;
}

/*
 * Proof: with this text the kernel's page table is found and maps itself, and
 * init_uts_ns, read through it, says the same release.
 */
static bool proved(struct kernel *kernel)
{
	enum { UTS_NAMESPACE = 512 }; /* six names of 65 bytes, and a little more */
	uint64_t swapper, uts;
	struct bytes release;
	const struct space *space;
	char text[UTS_NAMESPACE];

	if (!vmcoreinfo_symbol(&kernel->note, "swapper_pg_dir", &swapper) ||
	    !vmcoreinfo_symbol(&kernel->note, "init_uts_ns", &uts) ||
	    !vmcoreinfo_find(&kernel->note, "OSRELEASE", &release) ||
	    release.size == 0)
		return false;
	space = kernel_space(kernel, NULL);
	if (!space)
		return false;
	return space_maps(space, swapper, space->root) &&
	       space_read(space, uts, text, sizeof(text), NULL) &&
	       memmem(text, sizeof(text), release.data, release.size);
}

static bool try_text(struct kernel *kernel, uint64_t paddr)
{
	struct bytes text = text_at(kernel, paddr);
	char *copy;

	if (!text.size)
		return false;
	/* The page itself may leave a cache while the note is read. */
	copy = malloc(text.size);
	if (!copy)
		return false;
	memcpy(copy, text.data, text.size);
	kernel->note.text = (struct bytes){ (uint8_t *)copy, text.size };
	kernel_forget_facts(kernel);
	if (proved(kernel)) {
		free(kernel->found_note);
		kernel->found_note = copy;
		kernel->note_found = true;
		kernel->note_paddr = paddr;
		return true;
	}
	free(copy);
	kernel->note.text = (struct bytes){ 0 };
	kernel_forget_facts(kernel);
	return false;
}

/* unsigned char *vmcoreinfo_data */
static bool note_by_symbol(struct kernel *kernel)
{
	const struct space *space;
	uint64_t variable, address;
	struct walk walk;

	if (!kernel_dump_symbol(kernel, "vmcoreinfo_data", &variable) ||
	    !kernel_read_pointer(kernel, variable, &address, NULL))
		return false;
	space = kernel_space(kernel, NULL);
	if (!space)
		return false;
	walk = walk_page_table(space, address);
	return walk.outcome == WALK_MAPPED && !(walk.paddr & (PAGE - 1)) &&
	       try_text(kernel, walk.paddr);
}

/* --- search --- */

struct search {
	struct kernel *kernel;
	uint64_t last;
	unsigned int candidates;
	struct progress progress;
};

static void tell_progress(void *kernel, const char *text)
{
	kernel_tell(kernel, KERNEL_PROGRESS, text);
}

static bool search_extent(struct search *search, struct extent *extent)
{
	uint64_t paddr = (extent->first + PAGE - 1) & ~(uint64_t)(PAGE - 1);

	for (; paddr >= extent->first && paddr <= extent->last &&
	       extent->last - paddr >= PAGE - 1;
	     paddr += PAGE) {
		progress_step(&search->progress, paddr, search->last);
		if (memcmp(extent->data + (paddr - extent->first), first_key,
			   sizeof(first_key) - 1) != 0)
			continue;
		if (try_text(search->kernel, paddr))
			return true;
		if (++search->candidates == MOST_CANDIDATES)
			return false;
		/* The proof may have taken the extent's bytes away. */
		dump_find(search->kernel->dump, paddr, extent);
		if (!extent->data)
			return false;
	}
	return false;
}

static bool note_by_search(struct kernel *kernel)
{
	struct search search = {
		.kernel = kernel,
		.last = dump_last_paddr(kernel->dump),
		.progress = progress_start("searching memory for VMCOREINFO",
					   tell_progress, kernel),
	};
	struct extent extent = { 0 };
	uint64_t paddr = 0;
	bool found = false;

	do {
		dump_find(kernel->dump, paddr, &extent);
		if (extent.data)
			found = search_extent(&search, &extent);
		else
			progress_step(&search.progress, paddr, search.last);
		paddr = extent.last + 1;
	} while (!found && extent.last < search.last &&
		 search.candidates < MOST_CANDIDATES);
	return found;
}

bool kernel_search_note(struct kernel *kernel)
{
	return note_by_symbol(kernel) || note_by_search(kernel);
}
