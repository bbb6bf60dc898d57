/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* See kernel/trace/fgraph.c, kernel/trace/rethook.c and kernel/kprobes.c. */
#include "linux/unwind/tracer.h"

#include <inttypes.h>

#include "base/page.h"
#include "kernel/kernel.h"
#include "linux/unwind/unwind_code.h"
#include "linux/wait_members.h"

enum tracer { FUNCTION_GRAPH, RETHOOK, KRETPROBE };

static const struct trampoline {
	enum tracer tracer;
	const char *symbol;
} trampolines[] = {
	{ FUNCTION_GRAPH, "return_to_handler" }, /* since 2.6.29 */
	{ RETHOOK, "arch_rethook_trampoline" }, /* since 5.18 (54ecbe6f1ed5) */
	{ KRETPROBE, "__kretprobe_trampoline" }, /* since 5.16 (adf8a61a940c) */
	{ KRETPROBE, "kretprobe_trampoline" },
};

static const char *const names[] = {
	[FUNCTION_GRAPH] = "function_graph",
	[RETHOOK] = "rethook",
	[KRETPROBE] = "kretprobe",
};

enum { NR_TRAMPOLINES = sizeof(trampolines) / sizeof(trampolines[0]) };

struct tracers {
	uint64_t address[NR_TRAMPOLINES]; /* 0: the kernel has no such trampoline */
};

static bool learn_tracers(struct kernel *kernel, void *state, struct error *err)
{
	struct tracers *tracers = state;

	(void)err;
	for (size_t i = 0; i < NR_TRAMPOLINES; i++)
		kernel_symbol(kernel, trampolines[i].symbol, &tracers->address[i], NULL);
	return true;
}

static const struct state_type state_tracers = {
	.size = sizeof(struct tracers),
	.learn = learn_tracers,
};

static const struct trampoline *trampoline_at(struct kernel *kernel, uint64_t ip)
{
	const struct tracers *tracers = kernel_learnt(kernel, &state_tracers, NULL);

	for (size_t i = 0; tracers && ip && i < NR_TRAMPOLINES; i++)
		if (tracers->address[i] == ip)
			return &trampolines[i];
	return NULL;
}

const char *tracer_at(struct kernel *kernel, uint64_t ip)
{
	const struct trampoline *trampoline = trampoline_at(kernel, ip);

	return trampoline ? names[trampoline->tracer] : NULL;
}

/* --- function_graph --- */

/* The entries of a task's ret_stack. Each is a struct ftrace_ret_stack. Before 6.11, ret_stack is an
 * array of them. Since 6.11 (42675b723b48), ret_stack is an array of longs: each entry is followed by
 * words of the tracers, of which the last contains the distance to the entry in its lower 10 bits.
 * Both changed in the same release as struct fgraph_ops. */
struct ret_stack {
	uint64_t base;
	uint64_t entry_size; /* in bytes; 0: an array of longs */
	int64_t next; /* of the array: the index of the next entry; of longs: the index after it */
};

static bool open_ret_stack(struct kernel *kernel, uint64_t task, struct ret_stack *stack,
			   struct error *err)
{
	enum {
		MOST_ENTRIES = 50, /* FTRACE_RETFUNC_DEPTH */
		/* FTRACE_NOTRACE_DEPTH, which is subtracted while a function is traced that
		 * set_graph_notrace contains; 3.14 to 4.20 */
		NOT_TRACED = 65536
	};
	bool is_array = !kernel_member(kernel, GRAPH_INDEX, NULL);
	/* The longs have 4096 bytes, or in 6.11 and 6.12 the size of a page. */
	int64_t most = is_array ? MOST_ENTRIES - 1 :
				  (int64_t)(kernel_page_size(kernel) / kernel_pointer_size(kernel));
	uint64_t current;

	stack->entry_size = 0;
	if (!kernel_read_member(kernel, task, TASK_RET_STACK, &stack->base, err) ||
	    !kernel_read_member(kernel, task, TASK_RET_STACK_INDEX, &current, err))
		return false;
	if (is_array && !kernel_type_size(kernel, "ftrace_ret_stack", &stack->entry_size))
		return fail(err, ERROR_UNKNOWN, "the size of struct ftrace_ret_stack is not known");
	stack->next = (int32_t)current;
	if (is_array && stack->next < -1)
		stack->next += NOT_TRACED;
	return stack->next <= most || fail(err, ERROR_FORMAT,
					   "curr_ret_stack of the task at %" PRIx64 " is %" PRId64
					   ", which is beyond the end of its ret_stack",
					   task, stack->next);
}

/* Finds the address of the next entry. Returns false without setting err if there is none. */
static bool next_entry(struct kernel *kernel, struct ret_stack *stack, uint64_t *entry,
		       struct error *err)
{
	enum { DISTANCE = 0x3ff };
	unsigned int word = kernel_pointer_size(kernel);
	uint64_t top;

	*entry = stack->base + (uint64_t)stack->next * stack->entry_size;
	if (stack->entry_size)
		return stack->next-- >= 0;
	if (stack->next <= 0 ||
	    !kernel_read_pointer(kernel, stack->base + (uint64_t)--stack->next * word, &top, err))
		return false;
	top &= DISTANCE;
	if (!top || (int64_t)top > stack->next)
		return fail(err, ERROR_FORMAT,
			    "ret_stack at %" PRIx64 " is damaged: the distance in word %" PRId64
			    " is %" PRIu64,
			    stack->base, stack->next, top);
	stack->next -= (int64_t)top;
	*entry = stack->base + (uint64_t)stack->next * word;
	return true;
}

/* Kernels and architectures whose entries do not contain the place use the order. In this case, the
 * entry must be of the function that will return. */
static bool fits_in_order(struct kernel *kernel, struct tracer_search *search, unsigned int nr,
			  uint64_t entry, const struct traced_return *traced)
{
	uint64_t callee = unwind_function_at(kernel, traced->callee), function;

	if (nr != search->nr_passed)
		return false;
	search->nr_passed++;
	return callee && kernel_read_member(kernel, entry, RET_STACK_FUNCTION, &function, NULL) &&
	       unwind_function_at(kernel, function) == callee;
}

/* Entries whose original is the trampoline are of functions that another function jumped to
 * instead of calling them. Such functions have one return address on the stack. */
static bool original_of_graph(struct kernel *kernel, struct tracer_search *search,
			      const struct traced_return *traced, uint64_t *ip, struct error *err)
{
	bool has_place = kernel_member(kernel, RET_STACK_PLACE, NULL);
	uint64_t entry, original, place;
	struct ret_stack stack;
	unsigned int nr = 0;

	if (!open_ret_stack(kernel, search->task, &stack, err))
		return false;
	fail(err, ERROR_UNKNOWN, "ret_stack of the task at %" PRIx64 " has no entry for it",
	     search->task);
	while (!kernel_stopped(kernel) && next_entry(kernel, &stack, &entry, err)) {
		if (!kernel_read_member(kernel, entry, RET_STACK_RETURN, &original, err) ||
		    (has_place && !kernel_read_member(kernel, entry, RET_STACK_PLACE, &place, err)))
			return false;
		if (original == *ip)
			continue;
		if (has_place ? place == traced->place :
				fits_in_order(kernel, search, nr++, entry, traced)) {
			*ip = original;
			return true;
		}
	}
	return false;
}

/* --- rethook and kretprobe --- */

static const struct node_members {
	unsigned int first, link, original, place;
} nodes[] = {
	[RETHOOK] = { TASK_RETHOOKS, RETHOOK_LINK, RETHOOK_RETURN, RETHOOK_PLACE },
	[KRETPROBE] = { TASK_KRETPROBES, KRETPROBE_LINK, KRETPROBE_RETURN, KRETPROBE_PLACE },
};

/* If a function has several probes, the node of the first one has the original, and the other nodes
 * have the trampoline. */
static bool original_of_node(struct kernel *kernel, const struct node_members *members,
			     uint64_t task, uint64_t place, uint64_t *ip, struct error *err)
{
	enum { MOST_NODES = 4096 };
	const struct member *link = kernel_member_as(kernel, members->link, MEMBER_POINTER, err);
	uint64_t node, original, found;

	if (!link || !kernel_read_member(kernel, task, members->first, &node, err))
		return false;
	for (unsigned int i = 0; node && i < MOST_NODES && !kernel_stopped(kernel); i++) {
		node -= link->offset;
		if (!kernel_read_member(kernel, node, members->original, &original, err) ||
		    !kernel_read_member(kernel, node, members->place, &found, err))
			return false;
		if (found == place && original != *ip) {
			*ip = original;
			return true;
		}
		if (!kernel_read_member(kernel, node, members->link, &node, err))
			return false;
	}
	return node ? fail(err, ERROR_FORMAT,
			   "the list of probed calls of the task at %" PRIx64
			   " has more than %d elements",
			   task, MOST_NODES) :
		      fail(err, ERROR_UNKNOWN,
			   "the list of probed calls of the task at %" PRIx64
			   " has no element for it",
			   task);
}

bool tracer_original(struct kernel *kernel, struct tracer_search *search,
		     const struct traced_return *traced, uint64_t *ip, struct error *err)
{
	const struct trampoline *trampoline = trampoline_at(kernel, *ip);
	struct error why;

	if (!search->task)
		fail(&why, ERROR_UNKNOWN, "the task is not known");
	else if (!trampoline)
		fail(&why, ERROR_UNKNOWN, "no trampoline begins there");
	else if (trampoline->tracer == FUNCTION_GRAPH ?
			 original_of_graph(kernel, search, traced, ip, &why) :
			 original_of_node(kernel, &nodes[trampoline->tracer], search->task,
					  traced->place, ip, &why))
		return true;
	return fail(err, why.code,
		    "the original of the return address %" PRIx64 " (%s) is not known: %.300s", *ip,
		    trampoline ? names[trampoline->tracer] : "no tracer", why.message);
}
