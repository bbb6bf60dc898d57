/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Checks the mappings of processes. Finds corrupt entries, tables that are used at two levels,
 * mapped frames that are not memory or belong to the kernel, and frames with more mappings than
 * their struct page counts. Each table is checked once, even if several processes share it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/check_user.h"
#include "linux/resource.h"
#include "base/text.h"
#include "query/nowhere.h"
#include "query/translate.h"
#include "query/value.h"
#include "linux/page/page.h"
#include "linux/page/page_info.h"
#include "linux/page/page_reader.h"
#include "linux/page/page_use.h"
#include "linux/slab/slab_count.h"

struct user_pass *check_user_start(struct pass *pass)
{
	struct user_pass *user = calloc(1, sizeof(*user));

	if (!user)
		return NULL;
	user->pass = pass;
	user->kernel = pass->kernel;
	for (struct tally *tally = &user->no_table; tally <= &user->overmapped; tally++) {
		tally->checker = pass->checker;
		tally->check = CHECK_OF_USER_TABLES;
	}
	if (slab_has_free_objects(pass->kernel))
		user->reader = page_reader_of(pass->kernel, NULL);
	return user;
}

void check_user_no_table(struct user_pass *user, const struct error *why)
{
	check_count(&user->no_table, 0, "%.250s", why->message);
}

/* Returns true if a driver made the mapping. A driver may map any frame. */
static bool is_drivers(const struct vma *vma)
{
	return vma && vma->flags & (VMA_PFNMAP | VMA_IO | VMA_MIXEDMAP);
}

/* Returns true if a driver may have mapped memory with this use. vm_insert_page(), which makes areas
 * VM_MIXEDMAP, refuses slabs (validate_page_before_insert() in mm/memory.c); remap_pfn_range() maps
 * them. */
static bool may_map(const struct vma *vma, enum page_use_kind kind)
{
	return is_drivers(vma) && (kind != PAGE_USE_SLAB || vma->flags & (VMA_PFNMAP | VMA_IO));
}

/* Returns true if the process has no rights to the large pages of this mapping (PROT_NONE). On
 * arm64, pte_mkcont() (asm/pgtable.h, 6.12) makes the entries of such pages valid again, but
 * without the user bit. */
static bool is_closed(const struct vma *vma)
{
	return vma && vma->flags & VMA_HUGETLB && !(vma->flags & (VMA_READ | VMA_WRITE | VMA_EXEC));
}

void check_user_process(struct user_pass *user, const struct process *process)
{
	if (user->has_areas)
		vma_list_release(&user->areas);
	user->tried_areas = user->has_areas = false;
	user->process = *process;
	user->scan = NULL;
	check_user_counts_start(user);
}

/* --- frames --- */

/* Writes a text about memory whose address differs from paddr in only one bit, for example ";
 * without bit 45 frame 79d1, ...". This takes time, so it is done only for places that are
 * reported. */
static void name_neighbours(struct user_pass *user, const struct tally *tally, uint64_t paddr,
			    char text[NOWHERE_TEXT])
{
	*text = '\0';
	if (!tally->nr || (tally->checker->place && tally->nr < MOST_PLACES))
		query_neighbours(user->kernel, paddr, text);
}

static void count_entry(struct user_pass *user, struct tally *tally, const struct scanned *scanned,
			const char *what)
{
	const struct task *task = &user->process.task;

	check_count(tally, kernel_page_size(user->kernel),
		    "the %s entry %" PRIx64 " at %" PRIx64 " maps %" PRIx64
		    " of pid %d (%s) to %" PRIx64 "%s",
		    user->process.space.paging->level[scanned->level].name, scanned->entry,
		    scanned->entry_paddr, scanned->first, (int)task->tgid, task->comm,
		    scanned->paddr, what);
}

/* Returns true if paddr is not memory. An address is memory if it is in the dump, or if it is RAM
 * according to the kernel's resources. If the resources are unknown, an address that has a struct
 * page is memory, too. */
static bool is_outside(struct user_pass *user, uint64_t paddr)
{
	struct extent extent;
	uint64_t page;

	if (user->pass->resources && check_is_ram(user->pass, paddr))
		return false;
	dump_find_run(user->kernel->dump, paddr, &extent);
	return extent.state == PAGE_ABSENT &&
	       (user->pass->resources ||
		!page_of_pfn(user->kernel, kernel_pfn(user->kernel, paddr), &page, NULL));
}

static void look_outside(struct user_pass *user, const struct scanned *scanned)
{
	bool known;
	const struct vma *vma = check_user_find_area(user, scanned->first, &known);
	const struct resource *device = resource_at(user->kernel, RESOURCE_MEMORY, scanned->paddr);
	char neighbours[NOWHERE_TEXT], what[sizeof(neighbours) + 32];

	if (is_drivers(vma) || (!known && device) ||
	    (device && starts_with(device->name, "Persistent Memory"))) {
		user->nr_not_compared++;
		return;
	}
	if (!known && !user->pass->resources) {
		user->nr_unjudged++;
	} else {
		name_neighbours(user, &user->outside, scanned->paddr, neighbours);
		snprintf(what, sizeof(what), ", which is not memory%s", neighbours);
		count_entry(user, &user->outside, scanned, what);
	}
}

static bool is_text_frame(const struct user_pass *user, uint64_t pfn)
{
	const struct image_frames *text = &user->pass->image[FRAMES_OF_TEXT];
	uint64_t paddr = kernel_frame(user->kernel, pfn);

	return paddr >= text->first && paddr <= text->last;
}

/* Returns the number of consecutive pages that the entries map to the same frame. */
static uint64_t check_user_times(const struct scanned *scanned)
{
	return (scanned->last - scanned->first) / scanned->page_size + 1;
}

/* Returns true if the frame of a page of normal size was examined before, and had no problem other
 * than, maybe, too many mappings. Then counts the mappings. Processes share most frames, so this
 * saves reading most struct pages again. */
static bool check_user_knows(struct user_pass *user, const struct scanned *scanned)
{
	uint64_t pfn = kernel_pfn(user->kernel, scanned->paddr);
	const struct mapped_place place = { scanned->first, user->process.task.tgid };

	return !is_text_frame(user, pfn) &&
	       check_add_place(&user->mapped, pfn, place, check_user_times(scanned));
}

/* Returns true if a mapping has nothing to report apart from the use of its frame. */
static bool is_plain_frame(struct user_pass *user, const struct scanned *scanned, uint64_t pfn)
{
	return scanned->page_size == kernel_page_size(user->kernel) && !is_text_frame(user, pfn) &&
	       check_cache_is_plain(user->pass, scanned, &user->pass->last_run);
}

/* Checks a frame that a process maps although nothing holds a reference to the frame, so the kernel
 * may use the frame for something else. Only mappings of drivers hold no references. */
static void look_unreferenced(struct user_pass *user, const struct scanned *scanned, uint64_t pfn)
{
	const struct page_layout *layout = user->reader->layout;
	const struct vma *vma;
	struct page_words words;
	struct compound compound;
	bool known;

	user->nr_not_compared++;
	if (query_is_zero_page(user->kernel, scanned->paddr))
		return;
	if (!page_compound(user->kernel, pfn, &words, &compound, NULL)) {
		user->nr_unjudged++;
		return;
	}
	if (page_flags_of_device(user->kernel, page_word(&words, layout->flags)))
		return;
	vma = check_user_find_area(user, scanned->first, &known);
	if (is_drivers(vma))
		return;
	if (known)
		count_entry(user, &user->kernel_frames, scanned,
			    ", whose struct page counts no reference");
	else
		user->nr_unreferenced++;
}

/* Returns true if pages of this kind count all their mappings. If a page of another kind is mapped
 * although its count is 0, only a driver may have mapped it. */
static bool is_counted(enum page_use_kind kind)
{
	return kind == PAGE_USE_ANON || kind == PAGE_USE_FILE || kind == PAGE_USE_SHMEM ||
	       kind == PAGE_USE_KSM;
}

static void check_user_add_mapped(struct user_pass *user, const struct scanned *scanned,
				  uint64_t pfn, const struct page_use *use)
{
	bool counted = is_counted(use->kind);
	bool known;
	struct mapped_frame mapped = {
		.pfn = pfn,
		.vaddr = scanned->first,
		.pid = user->process.task.tgid,
		.mapcount = use->mapcount,
		.kind = is_plain_frame(user, scanned, pfn) ? MAPPED_COUNTED : MAPPED_ODD,
	};
	const struct page_layout *layout = user->reader->layout;

	if (layout->type < 0) {
		user->nr_unjudged++;
		return;
	}
	if (counted && layout->refcount >= 0 && !use->refcount) {
		look_unreferenced(user, scanned, pfn);
		return;
	}
	/* a negative count was decremented too often */
	if (mapped.mapcount > INT32_MAX)
		mapped.mapcount = 0;
	user->nr_not_compared += !counted;
	if (counted)
		check_add_frame(&user->mapped, &mapped, check_user_times(scanned));
	else if (!mapped.mapcount &&
		 !is_drivers(check_user_find_area(user, scanned->first, &known)) && known)
		count_entry(user, &user->kernel_frames, scanned,
			    ", whose struct page counts no mapping");
}

/* Remembers a frame if none of its mappings is compared with its struct page, whichever process has
 * the mapping. Processes may only read reserved frames. */
static void note_not_counted(struct user_pass *user, const struct scanned *scanned,
			     const struct page_use *use)
{
	struct mapped_frame mapped = {
		.pfn = kernel_pfn(user->kernel, scanned->paddr),
		.kind = use->kind == PAGE_USE_RESERVED ? MAPPED_READ_ONLY : MAPPED_NOT_COUNTED,
	};

	if ((use->kind == PAGE_USE_RESERVED || (use->compound && is_counted(use->kind))) &&
	    is_plain_frame(user, scanned, mapped.pfn))
		check_add_frame(&user->mapped, &mapped, 0);
}

/* Checks the use of the frame that a process maps. A driver may map the kernel's frames, but
 * nothing may map page tables or free memory. Processes may read reserved frames, because the zero
 * page and the vDSO are reserved, like the kernel's image. */
static void look_inside(struct user_pass *user, const struct scanned *scanned)
{
	uint64_t pfn = kernel_pfn(user->kernel, scanned->paddr);
	bool text = is_text_frame(user, pfn);
	struct page_use use;
	const char *what = text ? ", the kernel's text" : NULL;
	bool known = true;

	if (!page_reader_use(user->reader, pfn, &use, NULL)) {
		user->nr_unjudged++;
		return;
	}
	if (use.kind == PAGE_USE_UNKNOWN &&
	    check_user_is_table(user, kernel_frame(user->kernel, pfn)))
		use.kind = PAGE_USE_TABLE;
	if (use.kind == PAGE_USE_FREE_PERCPU)
		use.kind = PAGE_USE_FREE;
	if (use.kind == PAGE_USE_TABLE)
		what = ", a page table";
	else if (use.kind == PAGE_USE_FREE)
		what = ", free memory";
	else if (use.kind == PAGE_USE_SLAB)
		what = ", a slab";
	else if (use.kind == PAGE_USE_RESERVED && scanned->writable && !what)
		what = ", which is reserved for the kernel";
	if (what && (use.kind == PAGE_USE_TABLE || use.kind == PAGE_USE_FREE ||
		     !may_map(check_user_find_area(user, scanned->first, &known), use.kind))) {
		if (known)
			count_entry(user, &user->kernel_frames, scanned, what);
		else
			user->nr_unjudged++;
	}
	if (use.unreferenced && use.kind == PAGE_USE_UNKNOWN && !what)
		look_unreferenced(user, scanned, pfn);
	else if (!use.compound && (is_counted(use.kind) || (use.kind == PAGE_USE_UNKNOWN && !what)))
		check_user_add_mapped(user, scanned, pfn, &use);
	else {
		user->nr_not_compared++;
		if (!what)
			note_not_counted(user, scanned, &use);
	}
}

/* --- entries --- */

static void count_unread(struct user_pass *user, const struct scanned *scanned)
{
	const struct task *task = &user->process.task;
	struct tally *tally = &user->corrupt;
	char what[48 + VALUE_LOOKS] = "", looks[VALUE_LOOKS], neighbours[NOWHERE_TEXT] = "";

	if (scanned->outcome == WALK_UNREADABLE) {
		tally = check_is_left_out(user->pass, scanned) ? &user->left_out : &user->missing;
		snprintf(what, sizeof(what), " (%s)", page_state_names[scanned->reason]);
		if (tally == &user->missing)
			name_neighbours(user, tally, scanned->entry_paddr, neighbours);
	} else {
		value_looks(scanned->entry, user->process.space.paging->entry_size, looks);
		snprintf(what, sizeof(what), " (%" PRIx64 "%s)", scanned->entry, looks);
	}
	check_count(tally, scanned->last - scanned->first + 1,
		    "the %s entry at %" PRIx64 "%s, for %" PRIx64 " to %" PRIx64
		    " of pid %d (%s)%s",
		    user->process.space.paging->level[scanned->level].name, scanned->entry_paddr,
		    what, scanned->first, scanned->last, (int)task->tgid, task->comm, neighbours);
}

/* Checks the user bit. To deny a process all access to a page, the kernel makes the page's entry
 * not present, and leaves the user bit set. Only a driver may clear the user bit, in the driver's
 * mappings. Exception: see is_closed(). */
static void look_at_rights(struct user_pass *user, const struct scanned *scanned)
{
	const struct vma *vma;
	bool known;

	if (scanned->user)
		return;
	vma = check_user_find_area(user, scanned->first, &known);
	if (!known)
		user->nr_unjudged++;
	else if (!is_drivers(vma) && !is_closed(vma))
		count_entry(user, &user->closed, scanned,
			    ", but the user bit is clear in this entry or in an entry above");
}

/* Checks all frames of a large page except the first. The first frame is checked again for each
 * process that maps the page, the others only once. */
static void look_at_others(struct user_pass *user, const struct scanned *scanned)
{
	struct scanned frame = *scanned;
	struct check_tails tails;
	bool one;

	if (address_set_add(&user->large, check_table_key(scanned->paddr, scanned->level)) ==
	    ADDRESS_SEEN)
		return;
	one = check_has_tails(user->kernel, scanned, &tails);
	for (uint64_t at = kernel_page_size(user->kernel); at < scanned->page_size;
	     at += kernel_page_size(user->kernel)) {
		if (listener_stops_at(user->kernel->listener, at / kernel_page_size(user->kernel)))
			return;
		frame.first = scanned->first + at;
		frame.paddr = scanned->paddr + at;
		if (one &&
		    check_is_tail(user->kernel, &tails, kernel_pfn(user->kernel, frame.paddr)))
			continue;
		if (user->nr_others == MOST_OTHERS) {
			user->too_many_others = true;
			return;
		}
		user->nr_others++;
		if (!is_outside(user, frame.paddr))
			look_inside(user, &frame);
	}
}

void check_user_entry(struct user_pass *user, const struct scanned *scanned)
{
	if (scanned->outcome != WALK_MAPPED) {
		count_unread(user, scanned);
		return;
	}
	user->nr_pages++;
	look_at_rights(user, scanned);
	if (scanned->page_size == kernel_page_size(user->kernel) && check_user_knows(user, scanned))
		return;
	if (is_outside(user, scanned->paddr)) {
		look_outside(user, scanned);
	} else if (user->reader) {
		look_inside(user, scanned);
		if (scanned->page_size > kernel_page_size(user->kernel))
			look_at_others(user, scanned);
	}
}

void check_user_end(struct user_pass *user)
{
	check_count_mapped(&user->mapped, &user->overmapped);
	check_user_tell(user);
	if (user->has_areas)
		vma_list_release(&user->areas);
	address_set_release(&user->tables);
	address_set_release(&user->large);
	check_release_mapped(&user->mapped);
	free(user);
}
