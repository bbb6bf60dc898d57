/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "debuginfod.h"
#include "output/output.h"
#include "sandbox/sandbox.h"
#include "script.h"

/* Are dumps in archives unpacked? */
enum unpack_use { UNPACK_ASK, UNPACK_YES, UNPACK_NO };

/* One -c or -x, in the order given; standard input counts as -x if it is a regular file. */
struct batch {
	const char *text; /* of -c, NULL for -x */
	struct script script; /* of -x */
};

struct options {
	enum output_format format;
	bool quiet, verbose;
	bool strict; /* refuse a vmlinux that does not belong to the dump */
	bool no_shell; /* no shell commands, no pager */
	bool no_files; /* commands open none, and no_shell */
	bool no_pager;
	const char *guest; /* the virtual machine to open instead of its host; or NULL */
	bool gdb; /* standard input and output are gdb's */
	int gdb_in, gdb_out; /* if so: what they were, open */
	enum colour_wish colour;
	enum sandbox_wish sandbox;
	enum debuginfod_use debuginfod;
	enum unpack_use unpack;
	uint64_t max_memory; /* bytes */
	uint64_t max_lines; /* of one command's answers; 0: no bound */
	uint64_t timeout; /* seconds; 0: none */
	const char *text; /* OPTIONS_DONE: what to print */
	struct batch *batches;
	size_t nr_batches;
	const char **overrides;
	size_t nr_overrides;
	const char *const *files; /* borrowed from argv */
	size_t nr_files;
};

enum options_result {
	OPTIONS_RUN,
	OPTIONS_DONE, /* --help or --version: print options->text */
	OPTIONS_WRONG, /* an error was printed */
};

enum options_result options_parse(struct options *options, int argc, char **argv);
/* Is all that -c has "help"? Then no file need be given. */
bool options_ask_for_help(const struct options *options);
/* Are commands read from a prompt? */
bool options_have_prompt(const struct options *options);
/* Is there a user at a terminal, waiting for the prompt? */
bool options_can_ask(const struct options *options);
/* May answers be shown by a pager? */
bool options_may_page(const struct options *options);
void options_release(struct options *options);
