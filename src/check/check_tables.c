/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Checks the kernel's half of its page table in one pass, and cache types and access rights in the
 * user half of each process. Each kind of problem is reported in one line, which names the first
 * place. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "check/check_pass.h"
#include "linux/region.h"
#include "linux/resource.h"
#include "kernel/arch.h"
#include "query/entry_witness.h"
#include "query/nowhere.h"
#include "base/special.h"
#include "linux/task/mm.h"

/* The kernel may hide frames from the direct map on purpose, so each unmapped frame is examined. At
 * most this many are examined. All further unmapped frames are counted as a problem. */
enum { MOST_HIDDEN = 1 << 20 };

/* At most this many pages are compared with the areas of ioremap(), which takes time. */
enum { MOST_NOWHERE = 1 << 14 };

static uint64_t check_tables_size_of(const struct scanned *scanned)
{
	return scanned->last - scanned->first + 1;
}

static bool check_tables_in_direct_map(const struct pass *pass, uint64_t vaddr)
{
	return pass->has_direct_map && vaddr >= pass->direct_first && vaddr <= pass->direct_last;
}

static void check_tables_count_range(struct pass *pass, uint64_t first, uint64_t last)
{
	if (first <= last)
		check_count(&pass->unmapped, last - first + 1, "%" PRIx64 " to %" PRIx64, first,
			    last);
}

/* Counts the memory in [first, last], which the direct map does not map. Leaves out frames that the
 * kernel hides on purpose. first and last are physical addresses, both inclusive. */
static void check_tables_count_frames(struct pass *pass, uint64_t first, uint64_t last)
{
	uint64_t from = first;

	for (uint64_t at = first, end; at <= last; at = end + 1) {
		enum hidden why;

		if (pass->nr_asked++ >= MOST_HIDDEN ||
		    listener_stops_at(pass->kernel->listener, pass->nr_asked))
			break;
		end = at | (kernel_page_size(pass->kernel) - 1);
		end = end < last ? end : last;
		why = query_frame_hidden(pass->kernel, kernel_pfn(pass->kernel, at));
		if (!why)
			continue;
		if (from < at)
			check_tables_count_range(pass, from, at - 1);
		pass->hidden[why] += end - at + 1;
		from = end + 1;
	}
	check_tables_count_range(pass, from, last);
}

/* Counts only RAM in [first, last], because a dump may also contain memory of firmware and devices.
 * The kernel's resources show which addresses are RAM. If the resources cannot be read, everything
 * is counted. */
static void count_ram(struct pass *pass, uint64_t first, uint64_t last)
{
	const struct resource_tree *tree = pass->resources;

	if (!tree)
		check_tables_count_frames(pass, first, last);
	for (size_t i = 0; tree && i < tree->nr; i++) {
		const struct resource *ram = &tree->resource[i];
		uint64_t from = ram->start > first ? ram->start : first;
		uint64_t to = ram->end < last ? ram->end : last;

		if (from <= to && resource_is_ram(ram))
			check_tables_count_frames(pass, from, to);
	}
}

/* The direct map does not map [first, last]. Counts the parts of this range that are in the dump.
 * first and last are physical addresses, both inclusive. */
static void count_unmapped(struct pass *pass, uint64_t first, uint64_t last)
{
	struct extent extent;

	for (;;) {
		dump_find_run(pass->kernel->dump, first, &extent);
		if (extent.last > last)
			extent.last = last;
		if (extent.state != PAGE_ABSENT)
			count_ram(pass, first, extent.last);
		if (extent.last >= last || kernel_stopped(pass->kernel))
			return;
		first = extent.last + 1;
	}
}

/* [first, last] is the next range of physical addresses that the direct map maps. Counts the memory
 * between the previous range and this range as unmapped. */
static void check_tables_advance(struct pass *pass, uint64_t first, uint64_t last)
{
	if (first > pass->next)
		count_unmapped(pass, pass->next, first - 1);
	if (last + 1 > pass->next)
		pass->next = last + 1;
}

static void look_at_direct_map(struct pass *pass, const struct scanned *scanned)
{
	uint64_t first = scanned->first - pass->direct_base;

	check_tables_advance(pass, first, scanned->last - pass->direct_base);
	if (scanned->outcome == WALK_MAPPED && (scanned->paddr != first || scanned->repeated))
		check_count(&pass->misplaced, check_tables_size_of(scanned),
			    "%" PRIx64 " is mapped to %" PRIx64 ", not %" PRIx64, scanned->first,
			    scanned->paddr, first);
}

/* The page table maps nothing from next_of_image to first, exclusive. Counts what must be mapped
 * there: pages of the kernel's image. */
static void advance_image(struct pass *pass, uint64_t first)
{
	uint64_t from, end;

	for (enum image_section i = IMAGE_TEXT; pass->has_image && i < NR_IMAGE_SECTIONS; i++) {
		if (!query_image_mapped(pass->kernel, i, &from, &end))
			continue;
		from = from > pass->next_of_image ? from : pass->next_of_image;
		end = end < first ? end : first;
		if (from < end)
			check_count(&pass->contradicted, end - from,
				    "nothing is mapped from %" PRIx64 " to %" PRIx64, from,
				    end - 1);
	}
	pass->next_of_image = first;
}

/* Compares an entry for the kernel's image with the kernel's arithmetic. */
static void look_at_image(struct pass *pass, const struct scanned *scanned)
{
	uint64_t paddr;

	if (scanned->first > pass->next_of_image)
		advance_image(pass, scanned->first);
	pass->next_of_image = scanned->last + 1;
	if (scanned->outcome == WALK_MAPPED &&
	    query_image_paddr(pass->kernel, scanned->first, &paddr) &&
	    (scanned->paddr != paddr || scanned->repeated))
		check_count(&pass->contradicted, check_tables_size_of(scanned),
			    "%" PRIx64 " is mapped to %" PRIx64 ", not %" PRIx64, scanned->first,
			    scanned->paddr, paddr);
}

/* Returns true if processes are meant to access the page: the vsyscall page, which they may
 * execute, or one of a few pages that they may read. Before 3.1, these pages could be executed, too
 * (PAGE_KERNEL_VSYSCALL_NOCACHE). */
static bool meant_for_users(const struct pass *pass, const struct scanned *scanned)
{
	struct kernel *kernel = pass->kernel;
	const struct region *region = region_of(kernel, scanned->first, NULL);

	if (region && region->kind == REGION_VSYSCALL)
		return true;
	if (scanned->executable && kernel_version(kernel) >= KERNEL_VERSION(3, 1, 0))
		return false;
	return !scanned->writable && !scanned->repeated &&
	       check_tables_size_of(scanned) <= scanned->page_size &&
	       kernel->arch->users_may_read && kernel->arch->users_may_read(kernel, scanned->first);
}

/* Is this a large page of the fixmap that continues the large page before it? Only the device tree
 * has large pages there. riscv maps 4M for any size of the tree, so also what may follow the end of
 * memory: create_fdt_early_page_table(), arch/riscv/mm/init.c. */
static bool is_end_of_device_tree(const struct pass *pass, const struct scanned *scanned)
{
	const struct region *region = region_of(pass->kernel, scanned->first, NULL);
	struct walk before;

	if (!region || region->kind != REGION_FIXMAP || scanned->repeated ||
	    scanned->page_size <= kernel_page_size(pass->kernel))
		return false;
	before = walk_page_table(pass->space, scanned->first - 1);
	return before.outcome == WALK_MAPPED && before.paddr == scanned->paddr - 1 &&
	       before.page_size == scanned->page_size;
}

/* Counts a page, outside of the direct map, with a physical address at which there is nothing. The
 * kernel maps devices, too. */
static void look_for_nowhere(struct pass *pass, const struct scanned *scanned)
{
	char neighbours[NOWHERE_TEXT] = "";

	if (!pass->resources || check_tables_in_direct_map(pass, scanned->first) ||
	    dump_range_state(pass->kernel->dump, scanned->paddr, kernel_page_size(pass->kernel)) !=
		    PAGE_ABSENT ||
	    resource_at(pass->kernel, RESOURCE_MEMORY, scanned->paddr))
		return;
	if (pass->nr_nowhere++ >= MOST_NOWHERE || !query_is_nowhere(pass->kernel, scanned->paddr) ||
	    is_end_of_device_tree(pass, scanned))
		return;
	if (!pass->nowhere.nr)
		query_neighbours(pass->kernel, scanned->paddr, neighbours);
	check_count(&pass->nowhere, check_tables_size_of(scanned),
		    "the %s entry %" PRIx64 " at %" PRIx64 " maps %" PRIx64 " to %" PRIx64 "%s",
		    pass->space->paging->level[scanned->level].name, scanned->entry,
		    scanned->entry_paddr, scanned->first, scanned->paddr, neighbours);
}

/* Counts a page with which the kernel can write to its text or read-only data, although the kernel's
 * image maps them read-only. */
static void look_for_alias(struct pass *pass, const struct scanned *scanned)
{
	uint64_t last = scanned->paddr + check_tables_size_of(scanned) - 1;

	if (scanned->repeated)
		last = scanned->paddr + scanned->page_size - 1;
	for (size_t i = 0; i < NR_IMAGE_FRAMES; i++) {
		const struct image_frames *part = &pass->image[i];

		if (part->read_only && scanned->paddr <= part->last && last >= part->first &&
		    (pass->protects_direct || !check_tables_in_direct_map(pass, scanned->first)))
			check_count(&pass->writable_alias, check_tables_size_of(scanned),
				    "%" PRIx64 " is mapped to %" PRIx64 ", %s", scanned->first,
				    scanned->paddr,
				    i == FRAMES_OF_TEXT ? "text" : "read-only data");
	}
}

static void look_at_page(struct pass *pass, const struct scanned *scanned)
{
	pass->nr_pages++;
	look_for_nowhere(pass, scanned);
	if (scanned->writable)
		look_for_alias(pass, scanned);
	if (scanned->writable && scanned->executable && pass->space->paging->no_execute_bit)
		check_count(&pass->write_execute, check_tables_size_of(scanned),
			    "%" PRIx64 " to %" PRIx64, scanned->first, scanned->last);
	if (scanned->user && !meant_for_users(pass, scanned))
		check_count(&pass->user, check_tables_size_of(scanned), "%" PRIx64 " to %" PRIx64,
			    scanned->first, scanned->last);
	if (pass->rules->cache_known && !check_tables_in_direct_map(pass, scanned->first))
		check_cache_of(pass, scanned, 0);
}

static void check_tables_look_at(struct pass *pass, const struct scanned *scanned)
{
	const char *level = pass->space->paging->level[scanned->level].name;
	char looks[VALUE_LOOKS];

	if (check_tables_in_direct_map(pass, scanned->first))
		look_at_direct_map(pass, scanned);
	if (pass->has_image && scanned->first >= pass->image_first &&
	    scanned->first <= pass->image_last)
		look_at_image(pass, scanned);
	if (scanned->outcome == WALK_MAPPED)
		look_at_page(pass, scanned);
	else if (scanned->outcome == WALK_CORRUPT) {
		special_looks(scanned->entry, pass->space->paging->entry_size, looks);
		check_count(&pass->corrupt, check_tables_size_of(scanned),
			    "the %s entry %" PRIx64 "%s at %" PRIx64 ", for %" PRIx64
			    " to %" PRIx64,
			    level, scanned->entry, looks, scanned->entry_paddr, scanned->first,
			    scanned->last);
	} else
		check_count(check_is_left_out(pass, scanned) ? &pass->left_out : &pass->missing,
			    check_tables_size_of(scanned),
			    "the %s entry at %" PRIx64 " (%s), for %" PRIx64 " to %" PRIx64, level,
			    scanned->entry_paddr, page_state_names[scanned->reason], scanned->first,
			    scanned->last);
}

static void check_tables_tell_tables(const struct pass *pass, const struct scan *scan)
{
	check_tell_tally(&pass->missing, CHECK_ERROR, "part of the tables is not in the dump",
			 "parts of the tables are not in the dump");
	check_tell_tally(&pass->left_out, CHECK_NOT_CHECKED,
			 "part of the tables was left out of the dump",
			 "parts of the tables were left out of the dump");
	check_tell_tally(&pass->corrupt, CHECK_ERROR, "entry has a bit set that must be 0",
			 "entries have a bit set that must be 0");
	check_tell_tally(&pass->nowhere, CHECK_ERROR,
			 "page is mapped to an address that is neither memory nor a device",
			 "pages are mapped to addresses that are neither memory nor devices");
	check_tell_tally(&pass->contradicted, CHECK_ERROR,
			 "page of the kernel's image is not mapped to its place",
			 "pages of the kernel's image are not mapped to their places");
	if (pass->nr_nowhere > MOST_NOWHERE)
		check_tell(pass->checker, CHECK_OF_TABLES, CHECK_NOT_CHECKED,
			   "%u of %u pages outside of the dump were not compared with devices",
			   pass->nr_nowhere - MOST_NOWHERE, pass->nr_nowhere);
	if (scan->end == SCAN_ENDLESS)
		check_tell(pass->checker, CHECK_OF_TABLES, CHECK_ERROR,
			   "stopped at %" PRIx64 " after %" PRIu64
			   " tables, because tables point to each other in a loop",
			   scan_position(scan), scan->nr_tables);
	else if (scan->end == SCAN_NO_MEMORY)
		check_tell(pass->checker, CHECK_OF_TABLES, CHECK_NOT_CHECKED,
			   "out of memory at %" PRIx64, scan_position(scan));
	else if (scan->end == SCAN_INTERRUPTED)
		check_tell(pass->checker, CHECK_OF_TABLES, CHECK_NOT_CHECKED,
			   "interrupted at %" PRIx64 ": no address above it was checked",
			   scan_position(scan));
	else if (!pass->missing.nr && !pass->left_out.nr && !pass->corrupt.nr &&
		 !pass->nowhere.nr && !pass->contradicted.nr)
		check_tell(pass->checker, CHECK_OF_TABLES, CHECK_OK,
			   "%" PRIu64 " tables map %" PRIu64 " pages of the kernel",
			   scan->nr_tables, pass->nr_pages);
}

/* Writes a text about hidden memory, such as ", except 8192 bytes of secretmem". */
static void name_hidden(const struct pass *pass, char *text, size_t size)
{
	const char *how = ", except";
	size_t length = 0;

	text[0] = '\0';
	for (size_t i = NOT_HIDDEN + 1; i < NR_HIDDEN; i++) {
		if (!pass->hidden[i])
			continue;
		length +=
			(size_t)snprintf(text + length, size - length, "%s %" PRIu64 " bytes of %s",
					 how, pass->hidden[i], hidden_names[i]);
		how = " and";
	}
}

static void tell_direct_map(const struct pass *pass)
{
	char hidden[160];

	if (!pass->has_direct_map) {
		check_tell(pass->checker, CHECK_OF_DIRECT_MAP, CHECK_NOT_CHECKED, "%s",
			   pass->no_direct_map.message);
		return;
	}
	check_tell_tally(&pass->misplaced, CHECK_ERROR,
			 "page of the direct map is mapped to a wrong physical address",
			 "pages of the direct map are mapped to wrong physical addresses");
	if (pass->unmapped.nr)
		check_tell(pass->checker, CHECK_OF_DIRECT_MAP, CHECK_WARNING,
			   "%" PRIu64 " bytes of %s are not mapped, the first are %s",
			   pass->unmapped.bytes,
			   pass->resources ? "RAM" : "memory, which may be RAM or reserved,",
			   pass->unmapped.first);
	name_hidden(pass, hidden, sizeof(hidden));
	if (!pass->misplaced.nr && !pass->unmapped.nr)
		check_tell_none(pass, CHECK_OF_DIRECT_MAP, pass->complete,
				"the direct map maps all memory from %" PRIx64
				" on, each page at its place%s",
				pass->direct_first, hidden);
}

static void check_tables_tell_rights(const struct pass *pass)
{
	if (!pass->space->paging->no_execute_bit)
		check_tell(pass->checker, CHECK_OF_WRITE_EXECUTE, CHECK_INAPPLICABLE,
			   "this paging mode cannot forbid execution");
	else if (pass->write_execute.nr)
		check_tell(pass->checker, CHECK_OF_WRITE_EXECUTE, CHECK_WARNING,
			   "%" PRIu64
			   " bytes of the kernel are writable and executable, the first are %s",
			   pass->write_execute.bytes, pass->write_execute.first);
	check_tell_tally(&pass->writable_alias, CHECK_WARNING,
			 "page can write to the kernel's text or read-only data",
			 "pages can write to the kernel's text or read-only data");
	if (pass->space->paging->no_execute_bit && !pass->write_execute.nr &&
	    !pass->writable_alias.nr)
		check_tell_none(pass, CHECK_OF_WRITE_EXECUTE, pass->complete,
				"no page of the kernel is both writable and executable");
	if (pass->user.nr)
		check_tell(pass->checker, CHECK_OF_USER_ACCESS, CHECK_ERROR,
			   "processes can access %" PRIu64
			   " bytes of the kernel's half, the first are %s",
			   pass->user.bytes, pass->user.first);
	else
		check_tell_none(pass, CHECK_OF_USER_ACCESS, pass->complete,
				"processes can access no page of the kernel");
}

static void find_direct_map(struct pass *pass)
{
	const struct region *region;

	if (!kernel_direct_base(pass->kernel, &pass->direct_base, &pass->no_direct_map) ||
	    !kernel_require(pass->kernel, FACT_PAGE_OFFSET, &pass->direct_first,
			    &pass->no_direct_map))
		return;
	pass->resources = resource_all(pass->kernel, RESOURCE_MEMORY, NULL);
	if (pass->resources && (pass->resources->nr_damages || !pass->resources->nr))
		pass->resources = NULL;
	region = region_of(pass->kernel, pass->direct_first, &pass->no_direct_map);
	/* If the CPU has fewer address bits than the kernel was configured for, the region begins
	 * with non-canonical addresses. Then the direct map begins after them. */
	if (region && region->kind == REGION_NON_CANONICAL)
		region = region_of(pass->kernel, pass->direct_first = region->last + 1,
				   &pass->no_direct_map);
	if (!region)
		return;
	pass->direct_last = region->last;
	pass->has_direct_map = region->kind == REGION_DIRECT_MAP;
	if (!pass->has_direct_map)
		fail(&pass->no_direct_map, ERROR_UNKNOWN,
		     "the start of the direct map, %" PRIx64 ", is in the region %s",
		     pass->direct_first, region_names[region->kind]);
}

/* Finds a part of the kernel's image, whose frames are consecutive. The frame with the end may contain
 * something else, too, and is left out. */
static void find_frames_of(struct pass *pass, const char *from, const char *to,
			   struct image_frames *part)
{
	uint64_t first, end;
	struct walk walk;

	*part = (struct image_frames){ .first = 1 };
	if (!kernel_symbol(pass->kernel, from, &first, NULL) ||
	    !kernel_symbol(pass->kernel, to, &end, NULL) || first >= end)
		return;
	walk = walk_page_table(pass->space, first);
	if (walk.outcome != WALK_MAPPED)
		return;
	part->last = kernel_page_first(pass->kernel, walk.paddr + (end - first)) - 1;
	part->first = kernel_page_first(pass->kernel, walk.paddr);
	part->read_only = !walk.writable;
}

static void find_images(struct pass *pass)
{
	const struct region *region = NULL;
	uint64_t text;
	struct walk walk;

	if (kernel_symbol(pass->kernel, "_stext", &text, NULL))
		region = region_of(pass->kernel, text, NULL);
	pass->has_image = region && region->kind == REGION_KERNEL_IMAGE;
	if (pass->has_image) {
		pass->image_first = pass->next_of_image = region->first;
		pass->image_last = region->last;
	}
	find_frames_of(pass, "_stext", "_etext", &pass->image[FRAMES_OF_TEXT]);
	find_frames_of(pass, "__start_rodata", "__end_rodata", &pass->image[FRAMES_OF_RODATA]);
	if (!pass->has_direct_map)
		return;
	walk = walk_page_table(pass->space, pass->direct_base + pass->image[FRAMES_OF_TEXT].first);
	pass->protects_direct = walk.outcome == WALK_MAPPED && !walk.writable;
}

static void finish_direct_map(struct pass *pass)
{
	uint64_t last = dump_last_paddr(pass->kernel->dump);

	if (last > pass->direct_last - pass->direct_base)
		last = pass->direct_last - pass->direct_base;
	if (pass->has_direct_map && last >= pass->next)
		count_unmapped(pass, pass->next, last);
}

/* Sets the check that each tally belongs to. */
static void name_tallies(struct pass *pass)
{
	const struct {
		struct tally *tally;
		enum check check;
	} kinds[] = {
		{ &pass->missing, CHECK_OF_TABLES },
		{ &pass->left_out, CHECK_OF_TABLES },
		{ &pass->corrupt, CHECK_OF_TABLES },
		{ &pass->nowhere, CHECK_OF_TABLES },
		{ &pass->contradicted, CHECK_OF_TABLES },
		{ &pass->misplaced, CHECK_OF_DIRECT_MAP },
		{ &pass->unmapped, CHECK_OF_DIRECT_MAP },
		{ &pass->write_execute, CHECK_OF_WRITE_EXECUTE },
		{ &pass->writable_alias, CHECK_OF_WRITE_EXECUTE },
		{ &pass->user, CHECK_OF_USER_ACCESS },
		{ &pass->process_write_execute, CHECK_OF_USER_RIGHTS },
		{ &pass->memory_conflict, CHECK_OF_CACHE },
		{ &pass->device_conflict, CHECK_OF_CACHE },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		kinds[i].tally->checker = pass->checker;
		kinds[i].tally->check = kinds[i].check;
	}
}

static void run_pass(struct pass *pass, struct scan *scan, uint64_t first)
{
	struct scanned scanned;

	scan_start(scan, pass->space, first, paging_last_address(pass->space->paging), false);
	scan->listener = pass->kernel->listener;
	while (scan_next(scan, &scanned))
		check_tables_look_at(pass, &scanned);
	pass->complete = scan->end == SCAN_COMPLETE && !pass->missing.nr && !pass->left_out.nr &&
			 !pass->corrupt.nr;
	if (scan->end == SCAN_COMPLETE) {
		finish_direct_map(pass);
		advance_image(pass, pass->image_last);
	}
	check_looked(pass->checker, "%skernel tables", pass->complete ? "" : "parts of the ");
	check_tables_tell_tables(pass, scan);
	tell_direct_map(pass);
	check_tables_tell_rights(pass);
	check_processes(pass, scan);
	check_tell_cache(pass);
}

void check_tables(const struct checker *checker)
{
	struct pass pass = {
		.checker = checker,
		.kernel = checker->kernel,
		.space = kernel_space(checker->kernel, NULL),
		.rules = kernel_entry_rules(checker->kernel),
	};
	struct scan *scan = malloc(sizeof(*scan));
	struct error err;
	uint64_t first;

	if (!scan)
		out_of_memory(&err);
	if (!scan || !task_kernel_half(checker->kernel, &first, &err)) {
		check_tell(checker, CHECK_OF_TABLES, CHECK_NOT_CHECKED, "%s", err.message);
	} else {
		name_tallies(&pass);
		find_direct_map(&pass);
		find_images(&pass);
		run_pass(&pass, scan, first);
	}
	free(pass.aliases);
	free(pass.runs);
	free(pass.ram);
	free(scan);
}
