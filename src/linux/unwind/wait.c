/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/unwind/wait.h"

#include <string.h>

#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/percpu.h"
#include "linux/wait_members.h"
#include "symbols/symbol_lookup.h"
#include "base/text.h"
#include "linux/task/task.h"
#include "linux/task/task_times.h"
#include "linux/unwind/unwind.h"
#include "linux/task/stack.h"

/* --- spinning --- */

/* Each CPU has an array of nodes. If a CPU waits in the queue of a lock, it uses a node, and the
 * node points to the node of the next CPU in the queue. The count of the first node is the number
 * of nodes that the CPU uses. */
struct spin_nodes {
	const char *symbol;
	uint64_t size; /* of a node, in bytes */
};

static bool find_nodes(struct kernel *kernel, struct spin_nodes *nodes)
{
	nodes->symbol = "qnodes";
	if (kernel_type_size(kernel, "qnode", &nodes->size))
		return true;
	nodes->symbol = "mcs_nodes";
	return kernel_type_size(kernel, "mcs_spinlock", &nodes->size);
}

/* Finds the first node of a CPU, and the number of nodes that the CPU uses. */
static bool find_node(struct kernel *kernel, const struct spin_nodes *nodes, unsigned int cpu,
		      uint64_t *node, uint64_t *count)
{
	return kernel_per_cpu(kernel, nodes->symbol, cpu, node, NULL) &&
	       kernel_read_member(kernel, *node, SPIN_NODE_COUNT, count, NULL);
}

/* Finds the node of the last CPU in the queue that contains this node. */
static bool find_last(struct kernel *kernel, uint64_t *node)
{
	enum { MOST_CPUS = 8192 /* NR_CPUS with MAXSMP */ };
	uint64_t next;

	for (unsigned int i = 0; i < MOST_CPUS && !kernel_stopped(kernel); i++) {
		if (!kernel_read_member(kernel, *node, SPIN_NODE_NEXT, &next, NULL))
			return false;
		if (!next)
			return true;
		*node = next;
	}
	return false;
}

/* Loads the value of a lock of a kernel with NR_CPUS < 16384. The tail consists of the index of a
 * node (2 bits) and the number of the CPU plus 1. */
static struct spin_queue load_queue(uint64_t value, uint64_t *index)
{
	const struct spin_queue queue = {
		.locked = value & 0xff,
		.pending = value >> 8 & 0xff,
		.has_tail = value >> 18,
		.last_cpu = (unsigned int)(value >> 18) - 1,
	};

	*index = value >> 16 & 3;
	return queue;
}

/* What the nodes of a waiting CPU show. */
struct waiter {
	const struct spin_nodes *nodes;
	bool is_queued; /* the CPU uses a node */
	uint64_t last; /* with is_queued: the last node in the queue */
};

/* May this be the value of the lock? If the CPU uses a node, the tail of the lock must be the last
 * node of the same queue. If not, the lock must be held. A tail is a node that is used. */
static bool is_possible(struct kernel *kernel, const struct waiter *waiter, uint64_t value,
			struct spin_queue *queue)
{
	uint64_t index, node, count;

	if ((value & 0xff) > 1 || (value >> 8 & 0xff) > 1)
		return false;
	*queue = load_queue(value, &index);
	if (!queue->has_tail)
		return !waiter->is_queued && queue->locked && !index;
	return find_node(kernel, waiter->nodes, queue->last_cpu, &node, &count) && index < count &&
	       (waiter->is_queued ? node + index * waiter->nodes->size == waiter->last :
				    queue->locked);
}

/* Is the address of the lock in this register? */
static bool try_register(struct kernel *kernel, const struct waiter *waiter,
			 const struct registers *registers, enum cpu_register which,
			 struct wait *wait)
{
	const struct member *member = kernel_member_as(kernel, SPIN_VALUE, MEMBER_INT, NULL);
	uint64_t value;

	if (!member || !registers_have(registers, which))
		return false;
	wait->kind = "spinlock";
	wait->object = registers->value[which];
	wait->has_queue = wait->object % member->size == 0 &&
			  kernel_read_member(kernel, wait->object, SPIN_VALUE, &value, NULL) &&
			  is_possible(kernel, waiter, value, &wait->queue);
	return wait->has_queue;
}

/* Finds the lock. The function has its address in a register. The register of the first argument
 * contains either the lock, or a value of the function that is no address. Any other register may
 * belong to a caller, so the lock must be the only possible one, and must have waiters. */
static bool find_lock(struct kernel *kernel, const struct waiter *waiter,
		      const struct registers *registers, struct wait *wait)
{
	struct wait other = *wait;
	bool found = false;

	if (!waiter->is_queued &&
	    try_register(kernel, waiter, registers, kernel->arch->first_argument, wait))
		return true;
	for (enum cpu_register i = 0; i < NR_CPU_REGISTERS; i++) {
		if (!try_register(kernel, waiter, registers, i, &other))
			continue;
		if (found && other.object != wait->object)
			return false;
		*wait = other;
		found = true;
	}
	return found && (waiter->is_queued || wait->queue.pending);
}

/* Finds out whether the CPU uses a node. If it uses several nodes, an interrupt came while it
 * waited, and waits now: the innermost node belongs to the interrupt. */
static bool find_waiter(struct kernel *kernel, unsigned int cpu, struct waiter *waiter)
{
	enum { MOST_NODES = 4 };
	uint64_t first, count;

	if (!find_node(kernel, waiter->nodes, cpu, &first, &count) || count > MOST_NODES)
		return false;
	waiter->is_queued = count;
	waiter->last = first + (count - 1) * waiter->nodes->size;
	return !count || find_last(kernel, &waiter->last);
}

static bool is_slow_path(struct kernel *kernel, const struct stack_frame *frame)
{
	struct kernel_symbol symbol;

	return !frame->user &&
	       symbol_lookup_at(kernel->symbols, stack_frame_code(frame), &symbol, NULL) &&
	       (!strcmp(symbol.name, "native_queued_spin_lock_slowpath") ||
		!strcmp(symbol.name, "queued_spin_lock_slowpath"));
}

/* Finds the only frame of the function that waits. If there are two such frames, one of them was
 * interrupted, and it is not known which of them uses a node. */
static bool find_spinning(struct kernel *kernel, const struct backtrace *trace, size_t *found)
{
	bool has = false;

	for (size_t i = 0; i < trace->nr && trace->frame[i].sure; i++) {
		if (!is_slow_path(kernel, &trace->frame[i]))
			continue;
		if (has)
			return false;
		has = true;
		*found = i;
	}
	return has;
}

bool wait_spin_find(struct kernel *kernel, unsigned int cpu, const struct registers *registers,
		    const struct backtrace *trace, struct wait *wait)
{
	struct spin_nodes nodes;
	struct waiter waiter = { .nodes = &nodes };

	*wait = (struct wait){ .kind = NULL };
	if (!find_spinning(kernel, trace, &wait->frame) || !find_nodes(kernel, &nodes) ||
	    !find_waiter(kernel, cpu, &waiter))
		return false;
	if (wait->frame) {
		const struct stack_frame *inner = &trace->frame[wait->frame - 1];

		if (!trace->frame[wait->frame].interrupted || !inner->has_registers)
			return false;
		registers = &inner->registers;
	}
	return find_lock(kernel, &waiter, registers, wait);
}

/* --- calls that wait --- */

enum { CALL_LOCKED = 1 /* CSD_FLAG_LOCK: the call was sent, and the other CPU has not run it */ };

static bool is_pending(struct kernel *kernel, uint64_t call)
{
	unsigned int id = kernel_member(kernel, CALL_FLAGS, NULL) ? CALL_FLAGS : CALL_FLAGS_OLD;
	uint64_t flags;

	return kernel_read_member(kernel, call, id, &flags, NULL) && flags & CALL_LOCKED;
}

/* The number of bytes, in whole longs, that contain the bits of all possible CPUs. A mask may have
 * no more: cpumask_size() of include/linux/cpumask.h. */
static size_t mask_size(struct kernel *kernel, const struct cpu_set *possible)
{
	unsigned int word = kernel_pointer_size(kernel), nr = possible->nr;

	while (nr && !cpu_set_has(possible, nr - 1))
		nr--;
	return (nr + 8 * word - 1) / (8 * word) * word;
}

/* Reads the set of the CPUs to which a CPU has sent its last call. Calls for which it does not wait
 * may be pending on other CPUs. The set is a cpumask_var_t, which is a struct cpumask or a pointer
 * to one. If both have the same size, a pointer would be a set of CPUs that are not possible. */
static bool read_targets(struct kernel *kernel, uint64_t data, struct cpu_set *cpus)
{
	const struct member *targets = kernel_member(kernel, CALL_TARGETS, NULL);
	struct cpu_set possible;
	uint64_t size, mask;

	if (!targets || !kernel_type_size(kernel, "cpumask", &size) ||
	    !kernel_possible_cpus(kernel, &possible, NULL))
		return false;
	mask = data + targets->offset;
	if (targets->size != size && !kernel_read_pointer(kernel, mask, &mask, NULL))
		return false;
	if (!kernel_read_cpus(kernel, mask, mask_size(kernel, &possible), cpus, NULL))
		return false;
	for (unsigned int cpu = 0; cpu_set_next(cpus, &cpu); cpu++)
		if (!cpu_set_has(&possible, cpu))
			return false;
	return true;
}

/* Each CPU has a call_function_data, which points to the per-CPU variable with its calls: the copy
 * of a CPU is the call that was sent to this CPU. */
static bool find_calls(struct kernel *kernel, unsigned int cpu, struct wait *wait)
{
	uint64_t data, calls, offset;
	struct cpu_set cpus;

	if (!kernel_member_as(kernel, CALL_OF_CPUS, MEMBER_POINTER, NULL) ||
	    !kernel_per_cpu(kernel, "cfd_data", cpu, &data, NULL) ||
	    !kernel_read_member(kernel, data, CALL_OF_CPUS, &calls, NULL) ||
	    !read_targets(kernel, data, &cpus))
		return false;
	for (unsigned int target = 0; cpu_set_next(&cpus, &target) && !kernel_stopped(kernel);
	     target++) {
		if (!kernel_per_cpu_offset(kernel, target, &offset, NULL) ||
		    !is_pending(kernel, calls + offset))
			continue;
		if (!wait->nr_targets++) {
			wait->object = calls + offset;
			wait->target = target;
		}
	}
	return wait->nr_targets;
}

/* Finds the frame of smp_call_function_many_cond() (before 5.10: smp_call_function_many()) that
 * waits. Interrupts are enabled while it waits. */
static bool find_caller(struct kernel *kernel, const struct backtrace *trace, size_t *found)
{
	struct kernel_symbol symbol;

	for (size_t i = 0; i < trace->nr && trace->frame[i].sure && !trace->frame[i].user; i++) {
		if ((i && !trace->frame[i].interrupted) ||
		    !symbol_lookup_at(kernel->symbols, stack_frame_code(&trace->frame[i]), &symbol,
				      NULL) ||
		    !starts_with(symbol.name, "smp_call_function_many"))
			continue;
		*found = i;
		return true;
	}
	return false;
}

bool wait_call_find(struct kernel *kernel, unsigned int cpu, const struct backtrace *trace,
		    struct wait *wait)
{
	*wait = (struct wait){ .kind = "call" };
	return find_caller(kernel, trace, &wait->frame) && find_calls(kernel, cpu, wait) &&
	       kernel_read_member(kernel, wait->object, CALL_FUNCTION, &wait->function, NULL);
}

/* --- works --- */

/* Finds the work for whose end a sleeping task waits: flush_work() and cancel_work_sync() of
 * kernel/workqueue.c. */

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

/* *wait describes a completion. If the completion is in a struct wq_barrier, replaces it by the work
 * and the task that runs the work, and returns true. */
static bool wait_work_find(const struct wait_search *search, struct wait *wait)
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

/* --- queues --- */

/* Finds the wait queue in which a sleeping task waits: wait_event(), prepare_to_wait() and
 * add_wait_queue() of include/linux/wait.h. */

/* An entry contains the address of the function that wakes the task. The head of a queue contains
 * its spinlock there, which is not a code address. Both are found from their list_head at `links`. */
static bool is_entry(struct kernel *kernel, uint64_t links)
{
	const struct member *list = kernel_member_as(kernel, WAIT_ENTRY_LIST, MEMBER_LINKS, NULL);
	uint64_t function;

	return list &&
	       kernel_read_member(kernel, links - list->offset, WAIT_ENTRY_FUNCTION, &function,
				  NULL) &&
	       unwind_is_code(kernel, function);
}

/* Finds the list_head in the head of the queue: the only element of the list that is not an entry.
 * If there are two, one is a damaged entry, or a mark on the stack of a task that wakes the queue
 * (WQ_FLAG_BOOKMARK, 4.14 to 6.6), and it is not known which one is the head. */
static bool find_queue_head(const struct wait_search *search, uint64_t links, uint64_t *head)
{
	struct links ring = wait_links(search, links);
	uint64_t at;

	*head = 0;
	while (links_next(&ring, &at)) {
		if (is_entry(search->kernel, at))
			continue;
		if (*head)
			return false;
		*head = at;
	}
	return *head && ring.end == LINKS_WHOLE;
}

/* Finds the queue from an entry of the task that is in [start, end) of its stack. Sets kind and
 * object of *wait; if the queue is on the stack of another task, this task is the owner. Returns
 * false if there is no entry, or if its list does not lead to the head of a queue. */
static bool wait_queue_find(const struct wait_search *search, uint64_t start, uint64_t end,
			    struct wait *wait)
{
	struct kernel *kernel = search->kernel;
	const struct task *task = search->task;
	enum { FLAGS = 0xff };
	const struct member *named =
		kernel_member_as(kernel, WAIT_ENTRY_TASK, MEMBER_POINTER, NULL);
	const struct member *list = kernel_member_as(kernel, WAIT_ENTRY_LIST, MEMBER_LINKS, NULL);
	const struct member *in_head =
		kernel_member_as(kernel, WAIT_QUEUE_HEAD, MEMBER_LINKS, NULL);
	uint64_t word, entry, flags, head;
	struct stack stack;

	for (; named && list && in_head && start < end && !kernel_stopped(kernel);
	     start += kernel_pointer_size(kernel)) {
		entry = start - named->offset;
		if (!kernel_read_pointer(kernel, start, &word, NULL) || word != task->address ||
		    !kernel_read_member(kernel, entry, WAIT_ENTRY_FLAGS, &flags, NULL) ||
		    flags > FLAGS || !is_entry(kernel, entry + list->offset) ||
		    !find_queue_head(search, entry + list->offset, &head))
			continue;
		*wait = (struct wait){
			.kind = "wait-queue",
			.object = head - in_head->offset,
			.frame = wait->frame,
		};
		if (task_stack_at(kernel, head, &stack) && stack.task &&
		    stack.task->address != task->address)
			wait->owner = stack.task;
		wait->is_on_stack = wait->owner;
		return true;
	}
	return false;
}

/* --- bits of words --- */

/* Finds the bit or variable for which a sleeping task waits in a hashed wait queue, since 4.13:
 * mm/filemap.c for bits of folios, kernel/sched/wait_bit.c for all others. */

/* The tasks that wait for a bit or variable are in a list, which begins in a table. A hash of the
 * address determines the place in the table. The entry of a task is in a struct on its stack. */
static const struct bit_kind {
	const char *name;
	const char *variable; /* name if the task waits for no bit; NULL: it always does */
	const char *table, *old_table; /* symbols; old_table may be NULL */
	/* Members of the struct on the stack: the list_head, the pointer to the task, the object,
	 * and the number of the bit in the object. */
	unsigned int list, task, object, bit;
} bit_kinds[] = {
	{ "folio", NULL, "folio_wait_table", "page_wait_table" /* before 5.16 */, PAGE_WAIT_LIST,
	  PAGE_WAIT_TASK, PAGE_WAIT_FOLIO, PAGE_WAIT_BIT },
	{ "bit", "variable", "bit_wait_table", NULL, BIT_WAIT_LIST, BIT_WAIT_TASK, BIT_WAIT_WORD,
	  BIT_WAIT_BIT },
};

/* hash_long() of include/linux/hash.h since 4.7 (ef703f49a6c5). Both tables have 256 elements. */
static uint64_t hash(struct kernel *kernel, uint64_t value)
{
	enum { TABLE_BITS = 8 };

	return kernel_pointer_size(kernel) == 8 ?
		       value * UINT64_C(0x61c8864680b583eb) >> (64 - TABLE_BITS) :
		       (uint32_t)value * UINT32_C(0x61c88647) >> (32 - TABLE_BITS);
}

/* Finds the list_head in the table: folio_waitqueue(), bit_waitqueue() and __var_waitqueue(). */
static bool find_bit_queue(struct kernel *kernel, const struct bit_kind *kind,
			   const struct wait *wait, uint64_t *head)
{
	const struct member *list = kernel_member_as(kernel, WAIT_QUEUE_HEAD, MEMBER_LINKS, NULL);
	uint64_t hashed = wait->object, size;

	if (kind->variable && wait->has_bit)
		hashed = hashed << (kernel_pointer_size(kernel) == 8 ? 6 : 5) | wait->bit;
	if (!list || !kernel_type_size(kernel, "wait_queue_head", &size) ||
	    (!kernel_symbol(kernel, kind->table, head, NULL) &&
	     (!kind->old_table || !kernel_symbol(kernel, kind->old_table, head, NULL))))
		return false;
	*head += hash(kernel, hashed) * size + list->offset;
	return true;
}

static bool read_object(struct kernel *kernel, const struct bit_kind *kind, uint64_t address,
			struct wait *wait)
{
	enum { NO_BIT = UINT32_MAX /* ___wait_var_event() waits for a variable */ };

	if (!kernel_read_member(kernel, address, kind->object, &wait->object, NULL) ||
	    !kernel_read_member(kernel, address, kind->bit, &wait->bit, NULL))
		return false;
	wait->has_bit = wait->bit != NO_BIT;
	wait->is_folio = !kind->variable;
	wait->kind = wait->has_bit ? kind->name : kind->variable;
	return wait->has_bit ? wait->bit < kernel_pointer_size(kernel) * 8 : kind->variable != NULL;
}

/* Does the list of this entry lead to the head? */
static bool leads_to(const struct wait_search *search, uint64_t links, uint64_t head)
{
	struct links ring = wait_links(search, links);
	uint64_t at;

	while (links_next(&ring, &at))
		if (at == head)
			return true;
	return false;
}

static bool find_bit_wait(const struct wait_search *search, const struct bit_kind *kind,
			  uint64_t task_at, struct wait *wait)
{
	struct kernel *kernel = search->kernel;
	const struct member *list = kernel_member_as(kernel, kind->list, MEMBER_LINKS, NULL);
	const struct member *task = kernel_member_as(kernel, kind->task, MEMBER_POINTER, NULL);
	uint64_t address, head;

	if (!list || !task)
		return false;
	address = task_at - task->offset;
	return read_object(kernel, kind, address, wait) &&
	       find_bit_queue(kernel, kind, wait, &head) &&
	       leads_to(search, address + list->offset, head);
}

/* Finds the object for which the task waits, from a struct that is in [start, end) of its stack.
 * Sets kind, object and bit of *wait. Returns false if there is no such struct, or if it is not in the
 * wait queue to which its object belongs. */
static bool wait_bit_find(const struct wait_search *search, uint64_t start, uint64_t end,
			  struct wait *wait)
{
	struct kernel *kernel = search->kernel;
	uint64_t word;

	for (; start < end && !kernel_stopped(kernel); start += kernel_pointer_size(kernel)) {
		if (!kernel_read_pointer(kernel, start, &word, NULL) ||
		    word != search->task->address)
			continue;
		for (size_t i = 0; i < sizeof(bit_kinds) / sizeof(bit_kinds[0]); i++)
			if (find_bit_wait(search, &bit_kinds[i], start, wait))
				return true;
	}
	return false;
}

/* How a kind of lock is recognised. A task that waits for a lock has a struct on its stack. The
 * struct is in the frame of a function whose name starts with `function`. The struct contains a
 * pointer to the task, and a list_head that is in a list of the lock. */
static const struct wait_kind {
	const char *name, *function;
	/* Members of the struct on the stack: the list_head and the pointer to the task. */
	unsigned int list, task;
	/* Members of the lock: the head of the list; the pointer to the first struct, if the list
	 * has no head; the owner. NR_MEMBERS: the lock has no such member. */
	unsigned int head, first, owner;
} kinds[] = {
	{ "mutex", "__mutex_lock", MUTEX_WAITER_LIST, MUTEX_WAITER_TASK, MUTEX_WAIT_LIST,
	  MUTEX_FIRST_WAITER, MUTEX_OWNER },
	{ "rwsem", "rwsem_down_", RWSEM_WAITER_LIST, RWSEM_WAITER_TASK, RWSEM_WAIT_LIST,
	  RWSEM_FIRST_WAITER, RWSEM_OWNER },
	{ "semaphore", "__down", SEM_WAITER_LIST, SEM_WAITER_TASK, SEM_WAIT_LIST, SEM_FIRST_WAITER,
	  NR_MEMBERS },
	{ "completion", "wait_for_completion", SWAIT_LIST, SWAIT_TASK, COMPLETION_WAIT_LIST,
	  NR_MEMBERS, NR_MEMBERS },
	{ "completion", "__wait_for_common", SWAIT_LIST, SWAIT_TASK, COMPLETION_WAIT_LIST,
	  NR_MEMBERS, NR_MEMBERS },
};

/* Is `links` the address of the list_head in a struct that points to `task`? */
static bool is_waiter(struct kernel *kernel, const struct wait_kind *kind, uint64_t links,
		      uint64_t task)
{
	const struct member *list = kernel_member(kernel, kind->list, NULL);
	uint64_t named;

	return kernel_read_member(kernel, links - list->offset, kind->task, &named, NULL) &&
	       named == task;
}

static bool is_linked(struct kernel *kernel, uint64_t links)
{
	unsigned int word = kernel_pointer_size(kernel);
	uint64_t next, prev, back, forth;

	return kernel_read_pointer(kernel, links, &next, NULL) &&
	       kernel_read_pointer(kernel, links + word, &prev, NULL) &&
	       kernel_read_pointer(kernel, next + word, &back, NULL) &&
	       kernel_read_pointer(kernel, prev, &forth, NULL) && back == links && forth == links;
}

/* Is `links` the address of the list_head in a struct of a waiting task, on this task's stack? */
static bool is_of_waiter(struct kernel *kernel, const struct wait_kind *kind, uint64_t links)
{
	struct stack stack;

	return task_stack_at(kernel, links, &stack) && stack.task &&
	       is_waiter(kernel, kind, links, stack.task->address);
}

/* Finds the list_head in the lock, which is the head of the list. All other entries of the list are
 * in structs of waiting tasks. links: address of such an entry. */
static bool wait_find_head(const struct wait_search *search, const struct wait_kind *kind,
			   uint64_t links, uint64_t *head)
{
	struct links ring = wait_links(search, links);

	while (links_next(&ring, head))
		if (!is_of_waiter(search->kernel, kind, *head))
			return is_linked(search->kernel, *head);
	return false;
}

/* Is `wanted` in the list of waiting tasks that has no head? links: an entry of the list. Few words
 * of a stack lead to a waiter, so that the list, which may be long, is followed for few of them. */
static bool is_in_ring(const struct wait_search *search, const struct wait_kind *kind,
		       uint64_t links, uint64_t wanted)
{
	struct links ring = wait_links(search, links);
	uint64_t at = links;

	if (wanted != links && !is_of_waiter(search->kernel, kind, wanted))
		return false;
	while (at != wanted)
		if (!links_next(&ring, &at) || !is_of_waiter(search->kernel, kind, at))
			return false;
	return true;
}

/* Finds a lock whose list has no head: the address of the lock is a word on the stack of the task,
 * and the lock points to a struct in the list. [from, end): the part of the stack. */
static bool wait_find_lock(const struct wait_search *search, const struct wait_kind *kind,
			   uint64_t links, uint64_t from, uint64_t end, uint64_t *object)
{
	struct kernel *kernel = search->kernel;
	const struct member *list = kernel_member(kernel, kind->list, NULL);
	struct stack stack;
	uint64_t waiter;

	if (kind->first == NR_MEMBERS || !kernel_member(kernel, kind->first, NULL))
		return false;
	for (; from < end && *search->steps && !kernel_stopped(kernel);
	     from += kernel_pointer_size(kernel)) {
		--*search->steps;
		/* Words next to a pointer on a stack are not part of a lock. */
		if (kernel_read_pointer(kernel, from, object, NULL) &&
		    !task_stack_at(kernel, *object, &stack) &&
		    kernel_read_member(kernel, *object, kind->first, &waiter, NULL) &&
		    is_in_ring(search, kind, links, waiter + list->offset))
			return true;
	}
	return false;
}

/* Finds the task that holds a lock. The lowest bits of the lock's member owner are flags. In an
 * rwsem, bit 0 shows that readers hold the lock. The rest of the member then names the last reader
 * that took the lock, since 4.20 (925b9cd1b89a). */
static const struct task *find_owner(struct kernel *kernel, const struct wait_kind *kind,
				     uint64_t object, bool *is_reader)
{
	enum { FLAGS = 7, READERS = 1 };
	const struct task_list *tasks = task_all(kernel, NULL);
	uint64_t owner;

	if (!tasks || kind->owner == NR_MEMBERS ||
	    !kernel_read_member(kernel, object, kind->owner, &owner, NULL))
		return NULL;
	*is_reader = kind->owner == RWSEM_OWNER && owner & READERS;
	return task_of_address(tasks, kernel_untag(kernel, owner & ~(uint64_t)FLAGS));
}

/* The part of a stack from the innermost frame to the end of the frame of a function. The frame of
 * the function begins at `first`, or later. */
struct waiting_part {
	uint64_t innermost, first, end;
};

static bool wait_find_object(const struct wait_search *search, const struct wait_kind *kind,
			     uint64_t links, const struct waiting_part *part, uint64_t *object)
{
	const struct member *head =
		kernel_member_as(search->kernel, kind->head, MEMBER_LINKS, NULL);

	if (!head)
		return wait_find_lock(search, kind, links, part->innermost, part->end, object);
	if (!wait_find_head(search, kind, links, object))
		return false;
	*object -= head->offset;
	return true;
}

/* Finds when a task in the list was last given a CPU. The first that waits for a mutex, or to write, runs,
 * and sleeps again, whenever another task takes the lock instead: so the owner took it before this time. */
static uint64_t latest_run(const struct wait_search *search, uint64_t links)
{
	struct links ring = wait_links(search, links);
	uint64_t at = links, time, latest = 0;
	struct stack stack;

	do
		if (task_stack_at(search->kernel, at, &stack) && stack.task &&
		    task_last_run(search->kernel, stack.task->address, &time) && time > latest)
			latest = time;
	while (links_next(&ring, &at));
	return ring.end == LINKS_WHOLE ? latest : 0;
}

static bool find_in_frame(const struct wait_search *search, const struct wait_kind *kind,
			  const struct waiting_part *part, struct wait *wait)
{
	struct kernel *kernel = search->kernel;
	const struct member *list = kernel_member_as(kernel, kind->list, MEMBER_LINKS, NULL);
	unsigned int word = kernel_pointer_size(kernel);
	uint64_t links;

	if (!list || !kernel_member(kernel, kind->task, NULL))
		return false;
	for (links = part->first; links < part->end && !kernel_stopped(kernel); links += word)
		if (is_waiter(kernel, kind, links, search->task->address) &&
		    is_linked(kernel, links) &&
		    wait_find_object(search, kind, links, part, &wait->object)) {
			wait->kind = kind->name;
			wait->owner = find_owner(kernel, kind, wait->object, &wait->is_reader);
			if (wait->owner && !wait->is_reader)
				wait->since = latest_run(search, links);
			return true;
		}
	return false;
}

static const struct wait_kind *wait_kind_of(const char *function)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (starts_with(function, kinds[i].function))
			return &kinds[i];
	return NULL;
}

/* --- writers of a percpu_rw_semaphore --- */

/* Finds the lock whose readers a writer waits for: percpu_down_write() of
 * kernel/locking/percpu-rwsem.c. The lock points to the task, and its address is in a register that an
 * inner function saved. */
static bool wait_percpu_find(const struct wait_search *search, const char *function,
			     const struct waiting_part *part, struct wait *wait)
{
	struct kernel *kernel = search->kernel;
	uint64_t object, writer, block;
	struct stack stack;

	if (!starts_with(function, "percpu_down_write"))
		return false;
	for (uint64_t at = part->innermost; at < part->end && !kernel_stopped(kernel);
	     at += kernel_pointer_size(kernel)) {
		if (!kernel_read_pointer(kernel, at, &object, NULL) ||
		    task_stack_at(kernel, object, &stack) ||
		    !kernel_read_member(kernel, object, PERCPU_WRITER, &writer, NULL) ||
		    writer != search->task->address ||
		    !kernel_read_member(kernel, object, PERCPU_BLOCK, &block, NULL) || block != 1)
			continue;
		wait->kind = "percpu-rwsem";
		wait->object = object;
		return true;
	}
	return false;
}

/* Does the function only call the scheduler? Such a function has no struct on the stack. */
static bool is_scheduling(const char *function)
{
	return strstr(function, "schedule") || starts_with(function, "bit_wait") ||
	       !strcmp(function, "wait_woken") || !strcmp(function, "__switch_to");
}

bool wait_find(const struct wait_search *search, const struct backtrace *trace, struct wait *wait)
{
	struct kernel *kernel = search->kernel;
	/* Search only small frames, because a function with such a struct has a small frame. */
	enum { MOST_BYTES = 1024, MOST_INNER = 8, MOST_SAVED = 64 };
	bool sleeps = true; /* all inner functions only call the scheduler */

	for (size_t i = 0; i + 1 < trace->nr && i < MOST_INNER && trace->frame[i + 1].sure; i++) {
		struct kernel_symbol symbol;
		const char *function =
			symbol_lookup_at(kernel->symbols, stack_frame_code(&trace->frame[i]),
					 &symbol, NULL) ?
				symbol.name :
				"";
		const struct wait_kind *kind = wait_kind_of(function);
		/* The task's registers were saved below the innermost frame. On arm64, the frame of
		 * a function is above or below its SP, which depends on the compiler. */
		const struct waiting_part part = { .innermost = trace->frame[0].sp - MOST_SAVED,
						   .first = trace->frame[i ? i - 1 : 0].sp,
						   .end = trace->frame[i + 1].sp };
		uint64_t start = trace->frame[i].sp;
		bool scheduling = is_scheduling(function);
		bool small = part.end > start && part.end - start <= MOST_BYTES;

		*wait = (struct wait){ .frame = i };
		if (small && kind && find_in_frame(search, kind, &part, wait)) {
			wait_work_find(search, wait);
			return true;
		}
		if (small && wait_percpu_find(search, function, &part, wait))
			return true;
		if (small && (wait_bit_find(search, start, part.end, wait) ||
			      (sleeps && wait_queue_find(search, start, part.end, wait)))) {
			wait->frame += scheduling;
			return true;
		}
		sleeps = sleeps && scheduling;
	}
	return false;
}
