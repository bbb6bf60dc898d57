/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that are made beside their place, and get their names when they are complete, and
 * files that are appended to. Of the process that makes them: the helper outside
 * (outside.h). What is written comes through a pipe, of which the writer has the other end;
 * of a dump alone it has the file. */
#pragma once

#include <poll.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "base/error.h"

enum { MOST_NEW_FILES = 6 };

/* A new file has no right for others that a file has not that it is made of. */
void new_files_made_of(const struct stat *status);

/* The new file replaces a file of that name later, and gets its rights. *fd belongs to the
 * caller: the file itself, or the end of a pipe. */
bool new_file_make(const char *path, int *fd, struct error *err);
bool new_file_write_to(const char *path, int *fd, struct error *err);
/* Creates the file if it is not there. */
bool new_file_append_to(const char *path, int *fd, struct error *err);

/* The pipes that there are, and how many; writes what has come through them. */
int new_files_wait_for(struct pollfd fds[MOST_NEW_FILES]);
void new_files_move(void);

/* Names the last of them; keep "": removes it; KEEP_NEW: fails if something has the name.
 * KEEP_WRITTEN: writes what is left in its pipe, and fails if not all could be written; it is
 * to be settled still. What was appended stays in any case. */
#define KEEP_NEW "new"
#define KEEP_WRITTEN "written"
bool new_files_settle(const char *keep, struct error *err);
/* Frees what the last one took if it was removed, for which file systems may need a second:
 * to be called when nobody waits any more. */
void new_files_let_go(void);
/* Removes all that have no name yet. */
void new_files_drop(void);
