/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file that a command writes. The helper outside of the sandbox creates the file under a
 * temporary name, and renames it when it is complete. At most three files are open at a time. The
 * file that was opened last must be finished or abandoned first. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct new_file {
	const char *path; /* borrowed */
	int fd; /* descriptor of a pipe; new_file_open_dump(): of the file itself */
	bool is_new; /* new_file_finish() must not replace a file; initially false */
};

/* If a file with this name exists, new_file_finish() replaces it. If the name is of anything else,
 * such as a folder, that is an error. */
bool new_file_open(struct new_file *file, const char *path, struct error *err);
/* The same, for a file that can be written at any offset. */
bool new_file_open_dump(struct new_file *file, const char *path, struct error *err);
bool new_file_write(struct new_file *file, const void *data, size_t size, struct error *err);
/* Closes the file and renames it. After a failure no file is left. */
bool new_file_finish(struct new_file *file, struct error *err);
/* Closes and removes the file. */
void new_file_abandon(struct new_file *file);
