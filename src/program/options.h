/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "program/debuginfod.h"
#include "output/output.h"
#include "sandbox/sandbox.h"
#include "program/script.h"

/* Whether dumps in archives are unpacked. */
enum unpack_use { UNPACK_ASK, UNPACK_YES, UNPACK_NO };

/* One option -c or -x. If standard input is a regular file, it is treated like the file of an
 * -x. */
struct batch {
	const char *text; /* the text of -c; NULL: this is -x */
	struct script script; /* script of -x */
};

/* An option of kwalk-crash that prints one thing and ends the program. */
enum crash_question { QUESTION_NONE, QUESTION_RELEASE, QUESTION_LOG, QUESTION_BUILD_ID };

struct options {
	enum output_format format;
	bool quiet, verbose;
	bool stats; /* show on standard error what each command cost */
	bool strict; /* refuse a vmlinux that belongs to another kernel */
	bool no_shell; /* do not run shell commands or a pager */
	bool no_files; /* commands do not open files; implies no_shell */
	const char *listings; /* a file with listings; NULL: not given */
	bool no_pager;
	bool pause; /* a running guest stands still during each command */
	/* names the virtual machine that is opened instead of its host; NULL: the host is opened */
	const char *guest;
	uint64_t kernel; /* the number of the kernel that is opened; 0: not given */
	bool gdb; /* gdb's protocol uses standard input and output */
	int gdb_in, gdb_out; /* if gdb: descriptors of the original standard input and output */
	enum colour_wish colour;
	enum sandbox_wish sandbox;
	enum debuginfod_use debuginfod;
	enum unpack_use unpack;
	uint64_t max_memory; /* in bytes */
	uint64_t max_lines; /* largest number of lines in the answers of a command; 0: no limit */
	uint64_t timeout; /* in seconds; 0: no limit */
	struct error err; /* for OPTIONS_WRONG and OPTIONS_HINT */
	const char *text; /* for OPTIONS_DONE: the text to print */
	char *subcommand; /* owned: the text of "kwalk annotate FILE" as a command; NULL */
	struct batch *batches;
	size_t nr_batches;
	const char **overrides;
	size_t nr_overrides;
	bool crash; /* the command line is crash's, and so are the prompt and the exit status */
	bool no_panic; /* of kwalk-crash: begin with the idle task of CPU 0 */
	enum crash_question question; /* of kwalk-crash */
	const char *asked; /* the file of the question; borrowed from argv */
	const char *const *files; /* borrowed from argv */
	size_t nr_files;
	/* What follows from all options: */
	/* There are no scripts, and each -c contains only the command "help". Then no file is
	 * needed. */
	bool asks_for_help;
	bool needs_no_files; /* no file must be given */
	/* There are no scripts, and each -c begins with a command that needs no dump. */
	bool needs_no_dump;
	bool has_prompt; /* the program shows a prompt and reads commands from the user */
	bool can_ask; /* a user is at the terminal and waits for the prompt */
	bool may_unpack, may_page; /* dumps may be unpacked; a pager may show answers */
};

enum options_result {
	OPTIONS_RUN,
	OPTIONS_DONE, /* --help or --version was given: print options->text */
	OPTIONS_WRONG, /* options->err has an error */
	OPTIONS_HINT, /* likewise, and --help explains what is right */
};

enum options_result options_parse(struct options *options, int argc, char **argv);
void options_release(struct options *options);
