/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file that a command writes. The helper outside of the sandbox creates the file with a temporary
 * name, and renames it when it is complete. At most three files can be open at a time. Of the open
 * files, the file that was opened last must be finished or abandoned first. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct new_file {
	const char *path; /* borrowed */
	/* descriptor of a pipe to the helper; after new_file_open_dump(), of the file itself */
	int fd;
	/* if true, new_file_finish() must not replace an existing file; initially false */
	bool is_new;
};

/* Begins a file with the name path. If a file has this name, new_file_finish() will replace it.
 * Fails if something else has this name, such as a folder. */
bool new_file_open(struct new_file *file, const char *path, struct error *err);
/* Like new_file_open(), but the file can be written at any offset. */
bool new_file_open_dump(struct new_file *file, const char *path, struct error *err);
bool new_file_write(struct new_file *file, const void *data, size_t size, struct error *err);
/* Closes the file and renames it to its final name. If that fails, no file is left. */
bool new_file_finish(struct new_file *file, struct error *err);
/* Closes and removes the file. */
void new_file_abandon(struct new_file *file);
