/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The boot and the process that a line belongs to, as other lines of the text name them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One start of a kernel, as a text reports it: from the line "Linux version" on. */
struct text_boot {
	size_t line; /* the first, from 0 */
	bool has_offset;
	uint64_t offset; /* of KASLR: "Kernel Offset: 0x... from 0x..." */
	uint64_t linked; /* address of the image without it */
};

/* "CPU: 0 PID: 141 Comm: init": the process that user addresses belong to, in the whole report
 * that has this line. */
struct text_process {
	size_t line;
	int32_t pid;
	char comm[16]; /* what follows Comm:, not terminated; TASK_COMM_LEN */
};

struct text_context {
	struct text_boot *boot; /* owned; by line */
	struct text_process *process; /* owned; by line */
	size_t nr_boots, boot_room, nr_processes, process_room;
	size_t nr_lines; /* read so far */
	bool in_report; /* a report that has not named its process yet */
	size_t report; /* its first line */
	size_t boots_begun, processes_begun; /* at the line moved to */
};

/* Reads the next lines, which newlines divide. */
void text_context_read(struct text_context *context, const char *text, size_t size);
void text_context_release(struct text_context *context);

/* Moves on to a line; never back. */
void text_context_move(struct text_context *context, size_t line);
/* The boot of that line; NULL: the text does not show it. */
const struct text_boot *text_context_boot(const struct text_context *context);
const struct text_process *text_context_process(const struct text_context *context);
