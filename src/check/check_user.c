/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Checks the mappings of processes. Finds corrupt entries, tables that are used at two levels,
 * mapped frames that are not memory or belong to the kernel, and frames with more mappings than
 * their struct page counts. Each table is checked once, even if several processes share it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/check_user.h"
#include "linux/page/page.h"
#include "linux/page/page_use.h"
#include "kernel/arch.h"
#include "linux/task_members.h"
#include "linux/page/page_reader.h"
#include "query/entry_witness.h"
#include "linux/resource.h"
#include "base/text.h"
#include "query/nowhere.h"
#include "query/translate.h"
#include "base/special.h"
#include "linux/page/page_info.h"
#include "linux/slab/slab_count.h"

/* --- compound pages --- */

/* Finds out whether a large page that a process maps is one compound page. */

enum { TAILS_AT_ONCE = 64 };

/* For the frames of a large page that is a compound page: there, each struct page after the first
 * (the head) points to the head. bytes contains the struct pages of TAILS_AT_ONCE frames. */
struct check_tails {
	const struct page_layout *layout;
	uint64_t head; /* virtual address of the head's struct page */
	/* Frame number of the first struct page in `bytes`, and virtual address of that struct
	 * page. */
	uint64_t first, page;
	bool known;
	uint8_t bytes[TAILS_AT_ONCE * PAGE_STRUCT_MAX];
};

/* Returns true if the large page is one compound page, or the first part of a larger compound
 * page. */
static bool check_has_tails(struct kernel *kernel, const struct scanned *scanned,
			    struct check_tails *tails)
{
	uint64_t pfn = kernel_pfn(kernel, scanned->paddr);
	struct page_use use;

	tails->layout = page_layout_of(kernel, NULL);
	tails->first = UINT64_MAX;
	return tails->layout->size <= PAGE_STRUCT_MAX && page_use_of(kernel, pfn, &use) &&
	       use.compound && use.head_pfn == pfn && use.has_order &&
	       use.order < 64 - kernel_page_shift(kernel) &&
	       kernel_page_size(kernel) << use.order >= scanned->page_size &&
	       page_of_pfn(kernel, pfn, &tails->head, NULL);
}

/* Returns true if the frame's struct page points to the head. Then the frame has the same use as
 * the head, so the caller need not search for its use, which takes longer. */
static bool check_is_tail(struct kernel *kernel, struct check_tails *tails, uint64_t pfn)
{
	struct page_words words = { .layout = tails->layout };
	uint64_t index = pfn % TAILS_AT_ONCE, head;
	size_t size = tails->layout->size;

	if (pfn - index != tails->first) {
		tails->first = pfn - index;
		tails->known =
			page_of_pfn(kernel, tails->first, &tails->page, NULL) &&
			kernel_read(kernel, tails->page, tails->bytes, TAILS_AT_ONCE * size, NULL);
	}
	words.page = tails->page + index * size;
	memcpy(words.bytes, tails->bytes + index * size, size);
	return tails->known && compound_part(&words, &head) == COMPOUND_TAIL && head == tails->head;
}

/* --- counts --- */

/* Compares the number of a process's tables with the number that its mm_struct counts. An entry
 * that lost its table looks like an entry that never had one, so only the count shows the loss. */

static uint64_t nr_unread(const struct user_pass *user)
{
	return user->missing.nr + user->left_out.nr + user->corrupt.nr;
}

/* Returns the number of levels, from the top, whose tables mm_struct does not count: the pgd, and in
 * the modes with five levels also the p4d. */
static unsigned int nr_uncounted(const struct paging *paging)
{
	return paging->nr_levels == 5 ? 2 : 1;
}

/* again: the table was seen before. */
static void check_user_counts_table(struct user_pass *user, unsigned int level, bool again)
{
	user->own.again |= again;
	user->own.nr += level >= nr_uncounted(user->process.space.paging);
}

/* For each huge page of anonymous memory, the kernel keeps a table for the time when it splits the
 * page (pgtable_trans_huge_deposit()). The mm_struct counts these tables. */
void check_user_counts_page(struct user_pass *user, const struct scanned *scanned)
{
	const struct paging *paging = user->process.space.paging;

	if (scanned->level + 2u == paging->nr_levels)
		user->own.nr_huge +=
			((scanned->last - scanned->first) >> paging->level[scanned->level].shift) +
			1;
}

/* Returns the number of tables in the kernel's half that only the process has. With KPTI, x86-64
 * maps the LDT of a process there, and map_ldt_struct() counts its tables (arch/x86/kernel/ldt.c).
 * The LDT is at the start of a top-level entry that is empty in the kernel's table. */
static uint64_t nr_of_ldt(const struct user_pass *user)
{
	const struct process *process = &user->process;
	const struct space *space = kernel_space(user->kernel, NULL);
	const struct paging *paging = process->space.paging;
	uint64_t entry = UINT64_C(1) << paging->level[0].shift, nr = 0;
	unsigned int uncounted = nr_uncounted(paging);

	if (!space || !paging->sign_extends)
		return 0;
	for (uint64_t vaddr = UINT64_MAX << (paging->address_bits - 1); vaddr; vaddr += entry) {
		struct walk own = walk_page_table(process_space(process, vaddr), vaddr);
		struct walk common = walk_page_table(space, vaddr);

		if (own.nr_steps > uncounted && common.nr_steps == 1 &&
		    common.outcome == WALK_NOT_PRESENT)
			nr += own.nr_steps - uncounted;
	}
	return nr;
}

/* Returns the number of CPUs that run a task of the process. Each of them may have added or removed a
 * table, and not counted it yet. */
static uint64_t nr_running(const struct user_pass *user, const struct task_list *list)
{
	uint64_t nr = 0, on_cpu, mm = user->process.mm;

	for (size_t i = 0; i < list->nr; i++)
		nr += list->task[i].mm == mm &&
		      (!kernel_read_member(user->kernel, list->task[i].address, TASK_ON_CPU,
					   &on_cpu, NULL) ||
		       on_cpu);
	return nr;
}

/* Can the difference between the counted tables and the tables that were found be right? */
static bool may_differ(const struct user_pass *user, uint64_t counted)
{
	const struct own_tables *own = &user->own;
	const struct task_list *list;
	uint64_t nr = own->nr;

	if (counted >= nr && counted <= nr + own->nr_huge)
		return true;
	nr += nr_of_ldt(user);
	if (counted >= nr && counted <= nr + own->nr_huge)
		return true;
	list = task_all(user->kernel, NULL);
	/* khugepaged takes tables away while it holds the lock of the mappings */
	return !list || vma_is_changing(user->kernel, user->process.mm) ||
	       (counted < nr ? nr - counted : counted - nr - own->nr_huge) <=
		       nr_running(user, list);
}

/* mm_struct.pgtables_bytes exists since 4.15 (af5b0f6a09e4). With 32-bit addresses it also counts
 * tables of the kernel's half. */
void check_user_counts_end(struct user_pass *user)
{
	const struct own_tables *own = &user->own;
	const struct task *task = &user->process.task;
	uint64_t bytes, counted;

	if (user->kernel->arch->pointer_size != 8 || own->again ||
	    own->unread_before != nr_unread(user) || kernel_stopped(user->kernel) ||
	    !kernel_member(user->kernel, MM_PGTABLES_BYTES, NULL) ||
	    !kernel_read_member(user->kernel, user->process.mm, MM_PGTABLES_BYTES, &bytes, NULL))
		return;
	counted = kernel_pfn(user->kernel, bytes);
	if (may_differ(user, counted))
		return;
	check_count(&user->miscounted, 0,
		    "the mm_struct of pid %d (%s) counts %" PRIu64 ", but %" PRIu64 " were found",
		    (int)task->tgid, task->comm, counted, own->nr);
}

/* --- tables of processes --- */

/* The tables of processes: each is checked once, even if several processes share it, and no table
 * may be used at two levels. The mappings of processes, to which entries belong. */

enum { MOST_AREAS_READ = 1 << 22 };

/* Returns the process's VMA that contains vaddr, or NULL. Sets *known to false if the list of VMAs
 * is incomplete: then NULL does not mean that no VMA contains vaddr. */
static const struct vma *check_user_find_area(struct user_pass *user, uint64_t vaddr, bool *known)
{
	const struct vma *vma;

	if (!user->tried_areas && user->nr_areas_read < MOST_AREAS_READ) {
		user->has_areas = vma_each(user->kernel, user->process.mm, &user->areas, NULL);
		user->nr_areas_read += 1 + user->areas.nr;
	}
	user->tried_areas = true;
	*known = user->has_areas && !user->areas.damages.nr;
	vma = user->has_areas ? vma_list_at(&user->areas, vaddr) : NULL;
	return vma && vma->first <= vaddr ? vma : NULL;
}

/* Returns the first virtual address that is mapped by the entry that points to the current
 * table. */
static uint64_t entry_address(const struct user_pass *user)
{
	const struct scan *scan = user->scan;

	return scan ? scan_position(scan) -
			       (UINT64_C(1) << scan->space->paging->level[scan->level].shift) :
		      0;
}

/* Returns the key of a table and of the access rights of the entries that point to it. If entries
 * with different rights point to the same table, the table is checked once for each set of
 * rights. */
static uint64_t table_key_with(uint64_t paddr, unsigned int level, unsigned int may)
{
	return check_table_key(paddr, level) | (level ? 0x100 | may << 4 : 0);
}

/* Returns true if processes may share the table. For mappings of hugetlb, they may share the tables
 * of the next to last level. */
static bool may_share(struct user_pass *user, unsigned int level)
{
	const struct vma *vma;
	bool known = true;

	if (level + 2 != user->process.space.paging->nr_levels)
		return false;
	vma = check_user_find_area(user, entry_address(user), &known);
	return !known || (vma && vma->flags & VMA_HUGETLB);
}

static void count_table(struct user_pass *user, struct tally *tally, uint64_t paddr,
			unsigned int level, unsigned int also)
{
	const struct paging_level *levels = user->process.space.paging->level;
	const struct task *task = &user->process.task;

	check_count(tally, 0,
		    "the %s table at %" PRIx64 " is also used as a %s table, for %" PRIx64
		    " of pid %d (%s)",
		    levels[level].name, paddr, levels[also].name, entry_address(user),
		    (int)task->tgid, task->comm);
}

/* Compares a table with the struct page of its frame. */
static void look_at_frame(struct user_pass *user, uint64_t paddr, unsigned int level)
{
	const struct paging *paging = user->process.space.paging;
	const struct task *task = &user->process.task;
	struct page_use use;

	if (!user->reader ||
	    !page_reader_use(user->reader, kernel_pfn(user->kernel, paddr), &use, NULL) ||
	    query_may_be_table(user->kernel, &use, level + 1 == paging->nr_levels))
		return;
	check_count(&user->not_tables, 0,
		    "the %s entry for %" PRIx64 " of pid %d (%s) points to %" PRIx64
		    ", but the use of this frame is %s",
		    paging->level[level - 1].name, entry_address(user), (int)task->tgid, task->comm,
		    paddr, page_use_names[use.kind]);
}

static bool add_user_table(struct user_pass *user, uint64_t paddr, unsigned int level,
			   unsigned int may)
{
	unsigned int nr_levels = user->process.space.paging->nr_levels;
	enum address_added added;

	for (unsigned int other = 0; other < nr_levels; other++) {
		if (other == level ||
		    !address_set_has(&user->tables, check_table_key(paddr, other)))
			continue;
		count_table(user, &user->two_levels, paddr, other, level);
		return false;
	}
	added = address_set_add(&user->tables, check_table_key(paddr, level));
	user->pass->processes_complete &= added != ADDRESS_NO_MEMORY;
	if (added == ADDRESS_NEW) {
		user->nr_tables++;
		if (!level)
			return true;
		look_at_frame(user, paddr, level);
	} else if (added == ADDRESS_SEEN && user->reader && !may_share(user, level)) {
		count_table(user, &user->shared, paddr, level, level);
	}
	return address_set_add(&user->tables, table_key_with(paddr, level, may)) != ADDRESS_SEEN;
}

bool check_user_add_table(struct user_pass *user, uint64_t paddr, unsigned int level,
			  unsigned int may)
{
	bool added = add_user_table(user, paddr, level, may);

	if (level)
		check_user_counts_table(user, level, !added);
	return added;
}

bool check_user_is_table(const struct user_pass *user, uint64_t paddr)
{
	const struct paging *paging = user->process.space.paging;

	for (unsigned int level = 0; level < paging->nr_levels; level++)
		if (address_set_has(&user->tables, check_table_key(paddr, level)))
			return true;
	return false;
}

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
		user->reader = page_reader_of(pass->kernel);
	return user;
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
	user->own = (struct own_tables){ .unread_before = nr_unread(user) };
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
	if (!page_compound(user->kernel, pfn, &words, &compound)) {
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
		special_looks(scanned->entry, user->process.space.paging->entry_size, looks);
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

/* --- the row "user-tables" --- */

static void tell_trouble(const struct user_pass *user)
{
	const struct {
		const struct tally *tally;
		const char *one, *many;
	} kinds[] = {
		{ &user->no_table, "process has no table", "processes have no table" },
		{ &user->missing, "part of a table is not in the dump, or outside of memory",
		  "parts of tables are not in the dump, or outside of memory" },
		{ &user->corrupt, "entry has a bit set that must be 0",
		  "entries have a bit set that must be 0" },
		{ &user->closed, "page is mapped by a process that cannot access it",
		  "pages are mapped by processes that cannot access them" },
		{ &user->two_levels, "table is used at two levels",
		  "tables are used at two levels" },
		{ &user->shared, "table is used at two places", "tables are used at two places" },
		{ &user->not_tables, "entry points to a frame that is no table",
		  "entries point to frames that are no tables" },
		{ &user->outside, "entry points outside of memory",
		  "entries point outside of memory" },
		{ &user->kernel_frames,
		  "frame that is free or belongs to the kernel is mapped by a process",
		  "frames that are free or belong to the kernel are mapped by processes" },
		{ &user->overmapped, "page has more mappings than its struct page counts",
		  "pages have more mappings than their struct pages count" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		check_tell_tally(kinds[i].tally, CHECK_ERROR, kinds[i].one, kinds[i].many);
	/* While a huge page is being migrated, its table is counted, but was not found. */
	check_tell_tally(&user->miscounted, CHECK_WARNING,
			 "process has another number of tables than it counts",
			 "processes have other numbers of tables than they count");
}

static bool check_user_tell_has_trouble(const struct user_pass *user)
{
	return user->no_table.nr || user->missing.nr || user->corrupt.nr || user->closed.nr ||
	       user->two_levels.nr || user->shared.nr || user->not_tables.nr || user->outside.nr ||
	       user->kernel_frames.nr || user->overmapped.nr;
}

/* Reports that no problem was found, and how many frames were compared with their counts. */
static void tell_none(const struct user_pass *user)
{
	char compared[128] = "", not_compared[192] = "";

	if (user->mapped.nr_added)
		snprintf(compared, sizeof(compared),
			 user->mapped.nr_added == 1 ?
				 "; %" PRIu64
				 " mapped frame has no more mappings than its struct page counts" :
				 "; of %" PRIu64
				 " mapped frames, none has more mappings than its struct page counts",
			 user->mapped.nr_added);
	if (user->nr_not_compared)
		snprintf(not_compared, sizeof(not_compared),
			 user->nr_not_compared == 1 ?
				 "; %" PRIu64
				 " mapped frame was not compared with the count in its struct page" :
				 "; %" PRIu64
				 " mapped frames were not compared with the counts in their struct pages",
			 user->nr_not_compared);
	check_tell(user->pass->checker, CHECK_OF_USER_TABLES, CHECK_OK,
		   "%" PRIu64 " tables of %zu processes map %" PRIu64
		   " pages; no page belongs to the kernel or is outside of memory%s%s",
		   user->nr_tables, user->pass->nr_processes, user->nr_pages, compared,
		   not_compared);
}

static void check_user_tell(const struct user_pass *user)
{
	const struct checker *checker = user->pass->checker;
	enum check check = CHECK_OF_USER_TABLES;

	if (user->pass->no_processes.code) {
		check_tell(checker, check, CHECK_NOT_CHECKED, "%s",
			   user->pass->no_processes.message);
		return;
	}
	tell_trouble(user);
	check_tell_tally(&user->left_out, CHECK_NOT_CHECKED,
			 "part of a table was left out of the dump",
			 "parts of tables were left out of the dump");
	if (kernel_stopped(user->kernel))
		check_tell(checker, check, CHECK_NOT_CHECKED, "interrupted");
	else if (!user->reader && user->nr_pages)
		check_tell(
			checker, check, CHECK_NOT_CHECKED,
			"the use of the frames of %" PRIu64
			" pages is not known: kwalk needs struct pages that were all saved at the same moment",
			user->nr_pages);
	else if (user->too_many_others)
		check_tell(
			checker, check, CHECK_NOT_CHECKED,
			"only the first %u frames of large pages that are not compound pages were checked",
			MOST_OTHERS);
	else if (user->nr_unjudged)
		check_tell(checker, check, CHECK_NOT_CHECKED,
			   "the use of the frames of %" PRIu64 " pages cannot be read",
			   user->nr_unjudged);
	else if (user->nr_unreferenced)
		check_tell(
			checker, check, CHECK_NOT_CHECKED,
			"%" PRIu64
			" mapped pages have no reference, but the mappings of their processes, which may be mappings of drivers, cannot be read",
			user->nr_unreferenced);
	else if (user->mapped.too_many)
		check_tell(checker, check, CHECK_NOT_CHECKED,
			   "only the first %" PRIu64
			   " pages were compared with the counts in their struct pages",
			   user->mapped.nr_added);
	else if (!user->pass->processes_complete && !user->left_out.nr &&
		 !check_user_tell_has_trouble(user))
		check_tell(checker, check, CHECK_NOT_CHECKED, "%s",
			   user->pass->tasks_damaged ?
				   "processes are missing, because lists of tasks are damaged" :
				   "only a part of the tables was checked");
	else if (!user->left_out.nr && !check_user_tell_has_trouble(user))
		tell_none(user);
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
