/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/crash/blocked.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/sort.h"
#include "base/text.h"
#include "kernel/kernel.h"
#include "oops/function.h"
#include "linux/task/task_info.h"
#include "linux/task/task_times.h"
#include "linux/printk/log.h"
#include "linux/task_members.h"
#include "symbols/symbol_lookup.h"

enum { MOST_STEPS = MOST_BLOCKED * 4096 /* of all searches: see struct wait_search */ };

struct blocked_search {
	struct kernel *kernel;
	size_t steps; /* left of MOST_STEPS */
	/* The functions of the scheduler, which the linker puts together: __sched in
	 * include/linux/sched/debug.h. 0: unknown. */
	uint64_t sched_start, sched_end;
	/* The time of the clock that last_arrival of struct sched_info is read from; 0: unknown. */
	uint64_t now;
};

static void blocked_read_time(const struct blocked_search *search, struct blocked_group *one)
{
	uint64_t arrival;

	one->has_time = search->now &&
			task_last_run(search->kernel, one->longest->address, &arrival) && arrival &&
			arrival <= search->now;
	one->time = one->has_time ? search->now - arrival : 0;
}

/* --- what one task waits for --- */

/* start_time is of the timekeeper's clock, and `since` of the scheduler's, which NTP does not adjust (by at
 * most 0.05 %: MAXFREQ of include/linux/timex.h). So both the times and the ages must show it, by more than
 * two ticks. */
void blocked_check_owner(struct kernel *kernel, struct wait *wait)
{
	const uint64_t margin = 20000000, run_clock = task_run_clock(kernel);
	struct task_times times;
	uint64_t uptime, age;

	if (!wait->since || !wait->owner || run_clock < wait->since)
		return;
	times = task_times_read(kernel, wait->owner->address);
	if (!times.has_start || !log_uptime(kernel, &uptime) || times.start > uptime)
		return;
	age = uptime - times.start;
	wait->is_reused = times.start > wait->since && times.start - wait->since > margin &&
			  run_clock - wait->since > age &&
			  run_clock - wait->since - age > margin + age / 1000;
}

static bool is_of_scheduler(const struct blocked_search *search, const struct kernel_symbol *symbol)
{
	return (symbol->address >= search->sched_start && symbol->address < search->sched_end) ||
	       starts_with(symbol->name, "__switch_to") || function_is_machinery(symbol->name);
}

static void blocked_find_function(const struct blocked_search *search,
				  const struct backtrace *trace, struct blocked_group *one)
{
	struct kernel_symbol symbol;

	/* After a frame whose return address a tracer replaced, any function may follow. */
	for (size_t i = 0; i < trace->nr && !trace->frame[i].user && !trace->frame[i].replaced;
	     i++) {
		uint64_t code = stack_frame_code(&trace->frame[i]);

		if (!symbol_lookup_at(search->kernel->symbols, code, &symbol, NULL) ||
		    is_of_scheduler(search, &symbol))
			continue;
		one->code = code;
		one->function = symbol.address;
		one->sure = trace->frame[i].sure;
		return;
	}
}

/* Returns false if the user stopped the work. */
static bool blocked_examine(struct blocked_search *search, const struct task *task,
			    struct blocked_group *one)
{
	struct kernel *kernel = search->kernel;
	const struct wait_search wait = { kernel, task, &search->steps };
	struct backtrace trace = { 0 };

	*one = (struct blocked_group){ .nr = 1, .longest = task };
	blocked_read_time(search, one);
	if (unwind_task(kernel, task, &trace, NULL)) {
		blocked_find_function(search, &trace, one);
		if (!wait_find(&wait, &trace, &one->wait))
			one->wait = (struct wait){ 0 };
		blocked_check_owner(kernel, &one->wait);
	}
	backtrace_release(&trace);
	return !kernel_stopped(kernel);
}

/* --- groups --- */

/* An object that has no known owner, and for which only one task waits, may be a page of many that
 * are read, or a completion on the task's own stack. Such tasks are in one group. */
static bool has_own_object(const struct blocked_group *group)
{
	return group->nr == 1 && !group->wait.owner;
}

static bool are_together(const struct blocked_group *a, const struct blocked_group *b,
			 bool by_object)
{
	const char *kind = a->wait.kind ? a->wait.kind : "",
		   *other = b->wait.kind ? b->wait.kind : "";

	if (strcmp(kind, other) != 0 || a->wait.has_bit != b->wait.has_bit ||
	    a->wait.bit != b->wait.bit)
		return false;
	if (a->wait.object && a->wait.object == b->wait.object)
		return true;
	return a->function == b->function &&
	       (!a->wait.object || (!by_object && has_own_object(a))) &&
	       (!b->wait.object || (!by_object && has_own_object(b)));
}

static void blocked_join(struct blocked_group *group, const struct blocked_group *other)
{
	uint64_t object = group->wait.object == other->wait.object ? group->wait.object : 0;
	size_t nr = group->nr + other->nr;

	if (other->time > group->time)
		*group = *other;
	group->wait.object = object;
	group->nr = nr;
}

/* Joins groups that wait for the same. The array has at most MOST_BLOCKED elements. */
static void blocked_join_all(struct blocked *blocked, bool by_object)
{
	size_t nr = 0, at;

	for (size_t i = 0; i < blocked->nr; i++) {
		for (at = 0; at < nr; at++)
			if (are_together(&blocked->group[at], &blocked->group[i], by_object))
				break;
		if (at < nr)
			blocked_join(&blocked->group[at], &blocked->group[i]);
		else
			blocked->group[nr++] = blocked->group[i];
	}
	blocked->nr = nr;
}

static int blocked_compare(const void *one, const void *other)
{
	const struct blocked_group *a = one, *b = other;

	if (a->nr != b->nr)
		return a->nr < b->nr ? 1 : -1;
	if (a->time != b->time)
		return a->time < b->time ? 1 : -1;
	return (a->longest > b->longest) - (a->longest < b->longest);
}

static bool make_groups(struct blocked *blocked, const struct listener *listener)
{
	blocked_join_all(blocked, true);
	blocked_join_all(blocked, false);
	return sort_items(blocked->group, blocked->nr, sizeof(*blocked->group), blocked_compare,
			  listener);
}

/* A task on a CPU has only begun to sleep, or was not yet woken up completely. */
static bool is_blocked(struct kernel *kernel, const struct task *task)
{
	uint64_t on_cpu;

	return task_state(kernel, task->address) == 'D' &&
	       (!kernel_read_member(kernel, task->address, TASK_ON_CPU, &on_cpu, NULL) || !on_cpu);
}

bool blocked_find(struct kernel *kernel, struct blocked *blocked)
{
	const struct task_list *list = task_all(kernel, NULL);
	struct blocked_search search = { .kernel = kernel, .steps = MOST_STEPS };
	struct blocked_group one;
	size_t room = 0;

	*blocked = (struct blocked){ 0 };
	if (!list)
		return false;
	if (!kernel_symbol(kernel, "__sched_text_start", &search.sched_start, NULL) ||
	    !kernel_symbol(kernel, "__sched_text_end", &search.sched_end, NULL))
		search.sched_start = search.sched_end = 0;
	search.now = task_run_clock(kernel);
	for (size_t i = 0; i < list->nr; i++) {
		if (kernel_stopped(kernel))
			return false;
		if (!is_blocked(kernel, &list->task[i]) || ++blocked->nr_tasks > MOST_BLOCKED)
			continue;
		if (!blocked_examine(&search, &list->task[i], &one) ||
		    !array_add(&blocked->group, &blocked->nr, &room, &one, sizeof(one)))
			return false;
	}
	blocked->nr_examined = blocked->nr;
	return make_groups(blocked, kernel->listener);
}

void blocked_release(struct blocked *blocked)
{
	free(blocked->group);
	*blocked = (struct blocked){ 0 };
}
