/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Finds the boot and the process that a line of a text belongs to. Other lines of the text name
 * them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One boot of a kernel in a text. It begins with the line "Linux version". */
struct text_boot {
	size_t line; /* first line, counted from 0 */
	bool has_offset;
	uint64_t offset; /* KASLR's offset, from "Kernel Offset: 0x... from 0x..." */
	uint64_t linked; /* address of the image without KASLR's offset */
};

/* A process from a line such as "CPU: 0 PID: 141 Comm: init". User addresses in the whole report
 * that contains this line belong to the process. */
struct text_process {
	size_t line;
	int32_t pid;
	/* The TASK_COMM_LEN bytes after "Comm: ", with text after the name; without a NUL. */
	char comm[16];
};

struct text_context {
	struct text_boot *boot; /* owned; in the order of lines */
	struct text_process *process; /* owned; in the order of lines */
	size_t nr_boots, boot_room, nr_processes, process_room;
	size_t nr_lines; /* number of lines read so far */
	/* The next line is in a report whose line with PID and Comm was not read yet. */
	bool in_report;
	size_t report; /* first line of that report */
	/* Number of boots and of processes that began at the current line or before. */
	size_t boots_begun, processes_begun;
};

/* Reads the next lines, which are separated by newlines. */
void text_context_read(struct text_context *context, const char *text, size_t size);
void text_context_release(struct text_context *context);

/* Makes this line the current line. Lines must not decrease from call to call. */
void text_context_move(struct text_context *context, size_t line);
/* Returns the boot of the current line. NULL: the text does not show it. */
const struct text_boot *text_context_boot(const struct text_context *context);
const struct text_process *text_context_process(const struct text_context *context);
