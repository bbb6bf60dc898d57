/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/task/task.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/ranges.h"
#include "base/sort.h"
#include "base/bytes.h"
#include "dump/dump.h"
#include "kernel/kernel.h"
#include "linux/task_members.h"
#include "kernel/member.h"
#include "base/address_set.h"
#include "kernel/arch.h"
#include "kernel/percpu.h"

/* --- the index by pid --- */

/* An index of tasks by pid. A large server has tens of thousands of tasks. Without the index,
 * each look-up of a pid would search the whole list. */

struct by_pid {
	int32_t pid;
	uint32_t place;
};

static int task_index_compare(const void *one, const void *two)
{
	const struct by_pid *a = one, *b = two;

	return COMPARE(a->pid, b->pid) ?: COMPARE(a->place, b->place);
}

bool task_list_index(struct task_list *list, const struct listener *listener)
{
	struct by_pid *sorted = calloc(list->nr + 1, sizeof(*sorted));
	uint32_t *by_pid = calloc(list->nr + 1, sizeof(*by_pid));
	bool ok = sorted && by_pid;

	for (uint32_t i = 0; ok && i < list->nr; i++)
		sorted[i] = (struct by_pid){ list->task[i].pid, i };
	ok = ok && sort_items(sorted, list->nr, sizeof(*sorted), task_index_compare, listener);
	for (size_t i = 0; ok && i < list->nr; i++)
		by_pid[i] = sorted[i].place;
	free(sorted);
	if (ok)
		list->by_pid = by_pid;
	else
		free(by_pid);
	return ok;
}

static void task_list_release(struct task_list *list)
{
	free(list->task);
	free(list->by_pid);
}

const struct task *task_list_find(const struct task_list *list, int32_t pid)
{
	size_t first;

	if (!list->by_pid) {
		for (size_t i = 0; i < list->nr; i++)
			if (list->task[i].pid == pid)
				return &list->task[i];
		return NULL;
	}
	first = ARRAY_SEARCH(i, 0, list->nr, list->task[list->by_pid[i]].pid < pid);
	return first < list->nr && list->task[list->by_pid[first]].pid == pid ?
		       &list->task[list->by_pid[first]] :
		       NULL;
}

const struct task *task_of_address(const struct task_list *list, uint64_t address)
{
	for (size_t i = 0; i < list->nr; i++)
		if (list->task[i].address == address)
			return &list->task[i];
	return NULL;
}

/* --- reading a task_struct --- */

enum { LAST_PID = 4 << 20 /* PID_MAX_LIMIT (include/linux/threads.h) */ };

enum direction { FORWARD, BACKWARD };

struct task_links {
	uint64_t to[2]; /* next and prev of a list_head, as addresses */
};

/* A task, and its links in the lists of processes and threads. */
struct listed {
	struct task task;
	struct task_links tasks, threads;
	uint64_t signal;
};

struct task_reader {
	struct kernel *kernel;
	const struct member *comm;
	/* The members that link processes and threads. Borrowed from the kernel, or &in_pids. */
	const struct member *tasks, *threads;
	/* The head of the list of threads. NULL: the threads of a process form a ring without a
	 * head. */
	const struct member *thread_head;
	struct member in_pids; /* the list_head in pids[PIDTYPE_TGID] */
};

static const struct {
	unsigned int id;
	enum member_form form;
} members[] = {
	{ TASK_TASKS, MEMBER_LINKS },	    { TASK_PID, MEMBER_INT },
	{ TASK_TGID, MEMBER_INT },	    { TASK_MM, MEMBER_POINTER },
	{ TASK_ACTIVE_MM, MEMBER_POINTER }, { TASK_SIGNAL, MEMBER_POINTER },
};

/* Finds the member that links the threads of a process in kernels without thread_head. The member
 * is thread_group, which was removed in 6.7 (8e1f385104ac). Until 2.6.17 (47e65328a7b1) the member
 * is a list in the second element of pids. In later kernels the elements of pids contain no such
 * list. */
static const struct member *find_ring(struct task_reader *reader, struct error *err)
{
	struct kernel *kernel = reader->kernel;
	const struct member *pids = kernel_member(kernel, TASK_PIDS, NULL);
	const struct member *list = kernel_member_as(kernel, PID_LIST, MEMBER_LINKS, NULL);
	uint64_t size;

	if (!pids || !list || !kernel_type_size(kernel, "pid", &size) || size > pids->size ||
	    !range_within(size + list->offset, list->size, pids->size))
		return kernel_member_as(kernel, TASK_THREAD_GROUP, MEMBER_LINKS, err);
	reader->in_pids = *list;
	reader->in_pids.offset += pids->offset + (uint32_t)size;
	return &reader->in_pids;
}

/* Finds the members in the kernel's types. After this call the reader must not be moved in memory,
 * because reader->threads may point to reader->in_pids.
 * Since 3.14 (0c740d0afc3b) threads are in a list whose head is thread_head in signal_struct. */
static bool task_reader_start(struct task_reader *reader, struct kernel *kernel, struct error *err)
{
	reader->kernel = kernel;
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (!kernel_member_as(kernel, members[i].id, members[i].form, err))
			return false;
	reader->comm = kernel_member_as(kernel, TASK_COMM, MEMBER_TEXT, err);
	if (!reader->comm)
		return false;
	reader->tasks = kernel_member(kernel, TASK_TASKS, err);
	reader->thread_head = kernel_member(kernel, SIGNAL_THREAD_HEAD, NULL);
	reader->threads = reader->thread_head ?
				  kernel_member_as(kernel, TASK_THREAD_NODE, MEMBER_LINKS, err) :
				  find_ring(reader, err);
	return reader->threads;
}

static bool read_links(struct kernel *kernel, uint64_t address, struct task_links *links,
		       struct error *err)
{
	unsigned int word = kernel_pointer_size(kernel);

	return kernel_read_pointer(kernel, address, &links->to[FORWARD], err) &&
	       kernel_read_pointer(kernel, address + word, &links->to[BACKWARD], err);
}

static bool read_comm(const struct task_reader *reader, struct task *task, struct error *err)
{
	const struct member *comm = reader->comm;
	size_t size = comm->size < TASK_COMM_MAX ? comm->size : TASK_COMM_MAX;

	return kernel_read_field(reader->kernel, task->address + comm->offset, task->comm, size,
				 err) &&
	       (memchr(task->comm, '\0', size) ||
		fail(err, ERROR_FORMAT, "%" PRIx64 " is not a task: its comm has no end",
		     task->address));
}

/* Reads the task at `address`. Fails if no task can be at this address. */
static bool task_read(struct task_reader *reader, uint64_t address, struct listed *node,
		      struct error *err)
{
	struct kernel *kernel = reader->kernel;
	struct task *task = &node->task;
	uint64_t pid, tgid;

	*task = (struct task){ .address = address, .idle_cpu = -1 };
	if (!read_links(kernel, address + reader->tasks->offset, &node->tasks, err) ||
	    !kernel_read_member(kernel, address, TASK_PID, &pid, err) ||
	    !kernel_read_member(kernel, address, TASK_TGID, &tgid, err) ||
	    !kernel_read_member(kernel, address, TASK_MM, &task->mm, err) ||
	    !kernel_read_member(kernel, address, TASK_ACTIVE_MM, &task->active_mm, err) ||
	    !kernel_read_member(kernel, address, TASK_SIGNAL, &node->signal, err) ||
	    !read_links(kernel, address + reader->threads->offset, &node->threads, err))
		return false;
	task->pid = (int32_t)pid;
	task->tgid = (int32_t)tgid;
	if (!read_comm(reader, task, err))
		return false;
	if (task->pid < 0 || task->pid > LAST_PID || task->tgid < 0 || task->tgid > LAST_PID)
		return fail(err, ERROR_FORMAT,
			    "%" PRIx64 " is not a task: its pid would be %" PRId32, address,
			    task->pid);
	return true;
}

enum {
	MOST_TASKS = LAST_PID + 8192, /* limit: LAST_PID processes and threads, and idle tasks */
	STOP_EVERY = 256, /* check after so many tasks whether the user stopped the work */
};

struct task_scan {
	struct kernel *kernel;
	struct task_list *list;
	struct address_set seen;
	struct error ended; /* why the scan ended early; code 0: the scan was not ended */
	struct task_reader reader;
};

static bool task_add_task(struct task_scan *scan, const struct task *task)
{
	struct task_list *list = scan->list;

	if (!array_add(&list->task, &list->nr, &list->room, task, sizeof(*task)))
		out_of_memory(&scan->ended);
	else if (list->nr % STOP_EVERY == 0 && kernel_stopped(scan->kernel))
		fail(&scan->ended, ERROR_INTERRUPTED, "interrupted");
	return !scan->ended.code;
}

static bool task_is_new(struct task_scan *scan, uint64_t address)
{
	enum address_added added = address_set_add(&scan->seen, address);

	if (added == ADDRESS_NO_MEMORY)
		out_of_memory(&scan->ended);
	return added == ADDRESS_NEW && scan->seen.nr <= MOST_TASKS;
}

static uint64_t add_address(const struct task_scan *scan, uint64_t address, int64_t distance)
{
	return (address + (uint64_t)distance) & scan->kernel->arch->address_mask;
}

/* The state of following a list of tasks. The list is a ring: its last entry points to its head. */
struct task_ring {
	const char *name; /* name of the list in messages */
	const struct member *member; /* the member of task_struct that links the tasks */
	uint64_t head; /* address of the list_head that is the head of the list */
	uint64_t before; /* address of the list_head from which the next entry was reached */
	enum direction direction;
	uint64_t cut_at; /* address of the task at which following the list forward failed */
	const struct listed *leader; /* leader of the threads; NULL: the list of processes */
};

static void task_damage(struct task_scan *scan, const struct task_ring *ring,
			const struct error *why)
{
	struct error err;

	if (scan->ended.code)
		return;
	fail(&err, ERROR_FORMAT, "the list of %s is cut after its entry at %" PRIx64 ": %.300s",
	     ring->name, ring->before, why->message);
	damages_add(&scan->list->damages, &err);
}

static void follow_threads(struct task_scan *scan, const struct listed *leader);

static const struct task_links *links_of(const struct task_ring *ring, const struct listed *node)
{
	return ring->leader ? &node->threads : &node->tasks;
}

/* Adds the task at `address`. The link of the task in the other direction must point back to
 * ring->before. If the task is the leader in its list of threads, does not add it, because it was
 * already added from the list of processes. */
static bool task_add_entry(struct task_scan *scan, const struct task_ring *ring, uint64_t address,
			   struct listed *node, struct error *err)
{
	const struct listed *leader = ring->leader;
	uint64_t back;

	if (add_address(scan, address, ring->member->offset) == ring->before)
		return fail(err, ERROR_FORMAT, "this entry points to itself");
	if (!task_read(&scan->reader, address, node, err))
		return false;
	back = links_of(ring, node)->to[!ring->direction];
	if (back != ring->before)
		return fail(err, ERROR_FORMAT,
			    "this entry points to task %" PRIx64 ", which points back to %" PRIx64,
			    address, back);
	if (leader && address == leader->task.address)
		return true;
	if (!task_is_new(scan, address))
		return fail(err, ERROR_FORMAT,
			    "this entry points to task %" PRIx64 ", which was already read",
			    address);
	if (leader && node->task.tgid != leader->task.tgid)
		return fail(err, ERROR_FORMAT, "task %" PRIx64 " belongs to another process",
			    address);
	if (task_add_task(scan, &node->task) && !leader)
		follow_threads(scan, node);
	return true;
}

/* Follows the list from `entry` to its head. When following it backward, also ends at a task that
 * was added when the list was followed forward. A damaged link may point to another place in the
 * list, so a task is added only if it points back to the previous entry. Returns false if the list
 * is damaged. */
static bool task_follow(struct task_scan *scan, struct task_ring *ring, uint64_t entry)
{
	struct error err;
	struct listed node;

	ring->before = ring->head;
	while (entry != ring->head) {
		uint64_t address = add_address(scan, entry, -(int64_t)ring->member->offset);

		if (ring->direction == BACKWARD && address_set_has(&scan->seen, address))
			return true;
		if (!task_add_entry(scan, ring, address, &node, &err)) {
			if (ring->direction == FORWARD || address != ring->cut_at)
				task_damage(scan, ring, &err);
			ring->cut_at = address;
			return false;
		}
		if (scan->ended.code)
			return false;
		ring->before = entry;
		entry = links_of(ring, &node)->to[ring->direction];
	}
	return true;
}

/* Follows the list forward. If this fails, also follows it backward, to find the entries after the
 * damage. */
static void task_follow_both_ways(struct task_scan *scan, struct task_ring *ring,
				  const struct task_links *head)
{
	ring->direction = FORWARD;
	if (task_follow(scan, ring, head->to[FORWARD]) || scan->ended.code)
		return;
	ring->direction = BACKWARD;
	task_follow(scan, ring, head->to[BACKWARD]);
}

static void follow_threads(struct task_scan *scan, const struct listed *leader)
{
	struct task_links head = leader->threads;
	struct task_ring ring = {
		.name = "threads",
		.member = scan->reader.threads,
		.leader = leader,
	};
	struct error err;

	if (!scan->reader.thread_head) {
		ring.head = add_address(scan, leader->task.address, scan->reader.threads->offset);
	} else {
		ring.head = add_address(scan, leader->signal, scan->reader.thread_head->offset);
		/* usually the process has only one thread, and there is nothing to follow */
		if (head.to[FORWARD] == ring.head && head.to[BACKWARD] == ring.head)
			return;
		if (!read_links(scan->kernel, ring.head, &head, &err)) {
			ring.before = ring.head;
			task_damage(scan, &ring, &err);
			return;
		}
	}
	task_follow_both_ways(scan, &ring, &head);
}

/* --- idle tasks --- */

/* Finds the idle task of a CPU: in idle_threads since 3.5 (29d5e0476e1c), and in the CPU's runqueue
 * in older kernels. */
static bool find_idle(struct task_scan *scan, unsigned int cpu, uint64_t *task, struct error *err)
{
	struct kernel *kernel = scan->kernel;
	uint64_t address;

	if (kernel_per_cpu(kernel, "idle_threads", cpu, &address, NULL))
		return kernel_read_pointer(kernel, address, task, err);
	return kernel_per_cpu(kernel, "runqueues", cpu, &address, err) &&
	       kernel_read_member(kernel, address, RQ_IDLE, task, err);
}

static void add_idle(struct task_scan *scan, unsigned int cpu, uint64_t address)
{
	struct error err;
	struct listed node;

	if (!task_read(&scan->reader, address, &node, &err)) {
		damages_add(&scan->list->damages, &err);
		return;
	}
	node.task.idle_cpu = (int32_t)cpu;
	if (task_is_new(scan, address))
		task_add_task(scan, &node.task);
}

/* Adds the idle tasks of all CPUs except the first CPU. Its idle task is init_task, which was added
 * before. */
static void add_other_idles(struct task_scan *scan)
{
	struct cpu_set cpus;
	struct error err;
	uint64_t task;

	if (!kernel_possible_cpus(scan->kernel, &cpus, &err)) {
		damages_add(&scan->list->damages, &err);
		return;
	}
	for (unsigned int cpu = 1; cpu_set_next(&cpus, &cpu) && !scan->ended.code; cpu++) {
		/* 0: the CPU was never started */
		if (!find_idle(scan, cpu, &task, &err))
			damages_add(&scan->list->damages, &err);
		else if (task)
			add_idle(scan, cpu, task);
	}
}

/* --- all tasks --- */

static bool task_scan_all(struct task_scan *scan, struct error *err)
{
	struct task_ring ring = { .name = "tasks" };
	uint64_t address;
	struct listed init;

	if (!task_reader_start(&scan->reader, scan->kernel, err) ||
	    !kernel_symbol(scan->kernel, "init_task", &address, err) ||
	    !task_read(&scan->reader, address, &init, err))
		return false;
	ring.member = scan->reader.tasks;
	ring.head = add_address(scan, address, scan->reader.tasks->offset);
	add_idle(scan, 0, address);
	add_other_idles(scan);
	task_follow_both_ways(scan, &ring, &init.tasks);
	return !scan->ended.code || fail(err, scan->ended.code, "%s", scan->ended.message);
}

struct known_tasks {
	struct task_list list;
	bool all; /* the list contains all tasks that can be read */
	bool some; /* the list contains only some tasks, because the user stopped the search */
};

static void task_release(void *state)
{
	struct known_tasks *known = state;

	task_list_release(&known->list);
}

static const struct state_type state_tasks = {
	.size = sizeof(struct known_tasks),
	.release = task_release,
};

const struct task_list *task_all(struct kernel *kernel, struct error *err)
{
	struct known_tasks *known = kernel_state(kernel, &state_tasks);
	struct task_scan *scan;

	if (known && known->all)
		return &known->list;
	scan = known ? calloc(1, sizeof(*scan)) : NULL;
	if (!scan)
		return out_of_memory(err), NULL;
	task_release(known);
	*known = (struct known_tasks){ 0 };
	scan->kernel = kernel;
	scan->list = &known->list;
	known->all = task_scan_all(scan, err);
	known->some = scan->ended.code == ERROR_INTERRUPTED;
	address_set_release(&scan->seen);
	free(scan);
	return known->all ? &known->list : NULL;
}

const struct task *task_of_pid(struct kernel *kernel, int32_t pid)
{
	struct known_tasks *known =
		task_all(kernel, NULL) ? kernel_state(kernel, &state_tasks) : NULL;

	if (!known)
		return NULL;
	if (!known->list.by_pid)
		task_list_index(&known->list, kernel->listener);
	return task_list_find(&known->list, pid);
}

const struct task_list *task_all_so_far(const struct kernel *kernel)
{
	const struct known_tasks *known = kernel_state(kernel, &state_tasks);

	return known && known->some ? &known->list : NULL;
}
