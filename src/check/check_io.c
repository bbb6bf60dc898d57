/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds memory that a device can write through the page table of an IOMMU by mistake, and pages of
 * these tables that have another use. Identity mappings are not checked, because firmware or the
 * command line requested them. */
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>

#include "linux/crash_members.h"
#include "query/page_owner.h"
#include "base/text.h"
#include "linux/page/page_use.h"
#include "linux/slab/slab.h"
#include "kernel/kernel.h"
#include "linux/page/frame_runs.h"
#include "check/check_pass.h"
#include "linux/module/modules.h"
#include "devices/io_pages.h"

/* --- frames that nobody gave to a device --- */

/* Finds frames that a device can write although, according to the kernel's data, no driver gave
 * the frame to a device. */

enum io_misuse {
	IO_MISUSE_NONE, /* the frame is not misused, or this is unknown */
	IO_MISUSE_FREE, /* the frame is in a CPU's list of free pages */
	/* the frame is a slab of a cache whose objects cannot be buffers of devices */
	IO_MISUSE_SLAB,
	/* the frame is anonymous memory that processes map and that no driver has pinned */
	IO_MISUSE_USER,
	NR_IO_MISUSES
};

enum { MISUSE_OWNER = 128 };

/* Returns the misuse of frame pfn, which is in the run. owner receives text about the frame's
 * owner, for example ", mapped by pid 1 at 7f0012345000", or "" if the owner is unknown. */
enum io_misuse io_misuse_of(struct kernel *kernel, const struct frame_run *run, uint64_t pfn,
			    char owner[MISUSE_OWNER]);

/* --- slabs --- */

/* Returns true if the cache contains only objects that cannot be buffers of devices, although the
 * cache has no constructor. The kernel never merges this cache with other caches, because processes
 * may copy data to and from the cache's objects. */
static bool is_core_cache(const char *name)
{
	static const char *const names[] = { "task_struct", "mm_struct", "dentry" };

	return is_one_of(name, names, sizeof(names) / sizeof(*names));
}

/* Returns true if objects in this slab cannot be buffers of devices, and adds the cache's name to
 * owner. An object of a cache with a constructor must keep its constructed content while it is
 * free, so no driver uses such an object as a buffer. */
static bool is_no_buffer(struct kernel *kernel, uint64_t pfn, char owner[MISUSE_OWNER])
{
	char name[64];
	uint64_t cache, last, constructor;

	if (!slab_cache_of(kernel, pfn, &cache, &last) ||
	    !slab_cache_name(kernel, cache, name, sizeof(name), NULL))
		return false;
	if (!is_core_cache(name) &&
	    (!kernel_read_member(kernel, cache, CACHE_CONSTRUCTOR, &constructor, NULL) ||
	     !constructor))
		return false;
	text_append(owner, MISUSE_OWNER, ", of cache %s", name);
	return true;
}

/* --- memory of processes --- */

/* Returns true if all references to the page are from page tables. A driver that holds a page for a
 * device has a further reference to the page. Returns false for compound pages, whose counts are in
 * another struct page, and for pages in the swap cache, because a device may be reading or writing
 * them. */
static bool is_only_mapped(struct kernel *kernel, uint64_t pfn, const struct page_use *use)
{
	const struct page_layout *layout = page_layout_of(kernel, NULL);
	struct page_words words;
	struct compound compound;
	uint32_t mapped;

	if (!layout || layout->refcount < 0 || layout->type < 0 || use->compound || use->has_swap ||
	    !page_compound(kernel, pfn, &words, &compound))
		return false;
	mapped = page_half(&words, layout->type) + 1;
	return mapped && mapped < 1 << 30 && page_half(&words, layout->refcount) == mapped;
}

/* Returns true if a driver may follow the process's mappings. Such a driver has no references to
 * pages, because the kernel notifies it of changes. The mm_struct member is mmu_notifier_mm up to
 * 5.5, and does not exist in kernels without notifiers. */
static bool may_follow(struct kernel *kernel, uint64_t mm)
{
	uint64_t notifiers = 0;

	if (kernel_read_member(kernel, mm, MM_NOTIFIERS, &notifiers, NULL) ||
	    kernel_read_member(kernel, mm, MM_NOTIFIERS_OLD, &notifiers, NULL))
		return notifiers;
	return kernel_member(kernel, MM_NOTIFIERS, NULL) ||
	       kernel_member(kernel, MM_NOTIFIERS_OLD, NULL);
}

static bool is_unheld(struct kernel *kernel, uint64_t pfn, char owner[MISUSE_OWNER])
{
	struct page_owner owners[MOST_OWNERS];
	struct page_use use;
	size_t nr;

	if (!page_use_of(kernel, pfn, &use) || !is_only_mapped(kernel, pfn, &use))
		return false;
	nr = query_page_owners(kernel, pfn, &use, owners);
	for (size_t i = 0; i < nr && i < MOST_OWNERS; i++)
		if (may_follow(kernel, owners[i].mm))
			return false;
	if (!nr || nr > MOST_OWNERS)
		return false;
	if (owners[0].has_pid)
		text_append(owner, MISUSE_OWNER, ", mapped by pid %d", (int)owners[0].pid);
	else
		text_append(owner, MISUSE_OWNER, ", mapped by mm %" PRIx64, owners[0].mm);
	text_append(owner, MISUSE_OWNER, " at %" PRIx64, owners[0].vaddr);
	return true;
}

enum io_misuse io_misuse_of(struct kernel *kernel, const struct frame_run *run, uint64_t pfn,
			    char owner[MISUSE_OWNER])
{
	*owner = '\0';
	if (run->use == PAGE_USE_ANON)
		return is_unheld(kernel, pfn, owner) ? IO_MISUSE_USER : IO_MISUSE_NONE;
	if (run->use == PAGE_USE_SLAB)
		return is_no_buffer(kernel, pfn, owner) ? IO_MISUSE_SLAB : IO_MISUSE_NONE;
	if (run->use == PAGE_USE_FREE_PERCPU)
		return IO_MISUSE_FREE;
	return IO_MISUSE_NONE;
}

struct io_pass {
	const struct checker *checker;
	struct kernel *kernel;
	struct io_pages pages;
	struct tally free, table, code, own, slab, user; /* bytes that devices can write */
	/* used: pages of tables that have another use. twice: pages that are tables at two
	 * levels. */
	struct tally used, twice;
	bool unread; /* the use of some frames cannot be read */
	bool whole; /* all frames were examined */
	bool frames_known; /* false: no_frames is the reason */
	struct error no_frames;
};

static const char *name_of_table(const struct io_pass *pass, uint32_t table)
{
	const struct io_map *map = &pass->pages.io.map;

	return map->device[map->table[table].first].dma.function->name;
}

/* --- memory that devices can write --- */

/* Returns a run through which devices can write to physical addresses in [first, last], or NULL.
 * Ignores identity mappings. first and last are inclusive. */
static const struct io_run *check_io_find_run(const struct io_pages *pages, uint64_t first,
					      uint64_t last)
{
	for (size_t i = 0; i < pages->nr; i++) {
		const struct io_run *run = &pages->run[i];

		if (run->writable && !io_run_is_identity(run) && run->first <= last &&
		    run->last >= first)
			return run;
	}
	return NULL;
}

/* Adds to the tally the number of bytes of [first, last] that devices can write. first and last are
 * physical addresses, both inclusive. owner: the text that io_misuse_of() wrote. */
static void count_owned(struct io_pass *pass, struct tally *tally, uint64_t first, uint64_t last,
			const char *owner)
{
	const struct io_pages *pages = &pass->pages;
	uint64_t bytes = io_ranges_within(&pages->allocated, first, last);
	const struct io_run *run = NULL;
	uint64_t at;

	if (!bytes)
		return;
	if (!tally->nr || (pass->checker->place && tally->nr < MOST_PLACES))
		run = check_io_find_run(pages, first, last);
	if (!run) {
		check_count(tally, bytes, "%" PRIx64 "%s", first, owner);
		return;
	}
	at = run->first > first ? run->first : first;
	check_count(tally, bytes, "%" PRIx64 ", by %s at the bus address %" PRIx64 "%s", at,
		    name_of_table(pass, run->table), run->bus + (at - run->first), owner);
}

static void count_writable(struct io_pass *pass, struct tally *tally, uint64_t first, uint64_t last)
{
	count_owned(pass, tally, first, last, "");
}

/* Examines each frame of the run, and counts misused frames. */
static void count_misused(struct io_pass *pass, const struct frame_run *run)
{
	struct tally *const tallies[NR_IO_MISUSES] = {
		[IO_MISUSE_FREE] = &pass->free,
		[IO_MISUSE_SLAB] = &pass->slab,
		[IO_MISUSE_USER] = &pass->user,
	};
	char owner[MISUSE_OWNER];

	for (uint64_t pfn = run->first; pfn <= run->last && !kernel_stopped(pass->kernel); pfn++) {
		enum io_misuse misuse = io_misuse_of(pass->kernel, run, pfn, owner);
		uint64_t first = kernel_frame(pass->kernel, pfn);

		if (misuse != IO_MISUSE_NONE)
			count_owned(pass, tallies[misuse], first,
				    first + (kernel_page_size(pass->kernel) - 1), owner);
	}
}

static bool look_at_frames(const struct frame_run *run, void *arg)
{
	struct io_pass *pass = arg;
	struct tally *tally = NULL;

	if (run->use == PAGE_USE_FREE)
		tally = &pass->free;
	else if (run->use == PAGE_USE_TABLE)
		tally = &pass->table;
	else if (page_use_is_lost(run->use))
		pass->unread = true;
	if (tally)
		count_writable(pass, tally, kernel_frame(pass->kernel, run->first),
			       kernel_page_last(pass->kernel,
						kernel_frame(pass->kernel, run->last)));
	else
		count_misused(pass, run);
	return true;
}

static void check_frames(struct io_pass *pass)
{
	const struct io_ranges *ranges = &pass->pages.allocated;

	pass->frames_known = true;
	for (size_t i = 0; i < ranges->nr; i++) {
		const struct io_range *range = &ranges->range[i];
		struct frame_range frames = { .first = kernel_pfn(pass->kernel, range->first),
					      .last = kernel_pfn(pass->kernel, range->last) };

		if (listener_stops_at(pass->kernel->listener, i))
			return;
		pass->frames_known &=
			page_runs(pass->kernel, frames, look_at_frames, pass, &pass->no_frames);
	}
}

/* Checks the pages that are entirely in [start, end), a range of virtual addresses. The kernel
 * never writes this range, because it contains code or read-only data. */
static void check_code(struct io_pass *pass, const struct space *space, uint64_t start,
		       uint64_t end)
{
	uint64_t first = kernel_page_last(pass->kernel, start - 1) + 1;
	uint64_t last = kernel_page_first(pass->kernel, end) - 1;
	struct walk walk;

	if (start >= end || first < start || first > last)
		return;
	walk_page_table_to(space, first, &walk);
	do {
		uint64_t from, to;

		walk_range(space, &walk, &from, &to);
		to = to < last ? to : last;
		if (walk.outcome == WALK_MAPPED)
			count_writable(pass, &pass->code, walk.paddr,
				       walk.paddr + (to - walk.vaddr));
	} while (!kernel_stopped(pass->kernel) && walk_on(space, &walk, last));
}

static void check_image(struct io_pass *pass, const struct space *space)
{
	static const char *const parts[][2] = {
		{ "_stext", "_etext" },
		{ "__start_rodata", "__end_rodata" },
	};
	uint64_t start, end;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (kernel_symbol(pass->kernel, parts[i][0], &start, NULL) &&
		    kernel_symbol(pass->kernel, parts[i][1], &end, NULL))
			check_code(pass, space, start, end);
}

static bool check_io_is_code(const struct module_range *range)
{
	return range->part != PART_DATA && !module_part_is_init(range->part);
}

static void check_modules(struct io_pass *pass, const struct space *space)
{
	size_t nr = 0;
	const struct module_range *range = module_all_ranges(pass->kernel, 0, UINT64_MAX, &nr);

	for (size_t i = 0; i < nr; i++)
		if (check_io_is_code(&range[i]))
			check_code(pass, space, range[i].first, range[i].last + 1);
}

/* --- pages of the tables --- */

/* Returns the name of the frame's use if no table can be in a frame with this use. Returns NULL if
 * the frame can contain a table. A frame of unknown use can contain a table, because it may be
 * memory that the kernel allocated for tables, or a part of a larger block. */
static const char *other_use(struct io_pass *pass, const struct io_table_page *page)
{
	const struct io_map *map = &pass->pages.io.map;
	struct page_use use;

	if (!page_use_of(pass->kernel, kernel_pfn(pass->kernel, page->paddr), &use))
		return NULL;
	switch (use.kind) {
	case PAGE_USE_UNKNOWN:
	case PAGE_USE_RESERVED:
	case PAGE_USE_OFFLINE: return NULL;
	case PAGE_USE_TABLE:
		/* With first-stage translation, a device may use the page table of a process. */
		if (map->device[page->device].dma.entrance.first_stage)
			return NULL;
		break;
	default: break;
	}
	return page_use_names[use.kind];
}

static void check_own_pages(struct io_pass *pass)
{
	const struct io_pages *pages = &pass->pages;

	for (size_t i = 0; i < pages->nr_pages; i++) {
		const struct io_table_page *page = &pages->page[i];
		const char *device = pages->io.map.device[page->device].dma.function->name;
		const char *use;

		if (listener_stops_at(pass->kernel->listener, i))
			return;
		if (i && page[-1].paddr == page->paddr) {
			check_count(&pass->twice, kernel_page_size(pass->kernel),
				    "%" PRIx64 ", of %s", page->paddr, device);
			continue;
		}
		count_writable(pass, &pass->own, page->paddr,
			       page->paddr + (kernel_page_size(pass->kernel) - 1));
		use = other_use(pass, page);
		if (use)
			check_count(&pass->used, kernel_page_size(pass->kernel),
				    "%" PRIx64 " (%s), of %s", page->paddr, use, device);
	}
}

/* --- frames of two tables --- */

/* For shared_bytes(), which reads runs sorted by address: the two largest ends of the previous
 * runs. The ends belong to two different tables. */
struct farthest {
	uint64_t last[2];
	uint32_t table[2];
	unsigned int nr;
};

/* Stores the end of the run. It replaces the stored end of the same table. If no end of this table
 * is stored, it is stored in a free place, or if there is no free place, it replaces the smaller
 * end. Does not replace an end that is larger. */
static void note_farthest(struct farthest *far, const struct io_run *run)
{
	unsigned int i = 0;

	while (i < far->nr && far->table[i] != run->table)
		i++;
	if (i == 2)
		i = far->last[0] > far->last[1];
	else if (i == far->nr)
		far->last[far->nr++] = 0;
	if (run->last < far->last[i])
		return;
	far->table[i] = run->table;
	far->last[i] = run->last;
}

/* Returns the number of bytes that more than one table maps. Identity mappings are not counted. */
static uint64_t shared_bytes(const struct io_pages *pages)
{
	struct farthest far = { .nr = 0 };
	/* counted: all bytes before this address were already counted */
	uint64_t bytes = 0, counted = 0;

	for (size_t i = 0; i < pages->nr; i++) {
		const struct io_run *run = &pages->run[i];
		uint64_t from = run->first > counted ? run->first : counted;

		if (io_run_is_identity(run))
			continue;
		for (unsigned int j = 0; j < far.nr; j++) {
			uint64_t last = run->last < far.last[j] ? run->last : far.last[j];

			if (far.table[j] == run->table || last < from)
				continue;
			bytes += last - from + 1;
			from = counted = last + 1;
		}
		note_farthest(&far, run);
	}
	return bytes;
}

/* --- the report --- */

static void tell_writable(const struct io_pass *pass, const struct tally *tally, const char *what,
			  const char *meaning)
{
	if (tally->nr)
		check_tell(pass->checker, CHECK_OF_IO_WRITES, CHECK_ERROR,
			   "devices can write %" PRIu64 " bytes of %s, the first at %s: %s",
			   tally->bytes, what, tally->first, meaning);
}

static void tell_writes(const struct io_pass *pass)
{
	enum check check = CHECK_OF_IO_WRITES;

	tell_writable(
		pass, &pass->free, "free memory",
		"the memory was freed, but is still mapped, so a device may overwrite the data of the next owner");
	tell_writable(pass, &pass->table, "page tables",
		      "a write there changes the mappings of processes or of the kernel");
	tell_writable(
		pass, &pass->code, "kernel text or read-only data",
		"no driver maps this on purpose, so the mapping or the driver's data is damaged");
	tell_writable(pass, &pass->own, "IOMMUs' own tables",
		      "a write there can give the device access to all memory");
	tell_writable(
		pass, &pass->slab, "slab objects that are never used as buffers",
		"the memory was freed, but is still mapped, so a device may overwrite the kernel's own objects");
	tell_writable(
		pass, &pass->user, "process memory that no driver has pinned",
		"the memory was freed, or unpinned too early, but is still mapped, so a device may overwrite data of a process");
	if (!pass->frames_known)
		check_tell(pass->checker, check, CHECK_NOT_CHECKED,
			   "free memory, page tables, slabs and process memory were not checked: %s",
			   pass->no_frames.message);
	else if (!pass->free.nr && !pass->table.nr && !pass->code.nr && !pass->own.nr &&
		 !pass->slab.nr && !pass->user.nr)
		check_tell(
			pass->checker, check, pass->whole ? CHECK_OK : CHECK_NOT_CHECKED,
			"%sfree memory, page tables, kernel text, read-only data, slab objects that are never used as buffers, or process memory that no driver has pinned",
			pass->whole ?
				"devices cannot write " :
				"not everything was checked; as far as is known, devices cannot write ");
}

static void tell_sharing(const struct io_pass *pass)
{
	uint64_t bytes = shared_bytes(&pass->pages);

	if (bytes)
		check_tell(
			pass->checker, CHECK_OF_IO_SHARING, CHECK_OK,
			"%" PRIu64
			" bytes are in pages that are mapped for devices of different domains, which happens if buffers share a page",
			bytes);
	else
		check_tell(pass->checker, CHECK_OF_IO_SHARING, CHECK_OK,
			   "no page is mapped for devices of different domains");
}

static void check_io_tell_tables(const struct io_pass *pass)
{
	const struct io_pages *pages = &pass->pages;
	const struct io_map *map = &pages->io.map;
	enum check check = CHECK_OF_IO_TABLES;

	if (pages->nr_corrupt)
		check_tell(pass->checker, check, CHECK_ERROR,
			   "%" PRIu64 " %s: %" PRIx64 " at %" PRIx64
			   ", for the bus address %" PRIx64 " of %s",
			   pages->nr_corrupt,
			   pages->nr_corrupt == 1 ? "entry is corrupt" :
						    "entries are corrupt, the first",
			   pages->corrupt.entry, pages->corrupt.entry_paddr, pages->corrupt.first,
			   name_of_table(pass, pages->corrupt_table));
	check_tell_tally(&pass->used, CHECK_ERROR,
			 "page is used as a table by an IOMMU, but also has another use",
			 "pages are used as tables by IOMMUs, but also have another use");
	check_tell_tally(&pass->twice, CHECK_ERROR, "page is used as a table at two levels",
			 "pages are used as tables at two levels");
	if (!pages->io.whole)
		check_tell(pass->checker, check, CHECK_NOT_CHECKED,
			   "not all tables were checked: %s", pages->io.gap.message);
	else if (kernel_stopped(pass->kernel))
		check_tell(pass->checker, check, CHECK_NOT_CHECKED,
			   "interrupted: not all tables were checked");
	else if (!pass->used.nr && !pass->twice.nr)
		check_tell(pass->checker, check, CHECK_OK,
			   "%zu tables of %zu devices, in %zu pages that have no other use",
			   map->nr_tables, map->nr, pages->nr_pages);
}

static void check_pages(struct io_pass *pass)
{
	const struct space *space = kernel_space(pass->kernel, NULL);
	const struct io_map *map = &pass->pages.io.map;

	if (!map->nr_tables && pass->pages.io.whole) {
		check_tell(pass->checker, CHECK_OF_IO_TABLES, CHECK_OK,
			   "there are no tables: no IOMMU translates addresses for the %zu devices",
			   map->nr);
		return;
	}
	check_looked(pass->checker, "tables of IOMMUs for %zu devices", map->nr);
	check_frames(pass);
	if (space) {
		check_image(pass, space);
		check_modules(pass, space);
	}
	check_own_pages(pass);
	pass->whole = pass->pages.io.whole && !pass->unread && !kernel_stopped(pass->kernel);
	check_io_tell_tables(pass);
	tell_writes(pass);
	tell_sharing(pass);
}

void check_io(const struct checker *checker)
{
	struct io_pass pass = {
		.checker = checker,
		.kernel = checker->kernel,
		.free = { .checker = checker, .check = CHECK_OF_IO_WRITES },
		.table = { .checker = checker, .check = CHECK_OF_IO_WRITES },
		.code = { .checker = checker, .check = CHECK_OF_IO_WRITES },
		.own = { .checker = checker, .check = CHECK_OF_IO_WRITES },
		.slab = { .checker = checker, .check = CHECK_OF_IO_WRITES },
		.user = { .checker = checker, .check = CHECK_OF_IO_WRITES },
		.used = { .checker = checker, .check = CHECK_OF_IO_TABLES },
		.twice = { .checker = checker, .check = CHECK_OF_IO_TABLES },
	};
	struct error err;

	if (kernel_has_symbol(checker->kernel, "pci_root_buses") == NO) {
		check_tell(checker, CHECK_OF_IO_TABLES, CHECK_OK,
			   "there are no tables: the kernel has no PCI support");
	} else if (!io_pages_find(&pass.pages, checker->kernel, &err)) {
		check_tell(checker, CHECK_OF_IO_TABLES, CHECK_NOT_CHECKED, "%s", err.message);
	} else {
		check_pages(&pass);
		io_pages_release(&pass.pages);
	}
}
