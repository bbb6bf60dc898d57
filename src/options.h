/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "command/status_line.h"
#include "debuginfod.h"

/* One -c or -x, in the order given. */
struct batch {
	const char *text; /* of -c, NULL for -x */
	int script;       /* descriptor of -x */
};

struct options {
	bool json, quiet, verbose;
	bool strict; /* refuse a vmlinux that does not belong to the dump */
	enum debuginfod_use debuginfod;
	struct status_line status_line;
	FILE *held;      /* what -v says of files, until the first line is out */
	char *held_text;
	size_t held_size;
	struct batch *batches;
	size_t nr_batches;
	const char **overrides;
	size_t nr_overrides;
	char **files; /* borrowed from argv */
	int nr_files;
};

enum options_result {
	OPTIONS_RUN,
	OPTIONS_DONE,  /* help or version was printed */
	OPTIONS_WRONG, /* complained of */
};

enum options_result options_parse(struct options *options, int argc,
				  char **argv);
void options_release(struct options *options);
