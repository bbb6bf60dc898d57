/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/unwind/unwind.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/array.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "linux/module/modules.h"
#include "linux/module/slots.h"
#include "linux/region.h"
#include "linux/task_members.h"
#include "linux/wait_members.h"
#include "symbols/symbol_lookup.h"

/* --- code of the kernel --- */

static bool is_code_symbol(const struct kernel_symbol *symbol)
{
	return !symbol->type || symbol->type == 't' || symbol->type == 'T' || symbol->type == 'w' ||
	       symbol->type == 'W';
}

bool unwind_is_code(struct kernel *kernel, uint64_t vaddr)
{
	const struct region *region = region_of(kernel, vaddr, NULL);
	const struct module_range *range;
	struct kernel_symbol symbol;

	/* On i386 the kernel image is part of the direct map, so code may be there, too. */
	if (region && region->kind != REGION_KERNEL_IMAGE && region->kind != REGION_DIRECT_MAP &&
	    region->kind != REGION_CPU_ENTRY_AREA && !region_has_modules(kernel, region))
		return false;
	range = module_range_of(kernel, vaddr);
	if (range)
		return range->part == PART_TEXT || range->part == PART_INIT_TEXT;
	if (symbol_lookup_at(kernel->symbols, vaddr, &symbol, NULL))
		return is_code_symbol(&symbol);
	return region && region_has_modules(kernel, region);
}

/* Returns the address of the function that contains vaddr, or 0 if it is unknown. */
static uint64_t unwind_function_at(struct kernel *kernel, uint64_t vaddr)
{
	struct kernel_symbol symbol;

	return symbol_lookup_at(kernel->symbols, vaddr, &symbol, NULL) ? symbol.address : 0;
}

/* --- tracers --- */

/* Finds the return addresses that tracers of the kernel replaced. To run code when a function
 * returns, a tracer replaces the return address by the address of a trampoline, and keeps the
 * original: function_graph in task_struct.ret_stack, rethook (kretprobes and fprobes) in
 * task_struct.rethooks, and kretprobes of kernels without rethook in
 * task_struct.kretprobe_instances. See kernel/trace/fgraph.c, kernel/trace/rethook.c and
 * kernel/kprobes.c. */

/* The search for the original return addresses on the stack of a task, the innermost first. */
struct tracer_search {
	uint64_t task; /* address of the task_struct; 0: unknown */
	unsigned int nr_passed; /* entries of ret_stack that were found by their order */
};

/* A return address that was replaced. */
struct traced_return {
	/* The address of the return address on the stack. On arm64, X29 of the caller. */
	uint64_t place;
	uint64_t callee; /* an address in the code of the function that will return */
};

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

/* Returns the name of the tracer whose trampoline begins at ip: "function_graph", "rethook" or
 * "kretprobe". Returns NULL if no trampoline begins there. */
static const char *tracer_at(struct kernel *kernel, uint64_t ip)
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

/* Finds the original of a return address. *ip is the trampoline's address, and gets the original,
 * which can be the trampoline of another tracer. Returns false and sets *err if the original is not
 * known. */
static bool tracer_original(struct kernel *kernel, struct tracer_search *search,
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

/* Limit for the stacks that a trace may visit. A CPU has fewer stacks. */
enum { MOST_STACKS = 12 };

struct unwinding {
	struct kernel *kernel;
	struct backtrace *trace;
	struct unwind_state state;
	struct stack stack; /* the stack that contains the SP in state */
	uint64_t left[MOST_STACKS]; /* first addresses of the stacks that were visited and left */
	unsigned int nr_left;
	size_t nr_frames; /* number of frames found before a caller could not be found */
	struct tracer_search tracers;
	/* why an original return address is not known, if one has been replaced */
	struct error replaced;
};

const char *stack_frame_place(const struct stack_frame *frame)
{
	const struct stack *stack = &frame->stack;

	switch (stack->kind) {
	case STACK_NONE: return NULL;
	case STACK_HARDIRQ: return "irq";
	case STACK_EXCEPTION:
		return stack->exception && *stack->exception == 'N' /* NMI */ ? "nmi" : "exception";
	default: return stack_kinds[stack->kind].name;
	}
}

/* Is sp in the stack, or directly after its end? sp is directly after the end before a function has
 * pushed anything. */
static bool stack_holds(const struct stack *stack, uint64_t sp)
{
	return stack->kind && !stack->guard && sp >= stack->first && sp - 1 <= stack->last;
}

/* Finds the stack at vaddr. Before 5.2 (3f5ab0ed3a35) all exception stacks of a CPU are one member
 * of the cpu_entry_area. In this case the stack is found in the list of stacks, which contains each
 * exception stack separately. */
static bool stack_at(struct kernel *kernel, uint64_t vaddr, struct stack *stack)
{
	const struct region *region = region_of(kernel, vaddr, NULL);
	struct cpu_entry_place place = { .stack = { .kind = STACK_NONE } };

	if (region && region->kind == REGION_CPU_ENTRY_AREA && kernel->arch->cpu_entry_at &&
	    !kernel->arch->cpu_entry_at(kernel, region, vaddr, &place))
		place.stack.kind = STACK_NONE;
	*stack = place.stack;
	if (!stack->kind || (stack->kind == STACK_EXCEPTION && !stack->exception))
		task_stack_at(kernel, vaddr, stack);
	return stack->kind;
}

static void find_stack(struct unwinding *unwinding)
{
	uint64_t sp = unwinding->state.registers.value[CPU_SP];

	if (stack_holds(&unwinding->stack, sp))
		return;
	if (!stack_at(unwinding->kernel, sp, &unwinding->stack) ||
	    !stack_holds(&unwinding->stack, sp))
		stack_at(unwinding->kernel, sp - 1, &unwinding->stack);
}

static bool unwind_add_frame(struct unwinding *unwinding, struct error *err)
{
	const struct unwind_state *state = &unwinding->state;
	struct backtrace *trace = unwinding->trace;
	const struct stack_frame frame = {
		.ip = state->registers.value[CPU_IP],
		.sp = state->registers.value[CPU_SP],
		.exact = state->exact,
		.sure = !state->unsure && !state->replaced,
		.tracer = state->tracer,
		.replaced = state->replaced,
		.interrupted = state->interrupted,
		.user = state->user,
		.stack = unwinding->stack,
	};

	return array_add(&trace->frame, &trace->nr, &trace->room, &frame, sizeof(frame)) ||
	       out_of_memory(err);
}

/* --- step by step --- */

/* Has the last function of the trace no frame on the stack? An exception interrupted this function,
 * for example a function of arm64 at its first instruction, and its caller was found. */
static bool is_frameless(const struct unwinding *unwinding)
{
	const struct backtrace *trace = unwinding->trace;

	return trace->nr && trace->frame[trace->nr - 1].exact && !unwinding->state.exact;
}

/* Finds the stack that contains the new SP. On the same stack SP must increase, except after a
 * function without a frame, and a stack that the trace has left must not be visited again. Because
 * of these checks, a loop of frames ends. */
static bool proceed(struct unwinding *unwinding, uint64_t old_sp, struct error *err)
{
	uint64_t sp = unwinding->state.registers.value[CPU_SP];
	const struct stack old = unwinding->stack;

	find_stack(unwinding);
	if (unwinding->stack.kind == old.kind && unwinding->stack.first == old.first) {
		if (sp > old_sp || (sp == old_sp && is_frameless(unwinding)))
			return true;
		return fail(err, ERROR_FORMAT,
			    "the frame at %" PRIx64 " points to %" PRIx64
			    ", which is not a higher address",
			    old_sp, sp);
	}
	for (unsigned int i = 0; i < unwinding->nr_left; i++)
		if (unwinding->left[i] == unwinding->stack.first)
			return fail(err, ERROR_FORMAT,
				    "the frame at %" PRIx64
				    " points back to a stack that was already left",
				    old_sp);
	if (unwinding->nr_left == MOST_STACKS)
		return fail(err, ERROR_FORMAT, "there are more than %d stacks", MOST_STACKS);
	unwinding->left[unwinding->nr_left++] = old.first;
	return true;
}

static bool is_user_address(struct kernel *kernel, uint64_t vaddr)
{
	const struct region *region = region_of(kernel, vaddr, NULL);

	return region && region->kind == REGION_USER;
}

/* Is the return address ip also stored at place, which is below the frame of the caller? */
static bool is_stored_at(const struct unwinding *unwinding, uint64_t place, uint64_t ip)
{
	const struct registers *registers = &unwinding->state.registers;
	uint64_t value;

	return registers_have(registers, CPU_BP) && place < registers->value[CPU_BP] &&
	       kernel_read_pointer(unwinding->kernel, place, &value, NULL) && value == ip;
}

/* Finds the original of a return address that a tracer has replaced. A function of i386 that aligns
 * its stack copies its return address to the aligned place, where its frame then begins:
 * push -4(%edi). The tracer knows the first place, which is a few words higher. *traced gets this
 * place. */
static bool recover_return(struct unwinding *unwinding, struct traced_return *traced, uint64_t *ip)
{
	enum { MOST_WORDS = 5 };
	struct kernel *kernel = unwinding->kernel;
	unsigned int word = kernel_pointer_size(kernel);
	struct traced_return higher = *traced;
	struct error why;

	if (tracer_original(kernel, &unwinding->tracers, traced, ip, &why))
		return true;
	for (unsigned int i = 0; word == 4 && i < MOST_WORDS; i++) {
		higher.place += word;
		if (is_stored_at(unwinding, higher.place, *ip) &&
		    tracer_original(kernel, &unwinding->tracers, &higher, ip, NULL)) {
			*traced = higher;
			return true;
		}
	}
	unwinding->replaced = why;
	return false;
}

/* Finds the original if a tracer has replaced the return address in IP. Two tracers may have
 * replaced it, one after the other. */
static void restore_return(struct unwinding *unwinding)
{
	enum { MOST_TRACERS = 2 };
	struct kernel *kernel = unwinding->kernel;
	struct unwind_state *state = &unwinding->state;
	const struct backtrace *trace = unwinding->trace;
	uint64_t *ip = &state->registers.value[CPU_IP];
	struct traced_return traced = {
		.place = state->registers.value[kernel->arch->traced_register],
		.callee = trace->nr ? stack_frame_code(&trace->frame[trace->nr - 1]) : 0,
	};

	if (kernel->arch->traced_register == CPU_SP)
		traced.place -= kernel_pointer_size(kernel);
	state->tracer = state->exact ? NULL : tracer_at(kernel, *ip);
	state->replaced = state->tracer;
	for (unsigned int i = 0; state->replaced && i < MOST_TRACERS; i++) {
		if (!recover_return(unwinding, &traced, ip))
			return;
		state->replaced = tracer_at(kernel, *ip);
	}
	if (state->replaced)
		fail(&unwinding->replaced, ERROR_FORMAT,
		     "the tracers that replaced a return address name each other's trampolines");
}

static bool unwind_step_once(struct unwinding *unwinding, struct error *err)
{
	struct kernel *kernel = unwinding->kernel;
	struct unwind_state *state = &unwinding->state;
	struct stack_frame *frame = &unwinding->trace->frame[unwinding->trace->nr - 1];
	uint64_t sp = state->registers.value[CPU_SP], ip;

	if (unwinding->trace->nr == MOST_FRAMES)
		return fail(err, ERROR_FORMAT, "there are more than %d frames", MOST_FRAMES);
	if (!kernel->arch->unwind_step(kernel, state, err))
		return false;
	if (state->interrupted) {
		frame->has_registers = true;
		frame->registers = state->registers;
	}
	if (state->outermost)
		return true;
	if (state->interrupted && kernel->arch->mode_is_possible &&
	    !kernel->arch->mode_is_possible(&state->registers))
		return fail(err, ERROR_FORMAT,
			    "the registers that were saved above %" PRIx64
			    " have the code segment %" PRIx64 ", which does not exist",
			    sp, state->registers.value[CPU_CS]);
	if (is_user_address(kernel, sp))
		return fail(err, ERROR_FORMAT,
			    "the kernel's stack pointer %" PRIx64 " is a user address", sp);
	if (state->user)
		return true;
	if (!proceed(unwinding, sp, err))
		return false;
	restore_return(unwinding);
	ip = state->registers.value[CPU_IP];
	/* If an exception interrupted the function, its IP need not be code: the exception may be
	 * due to a jump to a wild address. */
	return state->interrupted || state->replaced ||
	       unwind_is_code(kernel, ip - !state->exact) ||
	       fail(err, ERROR_FORMAT,
		    "the frame at %" PRIx64 " returns to %" PRIx64 ", which is not code", sp, ip);
}

enum outcome { FOLLOWED, LOST, FAILED };

/* Adds the frame of the current state, and the frames of all its callers. Returns LOST if a caller
 * cannot be found. */
static enum outcome follow(struct unwinding *unwinding, struct error *why, struct error *err)
{
	struct unwind_state *state = &unwinding->state, before;
	struct stack stack;

	for (;;) {
		if (!unwind_add_frame(unwinding, err))
			return FAILED;
		if (kernel_stopped(unwinding->kernel)) {
			fail(err, ERROR_INTERRUPTED, "interrupted");
			return FAILED;
		}
		before = *state;
		stack = unwinding->stack;
		if (!unwind_step_once(unwinding, why)) {
			*state = before;
			unwinding->stack = stack;
			return LOST;
		}
		if (state->outermost || state->user) {
			unwinding->trace->user = state->user;
			return FOLLOWED;
		}
	}
}

/* --- the rest of a stack if a caller was not found --- */

static bool may_be_return(struct kernel *kernel, uint64_t ip, uint64_t *target)
{
	*target = 0;
	return tracer_at(kernel, ip) ||
	       (unwind_is_code(kernel, ip - 1) && kernel->arch->follows_call(kernel, ip, target));
}

/* Starting at *sp, searches the stack for a word that may be a return address. Sets *sp to the
 * address of this word, and *ip to its value. Sets *target to the address that the call instruction
 * before *ip calls, or to 0 if this address is unknown. Returns false if the stack ends, or if the
 * user stopped the work. */
static bool next_return(const struct unwinding *unwinding, uint64_t *sp, uint64_t *ip,
			uint64_t *target)
{
	struct kernel *kernel = unwinding->kernel;
	const struct stack *stack = &unwinding->stack;
	unsigned int word = kernel_pointer_size(kernel);

	for (*sp &= -(uint64_t)word;
	     stack_holds(stack, *sp) && stack->last - *sp + 1 >= word && !kernel_stopped(kernel);
	     *sp += word)
		if (kernel_read_pointer(kernel, *sp, ip, NULL) && *ip &&
		    may_be_return(kernel, *ip, target))
			return true;
	return false;
}

/* Continues with the caller that has return address ip. sp: address of the word with ip. bp: BP of
 * the caller; NULL: unknown. lost: the state in which no caller was found. */
static enum outcome follow_return(struct unwinding *unwinding, const struct unwinding *lost,
				  uint64_t sp, uint64_t ip, const uint64_t *bp, struct error *err)
{
	struct error why;

	*unwinding = *lost;
	unwinding->trace->nr = lost->nr_frames;
	unwinding->state = (struct unwind_state){ .unsure = lost->state.unsure };
	registers_set(&unwinding->state.registers, CPU_IP, ip);
	registers_set(&unwinding->state.registers, CPU_SP, sp + kernel_pointer_size(lost->kernel));
	if (bp)
		registers_set(&unwinding->state.registers, CPU_BP, *bp);
	return follow(unwinding, &why, err);
}

/* Guesses BP of the caller whose return address is at sp. If nth is 0, assumes that the called
 * function has not changed BP. If nth is larger, assumes that the called function has pushed BP as
 * the nth word below its return address. */
static bool guess_bp(const struct unwinding *lost, uint64_t sp, unsigned int nth, uint64_t *bp)
{
	const struct registers *registers = &lost->state.registers;

	*bp = registers->value[CPU_BP];
	if (nth ? !kernel_read_pointer(lost->kernel, sp - nth * kernel_pointer_size(lost->kernel),
				       bp, NULL) :
		  !registers_have(registers, CPU_BP))
		return false;
	return *bp > sp && stack_holds(&lost->stack, *bp);
}

static enum outcome try_return(struct unwinding *unwinding, const struct unwinding *lost,
			       uint64_t sp, uint64_t ip, struct error *err)
{
	enum { MOST_PUSHED = 6 };
	enum outcome outcome = follow_return(unwinding, lost, sp, ip, NULL, err);
	uint64_t bp;

	for (unsigned int i = 0; outcome == LOST && i <= MOST_PUSHED; i++)
		if (guess_bp(lost, sp, i, &bp))
			outcome = follow_return(unwinding, lost, sp, ip, &bp, err);
	return outcome;
}

/* Finds the caller of a function without unwinding data, such as __crash_kexec(). Tries each word
 * on the stack that is a return address of a call of this function. Accepts the word if the frames
 * of all callers from there on can be found. */
static enum outcome resume(struct unwinding *unwinding, struct error *err)
{
	enum { MOST_TRIES = 8 };
	const struct unwinding lost = *unwinding;
	const struct registers *registers = &lost.state.registers;
	uint64_t function =
		unwind_function_at(lost.kernel, registers->value[CPU_IP] - !lost.state.exact);
	uint64_t sp = registers->value[CPU_SP], ip, target;
	enum outcome outcome = LOST;

	for (unsigned int tries = 0; function && !lost.state.replaced && outcome == LOST &&
				     tries < MOST_TRIES && next_return(&lost, &sp, &ip, &target);
	     sp += kernel_pointer_size(lost.kernel))
		if (target == function) {
			tries++;
			outcome = try_return(unwinding, &lost, sp, ip, err);
		}
	if (outcome != LOST)
		return outcome;
	*unwinding = lost;
	unwinding->trace->nr = lost.nr_frames;
	return LOST;
}

static bool scan(struct unwinding *unwinding, struct error *err)
{
	struct unwind_state *state = &unwinding->state;
	unsigned int word = kernel_pointer_size(unwinding->kernel);
	uint64_t sp = state->registers.value[CPU_SP], ip, target;

	for (; unwinding->trace->nr < MOST_FRAMES && next_return(unwinding, &sp, &ip, &target);
	     sp += word) {
		*state = (struct unwind_state){ .unsure = true };
		registers_set(&state->registers, CPU_IP, ip);
		registers_set(&state->registers, CPU_SP, sp + word);
		restore_return(unwinding);
		if (!state->replaced && !unwind_add_frame(unwinding, err))
			return false;
	}
	return !kernel_stopped(unwinding->kernel) || fail(err, ERROR_INTERRUPTED, "interrupted");
}

static bool unwind_from(struct unwinding *unwinding, struct error *err)
{
	struct backtrace *trace = unwinding->trace;
	enum outcome outcome;

	find_stack(unwinding);
	outcome = follow(unwinding, &trace->why, err);
	unwinding->nr_frames = trace->nr;
	if (outcome == LOST && trace->why.code == ERROR_UNKNOWN)
		outcome = resume(unwinding, err);
	trace->lost = outcome == LOST || unwinding->replaced.code;
	if (unwinding->replaced.code)
		trace->why = unwinding->replaced;
	return outcome == FOLLOWED || (outcome == LOST && scan(unwinding, err));
}

/* Was the CPU in user mode? If CS is unknown or impossible, the address in IP decides. Sets *doubt
 * if the registers contradict each other, so that they are probably damaged. */
static bool was_in_user_mode(struct kernel *kernel, const struct registers *registers,
			     struct error *doubt)
{
	uint64_t ip = registers->value[CPU_IP], cs = registers->value[CPU_CS];

	if (kernel->arch->mode_is_possible && !kernel->arch->mode_is_possible(registers)) {
		fail(doubt, ERROR_FORMAT,
		     "the registers of the CPU have the code segment %" PRIx64
		     ", which does not exist, so they may be damaged",
		     cs);
		return is_user_address(kernel, ip);
	}
	if (!registers_have(registers, CPU_CS) || !cs)
		return is_user_address(kernel, ip);
	if (!kernel->arch->in_user_mode(registers))
		return false;
	if (unwind_is_code(kernel, ip))
		fail(doubt, ERROR_FORMAT,
		     "the registers of the CPU are of user mode, but %" PRIx64
		     " is code of the kernel, so they may be damaged",
		     ip);
	return true;
}

bool unwind_cpu(struct kernel *kernel, const struct registers *registers, uint64_t task,
		struct backtrace *trace, struct error *err)
{
	struct unwinding unwinding = {
		.kernel = kernel,
		.trace = trace,
		.state = { .registers = *registers, .exact = true },
		.tracers.task = task,
	};
	struct error doubt = { .code = ERROR_NONE };

	unwinding.state.user = was_in_user_mode(kernel, registers, &doubt);
	unwinding.state.unsure = doubt.code;
	if (!unwinding.state.user) {
		if (!unwind_from(&unwinding, err))
			return false;
		if (doubt.code)
			trace->why = doubt;
		trace->lost |= doubt.code;
		return true;
	}
	trace->user = true;
	trace->lost = doubt.code;
	trace->why = doubt;
	if (!unwind_add_frame(&unwinding, err))
		return false;
	trace->frame->has_registers = true;
	trace->frame->registers = *registers;
	return true;
}

bool unwind_task(struct kernel *kernel, const struct task *task, struct backtrace *trace,
		 struct error *err)
{
	struct unwinding unwinding = {
		.kernel = kernel,
		.trace = trace,
		.tracers.task = task->address,
	};
	struct unwind_state *state = &unwinding.state;
	uint64_t ip;

	/* release_task_stack(), kernel/fork.c: since 4.9 (68f24b08ee89) */
	if (kernel_read_member(kernel, task->address, TASK_STACK, &ip, NULL) && !ip)
		return fail(
			err, ERROR_NO_ANSWER,
			"no stack: task_struct.stack is 0, as of a task that has ended and whose stack was freed");
	if (!kernel->arch->switched_registers(kernel, task->address, &state->registers, err))
		return false;
	if (!registers_have(&state->registers, CPU_IP) ||
	    !registers_have(&state->registers, CPU_SP))
		return fail(err, ERROR_UNKNOWN, "where the task stopped is not known");
	/* If IP is the first instruction of a function, IP is not a return address: the task has
	 * never run, and will start there. */
	ip = state->registers.value[CPU_IP];
	state->exact = unwind_function_at(kernel, ip) == ip;
	return unwind_from(&unwinding, err);
}

void backtrace_release(struct backtrace *trace)
{
	free(trace->frame);
	*trace = (struct backtrace){ 0 };
}
