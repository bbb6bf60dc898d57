/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The frames on the stack of a task or CPU, and the registers, for several commands. */
#pragma once

#include "cli/command.h"
#include "linux/unwind/unwind.h"

struct cpu_run;

/* Whether and how the words of each frame are shown. */
enum frame_words {
	NO_WORDS,
	WORDS_AS_NUMBERS,
	WORDS_MEANT, /* a pointer is a symbol or, for an object of a slab, [CACHE] */
	WORDS_MEANT_FULLY, /* and an object is [ADDRESS:CACHE] */
};

/* The task and the CPU to which the frames belong. Unknown members are NULL. */
struct traced {
	const struct task *task;
	/* The CPU that was running the task, with its registers. NULL: no CPU was running the
	 * task. */
	const struct cpu_run *run;
	enum frame_words words;
};

/* Shows one answer of the command for each frame. If some or all frames are missing, sets err and
 * returns false. */
bool show_backtrace(struct session *session, const char *command, const char *argument,
		    const struct traced *traced, struct error *err);

/* Adds at most `most` frames of a CPU's stack to the open list. If there are more frames, begins
 * with the frame that an exception interrupted, because this frame shows the cause. If only the innermost frame is
 * known, adds nothing, because this frame contains only the CPU's instruction pointer. */
void show_trace(struct session *session, const struct cpu_run *run, size_t most);

/* Adds all frames of a task that no CPU runs to the open list. Adds nothing if they are unknown. */
void show_task_trace(struct session *session, const struct task *task);

/* Returns the name of a register in this kernel's mode. Returns NULL if the machine has no such
 * register, or if its value is unknown. */
const char *show_register_name(const struct session *session, const struct registers *registers,
			       enum cpu_register which);

/* Adds all known registers as the object "registers". */
void show_registers(struct session *session, const struct registers *registers);

/* How text shows a list of these frames. */
extern const struct field show_trace_fields[];
