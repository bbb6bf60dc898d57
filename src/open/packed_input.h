/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A dump, a vmlinux or both in an archive or a compressed file. */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "base/file.h"

struct opening;

struct packed_input {
	struct file dump, vmlinux; /* path NULL: none */
};

/* Is the file compressed, or an archive? */
bool packed_input_probe(const struct file *archive);

/* Unpacks what the archive holds: a vmlinux into memory, a dump by opening->unpacking.
 * The files become the caller's. Fails if there is neither, or more than one of them. */
bool packed_input_open(const struct opening *opening, const struct file *archive,
		       struct packed_input *input, struct error *err);
