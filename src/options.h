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

/* What to do with dumps in archives. */
enum unpack_use { UNPACK_ASK, UNPACK_YES, UNPACK_NO };

/* One -c or -x, in the order of the command line. Standard input is treated as -x if it is a
 * regular file. */
struct batch {
	const char *text; /* text of -c; NULL for -x */
	struct script script; /* script of -x */
};

struct options {
	enum output_format format;
	bool quiet, verbose;
	bool strict; /* refuse a vmlinux that does not belong to the dump */
	bool no_shell; /* run no shell commands and no pager */
	bool no_files; /* commands open no files; implies no_shell */
	bool no_pager;
	const char *guest; /* the virtual machine to open instead of its host, or NULL */
	bool gdb; /* standard input and output are used for gdb's protocol */
	int gdb_in, gdb_out; /* with gdb: descriptors of the original standard input and output */
	enum colour_wish colour;
	enum sandbox_wish sandbox;
	enum debuginfod_use debuginfod;
	enum unpack_use unpack;
	uint64_t max_memory; /* in bytes */
	uint64_t max_lines; /* limit for the answers of one command; 0: no limit */
	uint64_t timeout; /* in seconds; 0: no limit */
	const char *text; /* with OPTIONS_DONE: text to print */
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
/* Does each -c contain only "help"? Then no file is needed. */
bool options_ask_for_help(const struct options *options);
/* Does the program show a prompt and read commands from the user? */
bool options_have_prompt(const struct options *options);
/* Is a user at the terminal, waiting for the prompt? */
bool options_can_ask(const struct options *options);
/* May a pager show answers? */
bool options_may_page(const struct options *options);
void options_release(struct options *options);
