/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file that a command writes: made beside its name by the helper outside
 * of the sandbox, and renamed once it is complete. There are three at a
 * time at most; the last one is finished or abandoned first. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct new_file {
	const char *path; /* borrowed */
	int fd; /* of a pipe, or of the file that new_file_open_dump() made */
	bool is_new; /* new_file_finish() replaces nothing; false at first */
};

/* An existing file of that name is replaced at the end; anything else, as a folder, is refused. */
bool new_file_open(struct new_file *file, const char *path, struct error *err);
/* The same, for writes anywhere in it. */
bool new_file_open_dump(struct new_file *file, const char *path, struct error *err);
bool new_file_write(struct new_file *file, const void *data, size_t size, struct error *err);
/* Gives it its name. Closes it in any case; without success nothing is left. */
bool new_file_finish(struct new_file *file, struct error *err);
/* Closes and removes it. */
void new_file_abandon(struct new_file *file);
