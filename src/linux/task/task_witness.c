/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/task/task_witness.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/address_set.h"
#include "base/text.h"
#include "dump/dump.h"
#include "kernel/arch.h"
#include "linux/task/mm.h"
#include "linux/task/stack.h"
#include "linux/task_members.h"

/* Bits of task_struct.flags (include/linux/sched.h). */
enum {
	EXITING = 0x4,
	FORKNOEXEC = 0x40, /* the task has not called exec() yet */
	KTHREAD = 0x200000, /* since 2.6.27 (246bb0b1deb2) */
	KNOWS_KTHREAD = KERNEL_VERSION(2, 6, 27),
};

/* Bits of task_struct.exit_state: EXIT_ZOMBIE and EXIT_DEAD. Both are EXIT_TRACE. */
enum { EXIT_STATES = 0x30 };

enum { ONE_CONTRADICTION = 256 };

/* Data for all tasks. */
struct witnesses {
	struct address_set tasks; /* addresses of the task_structs */
	bool all_tasks; /* the set contains all tasks */
	bool parents; /* the first task, init_task, has a parent: itself */
	uint64_t stack_size; /* 0: unknown */
};

/* A task whose words are compared. */
struct asked {
	struct kernel *kernel;
	const struct witnesses *witnesses;
	const struct task *task;
	const struct task_facts *facts; /* may be NULL */
	const struct task_info *info; /* may be NULL */
	uint64_t flags;
	bool has_flags;
	uint64_t exit; /* exit_state; 0 if it is unknown */
	char *text;
};

static bool asked_member(const struct asked *asked, unsigned int id, uint64_t *value)
{
	return kernel_read_member(asked->kernel, asked->task->address, id, value, NULL);
}

static __attribute__((format(printf, 2, 3))) bool contradiction(const struct asked *asked,
								const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(asked->text, ONE_CONTRADICTION, fmt, args);
	va_end(args);
	return true;
}

static bool is_idle(const struct asked *asked)
{
	return asked->task->idle_cpu >= 0 || !asked->task->pid;
}

/* --- pid --- */

/* Finds the struct pid of the task: thread_pid since 4.19 (2c4704756cab), and
 * pids[PIDTYPE_PID].pid before. */
static bool find_pid(const struct asked *asked, uint64_t *pid)
{
	const struct member *pids, *link;

	if (asked_member(asked, TASK_THREAD_PID, pid))
		return *pid;
	pids = kernel_member(asked->kernel, TASK_PIDS, NULL);
	link = pids ? kernel_member_as(asked->kernel, PID_LINK_PID, MEMBER_POINTER, NULL) : NULL;
	return link &&
	       kernel_read_pointer(asked->kernel,
				   asked->task->address + pids->offset + link->offset, pid, NULL) &&
	       *pid;
}

/* Reads the number of the task's struct pid in the first namespace, numbers[0].nr. nr is the first
 * member of struct upid. */
static bool pid_number(const struct asked *asked, uint64_t *number)
{
	const struct member *numbers;
	uint64_t pid;

	if (!find_pid(asked, &pid))
		return false;
	numbers = kernel_member(asked->kernel, PID_NUMBERS, NULL);
	return numbers && kernel_read_number(asked->kernel, pid + numbers->offset, 4, number, NULL);
}

/* A task with pid 0 that is no idle task is asked, too: its pid was damaged. */
static bool number_differs(const struct asked *asked)
{
	uint64_t number;

	return asked->task->idle_cpu < 0 && pid_number(asked, &number) &&
	       (int32_t)number != asked->task->pid &&
	       contradiction(asked, "pid %" PRId32 ", but the number of its struct pid is %" PRId32,
			     asked->task->pid, (int32_t)number);
}

static bool leader_differs(const struct asked *asked)
{
	uint64_t leader, pid;

	return asked_member(asked, TASK_LEADER, &leader) && leader &&
	       (leader != asked->task->address || asked->task->pid != asked->task->tgid) &&
	       kernel_read_member(asked->kernel, leader, TASK_PID, &pid, NULL) &&
	       (int32_t)pid != asked->task->tgid &&
	       contradiction(asked, "tgid %" PRId32 ", but the pid of group_leader is %" PRId32,
			     asked->task->tgid, (int32_t)pid);
}

/* --- stack --- */

/* Returns false if the task has ended and its stack was freed (since 4.9, 68f24b08ee89). */
static bool asked_stack(const struct asked *asked, uint64_t *stack)
{
	*stack = asked->info ? asked->info->stack : 0;
	return (*stack || asked_member(asked, TASK_STACK, stack)) && (*stack || !asked->exit);
}

static bool stack_differs(const struct asked *asked)
{
	uint64_t stack;

	return asked->witnesses->stack_size && asked_stack(asked, &stack) &&
	       stack_contradicted(asked->kernel, asked->task->address, stack,
				  asked->witnesses->stack_size, asked->text, ONE_CONTRADICTION);
}

static bool sp_is_outside(const struct asked *asked)
{
	uint64_t stack, sp;

	return asked->witnesses->stack_size && asked_stack(asked, &stack) &&
	       stack_sp_outside(asked->kernel, asked->task->address, stack,
				asked->witnesses->stack_size, &sp) &&
	       contradiction(asked, "thread.sp %" PRIx64 ", but stack is %" PRIx64, sp, stack);
}

/* The kernel stores STACK_END_MAGIC (include/uapi/linux/magic.h) at the end of each stack. If
 * struct thread_info is in the task_struct (since 4.9), the end is the first word. */
static bool has_no_magic(const struct asked *asked)
{
	enum { MAGIC = 0x57ac6e9d };
	uint64_t stack, magic;

	return !asked->exit && kernel_member(asked->kernel, TASK_INFO, NULL) &&
	       asked_stack(asked, &stack) && stack &&
	       kernel_read_word(asked->kernel, stack, &magic, NULL) && magic != MAGIC &&
	       contradiction(asked,
			     "stack %" PRIx64
			     ", but at its end is no STACK_END_MAGIC, but %" PRIx64,
			     stack, magic);
}

/* --- parent --- */

static bool is_task(const struct asked *asked, uint64_t address)
{
	return address && address_set_has(&asked->witnesses->tasks, address);
}

static bool parent_is_no_task(const struct asked *asked)
{
	uint64_t parent;

	return asked->witnesses->all_tasks && asked_member(asked, TASK_PARENT, &parent) &&
	       (parent || (asked->witnesses->parents && !is_idle(asked))) &&
	       !is_task(asked, parent) &&
	       contradiction(asked, "real_parent %" PRIx64 ", which is no task", parent);
}

/* All threads of a process have the same parent. */
static bool leader_has_other_parent(const struct asked *asked)
{
	uint64_t parent, leader, other;

	return asked->task->pid != asked->task->tgid && asked_member(asked, TASK_PARENT, &parent) &&
	       asked_member(asked, TASK_LEADER, &leader) && is_task(asked, leader) &&
	       kernel_read_member(asked->kernel, leader, TASK_PARENT, &other, NULL) &&
	       parent != other &&
	       contradiction(asked,
			     "real_parent %" PRIx64
			     ", but the real_parent of group_leader is %" PRIx64,
			     parent, other);
}

/* Does the neighbour in the parent's list of children belong to this parent? It is another child,
 * or the head of the list. */
static bool is_of_parent(const struct asked *asked, uint64_t parent, uint64_t neighbour)
{
	const struct member *children = kernel_member(asked->kernel, TASK_CHILDREN, NULL);
	const struct member *sibling = kernel_member(asked->kernel, TASK_SIBLING, NULL);
	uint64_t mask = asked->kernel->arch->address_mask, other;
	uint64_t task = (neighbour - sibling->offset) & mask;

	return !children || neighbour == ((parent + children->offset) & mask) ||
	       (is_task(asked, task) &&
		kernel_read_member(asked->kernel, task, TASK_PARENT, &other, NULL) &&
		other == parent);
}

/* Before 2.6.27 (f470021adb91), a traced task is in the list of its tracer. */
static bool is_no_child(const struct asked *asked)
{
	struct kernel *kernel = asked->kernel;
	unsigned int word = kernel_pointer_size(kernel);
	const struct member *sibling = kernel_member_as(kernel, TASK_SIBLING, MEMBER_LINKS, NULL);
	uint64_t parent, next, previous;

	return sibling && !is_idle(asked) && asked->task->pid == asked->task->tgid &&
	       kernel_version(kernel) >= KNOWS_KTHREAD && asked->witnesses->all_tasks &&
	       asked_member(asked, TASK_PARENT, &parent) && is_task(asked, parent) &&
	       kernel_read_pointer(kernel, asked->task->address + sibling->offset, &next, NULL) &&
	       kernel_read_pointer(kernel, asked->task->address + sibling->offset + word, &previous,
				   NULL) &&
	       !is_of_parent(asked, parent, next) && !is_of_parent(asked, parent, previous) &&
	       contradiction(asked,
			     "real_parent %" PRIx64 ", but its list of children lacks the task",
			     parent);
}

/* --- mm --- */

static bool active_differs(const struct asked *asked)
{
	const struct task *task = asked->task;

	return task->mm && task->active_mm != task->mm &&
	       contradiction(asked, "mm %" PRIx64 ", but active_mm is %" PRIx64, task->mm,
			     task->active_mm);
}

/* A task without an mm is a kernel thread, or has ended. Since 5.18 (343f4c49f243), a task that
 * will become a process with its first exec() has no mm and not this flag either. */
static bool is_no_kernel_thread(const struct asked *asked)
{
	return !asked->task->mm && asked->has_flags && !is_idle(asked) && !asked->exit &&
	       !(asked->flags & (KTHREAD | EXITING | FORKNOEXEC)) &&
	       kernel_version(asked->kernel) >= KNOWS_KTHREAD &&
	       contradiction(asked,
			     "mm is 0, but flags, %" PRIx64
			     ", show neither a kernel thread nor a process that ends",
			     asked->flags);
}

/* When the kernel switches from a task without an mm to another task, it sets active_mm to 0
 * (context_switch() of kernel/sched/core.c). */
static bool borrows_without_running(const struct asked *asked)
{
	const struct task *task = asked->task;
	uint64_t on_cpu;

	return !task->mm && task->active_mm && asked->facts && asked->facts->all_cpus &&
	       asked->info && !asked->info->running && asked->has_flags &&
	       asked_member(asked, TASK_ON_CPU, &on_cpu) && !on_cpu &&
	       contradiction(asked,
			     "mm is 0 and active_mm is %" PRIx64
			     ", but the task does not run, so active_mm should be 0",
			     task->active_mm);
}

static bool active_is_no_mm(const struct asked *asked)
{
	struct kernel *kernel = asked->kernel;
	uint64_t active = asked->task->active_mm, half;

	return active && task_kernel_half(kernel, &half, NULL) &&
	       (active < half || active % kernel_pointer_size(kernel)) &&
	       contradiction(asked, "active_mm %" PRIx64 ", which is not an address of the kernel",
			     active);
}

/* --- exit_state --- */

static bool exit_state_is_none(const struct asked *asked)
{
	return asked->exit & ~(uint64_t)EXIT_STATES &&
	       contradiction(asked, "exit_state %" PRIx64 ", which the kernel does not use",
			     asked->exit);
}

static bool ended_without_exiting(const struct asked *asked)
{
	return asked->exit && asked->has_flags && !(asked->flags & EXITING) &&
	       contradiction(asked,
			     "exit_state %" PRIx64 ", but flags, %" PRIx64
			     ", do not show that the task ends",
			     asked->exit, asked->flags);
}

/* --- rss --- */

static bool rss_is_too_large(const struct asked *asked)
{
	const struct task_info *info = asked->info;

	return info && info->rss_contradicted &&
	       contradiction(asked,
			     "rss_stat counts %" PRId64 " pages and %" PRId64
			     " in swap, but total_vm is %" PRIu64 " pages",
			     info->rss_pages, info->swap_pages, info->total_vm);
}

/* --- all pairs --- */

/* A pair: a word of a task, and its witness. */
static const struct task_pair {
	uint8_t words; /* enum task_words */
	bool dear;
	/* Returns true, and writes to asked->text, if the witness contradicts the word. */
	bool (*contradicts)(const struct asked *asked);
} pairs[] = {
	{ TASK_WORD_PID, false, number_differs },
	{ TASK_WORD_PID, false, leader_differs },
	{ TASK_WORD_STACK, false, stack_differs },
	{ TASK_WORD_SP, false, sp_is_outside },
	{ TASK_WORD_STACK, true, has_no_magic },
	{ TASK_WORD_PARENT, false, parent_is_no_task },
	{ TASK_WORD_PARENT, false, leader_has_other_parent },
	{ TASK_WORD_PARENT, true, is_no_child },
	{ TASK_WORD_MM, false, active_differs },
	{ TASK_WORD_MM, false, is_no_kernel_thread },
	{ TASK_WORD_MM, false, borrows_without_running },
	{ TASK_WORD_MM, false, active_is_no_mm },
	{ TASK_WORD_EXIT, false, exit_state_is_none },
	{ TASK_WORD_EXIT, false, ended_without_exiting },
	{ TASK_WORD_RSS, false, rss_is_too_large },
};

static bool learn_witnesses(struct kernel *kernel, void *state, struct error *err)
{
	const struct task_list *list = task_all(kernel, err);
	struct witnesses *witnesses = state;
	uint64_t parent;

	if (!stack_task_size(kernel, &witnesses->stack_size))
		witnesses->stack_size = 0;
	/* a damaged list may lack tasks */
	witnesses->all_tasks = list && !list->damages.nr;
	witnesses->parents =
		list && list->nr &&
		kernel_read_member(kernel, list->task[0].address, TASK_PARENT, &parent, NULL) &&
		parent;
	for (size_t i = 0; list && i < list->nr; i++)
		if (address_set_add(&witnesses->tasks, list->task[i].address) == ADDRESS_NO_MEMORY)
			witnesses->all_tasks = false;
	return true;
}

static void release_witnesses(void *state)
{
	struct witnesses *witnesses = state;

	address_set_release(&witnesses->tasks);
}

static const struct state_type state_witnesses = {
	.size = sizeof(struct witnesses),
	.learn = learn_witnesses,
	.release = release_witnesses,
};

bool task_doubt(struct kernel *kernel, const struct task *task, const struct task_facts *facts,
		const struct task_info *info, unsigned int words, char text[TASK_DOUBT])
{
	char one[ONE_CONTRADICTION];
	struct asked asked = {
		.kernel = kernel, .task = task, .facts = facts, .info = info, .text = one
	};

	*text = '\0';
	if (kernel->dump->format->running)
		return false;
	asked.witnesses = kernel_learnt(kernel, &state_witnesses, NULL);
	if (!asked.witnesses)
		return false;
	asked.has_flags = asked_member(&asked, TASK_FLAGS, &asked.flags);
	if (!asked_member(&asked, TASK_EXIT_STATE, &asked.exit))
		asked.exit = 0;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (pairs[i].words & words && (!pairs[i].dear || words & TASK_WORDS_DEAR) &&
		    pairs[i].contradicts(&asked))
			text_append(text, TASK_DOUBT, "%s%s", *text ? "; " : "", one);
	return *text;
}
