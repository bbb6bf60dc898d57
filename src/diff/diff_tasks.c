/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "diff/diff.h"

#include <stdlib.h>
#include <string.h>

#include "base/ranges.h"
#include "base/sort.h"

/* The tasks of one dump, sorted for the comparison. */
struct sorted {
	struct kernel *kernel;
	const struct task_list *list;
	const struct task **task; /* owned; list->nr tasks */
	size_t at; /* current index in the sorted tasks, while tasks are compared by name */
	struct task_facts facts;
};

struct diff_tasks_comparison {
	const struct diff *diff;
	struct sorted side[NR_SIDES];
};

/* --- in order --- */

/* Compares by pid, then by CPU, because the idle tasks of all CPUs have pid 0. */
static int by_pid(const void *one, const void *other)
{
	const struct task *const *a = one, *const *b = other;

	return COMPARE((*a)->pid, (*b)->pid) ?: COMPARE((*a)->idle_cpu, (*b)->idle_cpu);
}

static int by_comm(const void *one, const void *other)
{
	const struct task *const *a = one, *const *b = other;

	return strcmp((*a)->comm, (*b)->comm);
}

static bool diff_tasks_sort(struct sorted *sorted, struct kernel *kernel,
			    int (*compare)(const void *one, const void *other), struct error *err)
{
	const struct task_list *list = task_all(kernel, err);

	if (!list)
		return false;
	sorted->kernel = kernel;
	sorted->list = list;
	sorted->task = calloc(list->nr + 1, sizeof(const struct task *));
	if (!sorted->task)
		return out_of_memory(err);
	for (size_t i = 0; i < list->nr; i++)
		sorted->task[i] = &list->task[i];
	task_facts_read(kernel, list, &sorted->facts);
	return sort_items(sorted->task, list->nr, sizeof(const struct task *), compare,
			  kernel->listener) ||
	       fail(err, ERROR_SYSTEM, "the tasks could not be sorted");
}

static void diff_tasks_release(struct sorted *sorted)
{
	free(sorted->task);
	if (sorted->list)
		task_facts_release(&sorted->facts);
}

/* --- one boot --- */

static void diff_tasks_describe(const struct sorted *sorted, enum pair_side side,
				const struct task *task, struct task_diff *diff)
{
	diff->task[side] = task;
	diff->info[side] = task_info_read(sorted->kernel, &sorted->facts, task);
	diff->has_rss[side] = task->pid == task->tgid && diff->info[side].has_rss;
	diff->rss[side] = diff->has_rss[side] ? diff->info[side].rss : 0;
}

/* Reports a task that is in only one dump's list. The status is DIFF_UNKNOWN if the other list is
 * damaged, because the task may be in the missing part of that list. */
static bool tell_single(const struct diff_tasks_comparison *comparison, enum pair_side side,
			const struct task *task)
{
	bool whole = !comparison->side[!side].list->damages.nr;
	struct diff_row row = {
		.part = PART_TASKS,
		.status = pair_single(side, whole),
	};

	diff_tasks_describe(&comparison->side[side], side, task, &row.task);
	return diff_tell(comparison->diff, &row);
}

static bool is_unchanged(const struct task_diff *diff)
{
	const struct task_info *info = diff->info;

	return diff->same_mm && !strcmp(diff->task[THIS]->comm, diff->task[OTHER]->comm) &&
	       info[THIS].has_parent == info[OTHER].has_parent &&
	       info[THIS].parent == info[OTHER].parent &&
	       diff->has_rss[THIS] == diff->has_rss[OTHER] && diff->rss[THIS] == diff->rss[OTHER];
}

/* Compares two tasks with the same pid. If their start times differ, they are different tasks, and
 * each gets a row. */
static bool tell_both(const struct diff_tasks_comparison *comparison,
		      const struct task *const task[NR_SIDES])
{
	struct diff_row row = { .part = PART_TASKS, .status = DIFF_SAME };
	struct task_start start[NR_SIDES];
	bool known;

	for (enum pair_side side = 0; side < NR_SIDES; side++) {
		const struct sorted *sorted = &comparison->side[side];

		start[side] = diff_task_start(sorted->kernel, task[side]->address);
		diff_tasks_describe(sorted, side, task[side], &row.task);
	}
	known = start[THIS].known && start[OTHER].known;
	if (known && memcmp(start[THIS].word, start[OTHER].word, sizeof(start[THIS].word)) != 0)
		return tell_single(comparison, OTHER, task[OTHER]) &&
		       tell_single(comparison, THIS, task[THIS]);
	row.task.same_mm = task[THIS]->mm == task[OTHER]->mm;
	if (!is_unchanged(&row.task))
		row.status = known ? DIFF_CHANGED : DIFF_UNKNOWN;
	return diff_tell(comparison->diff, &row);
}

static void diff_tasks_compare_pids(const struct diff_tasks_comparison *comparison)
{
	const struct sorted *side = comparison->side;
	struct pair_merge merge = {
		.items = { side[THIS].task, side[OTHER].task },
		.nr = { side[THIS].list->nr, side[OTHER].list->nr },
		.size = sizeof(const struct task *),
		.compare = by_pid,
	};
	const void *item[NR_SIDES];
	bool more = true;

	while (more && !pair_stopped(comparison->diff->pair) && pair_next(&merge, item)) {
		const struct task *const *this = item[THIS], *const *other = item[OTHER];

		if (this && other)
			more = tell_both(comparison, (const struct task *const[]){ *this, *other });
		else
			more = tell_single(comparison, this ? THIS : OTHER, this ? *this : *other);
	}
}

/* --- two boots --- */

/* Returns the next task, or NULL at the end of the list. */
static const struct task *current(const struct sorted *sorted)
{
	return sorted->at < sorted->list->nr ? sorted->task[sorted->at] : NULL;
}

/* Adds the next task, and all tasks with the same name that follow it. Returns false if the user
 * stopped the command. */
static bool diff_tasks_add_named(struct diff_tasks_comparison *comparison, enum pair_side side,
				 struct task_diff *diff)
{
	struct sorted *sorted = &comparison->side[side];
	const struct task *task;

	while ((task = current(sorted)) && !strcmp(task->comm, diff->comm)) {
		struct task_diff one = { .comm = NULL };

		if (pair_stopped(comparison->diff->pair))
			return false;
		diff_tasks_describe(sorted, side, task, &one);
		diff->nr[side]++;
		diff->has_rss[side] |= one.has_rss[side];
		diff->rss[side] += one.rss[side];
		sorted->at++;
	}
	return true;
}

static enum diff_status status_of_named(const struct diff_tasks_comparison *comparison,
					const uint64_t nr[NR_SIDES])
{
	enum pair_side less = nr[THIS] < nr[OTHER] ? THIS : OTHER;

	if (nr[THIS] == nr[OTHER])
		return DIFF_SAME;
	if (nr[less] && !comparison->side[less].list->damages.nr)
		return DIFF_CHANGED;
	return pair_single(!less, !comparison->side[less].list->damages.nr);
}

static void diff_tasks_compare_names(struct diff_tasks_comparison *comparison)
{
	struct sorted *side = comparison->side;
	bool more = true;

	while (more && !pair_stopped(comparison->diff->pair)) {
		const struct task *this = current(&side[THIS]), *other = current(&side[OTHER]);
		struct diff_row row = { .part = PART_TASKS };

		if (!this && !other)
			break;
		if (!this || (other && strcmp(other->comm, this->comm) < 0))
			this = other;
		row.task.comm = this->comm;
		if (!diff_tasks_add_named(comparison, THIS, &row.task) ||
		    !diff_tasks_add_named(comparison, OTHER, &row.task))
			break;
		row.status = status_of_named(comparison, row.task.nr);
		more = diff_tell(comparison->diff, &row);
	}
}

/* --- one or two boots --- */

bool diff_tasks(const struct diff *diff)
{
	struct diff_tasks_comparison comparison = { .diff = diff };
	struct error *err = &diff->summary->why;
	bool by_names = diff->pair->same_boot == NO, done = true;

	for (enum pair_side side = 0; side < NR_SIDES && done; side++)
		done = diff_tasks_sort(&comparison.side[side], diff->pair->kernel[side],
				       by_names ? by_comm : by_pid, err) ||
		       pair_blame(side, err);
	if (done && by_names)
		diff_tasks_compare_names(&comparison);
	else if (done)
		diff_tasks_compare_pids(&comparison);
	for (enum pair_side side = 0; side < NR_SIDES; side++)
		diff_tasks_release(&comparison.side[side]);
	return done;
}
