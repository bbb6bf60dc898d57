/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "debuginfod.h"

/* One -c or -x, in the order given. */
struct batch {
	const char *text; /* of -c, NULL for -x */
	int script;       /* of -x: open descriptor */
};

struct options {
	bool json, quiet, verbose;
	bool strict; /* refuse a vmlinux that does not belong to the dump */
	enum debuginfod_use debuginfod;
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
	OPTIONS_DONE,  /* --help or --version: print options->text */
	OPTIONS_WRONG, /* an error was printed */
};

enum options_result options_parse(struct options *options, int argc,
				  char **argv);
void options_release(struct options *options);
