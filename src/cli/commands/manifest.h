/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of what extract wrote, as JSON in a file of its own. */
#pragma once

#include "cli/commands/choice.h"
#include "dump/write/dump_out.h"

struct manifest {
	const char *path;
	bool replace; /* path may exist */
	const char *dump; /* that was written */
	const char *format;
	const struct choice *choice;
	const struct dump_out *out; /* written */
};

bool manifest_write(const struct manifest *manifest, struct error *err);

/* The fields that the command's answer has as well. */
void manifest_fields(struct output *output, const struct manifest *manifest);
