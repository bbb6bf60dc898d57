/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames that are mapped with different cache types: by the kernel outside of the
 * direct map, in the direct map, by processes. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/address_set.h"
#include "kernel/check_pass.h"
#include "kernel/mm.h"

enum { MAX_ALIASES = 1 << 22 };

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
	check_count(tally, 0,
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

void check_cache_of(struct pass *pass, const struct scanned *scanned, int32_t pid)
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
			check_cache_of(pass, &scanned, task->tgid);
	pass->complete &= scan->end == SCAN_COMPLETE;
	pass->nr_processes++;
}

void check_cache_of_processes(struct pass *pass, struct scan *scan)
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

void check_tell_cache(struct pass *pass)
{
	const char *check = "cache";

	if (!pass->rules->cache_known) {
		check_tell(pass->checker, check, CHECK_WARNING,
			   "not checked: the kernel's cache types are not known without its release");
		return;
	}
	compare_aliases(pass);
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
		check_tell_none(pass, check,
				"no frame is mapped with different types, by the kernel and %zu processes",
				pass->nr_processes);
}

