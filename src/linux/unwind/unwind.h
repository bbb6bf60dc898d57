/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The frames of the kernel's functions on the stacks of a task or CPU. */
#pragma once

#include <stddef.h>

#include "base/error.h"
#include "dump/registers.h"
#include "linux/task/stack.h"

struct kernel;

/* The registers of a function, as far as they are known; IP and SP are always known. unwind_step()
 * of struct arch replaces them with the caller's registers. */
struct unwind_state {
	struct registers registers;
	bool exact; /* IP is the next instruction to run, not a return address */
	bool unsure; /* a step used an assumption that the kernel's data do not prove */
	/* Results of the last step: */
	bool interrupted; /* an exception or interrupt saved these registers */
	bool user; /* the registers are of user mode */
	bool outermost; /* the function has no caller: registers are unchanged */
};

struct stack_frame {
	uint64_t ip, sp; /* sp: start of the part of the stack that the function uses */
	bool exact; /* ip is the next instruction, not a return address */
	bool sure; /* found using the kernel's unwinding data */
	bool interrupted; /* an exception or interrupt saved this function's registers */
	bool user; /* code of user mode: the CPU ran no function of the kernel */
	struct stack stack; /* STACK_NONE: unknown */
	bool has_registers;
	/* The registers of the interrupted code, which the entry code in this frame saved. */
	struct registers registers;
};

enum { MOST_FRAMES = 512 };

struct backtrace {
	struct stack_frame *frame; /* owned; the innermost first */
	size_t nr, room;
	bool user; /* the outermost frame was entered from user mode */
	bool lost; /* frames are missing; the reason: */
	struct error why;
};

/* Finds the functions of a CPU, from these registers on. False with err: interrupted, or out of
 * memory; the trace must be released in any case. */
bool unwind_cpu(struct kernel *kernel, const struct registers *registers, struct backtrace *trace,
		struct error *err);
/* Finds the functions of a task that is not running. False also if its registers are not known. */
bool unwind_task(struct kernel *kernel, const struct task *task, struct backtrace *trace,
		 struct error *err);
void backtrace_release(struct backtrace *trace);

/* The address for looking up a frame's function and line. If ip is a return address, it is the
 * address of the call, because the call may be the function's last instruction. */
static inline uint64_t stack_frame_code(const struct stack_frame *frame)
{
	return frame->exact || !frame->ip ? frame->ip : frame->ip - 1;
}

/* "task", "irq", "softirq", "nmi", "exception", "entry", "espfix"; NULL: unknown. */
const char *stack_frame_place(const struct stack_frame *frame);
