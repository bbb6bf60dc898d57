/* SPDX-License-Identifier: GPL-3.0-or-later */
/* New files, and files that are appended to. A new file is written under a temporary name in the
 * same folder, and is renamed when it is complete. This code runs in the helper process outside the
 * sandbox (outside.h). The writer sends the content through a pipe. Only the writer of a dump gets
 * a descriptor of the file itself. */
#pragma once

#include <poll.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "base/error.h"

enum { MOST_NEW_FILES = 6 };

/* Declares that new files contain data of the file with this status. The group and others get only
 * those rights to new files that they have to this file, too. */
void new_files_made_of(const struct stat *status);

/* Creates a file under a temporary name, which will replace the file at path. If the file at path
 * exists, the new file gets its rights. *fd gets a descriptor that the caller owns: of the file
 * itself (new_file_make()), or of the write end of a pipe (new_file_write_to()). */
bool new_file_make(const char *path, int *fd, struct error *err);
bool new_file_write_to(const char *path, int *fd, struct error *err);
/* Opens the file at path for appending, or creates it. *fd gets the write end of a pipe through
 * which the bytes are sent. The caller owns *fd. */
bool new_file_append_to(const char *path, int *fd, struct error *err);

/* new_files_wait_for() fills fds with the read ends of the open pipes, for poll(), and returns
 * their number. new_files_move() writes the data that has arrived in the pipes to the files. */
int new_files_wait_for(struct pollfd fds[MOST_NEW_FILES]);
void new_files_move(void);

/* Ends the work on the newest file. `keep` is "" to remove the file, or KEEP_NEW to give the file
 * its name, unless a file with this name exists: then the function fails. KEEP_WRITTEN only writes
 * the rest of the pipe to the file, and fails if not all data could be written. Any other text
 * gives the file its name, and replaces an existing file. Appended bytes are always kept. */
#define KEEP_NEW "new"
#define KEEP_WRITTEN "written"
bool new_files_settle(const char *keep, struct error *err);
/* Closes the file that was settled last. If that file was removed, this frees its space, which may
 * take a second in some file systems. So the function must be called when no caller waits for a
 * reply. */
void new_files_let_go(void);
/* Removes all files that are not settled. */
void new_files_drop(void);
