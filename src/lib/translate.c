/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Translates addresses, using a page table. */
#include "query/translate.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/crew.h"
#include "kernel/arch.h"
#include "lib/handle.h"

#define SAME(status) ((int)KWALK_##status == (int)TRANSLATION_##status)
_Static_assert(SAME(MAPPED) && SAME(NOT_MAPPED) && SAME(PROT_NONE) && SAME(SWAPPED) &&
		       SAME(MIGRATION) && SAME(HWPOISON) && SAME(DEVICE) && SAME(MARKER) &&
		       SAME(NONLINEAR) && SAME(SPECIAL) && SAME(NON_CANONICAL) && SAME(CORRUPT) &&
		       (int)KWALK_TABLE_UNREADABLE == (int)TRANSLATION_UNREADABLE &&
		       (int)KWALK_TABLE_UNREADABLE + 1 == (int)NR_TRANSLATION_STATUSES,
	       "kwalk.h and query/translate.h have the same statuses");

/* Returns the name of a status. For KWALK_SPECIAL, the name is "special", but the program shows
 * "error" and a message. The library does not use the word "error" here, because there it means
 * that a call failed, and a walk with this status does not fail. */
const char *kwalk_status_name(int status)
{
	if (status < 0 || status >= NR_TRANSLATION_STATUSES)
		return NULL;
	return status == KWALK_SPECIAL ? "special" : translation_status_names[status];
}

static bool library_translate(struct call *call, const struct process *process, uint64_t vaddr,
			      uint64_t *paddr)
{
	struct walk walk;

	if (!call_wants(call, paddr, "paddr") ||
	    !process_require_memory(process, vaddr, &call->err))
		return false;
	walk_page_table_to(process_space(process, vaddr), vaddr, &walk);
	if (walk.outcome == WALK_MAPPED) {
		*paddr = walk.paddr;
		return true;
	}
	if (call->error)
		fail(&call->err, ERROR_NO_ANSWER, "%" PRIx64 " is not mapped", vaddr);
	else
		call->err.code = ERROR_NO_ANSWER;
	return false;
}

int kwalk_translate(kwalk_space *space, uint64_t vaddr, uint64_t *paddr, struct kwalk_error *error)
{
	struct call call;

	if (!call_begin(&call, space ? space->handle : NULL, READS_DUMP, error))
		return call.refused;
	return call_end(&call, library_translate(&call, &space->process, vaddr, paddr));
}

/* Translates addresses for a process that has a separate page table for user addresses, or no user
 * memory. Works in
 * groups of SOME addresses. In each group, first translates all user addresses, then the others.
 * Another thread of the caller may change vaddrs, so each group is copied once. */
static void translate_apart(const struct process *process, const uint64_t *vaddrs, uint64_t *paddrs,
			    size_t nr)
{
	enum { SOME = 256 };
	uint64_t group[SOME], asked[SOME], found[SOME];
	size_t at[SOME];

	for (size_t start = 0; start < nr; start += SOME) {
		size_t nr_group = smaller_of(nr - start, SOME);
		size_t nr_user = 0, nr_asked = 0;

		memcpy(group, vaddrs + start, nr_group * sizeof(*group));
		for (int user = 1; user >= 0; user--) {
			for (size_t i = 0; i < nr_group; i++)
				if ((group[i] <= process->user_last) == user) {
					at[nr_asked] = start + i;
					asked[nr_asked++] = group[i];
				}
			if (user)
				nr_user = nr_asked;
		}
		if (process_require_memory(process, 0, NULL))
			walk_page_tables(&process->user, asked, found, nr_user);
		else
			memset(found, 0xff, nr_user * sizeof(*found)); /* KWALK_UNMAPPED */
		walk_page_tables(&process->space, asked + nr_user, found + nr_user,
				 nr_asked - nr_user);
		for (size_t i = 0; i < nr_asked; i++)
			paddrs[at[i]] = found[i];
	}
}

/* Addresses that are translated in parts, so that the user can stop the work between two parts, and
 * so that several threads can work. */
struct many {
	struct kernel *kernel;
	const struct process *process;
	const uint64_t *vaddrs;
	uint64_t *paddrs;
	size_t nr, taken, mapped;
};

struct many_part {
	size_t first, nr; /* the addresses */
	size_t mapped; /* the number of them that are mapped */
};

/* Each thread has its own reader of the dump. */
struct many_worker {
	const struct many *many;
	struct process process; /* reads with `reader` */
	struct dump *reader; /* owned */
};

static void many_worker_destroy(void *arg)
{
	struct many_worker *worker = arg;

	dump_reader_destroy(worker->reader);
	free(worker);
}

static void *many_worker_create(void *arg)
{
	const struct many *many = arg;
	struct many_worker *worker = calloc(1, sizeof(*worker));

	if (!worker)
		return NULL;
	worker->many = many;
	worker->process = *many->process;
	worker->reader = dump_reader_create(many->process->space.dump);
	worker->process.space.dump = worker->process.user.dump = worker->reader;
	if (worker->reader)
		return worker;
	free(worker);
	return NULL;
}

static bool many_all_taken(void *arg)
{
	const struct many *many = arg;

	return many->taken == many->nr;
}

static bool many_take(void *arg, void *piece)
{
	enum { PART = 1 << 16 };
	struct many *many = arg;
	struct many_part *part = piece;

	part->first = many->taken;
	part->nr = many->nr - many->taken < PART ? many->nr - many->taken : PART;
	many->taken += part->nr;
	return true;
}

static void many_translate(const struct many *many, const struct process *process,
			   struct many_part *part)
{
	const uint64_t *vaddrs = many->vaddrs + part->first;
	uint64_t *paddrs = many->paddrs + part->first;

	if (process->user.root != process->space.root || !process_require_memory(process, 0, NULL))
		translate_apart(process, vaddrs, paddrs, part->nr);
	else
		walk_page_tables(&process->space, vaddrs, paddrs, part->nr);
	part->mapped = 0;
	for (size_t i = 0; i < part->nr; i++)
		part->mapped += paddrs[i] != KWALK_UNMAPPED;
}

static void many_make(void *arg, void *piece)
{
	struct many_worker *worker = arg;

	many_translate(worker->many, &worker->process, piece);
}

/* Ends the work if the user stopped it; call_end() will report that. */
static bool many_give(void *arg, void *piece)
{
	struct many *many = arg;
	const struct many_part *part = piece;

	many->mapped += part->mapped;
	return !kernel_stopped(many->kernel);
}

/* Is the work worth threads? Only the memory of files that are mapped is shared by all readers. */
static bool many_uses_threads(const struct many *many)
{
	enum { WORTH_THREADS = 1 << 18 };

	return many->nr >= WORTH_THREADS && dump_extents_last(many->kernel->dump);
}

/* Translates addresses, and counts those that are mapped. */
static void translate_all(struct many *many)
{
	enum { NR_PARTS = 2 * CREW_MOST_THREADS };
	struct many_part parts[NR_PARTS];
	const struct crew crew = {
		.nr_threads = crew_cpus(),
		.pieces = parts,
		.nr_pieces = NR_PARTS,
		.piece_size = sizeof(*parts),
		.worker_create = many_worker_create,
		.worker_destroy = many_worker_destroy,
		.take = many_take,
		.all_taken = many_all_taken,
		.make = many_make,
		.give = many_give,
		.arg = many,
	};

	if (many_uses_threads(many) && crew_run(&crew) != CREW_NO_MEMORY)
		return;
	while (!many_all_taken(many)) {
		many_take(many, parts);
		many_translate(many, many->process, parts);
		if (!many_give(many, parts))
			return;
	}
}

int kwalk_translate_many(kwalk_space *space, const uint64_t *vaddrs, uint64_t *paddrs, size_t nr,
			 size_t *nr_mapped, struct kwalk_error *error)
{
	struct call call;
	struct many many = { .vaddrs = vaddrs, .paddrs = paddrs, .nr = nr };
	bool wanted;
	int code;

	if (!call_begin(&call, space ? space->handle : NULL, READS_DUMP, error))
		return call.refused;
	wanted =
		!nr || (call_wants(&call, vaddrs, "vaddrs") && call_wants(&call, paddrs, "paddrs"));
	many.kernel = call.kernel;
	many.process = &space->process;
	if (wanted)
		translate_all(&many);
	code = call_end(&call, wanted);
	if (nr_mapped && status_shows(code))
		*nr_mapped = many.mapped;
	return code;
}

/* --- one walk, and the meaning of its last entry --- */

static void copy_steps(const struct walk *walk, const struct paging *paging,
		       struct kwalk_walk *found)
{
	unsigned int nr = walk->nr_steps + (walk->outcome == WALK_UNREADABLE);

	for (unsigned int i = 0; i < paging->nr_levels; i++)
		found->level_name[i] = paging->level[i].name;
	for (unsigned int i = 0; i < nr; i++)
		found->entry_paddr[i] = walk->step[i].entry_paddr;
	for (unsigned int i = 0; i < walk->nr_steps; i++)
		found->entry[i] = walk->step[i].entry;
	found->nr_entries = walk->nr_steps;
	found->last_level = (uint8_t)walk_last_level(walk);
}

static void translate_describe(struct call *call, const struct space *space,
			       const struct translation *translation, struct kwalk_walk *found)
{
	const struct entry_meaning *meaning = &translation->meaning;
	const struct walk *walk = &translation->walk;
	struct error trouble;
	size_t used = 0;

	found->status = translation->status;
	found->vaddr = walk->vaddr;
	walk_range(space, walk, &found->first, &found->last);
	found->page_size = walk->page_size;
	found->has_paddr = translation->has_physical;
	found->paddr = translation->physical;
	found->page_state = translation->page_state;
	found->reason = walk->reason;
	found->writable = walk->writable;
	found->executable = walk->executable;
	found->user = walk->user;
	found->has_swap = meaning->has_swap;
	found->swap_type = meaning->swap_type;
	found->swap_offset = meaning->swap_offset;
	if (walk->outcome == WALK_MAPPED && meaning->has_cache)
		found->cache = cache_type_names[meaning->cache];
	if (translation_trouble(translation, space, &trouble))
		found->message = handle_text(call->handle, &used, trouble.message);
	copy_steps(walk, space->paging, found);
}

int kwalk_walk(kwalk_space *space, uint64_t vaddr, struct kwalk_walk *walk,
	       struct kwalk_error *error)
{
	struct kwalk_walk found = { 0 };
	struct translation translation;
	const struct space *table;
	struct call call;

	if (!call_begin(&call, space ? space->handle : NULL, READS_ALL, error))
		return call.refused;
	if (!process_require_memory(&space->process, vaddr, &call.err))
		return call_end(&call, false);
	table = process_space(&space->process, vaddr);
	translation = query_translate(call.kernel, table, vaddr);
	translate_describe(&call, table, &translation, &found);
	return call_end(&call, call_give(&call, walk, &found, sizeof(found)));
}

static bool translate_find_flags(struct call *call, const struct paging *paging, unsigned int level,
				 uint64_t entry, struct entry_flags *flags)
{
	if (level >= paging->nr_levels)
		return fail(&call->err, ERROR_USAGE, "there is no level %u: the levels are 0 to %u",
			    level, paging->nr_levels - 1);
	*flags = call->kernel->arch->entry_flags(kernel_entry_rules(call->kernel), paging, level,
						 entry);
	return true;
}

int kwalk_entry_flags(kwalk_space *space, unsigned int level, uint64_t entry, const char **names,
		      size_t room, size_t *nr, struct kwalk_error *error)
{
	struct entry_flags flags = { .nr = 0 };
	struct call call;
	bool found;

	if (!call_begin(&call, space ? space->handle : NULL, READS_ALL, error))
		return call.refused;
	found = (!room || call_wants(&call, names, "names")) && call_wants(&call, nr, "nr") &&
		translate_find_flags(&call, space->process.space.paging, level, entry, &flags);
	for (size_t i = 0; found && i < flags.nr && i < room; i++)
		names[i] = flags.name[i];
	if (found)
		*nr = flags.nr;
	return call_end(&call, found);
}
