/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds frames that have several mappings with different cache types. The mappings can be in the
 * direct map, in the rest of the kernel's half, or in processes. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "kernel/arch.h"
#include "check/check_pass.h"
#include "linux/resource.h"
#include "base/array.h"
#include "base/ranges.h"
#include "base/sort.h"
#include "kernel/entry.h"
#include "paging/family.h"

enum { MAX_ALIASES = 1 << 22, MAX_RUNS = 1 << 22 };

/* Lists the RAM in the kernel's resources, sorted by address. A range of RAM that is within another
 * range of RAM is left out. */
static void find_ram(struct pass *pass)
{
	const struct resource_tree *tree = pass->resources;

	pass->ram = calloc(tree->nr, sizeof(*pass->ram));
	for (size_t i = 0; pass->ram && i < tree->nr; i++) {
		const struct resource *resource = &tree->resource[i];

		if (!resource_is_ram(resource) ||
		    (pass->nr_ram && resource->end <= pass->ram[pass->nr_ram - 1].last))
			continue;
		pass->ram[pass->nr_ram++] = (struct ram){ resource->start, resource->end };
	}
}

bool check_is_ram(struct pass *pass, uint64_t paddr)
{
	size_t at;

	if (!pass->resources)
		return true;
	if (!pass->ram)
		find_ram(pass);
	at = RANGES_SEARCH(pass->ram, pass->nr_ram, paddr);
	return at < pass->nr_ram && pass->ram[at].first <= paddr;
}

/* Returns true if makedumpfile may have left the table out. makedumpfile leaves out pages of zeros.
 * In an ELF core, such a page looks like an address without memory, and only the kernel's resources
 * show that there was RAM. */
bool check_is_left_out(struct pass *pass, const struct scanned *scanned)
{
	return scanned->reason == PAGE_FILTERED ||
	       (scanned->reason == PAGE_ABSENT && pass->resources &&
		check_is_ram(pass, scanned->entry_paddr));
}

static void keep_alias(struct pass *pass, const struct frame_alias *alias)
{
	if (pass->nr_aliases == MAX_ALIASES ||
	    !array_add(&pass->aliases, &pass->nr_aliases, &pass->room_aliases, alias,
		       sizeof(*alias)))
		pass->too_many_aliases = true;
}

static void count_conflict(struct tally *tally, uint64_t paddr, enum cache_type cache,
			   uint64_t vaddr, const struct frame_alias *alias)
{
	char of[32] = "";

	if (alias->pid)
		snprintf(of, sizeof(of), " of pid %d", (int)alias->pid);
	check_count(tally, 0,
		    "%" PRIx64 " is mapped as %s at %" PRIx64 " and as %s at %" PRIx64 "%s", paddr,
		    cache_type_names[cache], vaddr, cache_type_names[alias->cache],
		    alias->vaddr + (paddr - alias->paddr), of);
}

/* --- the direct map --- */

static uint8_t cache_of(const struct pass *pass, const struct scanned *scanned)
{
	const struct paging *paging = pass->space->paging;

	return (uint8_t)
		pass->rules->cache[entry_cache_index(paging, scanned->level, scanned->entry)];
}

static void check_cache_add_run(struct pass *pass, uint64_t first, uint64_t last, uint8_t cache)
{
	struct direct_run run = { .first = first, .last = last, .cache = cache };
	struct direct_run *before = pass->nr_runs ? &pass->runs[pass->nr_runs - 1] : NULL;

	if (before && before->last + 1 == first && before->cache == cache)
		before->last = last;
	else if (pass->nr_runs == MAX_RUNS ||
		 !array_add(&pass->runs, &pass->nr_runs, &pass->room_runs, &run, sizeof(run)))
		pass->too_many_runs = true;
}

/* Collects the pages of the direct map in one pass. If large pages are mapped many times, a
 * separate page table walk for each page of each alias would take too long. */
static void check_cache_find_runs(struct pass *pass)
{
	struct scan *scan = malloc(sizeof(*scan));
	struct scanned scanned;

	pass->runs_known = true;
	pass->too_many_runs = !scan;
	if (!scan)
		return;
	scan_start(scan, pass->space, pass->direct_first, pass->direct_last, false);
	scan->listener = pass->kernel->listener;
	while (!pass->too_many_runs && scan_next(scan, &scanned)) {
		uint64_t first = scanned.first - pass->direct_base;
		uint64_t last = scanned.last - pass->direct_base;

		if (scanned.outcome != WALK_MAPPED || scanned.paddr != first)
			continue;
		if (scanned.repeated)
			last = first + (scanned.page_size - 1);
		check_cache_add_run(pass, first, last, cache_of(pass, &scanned));
	}
	scan_release(scan);
	free(scan);
	for (size_t i = pass->nr_runs; i-- > 0;) {
		struct direct_run *run = &pass->runs[i];

		run->next_other = i + 1;
		if (i + 1 < pass->nr_runs && run[1].cache == run->cache)
			run->next_other = run[1].next_other;
	}
}

/* Compares the alias with the direct map, which also maps devices that are between ranges of RAM. A
 * conflict at an address of RAM is counted in memory_conflict, and any other conflict in
 * device_conflict. */
static void compare_with_direct_map(struct pass *pass, const struct frame_alias *alias)
{
	const struct direct_run *run;
	size_t at;
	uint64_t paddr;

	if (!pass->runs_known)
		check_cache_find_runs(pass);
	at = RANGES_SEARCH(pass->runs, pass->nr_runs, alias->paddr);
	if (at < pass->nr_runs && pass->runs[at].cache == alias->cache)
		at = pass->runs[at].next_other;
	if (at >= pass->nr_runs || pass->runs[at].first > alias->last)
		return;
	run = &pass->runs[at];
	paddr = run->first > alias->paddr ? run->first : alias->paddr;
	count_conflict(check_is_ram(pass, paddr) ? &pass->memory_conflict : &pass->device_conflict,
		       paddr, run->cache, pass->direct_base + paddr, alias);
}

static bool is_direct(const struct pass *pass, uint64_t paddr)
{
	return pass->has_direct_map && paddr <= pass->direct_last - pass->direct_base &&
	       space_maps(pass->space, pass->direct_base + paddr, paddr);
}

/* Returns true if check_cache_of() would find nothing for this page of a process, and would not need
 * to keep the page. Can be called in any thread after check_cache_prepare(). *last_run: set it to 0
 * before the first call. */
static void check_cache_prepare(struct pass *pass)
{
	if (pass->rules->cache_known && pass->has_direct_map && !pass->runs_known)
		check_cache_find_runs(pass);
}

/* A page is plain if the direct map also maps it as write-back. Most pages are in the part of the
 * direct map that was found last. */
bool check_cache_is_plain(const struct pass *pass, const struct scanned *scanned, size_t *last_run)
{
	uint64_t last = scanned->paddr + (scanned->page_size - 1);
	const struct direct_run *run;
	size_t at = *last_run;

	if (!pass->rules->cache_known)
		return true;
	if (cache_of(pass, scanned) != CACHE_WB)
		return false;
	if (at >= pass->nr_runs || pass->runs[at].first > scanned->paddr ||
	    pass->runs[at].last < scanned->paddr)
		at = RANGES_SEARCH(pass->runs, pass->nr_runs, scanned->paddr);
	if (at >= pass->nr_runs)
		return false;
	*last_run = at;
	run = &pass->runs[at];
	return run->first <= scanned->paddr && run->last >= last && run->cache == CACHE_WB;
}

void check_cache_of(struct pass *pass, const struct scanned *scanned, int32_t pid)
{
	struct frame_alias alias = {
		.paddr = scanned->paddr,
		.last = scanned->paddr + (scanned->page_size - 1),
		.vaddr = scanned->first,
		.cache = cache_of(pass, scanned),
		.pid = pid,
	};

	if (pid) {
		check_cache_prepare(pass);
		if (check_cache_is_plain(pass, scanned, &pass->last_run))
			return;
	}
	if (!pid && alias.cache == CACHE_NC && pass->kernel->arch->remaps_for_dma)
		return;
	/* If the direct map maps the frame, each alias of the frame is compared with the direct
	 * map. So the write-back mapping of a process need not be compared with other aliases. */
	if (!pid || alias.cache != CACHE_WB || !is_direct(pass, alias.paddr))
		keep_alias(pass, &alias);
	if (pass->has_direct_map)
		compare_with_direct_map(pass, &alias);
}

static int check_cache_by_frame(const void *left, const void *right)
{
	const struct frame_alias *a = left, *b = right;

	return COMPARE(a->paddr, b->paddr)     ?:
		       COMPARE(a->pid, b->pid) ?:
						 COMPARE(a->vaddr, b->vaddr);
}

/* Compares aliases with each other, in the order of their first frames. For each cache type, it
 * keeps the alias with the largest end so far. If a later alias of another type begins before that
 * end, the two aliases conflict. */
static void compare_aliases(struct pass *pass)
{
	const struct frame_alias *furthest[NR_CACHE_TYPES] = { NULL };

	if (!sort_items(pass->aliases, pass->nr_aliases, sizeof(*pass->aliases),
			check_cache_by_frame, pass->kernel->listener)) {
		pass->complete = false;
		return;
	}
	for (size_t i = 0; i < pass->nr_aliases; i++) {
		const struct frame_alias *alias = &pass->aliases[i];

		for (unsigned int type = 0; type < NR_CACHE_TYPES; type++) {
			const struct frame_alias *other = furthest[type];

			if (type == alias->cache || !other || other->last < alias->paddr)
				continue;
			count_conflict(&pass->device_conflict, alias->paddr, type,
				       other->vaddr + (alias->paddr - other->paddr), alias);
			break;
		}
		if (!furthest[alias->cache] || furthest[alias->cache]->last < alias->last)
			furthest[alias->cache] = alias;
	}
}

static void tell_no_conflict(const struct pass *pass, enum check check)
{
	if (pass->no_processes.code)
		check_tell_none(pass, check, pass->complete,
				"the kernel maps no frame with different cache types");
	else
		check_tell_none(
			pass, check, pass->complete && pass->processes_complete,
			"the kernel and %zu process%s map no frame with different cache types",
			pass->nr_processes, pass->nr_processes == 1 ? "" : "es");
}

void check_tell_cache(struct pass *pass)
{
	enum check check = CHECK_OF_CACHE;

	if (!pass->rules->cache_known) {
		check_tell(
			pass->checker, check, CHECK_NOT_CHECKED,
			"the cache types of this kernel are not known from its page tables and its release");
		return;
	}
	compare_aliases(pass);
	if (pass->too_many_aliases)
		check_tell(pass->checker, check, CHECK_NOT_CHECKED,
			   "only the first %zu pages outside of the direct map were compared",
			   pass->nr_aliases);
	if (pass->too_many_runs)
		check_tell(pass->checker, check, CHECK_NOT_CHECKED,
			   "only the first %zu parts of the direct map were compared",
			   pass->nr_runs);
	check_tell_tally(&pass->memory_conflict, CHECK_ERROR,
			 "mapping has another cache type than the direct map",
			 "mappings have another cache type than the direct map");
	check_tell_tally(&pass->device_conflict, CHECK_WARNING,
			 "frame is mapped with different cache types",
			 "frames are mapped with different cache types");
	if (!pass->memory_conflict.nr && !pass->device_conflict.nr)
		tell_no_conflict(pass, check);
}
