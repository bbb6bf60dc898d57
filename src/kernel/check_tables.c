/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One pass over the kernel's half of its page table, looking for all that can be
 * wrong with it, and one over each process' half for cache types that differ. A
 * kind of trouble is one line, with the first place.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/check.h"
#include "base/address_set.h"
#include "kernel/kernel.h"
#include "kernel/mm.h"
#include "paging/scan.h"

/* A kind of trouble: how often, how much, and where first. */
struct tally {
	uint64_t nr, bytes;
	char first[256];
};

/* A page outside of the direct map, for comparing cache types. */
struct alias {
	uint64_t paddr, last; /* physical, inclusive */
	uint64_t vaddr;
	uint8_t cache; /* enum cache_type */
	int32_t pid;   /* whose; 0: the kernel's */
};

enum { MAX_ALIASES = 1 << 22 };

struct pass {
	const struct checker *checker;
	struct kernel *kernel;
	const struct space *space;
	const struct entry_rules *rules;
	/* The direct map: addresses; no_direct_map says why it is not known. */
	uint64_t page_offset, direct_last;
	bool has_direct_map;
	struct error no_direct_map;
	const struct resource_tree *resources; /* NULL: not known, or damaged */
	uint64_t next; /* physical: the direct map was gone through up to here */
	struct tally missing, corrupt, misplaced, unmapped, write_execute, user;
	struct tally memory_conflict, device_conflict;
	bool complete; /* all of the table was gone through */
	struct alias *aliases; /* owned */
	size_t nr_aliases, room_aliases;
	bool too_many_aliases;
	uint64_t nr_pages;
	size_t nr_processes;
};

static void __attribute__((format(printf, 3, 4)))
count(struct tally *tally, uint64_t bytes, const char *fmt, ...)
{
	va_list args;

	tally->bytes += bytes;
	if (tally->nr++)
		return;
	va_start(args, fmt);
	vsnprintf(tally->first, sizeof(tally->first), fmt, args);
	va_end(args);
}

/* Nothing was found: no more can be said where a part was not looked at. */
static void __attribute__((format(printf, 3, 4)))
tell_none(const struct pass *pass, const char *check, const char *fmt, ...)
{
	char message[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	if (pass->complete)
		check_tell(pass->checker, check, CHECK_OK, "%s", message);
	else
		check_tell(pass->checker, check, CHECK_WARNING,
			   "checked only as far as the tables were gone through: %s",
			   message);
}

static uint64_t size_of(const struct scanned *scanned)
{
	return scanned->last - scanned->first + 1;
}

static bool in_direct_map(const struct pass *pass, uint64_t vaddr)
{
	return pass->has_direct_map && vaddr >= pass->page_offset &&
	       vaddr <= pass->direct_last;
}

static bool is_ram(const struct pass *pass, uint64_t paddr)
{
	const struct resource_tree *tree = pass->resources;

	for (size_t i = 0; tree && i < tree->nr; i++)
		if (tree->resource[i].start <= paddr &&
		    paddr <= tree->resource[i].end &&
		    !strcmp(tree->resource[i].name, "System RAM"))
			return true;
	return !tree;
}

/* A dump may hold more than the kernel's RAM: what the firmware keeps, a
 * device's. Its resources tell, where they can be read. */
static void count_ram(struct pass *pass, uint64_t first, uint64_t last)
{
	const struct resource_tree *tree = pass->resources;

	if (!tree)
		count(&pass->unmapped, last - first + 1,
		      "%" PRIx64 " to %" PRIx64, first, last);
	for (size_t i = 0; tree && i < tree->nr; i++) {
		const struct resource *ram = &tree->resource[i];
		uint64_t from = ram->start > first ? ram->start : first;
		uint64_t to = ram->end < last ? ram->end : last;

		if (from <= to && !strcmp(ram->name, "System RAM"))
			count(&pass->unmapped, to - from + 1,
			      "%" PRIx64 " to %" PRIx64, from, to);
	}
}

/* Memory of [first, last] that the dump knows of and nobody maps. */
static void count_unmapped(struct pass *pass, uint64_t first, uint64_t last)
{
	struct extent extent;

	for (;;) {
		dump_find(pass->kernel->dump, first, &extent);
		if (extent.last > last)
			extent.last = last;
		if (extent.state != PAGE_ABSENT)
			count_ram(pass, first, extent.last);
		if (extent.last >= last)
			return;
		first = extent.last + 1;
	}
}

/* Up to before this physical address nothing else is mapped directly. */
static void advance(struct pass *pass, uint64_t first, uint64_t last)
{
	if (first > pass->next)
		count_unmapped(pass, pass->next, first - 1);
	if (last + 1 > pass->next)
		pass->next = last + 1;
}

static void look_at_direct_map(struct pass *pass, const struct scanned *scanned)
{
	uint64_t first = scanned->first - pass->page_offset;

	advance(pass, first, scanned->last - pass->page_offset);
	if (scanned->outcome == WALK_MAPPED &&
	    (scanned->paddr != first || scanned->repeated))
		count(&pass->misplaced, size_of(scanned),
		      "%" PRIx64 " is mapped to %" PRIx64 ", not %" PRIx64,
		      scanned->first, scanned->paddr, first);
}

static void keep_alias(struct pass *pass, const struct alias *alias)
{
	size_t room = pass->room_aliases ? 2 * pass->room_aliases : 256;
	struct alias *moved;

	if (pass->nr_aliases == pass->room_aliases) {
		moved = room > MAX_ALIASES ?
				NULL :
				realloc(pass->aliases, room * sizeof(*moved));
		if (!moved) {
			pass->too_many_aliases = true;
			return;
		}
		pass->aliases = moved;
		pass->room_aliases = room;
	}
	pass->aliases[pass->nr_aliases++] = *alias;
}

static bool stopped(const struct pass *pass)
{
	return pass->checker->stop && pass->checker->stop(pass->checker->arg);
}

static void count_conflict(struct tally *tally, uint64_t paddr,
			   enum cache_type cache, uint64_t vaddr,
			   const struct alias *alias)
{
	char of[32] = "";

	if (alias->pid)
		snprintf(of, sizeof(of), " of pid %d", (int)alias->pid);
	count(tally, 0,
	      "%" PRIx64 " is %s at %" PRIx64 " and %s at %" PRIx64 "%s", paddr,
	      cache_type_names[cache], vaddr, cache_type_names[alias->cache],
	      alias->vaddr + (paddr - alias->paddr), of);
}

/* The same frames in the direct map: page by page of that. Devices are in it
 * where memory is around them. */
static void compare_with_direct_map(struct pass *pass, const struct alias *alias)
{
	uint64_t at = alias->paddr, first, last;

	while (at <= pass->direct_last - pass->page_offset && !stopped(pass)) {
		struct walk walk = walk_page_table(pass->space,
						   pass->page_offset + at);

		walk_range(pass->space, &walk, &first, &last);
		if (walk.outcome == WALK_MAPPED && walk.paddr == at) {
			enum cache_type cache =
				pass->rules->cache[paging_cache_index(
					pass->space->paging,
					walk_last_level(&walk),
					walk_last_entry(&walk))];

			if (cache != alias->cache) {
				count_conflict(is_ram(pass, at) ?
						       &pass->memory_conflict :
						       &pass->device_conflict,
					       at, cache, walk.vaddr, alias);
				return;
			}
		}
		last -= pass->page_offset;
		if (last >= alias->last)
			return;
		at = last + 1;
	}
}

static bool is_direct(const struct pass *pass, uint64_t paddr)
{
	return pass->has_direct_map &&
	       paddr <= pass->direct_last - pass->page_offset &&
	       space_maps(pass->space, pass->page_offset + paddr, paddr);
}

static void look_at_cache(struct pass *pass, const struct scanned *scanned,
			  int32_t pid)
{
	struct alias alias = {
		.paddr = scanned->paddr,
		.last = scanned->paddr + (scanned->page_size - 1),
		.vaddr = scanned->first,
		.cache = (uint8_t)pass->rules->cache[paging_cache_index(
			pass->space->paging, scanned->level, scanned->entry)],
		.pid = pid,
	};

	/* Ordinary memory of processes can only differ from the direct map. */
	if (!pid || alias.cache != CACHE_WB || !is_direct(pass, alias.paddr))
		keep_alias(pass, &alias);
	if (pass->has_direct_map)
		compare_with_direct_map(pass, &alias);
}

/* The page that every process may run; arch/x86/entry/vsyscall. */
static bool meant_for_users(const struct pass *pass, uint64_t vaddr)
{
	const struct region *region = kernel_region(pass->kernel, vaddr, NULL);

	return region && !strcmp(region->name, "vsyscall");
}

static void look_at_page(struct pass *pass, const struct scanned *scanned)
{
	pass->nr_pages++;
	if (scanned->writable && scanned->executable)
		count(&pass->write_execute, size_of(scanned),
		      "%" PRIx64 " to %" PRIx64, scanned->first, scanned->last);
	if (scanned->user && !meant_for_users(pass, scanned->first))
		count(&pass->user, size_of(scanned), "%" PRIx64 " to %" PRIx64,
		      scanned->first, scanned->last);
	if (pass->rules->cache_known && !in_direct_map(pass, scanned->first))
		look_at_cache(pass, scanned, 0);
}

static void look_at(struct pass *pass, const struct scanned *scanned)
{
	const char *level = pass->space->paging->level[scanned->level].name;

	if (in_direct_map(pass, scanned->first))
		look_at_direct_map(pass, scanned);
	if (scanned->outcome == WALK_MAPPED)
		look_at_page(pass, scanned);
	else if (scanned->outcome == WALK_CORRUPT)
		count(&pass->corrupt, size_of(scanned),
		      "the %s entry %" PRIx64 " at %" PRIx64 ", for %" PRIx64
		      " to %" PRIx64,
		      level, scanned->entry, scanned->entry_paddr,
		      scanned->first, scanned->last);
	else
		count(&pass->missing, size_of(scanned),
		      "the %s entry at %" PRIx64 " (%s), for %" PRIx64
		      " to %" PRIx64,
		      level, scanned->entry_paddr,
		      page_state_names[scanned->reason], scanned->first,
		      scanned->last);
}

static int by_frame(const void *left, const void *right)
{
	const struct alias *a = left, *b = right;

	if (a->paddr != b->paddr)
		return a->paddr < b->paddr ? -1 : 1;
	if (a->pid != b->pid)
		return a->pid < b->pid ? -1 : 1;
	return (a->vaddr > b->vaddr) - (a->vaddr < b->vaddr);
}

/* Goes up through the frames, and keeps for each cache type the page that
 * reaches furthest: one of another type that begins below its end overlaps. */
static void compare_aliases(struct pass *pass)
{
	const struct alias *furthest[NR_CACHE_TYPES] = { NULL };

	if (pass->nr_aliases)
		qsort(pass->aliases, pass->nr_aliases, sizeof(*pass->aliases),
		      by_frame);
	for (size_t i = 0; i < pass->nr_aliases; i++) {
		const struct alias *alias = &pass->aliases[i];

		for (unsigned int type = 0; type < NR_CACHE_TYPES; type++) {
			const struct alias *other = furthest[type];

			if (type == alias->cache || !other ||
			    other->last < alias->paddr)
				continue;
			count_conflict(&pass->device_conflict, alias->paddr, type,
				       other->vaddr + (alias->paddr - other->paddr),
				       alias);
			break;
		}
		if (!furthest[alias->cache] ||
		    furthest[alias->cache]->last < alias->last)
			furthest[alias->cache] = alias;
	}
}

static void tell_tables(const struct pass *pass, const struct scan *scan)
{
	if (pass->missing.nr)
		check_tell(pass->checker, "tables", CHECK_ERROR,
			   "%" PRIu64 " parts are not in the dump, the first is %s",
			   pass->missing.nr, pass->missing.first);
	if (pass->corrupt.nr)
		check_tell(pass->checker, "tables", CHECK_ERROR,
			   "%" PRIu64 " entries have a bit set that must be 0, the first is %s",
			   pass->corrupt.nr, pass->corrupt.first);
	if (scan->end == SCAN_ENDLESS)
		check_tell(pass->checker, "tables", CHECK_ERROR,
			   "they name each other without end: stopped at %" PRIx64
			   " after %" PRIu64,
			   scan_position(scan), scan->nr_tables);
	else if (scan->end == SCAN_NO_MEMORY)
		check_tell(pass->checker, "tables", CHECK_WARNING,
			   "out of memory at %" PRIx64, scan_position(scan));
	else if (scan->end == SCAN_INTERRUPTED)
		check_tell(pass->checker, "tables", CHECK_WARNING,
			   "interrupted at %" PRIx64 ": nothing above was looked at",
			   scan_position(scan));
	else if (!pass->missing.nr && !pass->corrupt.nr)
		check_tell(pass->checker, "tables", CHECK_OK,
			   "%" PRIu64 " tables map %" PRIu64 " pages of the kernel",
			   scan->nr_tables, pass->nr_pages);
}

static void tell_direct_map(const struct pass *pass)
{
	if (!pass->has_direct_map) {
		check_tell(pass->checker, "direct-map", CHECK_WARNING,
			   "not checked: %s", pass->no_direct_map.message);
		return;
	}
	if (pass->misplaced.nr)
		check_tell(pass->checker, "direct-map", CHECK_ERROR,
			   "%" PRIu64 " pages are not where the direct map has them, the first: %s",
			   pass->misplaced.nr, pass->misplaced.first);
	if (pass->unmapped.nr)
		check_tell(pass->checker, "direct-map", CHECK_WARNING,
			   "%" PRIu64 " bytes of %s are not mapped, the first are %s",
			   pass->unmapped.bytes,
			   pass->resources ? "RAM" :
					     "memory (RAM or reserved: nothing tells)",
			   pass->unmapped.first);
	if (!pass->misplaced.nr && !pass->unmapped.nr)
		tell_none(pass, "direct-map",
			  "maps all memory from %" PRIx64 " on, page by page in order",
			  pass->page_offset);
}

static void tell_rights(const struct pass *pass)
{
	if (!pass->space->paging->no_execute_bit)
		check_tell(pass->checker, "write-execute", CHECK_OK,
			   "not checked: this paging mode cannot keep pages from being run");
	else if (pass->write_execute.nr)
		check_tell(pass->checker, "write-execute", CHECK_WARNING,
			   "%" PRIu64 " bytes can be written and run, the first are %s",
			   pass->write_execute.bytes, pass->write_execute.first);
	else
		tell_none(pass, "write-execute",
			  "nothing can be both written and run");
	if (pass->user.nr)
		check_tell(pass->checker, "user-access", CHECK_ERROR,
			   "%" PRIu64 " bytes of the kernel's half are open to processes, the first are %s",
			   pass->user.bytes, pass->user.first);
	else
		tell_none(pass, "user-access",
			  "no page of the kernel is open to processes");
}

static void tell_cache(const struct pass *pass)
{
	const char *check = "cache";

	if (!pass->rules->cache_known) {
		check_tell(pass->checker, check, CHECK_WARNING,
			   "not checked: the kernel's cache types are not known without its release");
		return;
	}
	if (pass->too_many_aliases)
		check_tell(pass->checker, check, CHECK_WARNING,
			   "only the first %zu pages outside of the direct map were compared",
			   pass->nr_aliases);
	if (pass->memory_conflict.nr)
		check_tell(pass->checker, check, CHECK_ERROR,
			   "%" PRIu64 " mappings have another type than the direct map, the first: %s",
			   pass->memory_conflict.nr, pass->memory_conflict.first);
	if (pass->device_conflict.nr)
		check_tell(pass->checker, check, CHECK_WARNING,
			   "%" PRIu64 " frames are mapped with different types, the first: %s",
			   pass->device_conflict.nr, pass->device_conflict.first);
	if (!pass->memory_conflict.nr && !pass->device_conflict.nr)
		tell_none(pass, check,
			  "no frame is mapped with different types, by the kernel and %zu processes",
			  pass->nr_processes);
}

static void find_direct_map(struct pass *pass)
{
	const struct region *region;

	if (!kernel_require(pass->kernel, FACT_PAGE_OFFSET, &pass->page_offset,
			    &pass->no_direct_map))
		return;
	pass->resources = kernel_resources(pass->kernel, RESOURCE_MEMORY, NULL);
	if (pass->resources &&
	    (pass->resources->nr_damages || !pass->resources->nr))
		pass->resources = NULL;
	region = kernel_region(pass->kernel, pass->page_offset,
			       &pass->no_direct_map);
	if (!region)
		return;
	pass->direct_last = region->last;
	pass->has_direct_map = !strcmp(region->name, "direct-map");
	if (!pass->has_direct_map)
		fail(&pass->no_direct_map, ERROR_UNKNOWN,
		     "%" PRIx64 " lies in %s", pass->page_offset, region->name);
}

static void finish_direct_map(struct pass *pass)
{
	uint64_t last = dump_last_paddr(pass->kernel->dump);

	if (last > pass->direct_last - pass->page_offset)
		last = pass->direct_last - pass->page_offset;
	if (pass->has_direct_map && last >= pass->next)
		count_unmapped(pass, pass->next, last);
}

/* The user's half of one process. */
static void look_at_process(struct pass *pass, struct scan *scan,
			    const struct task *task)
{
	const struct watch watch = { pass->checker->stop, pass->checker->arg };
	struct process process;
	struct scanned scanned;

	if (!kernel_process(pass->kernel, task, &watch, &process, NULL))
		return;
	scan_start(scan, &process.user, 0, process.user_last, false);
	scan->stop = pass->checker->stop;
	scan->stop_arg = pass->checker->arg;
	while (scan_next(scan, &scanned))
		if (scanned.outcome == WALK_MAPPED && !scanned.repeated)
			look_at_cache(pass, &scanned, task->tgid);
	pass->complete &= scan->end == SCAN_COMPLETE;
	pass->nr_processes++;
}

static void look_at_processes(struct pass *pass, struct scan *scan)
{
	const struct watch watch = { pass->checker->stop, pass->checker->arg };
	const struct task_list *list = kernel_tasks(pass->kernel, &watch, NULL);
	struct address_set seen = { 0 };

	for (size_t i = 0; list && i < list->nr && !stopped(pass); i++)
		if (list->task[i].mm &&
		    address_set_add(&seen, list->task[i].mm) == ADDRESS_NEW)
			look_at_process(pass, scan, &list->task[i]);
	address_set_release(&seen);
}

static void run_pass(struct pass *pass, struct scan *scan, uint64_t first)
{
	struct scanned scanned;

	scan_start(scan, pass->space, first,
		   paging_last_address(pass->space->paging), false);
	scan->stop = pass->checker->stop;
	scan->stop_arg = pass->checker->arg;
	while (scan_next(scan, &scanned))
		look_at(pass, &scanned);
	pass->complete = scan->end == SCAN_COMPLETE && !pass->missing.nr &&
			 !pass->corrupt.nr;
	if (scan->end == SCAN_COMPLETE)
		finish_direct_map(pass);
	tell_tables(pass, scan);
	tell_direct_map(pass);
	tell_rights(pass);
	if (pass->rules->cache_known)
		look_at_processes(pass, scan);
	compare_aliases(pass);
	tell_cache(pass);
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
		fail(&err, ERROR_SYSTEM, "out of memory");
	if (!scan || !kernel_half(checker->kernel, &first, &err)) {
		check_tell(checker, "tables", CHECK_WARNING, "not checked: %s",
			   err.message);
	} else {
		find_direct_map(&pass);
		run_pass(&pass, scan, first);
	}
	free(pass.aliases);
	free(scan);
}
