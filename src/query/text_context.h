/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The boot and the process of a line, as other lines of the text name them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One boot of a kernel in a text: from the line "Linux version" on. */
struct text_boot {
	size_t line; /* first line, counted from 0 */
	bool has_offset;
	uint64_t offset; /* KASLR's offset: "Kernel Offset: 0x... from 0x..." */
	uint64_t linked; /* address of the image without KASLR's offset */
};

/* "CPU: 0 PID: 141 Comm: init": the process of user addresses, in the whole report that contains
 * this line. */
struct text_process {
	size_t line;
	int32_t pid;
	char comm[16]; /* the name after "Comm:", not NUL-terminated; TASK_COMM_LEN */
};

struct text_context {
	struct text_boot *boot; /* owned; in the order of lines */
	struct text_process *process; /* owned; in the order of lines */
	size_t nr_boots, boot_room, nr_processes, process_room;
	size_t nr_lines; /* number of lines read so far */
	bool in_report; /* in a report that has not named its process yet */
	size_t report; /* first line of that report */
	/* Numbers of boots and processes that began up to the current line. */
	size_t boots_begun, processes_begun;
};

/* Reads the next lines, which are separated by newlines. */
void text_context_read(struct text_context *context, const char *text, size_t size);
void text_context_release(struct text_context *context);

/* Moves to a line; lines must not decrease. */
void text_context_move(struct text_context *context, size_t line);
/* The boot of the current line; NULL: the text does not show it. */
const struct text_boot *text_context_boot(const struct text_context *context);
const struct text_process *text_context_process(const struct text_context *context);
