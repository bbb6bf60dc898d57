/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdb/threads.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linux/crash/panic.h"
#include "base/address_set.h"
#include "base/ranges.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "linux/task_members.h"
#include "linux/task/task_info.h"

/* --- the list --- */

static bool threads_add(struct thread_list *list, const struct thread *thread)
{
	return array_add(&list->thread, &list->nr, &list->room, thread, sizeof(*thread));
}

static uint32_t id_of_run(const struct cpu_run *run, size_t number)
{
	uint32_t cpu = run->has_cpu ? run->cpu : (uint32_t)number;

	if (!run->has_name)
		return THREAD_CPU + cpu;
	return run->pid > 0 ? (uint32_t)run->pid : THREAD_IDLE + cpu;
}

static bool threads_add_run(struct thread_list *list, const struct panic *panic, size_t number)
{
	const struct cpu_run *run = &panic->run[number];
	struct thread thread = {
		.id = id_of_run(run, number),
		.has_cpu = run->has_cpu,
		.running = true,
		.cpu = run->cpu,
		.task = run->task,
	};

	snprintf(thread.comm, sizeof(thread.comm), "%s", run->comm);
	if (run->has_registers) {
		list->cpu[list->nr_cpus] = run->registers;
		thread.of_cpu = (uint32_t)++list->nr_cpus;
	}
	return threads_add(list, &thread);
}

static bool add_runs(struct thread_list *list, const struct panic *panic)
{
	const struct cpu_run *first = panic_run(panic);

	list->cpu = calloc(panic->nr_runs + 1, sizeof(*list->cpu));
	if (!list->cpu || (first && !threads_add_run(list, panic, (size_t)(first - panic->run))))
		return false;
	for (size_t i = 0; i < panic->nr_runs; i++)
		if (&panic->run[i] != first && !threads_add_run(list, panic, i))
			return false;
	return true;
}

/* Returns the id of a task. THREAD_SURPLUS means that order_ids() will choose an unused number. */
static uint32_t id_of_task(const struct task *task)
{
	if (task->pid > 0)
		return (uint32_t)task->pid;
	return task->idle_cpu >= 0 ? THREAD_IDLE + (uint32_t)task->idle_cpu : THREAD_SURPLUS;
}

static bool add_tasks(struct kernel *kernel, struct thread_list *list,
		      const struct task_list *tasks)
{
	size_t nr_runs = list->nr;
	struct task_facts facts;
	struct address_set runs = { 0 };
	bool added = true;

	task_facts_read(kernel, tasks, &facts);
	for (size_t i = 0; i < nr_runs; i++) {
		const struct task task = { .address = list->thread[i].task };

		if (!task.address)
			continue;
		list->thread[i].state = task_info_read(kernel, &facts, &task).state;
		added = added && address_set_add(&runs, task.address) != ADDRESS_NO_MEMORY;
	}
	for (size_t i = 0; i < tasks->nr && added && !kernel_stopped(kernel); i++) {
		const struct task *task = &tasks->task[i];
		struct task_info info;
		struct thread thread;

		if (address_set_has(&runs, task->address))
			continue;
		info = task_info_read(kernel, &facts, task);
		thread = (struct thread){
			.id = id_of_task(task),
			.state = info.state,
			.running = info.running,
			.has_cpu = info.running,
			.cpu = info.cpu,
			.task = task->address,
		};
		snprintf(thread.comm, sizeof(thread.comm), "%s", task->comm);
		added = threads_add(list, &thread);
	}
	address_set_release(&runs);
	task_facts_release(&facts);
	return added;
}

/* --- numbers --- */

static int compare_ids(const void *one, const void *two, void *arg)
{
	const struct thread *thread = arg;
	uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)two;

	return COMPARE(thread[a].id, thread[b].id) ?: COMPARE(a, b);
}

/* Sorts list->order by id, and makes the ids unique: in a damaged dump, several threads may have
 * the same id. The first of them keeps the id. Returns false if memory is exhausted. */
static bool order_ids(struct thread_list *list)
{
	list->order = calloc(list->nr, sizeof(*list->order));
	if (!list->order)
		return false;
	for (size_t i = 0; i < list->nr; i++)
		list->order[i] = (uint32_t)i;
	qsort_r(list->order, list->nr, sizeof(*list->order), compare_ids, list->thread);
	for (size_t i = list->nr; i-- > 1;) {
		struct thread *thread = &list->thread[list->order[i]];

		if (thread->id == list->thread[list->order[i - 1]].id ||
		    thread->id >= THREAD_SURPLUS)
			thread->id = THREAD_SURPLUS + list->order[i];
	}
	if (list->thread[list->order[0]].id >= THREAD_SURPLUS)
		list->thread[list->order[0]].id = THREAD_SURPLUS + list->order[0];
	qsort_r(list->order, list->nr, sizeof(*list->order), compare_ids, list->thread);
	return true;
}

/* Moves the first thread with a known program counter to the start of the list, because gdb needs
 * the program counter of the first thread to connect. If there is no such thread, adds one. */
static bool put_known_first(struct kernel *kernel, struct thread_list *list)
{
	struct thread first = { .id = THREAD_NONE, .comm = "no registers" };
	struct registers registers;
	size_t at = 0;

	while (at < list->nr && !kernel_stopped(kernel) &&
	       !(thread_registers(kernel, list, &list->thread[at], &registers) &&
		 registers_have(&registers, CPU_IP)))
		at++;
	if (at == list->nr && !threads_add(list, &first))
		return false;
	first = list->thread[at];
	memmove(list->thread + 1, list->thread, at * sizeof(first));
	list->thread[0] = first;
	return true;
}

static bool gdb_threads_find(struct kernel *kernel, struct thread_list *list, struct error *err)
{
	const struct task_list *tasks;
	struct panic panic;
	bool added;

	if (!panic_read(kernel, &panic, err))
		return false;
	added = add_runs(list, &panic);
	panic_release(&panic);
	tasks = added ? task_all(kernel, NULL) : NULL;
	if (tasks)
		added = add_tasks(kernel, list, tasks);
	added = added && put_known_first(kernel, list);
	if (kernel_stopped(kernel))
		return fail(err, ERROR_INTERRUPTED, "interrupted");
	return (added && order_ids(list)) || out_of_memory(err);
}

bool threads_find(struct kernel *kernel, struct thread_list *list, struct error *err)
{
	*list = (struct thread_list){ 0 };
	if (gdb_threads_find(kernel, list, err))
		return true;
	threads_release(list);
	return false;
}

void threads_release(struct thread_list *list)
{
	free(list->thread);
	free(list->order);
	free(list->cpu);
	*list = (struct thread_list){ 0 };
}

const struct thread *thread_of_id(const struct thread_list *list, uint64_t id)
{
	size_t first = ARRAY_SEARCH(i, 0, list->nr, list->thread[list->order[i]].id < id);

	if (first == list->nr || list->thread[list->order[first]].id != id)
		return NULL;
	return &list->thread[list->order[first]];
}

/* --- registers --- */

bool thread_registers(struct kernel *kernel, const struct thread_list *list,
		      const struct thread *thread, struct registers *registers)
{
	uint64_t on_cpu;

	*registers = (struct registers){ 0 };
	if (thread->id == THREAD_NONE) {
		registers_set(registers, CPU_IP, 0);
		return true;
	}
	if (thread->of_cpu) {
		*registers = list->cpu[thread->of_cpu - 1];
		return true;
	}
	/* The registers in the task's thread_struct are from the last time that the CPU switched to
	 * another task, so they are not valid while the task is running or being switched. */
	if (thread->running || !thread->task ||
	    (kernel_read_member(kernel, thread->task, TASK_ON_CPU, &on_cpu, NULL) && on_cpu))
		return false;
	if (kernel->arch->switched_registers(kernel, thread->task, registers, NULL))
		return true;
	*registers = (struct registers){ 0 };
	return false;
}
