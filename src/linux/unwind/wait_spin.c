/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/unwind/wait_spin.h"

#include <string.h>

#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/percpu.h"
#include "linux/wait_members.h"
#include "symbols/symbol_lookup.h"

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
