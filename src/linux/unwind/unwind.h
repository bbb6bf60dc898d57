/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Finds the frames of the kernel's functions on the stacks of a task or CPU. */
#pragma once

#include <stddef.h>

#include "base/error.h"
#include "dump/registers.h"
#include "linux/task/stack.h"

struct kernel;

/* The registers of a function, as far as they are known. IP and SP are always known. unwind_step()
 * of struct arch replaces them by the registers of the caller. */
struct unwind_state {
	struct registers registers;
	bool exact; /* IP is the next instruction to run, not a return address */
	bool unsure; /* a step used an assumption that the kernel's data do not confirm */
	/* Results of the last step: */
	bool interrupted; /* the registers were saved by an exception or interrupt */
	bool user; /* the registers are of user mode */
	bool outermost; /* the function has no caller; the registers are unchanged */
};

struct stack_frame {
	uint64_t ip, sp; /* sp: start of the function's part of the stack */
	bool exact; /* ip is the next instruction to run, not a return address */
	bool sure; /* found using the kernel's unwinding data */
	bool interrupted; /* an exception or interrupt saved the registers of this function */
	bool user; /* the CPU ran code of user mode, not a function of the kernel */
	struct stack stack; /* kind STACK_NONE: unknown */
	bool has_registers;
	/* Registers of interrupted code, which the entry code in this frame saved. */
	struct registers registers;
};

enum { MOST_FRAMES = 512 };

struct backtrace {
	struct stack_frame *frame; /* owned; the innermost first */
	size_t nr, room;
	bool user; /* the outermost frame was entered from user mode */
	bool lost; /* frames are missing, for the reason why */
	struct error why;
};

/* Finds the functions that a CPU runs, given its registers. Returns false and sets err if the user
 * stops the work, or if there is not enough memory. The trace must be released in any case. */
bool unwind_cpu(struct kernel *kernel, const struct registers *registers, struct backtrace *trace,
		struct error *err);
/* Like unwind_cpu(), for a task that is not running. Returns false also if the registers of the
 * task are unknown. */
bool unwind_task(struct kernel *kernel, const struct task *task, struct backtrace *trace,
		 struct error *err);
void backtrace_release(struct backtrace *trace);

/* Returns the address for looking up the function and the line of a frame. If ip is a return
 * address, this is an address in the call before it, because the call may be the last instruction
 * of the function. */
static inline uint64_t stack_frame_code(const struct stack_frame *frame)
{
	return frame->exact || !frame->ip ? frame->ip : frame->ip - 1;
}

/* The kind of stack in answers: "task", "irq", "softirq", "nmi", "exception", "entry", "espfix";
 * NULL: unknown. */
const char *stack_frame_place(const struct stack_frame *frame);
