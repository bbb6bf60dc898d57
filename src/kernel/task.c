/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/task.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/address_set.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/percpu.h"

enum {
	LAST_PID = 4 << 20,   /* PID_MAX_LIMIT, include/linux/threads.h */
	MOST_TASKS = LAST_PID + 8192, /* and an idle task for each CPU */
	SPAN_MAX = 16384,     /* bytes of a task_struct that hold all we ask for */
	STOP_EVERY = 256,     /* tasks */
};

enum direction { FORWARD, BACKWARD };

struct links {
	uint64_t to[2]; /* list_head's next and prev */
};

/* A task and its places in the lists. */
struct listed {
	struct task task;
	struct links tasks, threads;
	uint64_t signal;
};

struct scan {
	struct kernel *kernel;
	const struct watch *watch;
	struct task_list *list;
	struct address_set seen;
	const struct member *tasks, *threads;
	const struct member *thread_head; /* NULL: the leader is the list's head */
	bool stopped, no_memory;
	/* What is read of each task_struct, at once. */
	uint64_t span_start, span_size;
	uint8_t span[SPAN_MAX];
};

void damages_add(struct damages *damages, const struct error *err)
{
	if (damages->nr < MAX_DAMAGES)
		damages->error[damages->nr] = *err;
	damages->nr++;
}

static const enum member_id asked[] = {
	TASK_TASKS, TASK_PID, TASK_TGID, TASK_COMM, TASK_MM, TASK_ACTIVE_MM,
	TASK_SIGNAL,
};

static void widen(uint64_t *first, uint64_t *end, const struct member *member)
{
	if (member->offset < *first)
		*first = member->offset;
	if (member->offset + (uint64_t)member->size > *end)
		*end = member->offset + (uint64_t)member->size;
}

/*
 * Threads hang on signal_struct's thread_head (3.14, 0c740d0afc3b); before, on
 * each other in a ring (thread_group, gone with 6.7, 8e1f385104ac).
 */
static bool prepare(struct scan *scan, struct error *err)
{
	struct kernel *kernel = scan->kernel;
	uint64_t first = UINT64_MAX, end = 0;

	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		const struct member *member =
			kernel_member(kernel, asked[i], err);

		if (!member)
			return false;
		widen(&first, &end, member);
	}
	scan->tasks = kernel_member(kernel, TASK_TASKS, err);
	scan->thread_head = kernel_member(kernel, SIGNAL_THREAD_HEAD, NULL);
	scan->threads = kernel_member(kernel, scan->thread_head ?
						      TASK_THREAD_NODE :
						      TASK_THREAD_GROUP, err);
	if (!scan->threads)
		return false;
	widen(&first, &end, scan->threads);
	if (end - first > SPAN_MAX)
		return fail(err, ERROR_FORMAT,
			    "struct task_struct: its members lie %" PRIu64 " bytes apart",
			    end - first);
	scan->span_start = first;
	scan->span_size = end - first;
	return true;
}

static uint64_t load_member(const struct scan *scan,
			    const struct member *member, size_t size)
{
	return load_le(scan->span + (member->offset - scan->span_start), size);
}

static uint64_t load_id(const struct scan *scan, enum member_id id)
{
	const struct member *member = kernel_member(scan->kernel, id, NULL);

	return load_member(scan, member, member->size < 8 ? 4 : 8);
}

static struct links load_links(const struct scan *scan,
			       const struct member *member)
{
	unsigned int word = kernel_pointer_size(scan->kernel);
	const uint8_t *at = scan->span + (member->offset - scan->span_start);

	return (struct links){ { load_le(at, word), load_le(at + word, word) } };
}

static bool load_comm(const struct scan *scan, struct task *task)
{
	const struct member *comm = kernel_member(scan->kernel, TASK_COMM, NULL);
	size_t size = comm->size < TASK_COMM_MAX ? comm->size : TASK_COMM_MAX;

	memcpy(task->comm, scan->span + (comm->offset - scan->span_start), size);
	return memchr(task->comm, '\0', size);
}

/* Every struct that a list leads to must prove that it can be a task. */
static bool read_node(struct scan *scan, uint64_t address, struct listed *node,
		      struct error *err)
{
	struct task *task = &node->task;

	if (!kernel_read(scan->kernel, address + scan->span_start, scan->span,
			 scan->span_size, err))
		return false;
	*task = (struct task){
		.address = address,
		.mm = load_id(scan, TASK_MM),
		.active_mm = load_id(scan, TASK_ACTIVE_MM),
		.pid = (int32_t)load_id(scan, TASK_PID),
		.tgid = (int32_t)load_id(scan, TASK_TGID),
		.idle_cpu = -1,
	};
	node->tasks = load_links(scan, scan->tasks);
	node->threads = load_links(scan, scan->threads);
	node->signal = load_id(scan, TASK_SIGNAL);
	if (!load_comm(scan, task))
		return fail(err, ERROR_FORMAT,
			    "%" PRIx64 " is no task: its comm does not end",
			    address);
	if (task->pid < 0 || task->pid > LAST_PID || task->tgid < 0 ||
	    task->tgid > LAST_PID)
		return fail(err, ERROR_FORMAT,
			    "%" PRIx64 " is no task: its pid would be %" PRId32,
			    address, task->pid);
	return true;
}

static bool add_task(struct scan *scan, const struct task *task)
{
	struct task_list *list = scan->list;
	size_t room = list->room ? 2 * list->room : 256;
	struct task *more;

	if (list->nr == list->room) {
		more = reallocarray(list->task, room, sizeof(*more));
		if (!more) {
			scan->no_memory = true;
			return false;
		}
		list->task = more;
		list->room = room;
	}
	list->task[list->nr++] = *task;
	if (list->nr % STOP_EVERY == 0 && scan->watch &&
	    scan->watch->stop(scan->watch->arg))
		scan->stopped = true;
	return !scan->stopped;
}

static bool is_new(struct scan *scan, uint64_t address)
{
	enum address_added added = address_set_add(&scan->seen, address);

	if (added == ADDRESS_NO_MEMORY)
		scan->no_memory = true;
	return added == ADDRESS_NEW && scan->seen.nr <= MOST_TASKS;
}

static uint64_t add_address(const struct scan *scan, uint64_t address,
			    int64_t distance)
{
	return (address + (uint64_t)distance) & scan->kernel->arch->address_mask;
}

static void damage(struct scan *scan, const char *list, uint64_t before,
		   const struct error *why)
{
	struct error err;

	if (scan->stopped || scan->no_memory)
		return;
	fail(&err, ERROR_FORMAT,
	     "the list of %s is cut after its entry at %" PRIx64 ": %.300s", list,
	     before, why->message);
	damages_add(&scan->list->damages, &err);
}

/* One list, from the entry beside its head until it comes back there. */
struct ring {
	const char *name;
	const struct member *member;
	uint64_t head;
	enum direction direction;
	const struct listed *leader; /* whose threads they are; NULL: processes */
};

static void follow_threads(struct scan *scan, const struct listed *leader);

static bool take(struct scan *scan, const struct ring *ring,
		 const struct listed *node, struct error *err)
{
	if (ring->leader && node->task.tgid != ring->leader->task.tgid)
		return fail(err, ERROR_FORMAT, "task %" PRIx64 " is of another process",
			    node->task.address);
	if (add_task(scan, &node->task) && !ring->leader)
		follow_threads(scan, node);
	return true;
}

static const struct links *links_of(const struct ring *ring,
				    const struct listed *node)
{
	return ring->leader ? &node->threads : &node->tasks;
}

enum step { STEP_ON, STEP_END, STEP_DAMAGED };

/* Takes the task whose links are at entry, unless the other direction, or the
 * list of processes, was there before. */
static enum step step(struct scan *scan, const struct ring *ring,
		      uint64_t before, uint64_t entry, struct listed *node,
		      struct error *err)
{
	uint64_t address = add_address(scan, entry, -(int64_t)ring->member->offset);
	bool is_leader = ring->leader && address == ring->leader->task.address;
	bool fresh = !is_leader && is_new(scan, address);
	uint64_t back;

	if (!fresh && ring->direction == BACKWARD)
		return STEP_END;
	if (!read_node(scan, address, node, err))
		return STEP_DAMAGED;
	back = links_of(ring, node)->to[!ring->direction];
	if (back != before)
		fail(err, ERROR_FORMAT,
		     "task %" PRIx64 " comes next but points back to %" PRIx64,
		     address, back);
	else if (is_leader)
		return STEP_ON;
	else if (!fresh)
		fail(err, ERROR_FORMAT, "it leads to task %" PRIx64 " again",
		     address);
	else
		return take(scan, ring, node, err) ? STEP_ON : STEP_DAMAGED;
	return STEP_DAMAGED;
}

/* False where the ring was cut before its end. */
static bool follow(struct scan *scan, const struct ring *ring, uint64_t entry)
{
	uint64_t before = ring->head;
	struct error err;
	struct listed node;

	while (entry != ring->head) {
		enum step done = step(scan, ring, before, entry, &node, &err);

		if (done == STEP_DAMAGED)
			damage(scan, ring->name, before, &err);
		if (done != STEP_ON || scan->stopped || scan->no_memory)
			return false;
		before = entry;
		entry = links_of(ring, &node)->to[ring->direction];
	}
	return true;
}

/* What lies behind a damaged place is reached from the other end. */
static void follow_both_ways(struct scan *scan, struct ring *ring,
			     const struct links *head)
{
	ring->direction = FORWARD;
	if (follow(scan, ring, head->to[FORWARD]) || scan->stopped ||
	    scan->no_memory)
		return;
	ring->direction = BACKWARD;
	follow(scan, ring, head->to[BACKWARD]);
}

static bool read_links(struct scan *scan, uint64_t address, struct links *links,
		       struct error *err)
{
	unsigned int word = kernel_pointer_size(scan->kernel);

	return kernel_read_pointer(scan->kernel, address, &links->to[FORWARD],
				   err) &&
	       kernel_read_pointer(scan->kernel, address + word,
				   &links->to[BACKWARD], err);
}

static void follow_threads(struct scan *scan, const struct listed *leader)
{
	struct links head = leader->threads;
	struct ring ring = {
		.name = "threads", .member = scan->threads, .leader = leader,
	};
	struct error err;

	if (!scan->thread_head) {
		ring.head = add_address(scan, leader->task.address,
					scan->threads->offset);
	} else {
		ring.head = add_address(scan, leader->signal,
					scan->thread_head->offset);
		/* Alone: the usual case. */
		if (head.to[FORWARD] == ring.head && head.to[BACKWARD] == ring.head)
			return;
		if (!read_links(scan, ring.head, &head, &err)) {
			damage(scan, ring.name, ring.head, &err);
			return;
		}
	}
	follow_both_ways(scan, &ring, &head);
}

/* --- idle tasks --- */

/* Since 3.5 (29d5e0476e1c) idle_threads holds them; before, only the
 * runqueues do. */
static bool find_idle(struct scan *scan, unsigned int cpu, uint64_t *task,
		      struct error *err)
{
	struct kernel *kernel = scan->kernel;
	const struct member *idle;
	uint64_t address;

	if (kernel_per_cpu(kernel, "idle_threads", cpu, &address, NULL))
		return kernel_read_pointer(kernel, address, task, err);
	idle = kernel_member(kernel, RQ_IDLE, err);
	return idle &&
	       kernel_per_cpu(kernel, "runqueues", cpu, &address, err) &&
	       kernel_read_pointer(kernel, address + idle->offset, task, err);
}

static void add_idle(struct scan *scan, unsigned int cpu, uint64_t address)
{
	struct error err;
	struct listed node;

	if (!read_node(scan, address, &node, &err)) {
		damages_add(&scan->list->damages, &err);
		return;
	}
	node.task.idle_cpu = (int32_t)cpu;
	if (is_new(scan, address))
		add_task(scan, &node.task);
}

/* init_task is the first CPU's. */
static void add_other_idles(struct scan *scan)
{
	struct cpu_set cpus;
	struct error err;
	uint64_t task;

	if (!kernel_possible_cpus(scan->kernel, &cpus, &err)) {
		damages_add(&scan->list->damages, &err);
		return;
	}
	for (unsigned int cpu = 1; cpu < cpus.nr && !scan->stopped; cpu++) {
		if (!cpu_set_has(&cpus, cpu))
			continue;
		/* NULL: the CPU was never brought up. */
		if (!find_idle(scan, cpu, &task, &err))
			damages_add(&scan->list->damages, &err);
		else if (task)
			add_idle(scan, cpu, task);
	}
}

/* --- all of them --- */

static bool scan_all(struct scan *scan, struct error *err)
{
	struct ring ring = { .name = "tasks" };
	uint64_t address;
	struct listed init;

	if (!prepare(scan, err) ||
	    !kernel_symbol(scan->kernel, "init_task", &address, err) ||
	    !read_node(scan, address, &init, err))
		return false;
	ring.member = scan->tasks;
	ring.head = add_address(scan, address, scan->tasks->offset);
	add_idle(scan, 0, address);
	add_other_idles(scan);
	follow_both_ways(scan, &ring, &init.tasks);
	if (scan->no_memory)
		return fail(err, ERROR_SYSTEM, "out of memory");
	if (scan->stopped)
		return fail(err, ERROR_INTERRUPTED, "interrupted");
	return true;
}

const struct task_list *kernel_tasks(struct kernel *kernel,
				     const struct watch *watch,
				     struct error *err)
{
	struct scan *scan;
	bool done;

	if (kernel->tasks)
		return kernel->tasks;
	scan = calloc(1, sizeof(*scan));
	if (scan)
		scan->list = calloc(1, sizeof(*scan->list));
	if (!scan || !scan->list) {
		free(scan);
		fail(err, ERROR_SYSTEM, "out of memory");
		return NULL;
	}
	scan->kernel = kernel;
	scan->watch = watch;
	done = scan_all(scan, err);
	task_list_destroy(kernel->some_tasks);
	kernel->some_tasks = NULL;
	if (done)
		kernel->tasks = scan->list;
	else if (scan->stopped)
		kernel->some_tasks = scan->list;
	else
		task_list_destroy(scan->list);
	address_set_release(&scan->seen);
	free(scan);
	return kernel->tasks;
}

const struct task_list *kernel_tasks_so_far(const struct kernel *kernel)
{
	return kernel->some_tasks;
}

void task_list_destroy(struct task_list *list)
{
	if (list)
		free(list->task);
	free(list);
}
