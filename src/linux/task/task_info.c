/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/task/task_info.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/view.h"
#include "kernel/kernel.h"
#include "linux/percpu_area.h"
#include "linux/task_members.h"
#include "base/ranges.h"
#include "base/array.h"
#include "base/sort.h"
#include "kernel/arch.h"

/* --- arguments --- */

bool task_args_read(struct kernel *kernel, const struct task *task, bool environment,
		    struct task_args *args, struct error *err)
{
	struct process process;
	uint64_t start, end;
	size_t size;

	*args = (struct task_args){ .size = 0 };
	if (!task->mm)
		return fail(err, ERROR_NO_ANSWER,
			    "the task has no arguments: it is a kernel thread, or has ended");
	if (!task_process(kernel, task, &process, err) ||
	    !kernel_read_member(kernel, task->mm, environment ? MM_ENV_START : MM_ARG_START, &start,
				err) ||
	    !kernel_read_member(kernel, task->mm, environment ? MM_ENV_END : MM_ARG_END, &end, err))
		return false;
	if (end < start || end > process.user_last)
		return fail(err, ERROR_FORMAT,
			    "the %s of the process cannot be at %" PRIx64 " to %" PRIx64,
			    environment ? "environment" : "arguments", start, end);
	args->cut = end - start > TASK_ARGS_MAX;
	size = args->cut ? TASK_ARGS_MAX : (size_t)(end - start);
	if (size && !space_read(&process.user, start, args->text, size, err))
		return false;
	/* Some programs overwrite the arguments with a title that does not end with a NUL. The
	 * buffer contains a NUL after the text, so count it. */
	args->size = size && args->text[size - 1] ? size + 1 : size;
	return true;
}

const char *task_args_next(const struct task_args *args, const char *arg)
{
	const char *next = arg ? arg + strlen(arg) + 1 : args->text;

	return next < args->text + args->size ? next : NULL;
}

/* --- state --- */

/* Bits of task->state (include/linux/sched.h). */
enum {
	INTERRUPTIBLE = 0x1,
	UNINTERRUPTIBLE = 0x2,
	STOPPED = 0x4,
	TRACED = 0x8,
	PARKED = 0x40, /* since 4.14 */
	PARKED_BEFORE = 0x200,
	NOLOAD = 0x400, /* since 4.2 */
	IDLE = UNINTERRUPTIBLE | NOLOAD,
	RTLOCK_WAIT = 0x1000, /* since 5.15 */
};

/* Returns the letter for a state, as get_task_state() of fs/proc/array.c does, except that the
 * letter for EXIT_DEAD is Z instead of X. The values of EXIT_DEAD and EXIT_ZOMBIE were exchanged
 * between releases, so both have the same letter here. */
static char state_letter(struct kernel *kernel, uint64_t state, uint64_t exit)
{
	unsigned int version = kernel_version(kernel);
	uint64_t parked = version && version < KERNEL_VERSION(4, 14, 0) ? PARKED_BEFORE : PARKED;

	if (exit)
		return 'Z';
	if ((state & IDLE) == IDLE)
		return 'I';
	if (state & parked)
		return 'P';
	if (state & (TRACED | STOPPED))
		return state & TRACED ? 't' : 'T';
	if (state & (UNINTERRUPTIBLE | RTLOCK_WAIT))
		return 'D';
	return state & INTERRUPTIBLE ? 'S' : 'R';
}

/* Reads the state. Until 5.14 (2f064a59a11f) the member was called "state" and was a long. */
static bool read_state(struct kernel *kernel, uint64_t task, uint64_t *state, uint64_t *exit)
{
	return (kernel_read_member(kernel, task, TASK_STATE, state, NULL) ||
		kernel_read_member(kernel, task, TASK_OLD_STATE, state, NULL)) &&
	       kernel_read_member(kernel, task, TASK_EXIT_STATE, exit, NULL);
}

char task_state(struct kernel *kernel, uint64_t task)
{
	uint64_t state, exit;

	return read_state(kernel, task, &state, &exit) ? state_letter(kernel, state, exit) : '\0';
}

/* The bits of the states that pass quickly are in include/linux/sched.h. TASK_DEAD and TASK_WAKING
 * were doubled in 4.14 (8ef9925b02c2), EXIT_DEAD and EXIT_ZOMBIE exchanged in 3.14 (ad86622b478e). */
const char *task_state_name(struct kernel *kernel, uint64_t task)
{
	static const char names[][4] = { "RRU", "SIN", "DUN", "TST", "tTR", "PPA", "IID" };
	const unsigned int version = kernel_version(kernel) ?: UINT_MAX;
	const uint64_t dead = version < KERNEL_VERSION(4, 14, 0) ? 0x40 : 0x80;
	uint64_t state, exit;
	char letter;

	if (!read_state(kernel, task, &state, &exit))
		return "";
	letter = state_letter(kernel, state, exit);
	if (letter == 'Z')
		return exit & (version < KERNEL_VERSION(3, 14, 0) ? 0x20 : 0x10) ? "DE" : "ZO";
	if (letter == 'R' && state & dead)
		return "DE";
	if (letter == 'R' && state & (version < KERNEL_VERSION(4, 14, 0) ? 0x100 : 0x200))
		return "WA";
	if (letter == 'R' && state & 0x800 && version >= KERNEL_VERSION(4, 8, 0))
		return "NE";
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (*names[i] == letter)
			return names[i] + 1;
	return "";
}

/* --- CPU --- */

/* Reads the number of the CPU from struct thread_info. The struct is at the start of the stack, but
 * since 4.9 it may be in task_struct instead. Until 5.15 the number may also be a member of
 * task_struct itself. */
static bool task_info_read_cpu(struct kernel *kernel, const struct cpu_set *possible, uint64_t task,
			       uint64_t stack, uint32_t *cpu)
{
	uint64_t value;

	if (!kernel_read_member(kernel, task, TASK_INFO_CPU, &value, NULL) &&
	    !kernel_read_member(kernel, task, TASK_CPU, &value, NULL) &&
	    (kernel_member(kernel, TASK_INFO, NULL) || !stack ||
	     !kernel_read_member(kernel, stack, INFO_CPU, &value, NULL)))
		return false;
	*cpu = (uint32_t)value;
	/* A mask without CPU 0 is itself damaged. */
	if (!cpu_set_has(possible, 0) || cpu_set_has(possible, *cpu))
		return true;
	return fail(kernel->excess, ERROR_FORMAT,
		    "the task at %" PRIx64 " is damaged: this kernel has no CPU %" PRIu32, task,
		    *cpu);
}

bool task_cpu(struct kernel *kernel, const struct task *task, uint32_t *cpu)
{
	struct cpu_set possible;
	uint64_t stack = 0;

	*cpu = (uint32_t)task->idle_cpu;
	if (task->idle_cpu >= 0)
		return true;
	kernel_possible_cpus(kernel, &possible, NULL);
	kernel_read_member(kernel, task->address, TASK_STACK, &stack, NULL);
	return task_info_read_cpu(kernel, &possible, task->address, stack, cpu);
}

/* The member is a short since 3.8, and an int in older kernels. */
bool task_oom_score_adj(struct kernel *kernel, uint64_t task, int32_t *adj)
{
	const struct member *member = kernel_member(kernel, SIGNAL_OOM_SCORE_ADJ, NULL);
	uint64_t signal, value;

	if (!member || !kernel_read_member(kernel, task, TASK_SIGNAL, &signal, NULL) || !signal ||
	    !kernel_read_member(kernel, signal, SIGNAL_OOM_SCORE_ADJ, &value, NULL))
		return false;
	*adj = member->size == sizeof(int16_t) ? (int16_t)value : (int32_t)value;
	return true;
}

bool task_uid(struct kernel *kernel, uint64_t task, uint32_t *uid)
{
	uint64_t cred, value;

	if (!kernel_read_member(kernel, task, TASK_REAL_CRED, &cred, NULL) || !cred ||
	    !kernel_read_member(kernel, cred, CRED_UID, &value, NULL))
		return false;
	*uid = (uint32_t)value;
	return true;
}

/* --- resident pages --- */

/* The counters of an mm. They count pages of files, anonymous pages, entries of swap and, since
 * 4.5, shared memory (MM_FILEPAGES... in include/linux/mm_types_task.h). */
enum { SWAP_ENTRIES = 2, MOST_COUNTERS = 16 };

static bool read_signed(struct kernel *kernel, uint64_t address, size_t size, int64_t *sum)
{
	uint64_t value;

	if (!kernel_read_number(kernel, address, size, &value, NULL))
		return false;
	*sum += size == 4 ? (int32_t)value : (int64_t)value;
	return true;
}

/* Adds the values of an mm's per-CPU counters, which are used since 6.2 (f1a7941243c1). */
static bool sum_counters(struct kernel *kernel, const struct task_facts *facts, uint64_t mm,
			 int64_t *sum, int64_t *swap)
{
	const struct member *array = kernel_member(kernel, MM_RSS, NULL);
	uint64_t size = facts->counter_size;

	if (!array || !size || array->size / size > MOST_COUNTERS)
		return false;
	for (uint64_t i = 0; i < array->size / size; i++)
		if (!percpu_counter_add(kernel, mm + array->offset + i * size,
					i == SWAP_ENTRIES ? swap : sum))
			return false;
	return true;
}

static bool sum_longs(struct kernel *kernel, uint64_t mm, int64_t *sum, int64_t *swap)
{
	const struct member *array = kernel_member(kernel, MM_RSS_COUNT, NULL);
	unsigned int word = kernel_pointer_size(kernel);

	if (!array || array->size / word > MOST_COUNTERS)
		return false;
	for (unsigned int i = 0; i < array->size / word; i++)
		if (!read_signed(kernel, mm + array->offset + i * word, word,
				 i == SWAP_ENTRIES ? swap : sum))
			return false;
	return true;
}

static void sum_cached(struct kernel *kernel, uint64_t task, struct cached_rss *cached)
{
	const struct member *array = kernel_member(kernel, TASK_RSS_COUNT, NULL);

	for (unsigned int i = 0; i < array->size / 4 && i < MOST_COUNTERS; i++)
		read_signed(kernel, task + array->offset + 4 * i, 4,
			    i == SWAP_ENTRIES ? &cached->swap : &cached->pages);
}

/* Until 6.1, each thread counts changes in its task_struct, and adds them to the mm only after some
 * time (SPLIT_RSS_COUNTING). Finds the changes that were not yet added, and sums them for each
 * mm. */
static void find_cached(struct kernel *kernel, const struct task_list *list,
			struct task_facts *facts)
{
	size_t kept = 0;

	if (!kernel_member(kernel, TASK_RSS_COUNT, NULL))
		return;
	for (size_t i = 0; i < list->nr && !kernel_stopped(kernel); i++) {
		const struct task *task = &list->task[i];
		struct cached_rss cached = { .mm = task->mm };

		if (!task->mm)
			continue;
		sum_cached(kernel, task->address, &cached);
		if (!array_add(&facts->cached, &facts->nr_cached, &facts->room, &cached,
			       sizeof(cached)))
			return;
	}
	if (!sort_items(facts->cached, facts->nr_cached, sizeof(*facts->cached), ranges_compare,
			kernel->listener))
		facts->nr_cached = 0;
	for (size_t i = 0; i < facts->nr_cached; i++)
		if (kept && facts->cached[kept - 1].mm == facts->cached[i].mm) {
			facts->cached[kept - 1].pages += facts->cached[i].pages;
			facts->cached[kept - 1].swap += facts->cached[i].swap;
		} else {
			facts->cached[kept++] = facts->cached[i];
		}
	facts->nr_cached = kept;
}

/* Are there more pages than addresses? Each page of the counters is mapped at an address of a
 * mapping, and total_vm counts these, except for large pages of hugetlb in rss. While the kernel
 * changes mappings, the counters may differ by a few pages. */
static bool rss_is_impossible(struct kernel *kernel, uint64_t mm, struct task_info *info)
{
	enum { SLACK = 1024 };
	int64_t most;

	info->has_total_vm = kernel_read_member(kernel, mm, MM_TOTAL_VM, &info->total_vm, NULL);
	most = (int64_t)smaller_of(info->has_total_vm ? info->total_vm : UINT64_MAX,
				   INT64_MAX >> 16) +
	       SLACK;
	return info->rss_pages > most || info->rss_pages < -SLACK || info->swap_pages > most ||
	       info->swap_pages < -SLACK;
}

static void read_rss(struct kernel *kernel, const struct task_facts *facts, uint64_t mm,
		     struct task_info *info)
{
	const struct cached_rss wanted = { .mm = mm };
	const struct cached_rss *cached = facts->nr_cached ?
						  bsearch(&wanted, facts->cached, facts->nr_cached,
							  sizeof(wanted), ranges_compare) :
						  NULL;
	int64_t sum = cached ? cached->pages : 0, swap = cached ? cached->swap : 0;

	/* until 6.1 the counters are longs in a struct mm_rss_stat */
	info->has_rss = mm && (facts->has_rss_stat ? sum_longs(kernel, mm, &sum, &swap) :
						     sum_counters(kernel, facts, mm, &sum, &swap));
	if (!info->has_rss)
		return;
	info->rss_pages = sum;
	info->swap_pages = swap;
	info->rss_contradicted = rss_is_impossible(kernel, mm, info);
	if (info->rss_contradicted) {
		info->has_rss = false;
		return;
	}
	info->rss = sum > 0 ? kernel_frame(kernel, (uint64_t)sum) : 0;
	info->swap = swap > 0 ? kernel_frame(kernel, (uint64_t)swap) : 0;
}

/* --- all information --- */

static void find_running(struct kernel *kernel, struct task_facts *facts)
{
	uint64_t queue;

	if (!kernel_member(kernel, RQ_CURR, NULL) || !facts->possible.nr)
		return;
	facts->cpu = calloc(facts->possible.nr, sizeof(*facts->cpu));
	facts->all_cpus = facts->cpu;
	for (unsigned int cpu = 0; facts->cpu && cpu_set_next(&facts->possible, &cpu); cpu++) {
		struct running_cpu *own = &facts->cpu[facts->nr_cpus];

		own->cpu = cpu;
		if (kernel_per_cpu(kernel, "runqueues", cpu, &queue, NULL) &&
		    kernel_read_member(kernel, queue, RQ_CURR, &own->task, NULL))
			facts->nr_cpus++;
		else
			facts->all_cpus = false;
	}
}

void task_facts_read(struct kernel *kernel, const struct task_list *list, struct task_facts *facts)
{
	uint64_t size;

	*facts = (struct task_facts){ .has_rss_stat =
					      kernel_type_size(kernel, "mm_rss_stat", &size) };
	if (!kernel_type_size(kernel, "percpu_counter", &facts->counter_size))
		facts->counter_size = 0;
	kernel_possible_cpus(kernel, &facts->possible, NULL);
	find_running(kernel, facts);
	find_cached(kernel, list, facts);
}

void task_facts_release(struct task_facts *facts)
{
	free(facts->cpu);
	free(facts->cached);
}

static void set_running(const struct task_facts *facts, const struct task *task,
			struct task_info *info)
{
	for (size_t i = 0; i < facts->nr_cpus && !info->running; i++) {
		info->running = facts->cpu[i].task == task->address;
		if (info->running) {
			info->has_cpu = true;
			info->cpu = facts->cpu[i].cpu;
		}
	}
}

bool task_is_running(const struct task_facts *facts, const struct task *task)
{
	struct task_info info = { 0 };

	set_running(facts, task, &info);
	return info.running;
}

struct task_info task_info_read(struct kernel *kernel, const struct task_facts *facts,
				const struct task *task)
{
	struct task_info info = { .state = task_state(kernel, task->address) };
	uint64_t parent, pid;

	kernel_read_member(kernel, task->address, TASK_STACK, &info.stack, NULL);
	info.has_cpu =
		task_info_read_cpu(kernel, &facts->possible, task->address, info.stack, &info.cpu);
	info.has_parent = kernel_read_member(kernel, task->address, TASK_PARENT, &parent, NULL) &&
			  kernel_read_member(kernel, parent, TASK_TGID, &pid, NULL);
	if (info.has_parent)
		info.parent = (int32_t)pid;
	read_rss(kernel, facts, task->mm, &info);
	set_running(facts, task, &info);
	return info;
}
