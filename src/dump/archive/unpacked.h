/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The paths of files that were unpacked from an archive. A path is computed from the archive's
 * name, size, time of last change and inode, so that an unpacked file can be found again. */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

/* Finds the folder for unpacked files: $XDG_CACHE_HOME/kwalk/unpacked, or by default
 * ~/.cache/kwalk/unpacked. Returns false if the environment variables do not give the path of a
 * folder. */
bool unpacked_folder(char path[PATH_MAX]);

/* Computes the path of a file that is unpacked from an archive. `st` is the status of the archive.
 * `what` is "dump" or "vmlinux". Returns false if there is no folder, or if the path is too
 * long. */
bool unpacked_path(const char *archive, const struct stat *st, const char *what,
		   char path[PATH_MAX]);
