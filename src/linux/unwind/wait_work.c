/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/unwind/wait_work.h"

#include "base/text.h"
#include "kernel/kernel.h"
#include "linux/task/task.h"
#include "linux/unwind/unwind_code.h"
#include "linux/wait_members.h"
#include "symbols/symbol_lookup.h"

/* Finds the function of the work whose list_head is at `links`. Returns false if this is not the
 * list_head of a work. */
static bool work_function(struct kernel *kernel, uint64_t links, uint64_t *work, uint64_t *function)
{
	const struct member *list = kernel_member_as(kernel, WORK_LIST, MEMBER_LINKS, NULL);

	if (!list)
		return false;
	*work = links - list->offset;
	return kernel_read_member(kernel, *work, WORK_FUNCTION, function, NULL) &&
	       unwind_is_code(kernel, *function);
}

static bool is_barrier(struct kernel *kernel, uint64_t function)
{
	struct kernel_symbol symbol;

	return symbol_lookup_at(kernel->symbols, function, &symbol, NULL) &&
	       symbol.address == function && starts_with(symbol.name, "wq_barrier_func");
}

/* The worker whose list of scheduled works begins at `links`: the work that it runs now. */
static bool find_running_work(struct kernel *kernel, uint64_t links, struct wait *wait)
{
	const struct member *scheduled =
		kernel_member_as(kernel, WORKER_SCHEDULED, MEMBER_LINKS, NULL);
	const struct task_list *tasks = task_all(kernel, NULL);
	uint64_t worker, work, function, address;

	if (!scheduled || !tasks)
		return false;
	worker = links - scheduled->offset;
	if (!kernel_read_member(kernel, worker, WORKER_WORK, &work, NULL) || !work ||
	    !kernel_read_member(kernel, worker, WORKER_FUNCTION, &function, NULL) ||
	    !unwind_is_code(kernel, function) ||
	    !kernel_read_member(kernel, worker, WORKER_TASK, &address, NULL))
		return false;
	wait->owner = task_of_address(tasks, address);
	if (!wait->owner)
		return false;
	wait->object = work;
	wait->function = function;
	return true;
}

/* insert_wq_barrier() puts a barrier behind the work, or if the work runs, at the start of the
 * worker's list. Barriers that were inserted before come between. */
static bool find_work(const struct wait_search *search, uint64_t links, struct wait *wait)
{
	struct kernel *kernel = search->kernel;
	struct links before = wait_links(search, links);
	uint64_t work, function;

	before.backward = true;
	while (links_next(&before, &links)) {
		if (!work_function(kernel, links, &work, &function))
			return find_running_work(kernel, links, wait);
		if (is_barrier(kernel, function))
			continue;
		wait->object = work;
		wait->function = function;
		return true;
	}
	return false;
}

bool wait_work_find(const struct wait_search *search, struct wait *wait)
{
	struct kernel *kernel = search->kernel;
	const struct member *done = kernel_member(kernel, BARRIER_DONE, NULL);
	const struct member *list = kernel_member_as(kernel, BARRIER_LIST, MEMBER_LINKS, NULL);
	uint64_t barrier, work, function;

	if (!done || !list)
		return false;
	barrier = wait->object - done->offset;
	if (!work_function(kernel, barrier + list->offset, &work, &function) ||
	    !is_barrier(kernel, function) || !find_work(search, barrier + list->offset, wait))
		return false;
	wait->kind = "work";
	return true;
}
