/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the functions that a task or a CPU was running, from its stacks. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "dump/registers.h"
#include "linux/task/stack.h"

struct kernel;

/* The registers of a function, as far as they are known. IP and SP are always known. unwind_step()
 * of struct arch replaces the registers of a function by the registers of its caller. */
struct unwind_state {
	struct registers registers;
	bool exact; /* IP is the address of the next instruction, not a return address */
	/* The tracer that replaced the return address in IP; NULL: none. IP is the
	 * original or, if `replaced` is true, the tracer's trampoline: the original is not known. */
	const char *tracer;
	bool replaced;
	bool unsure; /* a step used an assumption that no data of the kernel confirm */
	/* Results of the last step: */
	bool interrupted; /* the registers were saved by an exception or interrupt */
	bool user; /* the registers are of user mode */
	bool outermost; /* the function has no caller, and the registers were not changed */
};

struct stack_frame {
	uint64_t ip, sp; /* sp: lowest address of the function's frame */
	bool exact; /* ip is the address of the next instruction, not a return address */
	bool sure; /* found using the kernel's unwinding data, without an assumption */
	const char *tracer; /* as in struct unwind_state */
	bool replaced;
	bool interrupted; /* an exception or interrupt saved the registers of this function */
	bool user; /* the CPU ran code in user mode; the frame is not a function of the kernel */
	struct stack stack; /* the stack that contains sp; kind STACK_NONE: unknown */
	bool has_registers;
	/* The registers of the interrupted code, which were saved in this frame. Valid if
	 * has_registers. */
	struct registers registers;
};

enum { MOST_FRAMES = 512 };

struct backtrace {
	struct stack_frame *frame; /* owned; the innermost first */
	size_t nr, room;
	bool user; /* the outermost function was called from user mode */
	bool lost; /* true: frames may be missing, and why contains the reason */
	struct error why;
};

/* Finds the functions that a CPU was running. registers: the registers of the CPU. task: the address
 * of the task that the CPU ran; 0: unknown. Returns false and sets err if the user stops the work, or
 * if there is not enough memory. The caller must release *trace, even if the result is false. */
bool unwind_cpu(struct kernel *kernel, const struct registers *registers, uint64_t task,
		struct backtrace *trace, struct error *err);
/* Like unwind_cpu(), for a task that is not running. Returns false and sets err also if the
 * registers of the task are unknown. */
bool unwind_task(struct kernel *kernel, const struct task *task, struct backtrace *trace,
		 struct error *err);
void backtrace_release(struct backtrace *trace);

/* Returns the address to use when looking up the function and the line of a frame. If ip is a
 * return address, returns ip - 1, which is in the call instruction. ip itself may be in the next
 * function, because the call may be the last instruction of its function. The address of a tracer's
 * trampoline is not a return address: nothing called the function before it. */
static inline uint64_t stack_frame_code(const struct stack_frame *frame)
{
	return frame->exact || frame->replaced || !frame->ip ? frame->ip : frame->ip - 1;
}

/* Returns the kind of stack for answers: "task", "irq", "softirq", "nmi", "exception", "entry" or
 * "espfix". Returns NULL if the stack is unknown. */
const char *stack_frame_place(const struct stack_frame *frame);

/* Can vaddr be in a function? The function may be in the kernel, in a module, or in memory
 * allocated at run time (BPF). */
bool unwind_is_code(struct kernel *kernel, uint64_t vaddr);
