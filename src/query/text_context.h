/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the kernel, the boot and the process to which a line of a text belongs. Other lines of the
 * text contain this information. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TEXT_RELEASE = 65 }; /* __NEW_UTS_LEN + 1 */

/* Which build of a release a kernel is. "": the text does not show it. */
struct text_build {
	char number[TEXT_RELEASE]; /* "#1" or "#14~22.04.1-Ubuntu", the start of the version of uname(2) */
	char package[TEXT_RELEASE]; /* Debian's version of the package, such as "6.1.176-1" */
};

/* A machine that a text can show, also one whose kernels kwalk does not read. */
enum { TEXT_MARKS = 5 };
struct text_machine {
	uint16_t number; /* EM_* of elf.h */
	uint8_t word; /* the size of a word in bytes */
	const char *name; /* with an article */
	const char *marks[TEXT_MARKS]; /* texts that only this machine prints */
};

/* A boot of a kernel in a text. These begin a boot: the line "Linux version", a report after the line
 * "Kernel Offset", with which a panic ends, and a line about another release or machine. */
struct text_boot {
	size_t line; /* number of its first line, counted from 0 */
	/* The text is a report or a log, and not only some numbers. */
	bool is_report;
	bool has_ended; /* the line "Kernel Offset" was read */
	char release[TEXT_RELEASE]; /* "": the text does not show it */
	struct text_build build;
	const struct text_machine *machine; /* NULL: the text does not show it */
	const char *system; /* a system that is not Linux, or NULL */
	uint8_t va_bits; /* arm64's "48-bit VAs"; 0: the text does not show it */
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
	uint64_t table; /* the value of the root register, the first after its line; 0: none */
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

/* Reads the release and the build from a banner ("Linux version ...", linux_banner in
 * init/version.c), or from a line with the letters of the taint, as dump_stack_print_info() in
 * lib/dump_stack.c prints it: "Comm: init Tainted: G        W   6.1.0-18-amd64 #1  Debian 6.1.76-1". Debian
 * adds the version of the package. */
void text_build_read(const char *line, size_t size, char release[TEXT_RELEASE],
		     struct text_build *build);
/* Do both show the same property, and is it different? */
bool text_build_differs(const struct text_build *one, const struct text_build *other);

/* Reads the time that the kernel's log puts before a line, as in "[   12.345678] ". Returns the text after
 * the time, or NULL if the line does not show a time. */
const char *text_time_read(const char *line, size_t size, uint64_t *usec);

/* Reads the next line of the text, without its newline. */
void text_context_read(struct text_context *context, const char *line, size_t size);
void text_context_release(struct text_context *context);

/* Sets the current line. `line` must not be lower than in the call before. */
void text_context_move(struct text_context *context, size_t line);
/* Returns the boot to which the current line belongs. NULL: no line was read. */
const struct text_boot *text_context_boot(const struct text_context *context);
const struct text_process *text_context_process(const struct text_context *context);
