/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of the parts that extract wrote, as JSON in a separate file. */
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

/* Adds the fields that the command's answer has, too. */
void manifest_fields(struct output *output, const struct manifest *manifest);
