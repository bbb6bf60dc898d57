/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that are written under a temporary name in the same folder and renamed when they are
 * complete, and files that are appended to. This code runs in the helper process outside the
 * sandbox (outside.h). The writer sends the content through a pipe. Only the writer of a dump has a
 * descriptor of the file itself. */
#pragma once

#include <poll.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "base/error.h"

enum { MOST_NEW_FILES = 6 };

/* New files contain data of the file with this status. The group and others get only the rights to
 * new files that they have to this file. */
void new_files_made_of(const struct stat *status);

/* Starts a file that will replace the file at path, and gets its rights if that file exists. *fd
 * gets a descriptor that the caller owns: of the file itself (new_file_make()), or of the write end
 * of a pipe (new_file_write_to()). */
bool new_file_make(const char *path, int *fd, struct error *err);
bool new_file_write_to(const char *path, int *fd, struct error *err);
/* Opens path for appending through a pipe, whose write end is *fd. Creates the file if it does not
 * exist. */
bool new_file_append_to(const char *path, int *fd, struct error *err);

/* The first function fills fds with the open pipes and returns their number. The second function
 * writes the data that has arrived in the pipes to the files. */
int new_files_wait_for(struct pollfd fds[MOST_NEW_FILES]);
void new_files_move(void);

/* Settles the newest file according to keep. "" removes the file. KEEP_NEW gives the file its name,
 * but fails if there is already a file with this name. KEEP_WRITTEN only writes the rest of the
 * pipe to the file, and fails if not all data could be written. Other texts give the file its name.
 * Appended bytes remain in any case. */
#define KEEP_NEW "new"
#define KEEP_WRITTEN "written"
bool new_files_settle(const char *keep, struct error *err);
/* Frees the space of the last settled file if that file was removed. This may take a second in some
 * file systems, so the function must be called when no reply is due. */
void new_files_let_go(void);
/* Removes all files that are not settled. */
void new_files_drop(void);
