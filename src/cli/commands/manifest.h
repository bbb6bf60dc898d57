/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The manifest: a separate JSON file that describes what the command extract wrote into the
 * dump. */
#pragma once

#include "cli/commands/choice.h"
#include "dump/write/dump_out.h"

struct manifest {
	const char *path;
	bool replace; /* if the file exists, it may be replaced */
	const char *dump; /* path of the dump that was written */
	const char *format;
	const struct choice *choice;
	const struct dump_out *out; /* what was passed to the writer of the dump */
};

bool manifest_write(const struct manifest *manifest, struct error *err);

/* Adds the fields that the manifest shares with the answer of extract. */
void manifest_fields(struct output *output, const struct manifest *manifest);
