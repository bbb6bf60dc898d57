/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that are written under a temporary name beside their place and renamed when they are
 * complete, and files that are appended to. This code runs in the helper process outside the
 * sandbox (outside.h). The writer sends the content through a pipe; only for a dump does the writer
 * have a descriptor of the file itself. */
#pragma once

#include <poll.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "base/error.h"

enum { MOST_NEW_FILES = 6 };

/* Later new files get no right for others that the file with this status lacks. */
void new_files_made_of(const struct stat *status);

/* The new file will replace a file of that name and gets its rights. *fd belongs to the caller: a
 * descriptor of the file, or the write end of a pipe. */
bool new_file_make(const char *path, int *fd, struct error *err);
bool new_file_write_to(const char *path, int *fd, struct error *err);
/* Opens path for appending; creates the file if it does not exist. */
bool new_file_append_to(const char *path, int *fd, struct error *err);

/* Fills fds with the open pipes and returns their number; writes the data that has arrived. */
int new_files_wait_for(struct pollfd fds[MOST_NEW_FILES]);
void new_files_move(void);

/* Settles the newest file. keep: "" removes it; KEEP_NEW names it, but fails if a file has the name
 * already. KEEP_WRITTEN writes the rest of its pipe, fails if not all could be written, and does
 * not settle the file. Appended bytes stay in any case. */
#define KEEP_NEW "new"
#define KEEP_WRITTEN "written"
bool new_files_settle(const char *keep, struct error *err);
/* Frees the space of the last settled file if it was removed, which may take a second in some file
 * systems: call it when no reply is due. */
void new_files_let_go(void);
/* Removes all files that were not settled. */
void new_files_drop(void);
