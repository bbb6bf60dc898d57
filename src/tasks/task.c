/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "tasks/task.h"

#include <inttypes.h>
#include <string.h>

#include "base/address_set.h"
#include "base/array.h"
#include "dump/dump.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/members.h"
#include "kernel/noted.h"
#include "kernel/percpu.h"

enum {
	LAST_PID = 4 << 20, /* PID_MAX_LIMIT, include/linux/threads.h */
	MOST_TASKS = LAST_PID + 8192, /* and an idle task for each CPU */
	SPAN_MAX = 16384, /* bytes of a task_struct that are read */
	STOP_EVERY = 256, /* tasks */
};

enum direction { FORWARD, BACKWARD };

struct links {
	uint64_t to[2]; /* list_head's next and prev */
};

/* A task and its links in the lists. */
struct listed {
	struct task task;
	struct links tasks, threads;
	uint64_t signal;
};

struct scan {
	struct kernel *kernel;
	struct task_list *list;
	struct address_set seen;
	const struct member *tasks, *threads;
	const struct member *thread_head; /* NULL: the leader is the list's head */
	struct member in_pids; /* the list_head of pids[PIDTYPE_TGID] */
	struct error ended; /* why the scan ended; code 0: it goes on */
	struct member_bytes bytes; /* part of a task_struct, read at once... */
	uint8_t span[SPAN_MAX]; /* ...to here */
};

static const struct {
	enum member_id id;
	enum member_form form;
} members[] = {
	{ TASK_TASKS, MEMBER_LINKS },	 { TASK_PID, MEMBER_INT },
	{ TASK_TGID, MEMBER_INT },	 { TASK_COMM, MEMBER_TEXT },
	{ TASK_MM, MEMBER_POINTER },	 { TASK_ACTIVE_MM, MEMBER_POINTER },
	{ TASK_SIGNAL, MEMBER_POINTER },
};

static void widen(uint64_t *first, uint64_t *end, const struct member *member)
{
	if (member->offset < *first)
		*first = member->offset;
	if (member->offset + (uint64_t)member->size > *end)
		*end = member->offset + (uint64_t)member->size;
}

/* thread_group links a process's threads without a head (removed in 6.7, 8e1f385104ac).
 * Until 2.6.17 (47e65328a7b1) the second of a task's pids does: no later one has a list. */
static const struct member *find_ring(struct scan *scan, struct error *err)
{
	struct kernel *kernel = scan->kernel;
	const struct member *pids = kernel_member(kernel, TASK_PIDS, NULL);
	const struct member *list =
		kernel_member_as(kernel, PID_LIST, MEMBER_LINKS, NULL);
	uint64_t size;

	if (!pids || !list || !kernel_type_size(kernel, "pid", &size) ||
	    size > pids->size ||
	    !range_within(size + list->offset, list->size, pids->size))
		return kernel_member_as(kernel, TASK_THREAD_GROUP, MEMBER_LINKS,
					err);
	scan->in_pids = *list;
	scan->in_pids.offset += pids->offset + (uint32_t)size;
	return &scan->in_pids;
}

/* The list of threads starts at signal_struct's thread_head since 3.14
 * (0c740d0afc3b). */
static bool find_members(struct scan *scan, struct error *err)
{
	struct kernel *kernel = scan->kernel;
	uint64_t first = UINT64_MAX, end = 0;

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const struct member *member = kernel_member_as(
			kernel, members[i].id, members[i].form, err);

		if (!member)
			return false;
		widen(&first, &end, member);
	}
	scan->tasks = kernel_member(kernel, TASK_TASKS, err);
	scan->thread_head = kernel_member(kernel, SIGNAL_THREAD_HEAD, NULL);
	scan->threads = scan->thread_head ?
				kernel_member_as(kernel, TASK_THREAD_NODE,
						 MEMBER_LINKS, err) :
				find_ring(scan, err);
	if (!scan->threads)
		return false;
	widen(&first, &end, scan->threads);
	if (end - first > SPAN_MAX)
		return fail(err, ERROR_FORMAT,
			    "struct task_struct: implausible members, %" PRIu64 " bytes apart",
			    end - first);
	scan->bytes = (struct member_bytes){ scan->span, first, end - first };
	return true;
}

static uint64_t load_id(const struct scan *scan, enum member_id id)
{
	const struct member *member = kernel_member(scan->kernel, id, NULL);

	return member_load(&scan->bytes, member, 0, member->size);
}

static struct links load_links(const struct scan *scan,
			       const struct member *member)
{
	unsigned int word = kernel_pointer_size(scan->kernel);

	return (struct links){ { member_load(&scan->bytes, member, 0, word),
				 member_load(&scan->bytes, member, word,
					     word) } };
}

static bool load_comm(const struct scan *scan, struct task *task)
{
	const struct member *comm = kernel_member(scan->kernel, TASK_COMM, NULL);
	size_t size = comm->size < TASK_COMM_MAX ? comm->size : TASK_COMM_MAX;

	memcpy(task->comm, scan->span + (comm->offset - scan->bytes.start),
	       size);
	return memchr(task->comm, '\0', size);
}

static bool read_member(struct scan *scan, uint64_t address,
			const struct member *member)
{
	return kernel_read(scan->kernel, address + member->offset,
			   scan->span + (member->offset - scan->bytes.start),
			   (size_t)member->size, NULL);
}

static bool read_members(struct scan *scan, uint64_t address)
{
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (!read_member(scan, address,
				 kernel_member(scan->kernel, members[i].id,
					       NULL)))
			return false;
	return read_member(scan, address, scan->threads);
}

/* Much of it is in no answer: where reads are noted, and in what extract wrote, are members only. */
static bool read_span(struct scan *scan, uint64_t address, struct error *err)
{
	const struct member *comm = kernel_member(scan->kernel, TASK_COMM, NULL);
	bool noted = scan->kernel->dump->format->note_read;

	if (noted && read_members(scan, address)) {
		kernel_note_bytes(scan->kernel, NOTED_NAME,
				 address + comm->offset,
				 scan->span + (comm->offset - scan->bytes.start),
				 (size_t)comm->size);
		return true;
	}
	return kernel_read(scan->kernel, address + scan->bytes.start, scan->span,
			   scan->bytes.size, err) ||
	       read_members(scan, address);
}

/* Fails if the struct cannot be a task. */
static bool read_task(struct scan *scan, uint64_t address, struct listed *node,
		      struct error *err)
{
	struct task *task = &node->task;

	if (!read_span(scan, address, err))
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

	if (!array_add(&list->task, &list->nr, &list->room, task,
		       sizeof(*task)))
		fail(&scan->ended, ERROR_SYSTEM, "out of memory");
	else if (list->nr % STOP_EVERY == 0 && kernel_stopped(scan->kernel))
		fail(&scan->ended, ERROR_INTERRUPTED, "interrupted");
	return !scan->ended.code;
}

static bool is_new(struct scan *scan, uint64_t address)
{
	enum address_added added = address_set_add(&scan->seen, address);

	if (added == ADDRESS_NO_MEMORY)
		fail(&scan->ended, ERROR_SYSTEM, "out of memory");
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

	if (scan->ended.code)
		return;
	fail(&err, ERROR_FORMAT,
	     "the list of %s is cut after its entry at %" PRIx64 ": %.300s", list,
	     before, why->message);
	damages_add(&scan->list->damages, &err);
}

/* A list of tasks, walked from its head until it comes back there. */
struct ring {
	const char *name; /* for messages */
	const struct member *member; /* the list_head in task_struct */
	uint64_t head; /* address of the first list_head */
	enum direction direction;
	uint64_t cut_at; /* what the forward walk could not add; reported once */
	const struct listed *leader; /* NULL: a list of processes */
};

static void follow_threads(struct scan *scan, const struct listed *leader);

static const struct links *links_of(const struct ring *ring,
				    const struct listed *node)
{
	return ring->leader ? &node->threads : &node->tasks;
}

/* Adds the task at address, whose links lead back to before. A thread list leads to
 * the leader too, which the list of processes has added. */
static bool add_entry(struct scan *scan, const struct ring *ring,
		      uint64_t before, uint64_t address, struct listed *node,
		      struct error *err)
{
	const struct listed *leader = ring->leader;
	uint64_t back;

	if (add_address(scan, address, ring->member->offset) == before)
		return fail(err, ERROR_FORMAT, "it leads to itself");
	if (!read_task(scan, address, node, err))
		return false;
	back = links_of(ring, node)->to[!ring->direction];
	if (back != before)
		return fail(err, ERROR_FORMAT,
			    "task %" PRIx64 " comes next but points back to %" PRIx64,
			    address, back);
	if (leader && address == leader->task.address)
		return true;
	if (!is_new(scan, address))
		return fail(err, ERROR_FORMAT,
			    "it leads to task %" PRIx64 " again", address);
	if (leader && node->task.tgid != leader->task.tgid)
		return fail(err, ERROR_FORMAT,
			    "task %" PRIx64 " is of another process", address);
	if (add_task(scan, &node->task) && !leader)
		follow_threads(scan, node);
	return true;
}

/* Until the list comes back to its head, or a backward walk meets what the forward
 * one has added. False: cut off. What a damaged link leads to may be in another place
 * of the list: only a task that points back counts as met. */
static bool follow(struct scan *scan, struct ring *ring, uint64_t entry)
{
	uint64_t before = ring->head;
	struct error err;
	struct listed node;

	while (entry != ring->head) {
		uint64_t address = add_address(scan, entry,
					       -(int64_t)ring->member->offset);

		if (ring->direction == BACKWARD &&
		    address_set_has(&scan->seen, address))
			return true;
		if (!add_entry(scan, ring, before, address, &node, &err)) {
			if (ring->direction == FORWARD ||
			    address != ring->cut_at)
				damage(scan, ring->name, before, &err);
			ring->cut_at = address;
			return false;
		}
		if (scan->ended.code)
			return false;
		before = entry;
		entry = links_of(ring, &node)->to[ring->direction];
	}
	return true;
}

/* Entries behind a damaged one are reached from the other end. */
static void follow_both_ways(struct scan *scan, struct ring *ring,
			     const struct links *head)
{
	ring->direction = FORWARD;
	if (follow(scan, ring, head->to[FORWARD]) || scan->ended.code)
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
	struct ring ring = { .name = "threads", .member = scan->threads,
			     .leader = leader };
	struct error err;

	if (!scan->thread_head) {
		ring.head = add_address(scan, leader->task.address,
					scan->threads->offset);
	} else {
		ring.head = add_address(scan, leader->signal,
					scan->thread_head->offset);
		/* No other thread: the usual case. */
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

/* In idle_threads since 3.5 (29d5e0476e1c); before, in the runqueues only. */
static bool find_idle(struct scan *scan, unsigned int cpu, uint64_t *task,
		      struct error *err)
{
	struct kernel *kernel = scan->kernel;
	uint64_t address;

	if (kernel_per_cpu(kernel, "idle_threads", cpu, &address, NULL))
		return kernel_read_pointer(kernel, address, task, err);
	return kernel_per_cpu(kernel, "runqueues", cpu, &address, err) &&
	       kernel_read_member(kernel, address, RQ_IDLE, task, err);
}

static void add_idle(struct scan *scan, unsigned int cpu, uint64_t address)
{
	struct error err;
	struct listed node;

	if (!read_task(scan, address, &node, &err)) {
		damages_add(&scan->list->damages, &err);
		return;
	}
	node.task.idle_cpu = (int32_t)cpu;
	if (is_new(scan, address))
		add_task(scan, &node.task);
}

/* All but the first CPU's, which is init_task. */
static void add_other_idles(struct scan *scan)
{
	struct cpu_set cpus;
	struct error err;
	uint64_t task;

	if (!kernel_possible_cpus(scan->kernel, &cpus, &err)) {
		damages_add(&scan->list->damages, &err);
		return;
	}
	for (unsigned int cpu = 1; cpu < cpus.nr && !scan->ended.code; cpu++) {
		if (!cpu_set_has(&cpus, cpu))
			continue;
		if (!find_idle(scan, cpu, &task, &err))
			damages_add(&scan->list->damages, &err);
		else if (task) /* NULL: the CPU was never brought up */
			add_idle(scan, cpu, task);
	}
}

/* --- all of them --- */

static bool scan_all(struct scan *scan, struct error *err)
{
	struct ring ring = { .name = "tasks" };
	uint64_t address;
	struct listed init;

	if (!find_members(scan, err) ||
	    !kernel_symbol(scan->kernel, "init_task", &address, err) ||
	    !read_task(scan, address, &init, err))
		return false;
	ring.member = scan->tasks;
	ring.head = add_address(scan, address, scan->tasks->offset);
	add_idle(scan, 0, address);
	add_other_idles(scan);
	follow_both_ways(scan, &ring, &init.tasks);
	return !scan->ended.code ||
	       fail(err, scan->ended.code, "%s", scan->ended.message);
}

struct known_tasks {
	struct task_list list;
	bool all, some; /* the list is whole; it is a part: the search was stopped */
};

static void release(void *state)
{
	struct known_tasks *known = state;

	task_list_release(&known->list);
}

const struct state_type state_tasks = {
	.size = sizeof(struct known_tasks),
	.release = release,
};

const struct task_list *kernel_tasks(struct kernel *kernel, struct error *err)
{
	struct known_tasks *known = kernel_state(kernel, STATE_TASKS);
	struct scan *scan;

	if (known->all)
		return &known->list;
	scan = calloc(1, sizeof(*scan));
	if (!scan) {
		fail(err, ERROR_SYSTEM, "out of memory");
		return NULL;
	}
	release(known);
	*known = (struct known_tasks){ 0 };
	scan->kernel = kernel;
	scan->list = &known->list;
	known->all = scan_all(scan, err) &&
		     task_list_index(&known->list, kernel->listener, err);
	known->some = scan->ended.code == ERROR_INTERRUPTED;
	address_set_release(&scan->seen);
	free(scan);
	return known->all ? &known->list : NULL;
}

const struct task_list *kernel_tasks_so_far(const struct kernel *kernel)
{
	const struct known_tasks *known = kernel_state(kernel, STATE_TASKS);

	return known->some ? &known->list : NULL;
}
