/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/users/process_map.h"

#include <stdlib.h>
#include <string.h>

#include "base/sort.h"
#include "paging/scan.h"
#include "report/users/sparse_set.h"
#include "linux/task/mm.h"
#include "linux/task/task_info.h"

/* A process, during the scans. */
struct candidate {
	struct process_use use; /* must be the first member, because by_size() casts to it */
	const struct task *task;
};

struct process_map_work {
	struct process_map *map;
	struct kernel *kernel;
	struct task_facts facts;
	struct scan *scan; /* owned */
	/* once: frames that at least one process maps; again: frames that are mapped more than
	 * once. */
	struct sparse_set once, again;
	struct candidate *candidate; /* owned */
	size_t nr;
};

static void count_tasks(struct process_map *map, const struct task_list *list)
{
	map->nr_tasks = list->nr;
	map->damages = list->damages;
	for (size_t i = 0; i < list->nr; i++)
		map->nr_kernel_threads += !list->task[i].mm;
}

static bool find_candidates(struct process_map_work *work)
{
	const struct task *task;
	struct mm_pass pass;

	if (!mm_pass_start(&pass, work->kernel, &work->map->why))
		return false;
	work->candidate = calloc(pass.list->nr + 1, sizeof(*work->candidate));
	while (work->candidate && (task = mm_pass_next(&pass))) {
		struct candidate *one = &work->candidate[work->nr++];
		struct task_info info = task_info_read(work->kernel, &work->facts, task);

		one->task = task;
		one->use.pid = task->tgid;
		one->use.state = info.state;
		one->use.has_rss = info.has_rss;
		one->use.rss = info.rss;
		memcpy(one->use.comm, task->comm, sizeof(one->use.comm));
	}
	mm_pass_release(&pass);
	return (work->candidate && !pass.missed) || out_of_memory(&work->map->why);
}

/* Scans the user half of a process, and calls take() for each mapped range of frames. */
static void process_map_scan_process(struct process_map_work *work, struct candidate *one,
				     void (*take)(struct process_map_work *work,
						  struct process_use *use, uint64_t first,
						  uint64_t last))
{
	struct scan *scan = work->scan;
	struct scanned scanned;
	struct process process;

	one->use.has_tables = task_process(work->kernel, one->task, &process, &one->use.why);
	if (!one->use.has_tables)
		return;
	one->use.whole = true;
	scan_start(scan, &process.user, 0, process.user_last, false);
	scan->listener = work->kernel->listener;
	while (scan_next(scan, &scanned)) {
		uint64_t first = kernel_pfn(work->kernel, scanned.paddr);
		uint64_t size = kernel_pfn(work->kernel, scanned.page_size);

		if (scanned.outcome == WALK_MAPPED)
			take(work, &one->use, first, first + size - 1);
		else
			one->use.whole = false;
	}
	one->use.whole &= scan->end == SCAN_COMPLETE;
	one->use.tables = scan->nr_tables > scan->nr_repeats ?
				  (scan->nr_tables - scan->nr_repeats - 1) *
					  paging_page_size(process.user.paging) :
				  0;
	scan_release(scan);
}

/* The first pass: adds each frame to `once`, or to `again` if it is already in `once`. */
static void process_map_note(struct process_map_work *work, struct process_use *use, uint64_t first,
			     uint64_t last)
{
	(void)use;
	sparse_set_add(&work->once, &work->again, first, last);
}

/* The second pass: counts frames that only this process maps, and shared frames. */
static void count(struct process_map_work *work, struct process_use *use, uint64_t first,
		  uint64_t last)
{
	uint64_t shared = sparse_set_count(&work->again, first, last);

	use->shared += kernel_frame(work->kernel, shared);
	use->own += kernel_frame(work->kernel, last - first + 1 - shared);
}

static int by_size(const void *left, const void *right)
{
	const struct process_use *a = left, *b = right;
	uint64_t one = a->has_rss ? a->rss : a->own + a->shared;
	uint64_t other = b->has_rss ? b->rss : b->own + b->shared;

	return (one < other) - (one > other) ?: (a->pid > b->pid) - (a->pid < b->pid);
}

static void keep_largest(struct process_map_work *work)
{
	struct process_map *map = work->map;

	if (!sort_items(work->candidate, work->nr, sizeof(*work->candidate), by_size,
			work->kernel->listener))
		return;
	map->nr_processes = work->nr;
	map->process = calloc(MOST_PROCESSES, sizeof(*map->process));
	for (size_t i = 0; map->process && i < work->nr; i++) {
		const struct process_use *use = &work->candidate[i].use;

		map->rss += use->rss;
		map->own += use->own;
		map->shared += use->shared;
		map->tables += use->tables;
		if (map->nr < MOST_PROCESSES)
			map->process[map->nr++] = *use;
	}
}

static void look_at_all(struct process_map_work *work)
{
	for (size_t i = 0; i < work->nr && !kernel_stopped(work->kernel); i++)
		process_map_scan_process(work, &work->candidate[i], process_map_note);
	for (size_t i = 0; i < work->nr && !kernel_stopped(work->kernel); i++)
		process_map_scan_process(work, &work->candidate[i], count);
	work->map->interrupted = kernel_stopped(work->kernel);
	work->map->shared_cut = work->once.cut || work->again.cut;
}

void process_map_make(struct process_map *map, struct kernel *kernel, bool tables)
{
	struct process_map_work work = { .map = map, .kernel = kernel };
	const struct task_list *list;

	*map = (struct process_map){ 0 };
	list = task_all(kernel, &map->why);
	if (!list)
		return;
	count_tasks(map, list);
	task_facts_read(kernel, list, &work.facts);
	work.scan = malloc(sizeof(*work.scan));
	if (work.scan && find_candidates(&work)) {
		if (tables)
			look_at_all(&work);
		keep_largest(&work);
		map->known = map->process != NULL;
	}
	task_facts_release(&work.facts);
	sparse_set_release(&work.once);
	sparse_set_release(&work.again);
	free(work.candidate);
	free(work.scan);
}

void process_map_release(struct process_map *map)
{
	free(map->process);
	map->process = NULL;
}
