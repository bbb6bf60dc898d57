/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file that a command writes: created under a temporary name by the helper outside of the
 * sandbox, and renamed when it is complete. At most three are open at a time, and the last one
 * opened must be finished or abandoned first. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct new_file {
	const char *path; /* borrowed */
	int fd; /* descriptor of a pipe; of the file itself after new_file_open_dump() */
	bool is_new; /* new_file_finish() must not replace a file; initially false */
};

/* An existing file with this name is replaced at the end; anything else, such as a folder, is an
 * error. */
bool new_file_open(struct new_file *file, const char *path, struct error *err);
/* The same, for a file that can be written at any offset. */
bool new_file_open_dump(struct new_file *file, const char *path, struct error *err);
bool new_file_write(struct new_file *file, const void *data, size_t size, struct error *err);
/* Renames the file. Closes it in any case; after a failure no file is left. */
bool new_file_finish(struct new_file *file, struct error *err);
/* Closes and removes the file. */
void new_file_abandon(struct new_file *file);
