/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The frames of a task or CPU and their registers, for several commands. */
#pragma once

#include "cli/command.h"
#include "linux/unwind/unwind.h"

struct cpu_run;

/* The task and the CPU that the frames belong to. Unknown members are NULL. */
struct traced {
	const struct task *task;
	/* The run of the CPU that ran the task; NULL: no CPU ran the task. */
	const struct cpu_run *run;
};

/* Shows an answer of the command for each frame. Returns false and sets err if some frames, or all,
 * are missing. */
bool show_backtrace(struct session *session, const char *command, const char *argument,
		    const struct traced *traced, struct error *err);

/* Adds at most `most` frames of the CPU's run to the open list. Adds nothing if only the innermost
 * frame is known, because this frame is only the CPU's instruction pointer. */
void show_trace(struct session *session, const struct cpu_run *run, size_t most);

/* Shows the field "interrupted": the code that the CPU ran before an exception or interrupt, for
 * example before the interrupt that stopped the CPU. */
void show_interrupted(struct session *session, const struct cpu_run *run);

/* Returns the name of a register in this kernel's mode, or NULL if the machine has no such register
 * or its value is unknown. */
const char *show_register_name(const struct session *session, const struct registers *registers,
			       enum cpu_register which);

/* Shows the known registers as the object "registers". */
void show_registers(struct session *session, const struct registers *registers);

/* The columns of a list of these frames in text. */
extern const struct field show_trace_fields[];
