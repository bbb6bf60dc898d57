/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that are made beside their place, and get their names when they are complete. Of
 * the process that makes them: the helper outside (outside.h). */
#pragma once

#include <stdbool.h>

#include "base/error.h"

/* Replaces a file of that name later, and has its rights. *fd is the caller's. */
bool new_file_make(const char *path, int *fd, struct error *err);
/* Names the last of them; keep "": removes it; KEEP_NEW: fails if something has the name. */
#define KEEP_NEW "new"
bool new_files_settle(const char *keep, struct error *err);
/* Frees what the last one took if it was removed, for which file systems may need a second:
 * to be called when nobody waits any more. */
void new_files_let_go(void);
/* Removes all that have no name yet. */
void new_files_drop(void);
