/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The manifest: a separate JSON file that lists what extract wrote into the dump. */
#pragma once

#include "cli/commands/choice.h"
#include "dump/write/dump_out.h"

struct manifest {
	const char *path;
	bool replace; /* an existing file may be replaced */
	const char *dump; /* path of the dump that was written */
	const char *format;
	const struct choice *choice;
	const struct dump_out *out; /* the writer of the dump */
};

bool manifest_write(const struct manifest *manifest, struct error *err);

/* Adds those fields of the manifest that the answer of extract has, too. */
void manifest_fields(struct output *output, const struct manifest *manifest);
