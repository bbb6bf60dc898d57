/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "diff/diff_tasks.h"

#include <stdlib.h>
#include <string.h>

#include "base/sort.h"

/* One dump's tasks in the order of the comparison. */
struct sorted {
	struct kernel *kernel;
	const struct task_list *list;
	const struct task **task; /* owned; list->nr of them */
	size_t at;
	struct task_facts facts;
};

struct comparison {
	const struct pair *pair;
	struct sorted side[NR_SIDES];
	bool (*visit)(const struct task_diff *diff, void *arg);
	void *arg;
	struct diff_counts *counts;
};

/* --- in order --- */

/* CPUs' idle tasks all have pid 0. */
static int order_by_pid(const struct task *one, const struct task *other)
{
	if (one->pid != other->pid)
		return one->pid < other->pid ? -1 : 1;
	return (one->idle_cpu > other->idle_cpu) -
	       (one->idle_cpu < other->idle_cpu);
}

static int by_pid(const void *one, const void *other)
{
	const struct task *const *a = one, *const *b = other;

	return order_by_pid(*a, *b);
}

static int by_comm(const void *one, const void *other)
{
	const struct task *const *a = one, *const *b = other;

	return strcmp((*a)->comm, (*b)->comm);
}

static bool sort(struct sorted *sorted, struct kernel *kernel,
		 int (*compare)(const void *one, const void *other),
		 struct error *err)
{
	const struct task_list *list = kernel_tasks(kernel, err);

	if (!list)
		return false;
	sorted->kernel = kernel;
	sorted->list = list;
	sorted->task = calloc(list->nr + 1, sizeof(const struct task *));
	if (!sorted->task)
		return out_of_memory(err);
	for (size_t i = 0; i < list->nr; i++)
		sorted->task[i] = &list->task[i];
	kernel_task_facts(kernel, list, &sorted->facts);
	return sort_items(sorted->task, list->nr, sizeof(const struct task *),
			  compare, kernel->listener) ||
	       fail(err, ERROR_SYSTEM, "the tasks could not be sorted");
}

static void release(struct sorted *sorted)
{
	free(sorted->task);
	if (sorted->list)
		task_facts_release(&sorted->facts);
}

/* NULL at the end. */
static const struct task *current(const struct sorted *sorted)
{
	return sorted->at < sorted->list->nr ? sorted->task[sorted->at] : NULL;
}

/* --- one boot --- */

/* What is not in one dump's list was not there, unless a part of the list is damaged. */
static enum diff_status status_of_single(const struct comparison *comparison,
					 enum pair_side has)
{
	if (comparison->side[!has].list->damages.nr)
		return DIFF_UNKNOWN;
	return has == THIS ? DIFF_APPEARED : DIFF_VANISHED;
}

static void describe(const struct comparison *comparison, enum pair_side side,
		     const struct task *task, struct task_diff *diff)
{
	const struct sorted *sorted = &comparison->side[side];

	diff->task[side] = task;
	diff->info[side] =
		kernel_task_info(sorted->kernel, &sorted->facts, task);
	diff->has_rss[side] = task->pid == task->tgid &&
			      diff->info[side].has_rss;
	diff->rss[side] = diff->has_rss[side] ? diff->info[side].rss : 0;
}

static bool tell(const struct comparison *comparison,
		 const struct task_diff *diff)
{
	comparison->counts->nr[diff->status]++;
	return comparison->visit(diff, comparison->arg);
}

static bool tell_single(const struct comparison *comparison,
			enum pair_side side, const struct task *task)
{
	struct task_diff diff = {
		.status = status_of_single(comparison, side),
	};

	describe(comparison, side, task, &diff);
	return tell(comparison, &diff);
}

static bool is_unchanged(const struct task_diff *diff)
{
	const struct task_info *info = diff->info;

	return diff->same_mm &&
	       !strcmp(diff->task[THIS]->comm, diff->task[OTHER]->comm) &&
	       info[THIS].has_parent == info[OTHER].has_parent &&
	       info[THIS].parent == info[OTHER].parent &&
	       diff->has_rss[THIS] == diff->has_rss[OTHER] &&
	       diff->rss[THIS] == diff->rss[OTHER];
}

/* Two tasks of one pid: one task, or the pid was used again. */
static bool tell_both(const struct comparison *comparison,
		      const struct task *const task[NR_SIDES])
{
	struct task_diff diff = { .status = DIFF_SAME };
	struct task_start start[NR_SIDES];
	bool known;

	for (enum pair_side side = 0; side < NR_SIDES; side++) {
		start[side] =
			kernel_task_start(comparison->side[side].kernel,
					  task[side]->address);
		describe(comparison, side, task[side], &diff);
	}
	known = start[THIS].known && start[OTHER].known;
	if (known && memcmp(start[THIS].word, start[OTHER].word,
			    sizeof(start[THIS].word)) != 0)
		return tell_single(comparison, OTHER, task[OTHER]) &&
		       tell_single(comparison, THIS, task[THIS]);
	diff.same_mm = task[THIS]->mm == task[OTHER]->mm;
	if (!is_unchanged(&diff))
		diff.status = known ? DIFF_CHANGED : DIFF_UNKNOWN;
	return tell(comparison, &diff);
}

static void compare_pids(struct comparison *comparison)
{
	struct sorted *side = comparison->side;
	bool more = true;

	while (more && !pair_stopped(comparison->pair)) {
		const struct task *const task[NR_SIDES] = {
			current(&side[THIS]), current(&side[OTHER])
		};
		int order;

		if (!task[THIS] && !task[OTHER])
			break;
		order = !task[THIS]  ? 1 :
			!task[OTHER] ? -1 :
				       order_by_pid(task[THIS], task[OTHER]);
		side[THIS].at += order <= 0;
		side[OTHER].at += order >= 0;
		if (!order)
			more = tell_both(comparison, task);
		else
			more = tell_single(comparison, order < 0 ? THIS : OTHER,
					   order < 0 ? task[THIS] :
						       task[OTHER]);
	}
}

/* --- two boots --- */

/* Adds the tasks of that name, which are next; all tasks may have one name. False: stopped. */
static bool add_named(const struct comparison *comparison, enum pair_side side,
		      struct sorted *sorted, struct task_diff *diff)
{
	const struct task *task;

	while ((task = current(sorted)) && !strcmp(task->comm, diff->comm)) {
		struct task_diff one = { .status = DIFF_SAME };

		if (pair_stopped(comparison->pair))
			return false;
		describe(comparison, side, task, &one);
		diff->nr[side]++;
		diff->has_rss[side] |= one.has_rss[side];
		diff->rss[side] += one.rss[side];
		sorted->at++;
	}
	return true;
}

static enum diff_status status_of_named(const struct comparison *comparison,
					const struct task_diff *diff)
{
	if (diff->nr[THIS] == diff->nr[OTHER])
		return DIFF_SAME;
	if (comparison->side[diff->nr[THIS] < diff->nr[OTHER] ? THIS : OTHER]
		    .list->damages.nr)
		return DIFF_UNKNOWN;
	if (!diff->nr[THIS])
		return DIFF_VANISHED;
	return diff->nr[OTHER] ? DIFF_CHANGED : DIFF_APPEARED;
}

static void compare_names(struct comparison *comparison)
{
	struct sorted *side = comparison->side;
	bool more = true;

	while (more && !pair_stopped(comparison->pair)) {
		const struct task *task[NR_SIDES] = { current(&side[THIS]),
						      current(&side[OTHER]) };
		struct task_diff diff = { .status = DIFF_SAME };

		if (!task[THIS] && !task[OTHER])
			break;
		if (!task[THIS] || (task[OTHER] && strcmp(task[OTHER]->comm,
							  task[THIS]->comm) < 0))
			task[THIS] = task[OTHER];
		diff.comm = task[THIS]->comm;
		if (!add_named(comparison, THIS, &side[THIS], &diff) ||
		    !add_named(comparison, OTHER, &side[OTHER], &diff))
			break;
		diff.status = status_of_named(comparison, &diff);
		more = tell(comparison, &diff);
	}
}

/* --- both --- */

bool diff_tasks(const struct pair *pair,
		bool (*visit)(const struct task_diff *diff, void *arg),
		void *arg, struct diff_counts *counts, struct error *err)
{
	struct comparison comparison = {
		.pair = pair, .visit = visit, .arg = arg, .counts = counts,
	};
	bool by_names = pair->same_boot == NO, done = true;

	for (enum pair_side side = 0; side < NR_SIDES && done; side++)
		done = sort(&comparison.side[side], pair->kernel[side],
			    by_names ? by_comm : by_pid, err) ||
		       pair_blame(side, err);
	if (done && by_names)
		compare_names(&comparison);
	else if (done)
		compare_pids(&comparison);
	for (enum pair_side side = 0; side < NR_SIDES; side++)
		release(&comparison.side[side]);
	return done;
}
