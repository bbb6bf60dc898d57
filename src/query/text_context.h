/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the boot and the process to which a line of a text belongs. Other lines of the text contain
 * this information. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A boot of a kernel in a text. The line "Linux version" begins a boot. */
struct text_boot {
	size_t line; /* number of its first line, counted from 0 */
	bool has_offset;
	uint64_t offset; /* the KASLR offset, from the line "Kernel Offset: 0x... from 0x..." */
	uint64_t linked; /* address that the image has without the KASLR offset */
};

/* A process that is named in a line such as "CPU: 0 PID: 141 Comm: init". All user addresses in the
 * report that contains this line belong to the process. */
struct text_process {
	size_t line;
	int32_t pid;
	/* The 16 bytes (TASK_COMM_LEN) after "Comm: ". They may contain text after the name, and no
	 * NUL. */
	char comm[16];
};

struct text_context {
	struct text_boot *boot; /* owned; in the order of lines */
	struct text_process *process; /* owned; in the order of lines */
	size_t nr_boots, boot_room, nr_processes, process_room;
	size_t nr_lines; /* number of lines read so far */
	/* The current report has begun, but its line with PID and Comm was not read yet. */
	bool in_report;
	size_t report; /* first line of the current report */
	/* Numbers of boots and processes that begin at the current line or before it. */
	size_t boots_begun, processes_begun;
};

/* Reads the next lines of the text, which are separated by newlines. */
void text_context_read(struct text_context *context, const char *text, size_t size);
void text_context_release(struct text_context *context);

/* Sets the current line. `line` must not be lower than in the call before. */
void text_context_move(struct text_context *context, size_t line);
/* Returns the boot to which the current line belongs. NULL: the text does not show the boot.
 * pointer_size: of the kernel, in bytes. */
const struct text_boot *text_context_boot(const struct text_context *context,
					  unsigned int pointer_size);
const struct text_process *text_context_process(const struct text_context *context);
