/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The paths of files that were unpacked from an archive. Such a file can be found again using the
 * archive's name, size, time of last change and inode. */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

/* Finds the folder $XDG_CACHE_HOME/kwalk/unpacked, or by default ~/.cache/kwalk/unpacked. Returns
 * false if the environment does not give a path for the folder. */
bool unpacked_folder(char path[PATH_MAX]);

/* Computes the path of an unpacked file. st is the status of the archive; `what` is "dump" or
 * "vmlinux". Returns false if there is no folder, or if the path is too long. */
bool unpacked_path(const char *archive, const struct stat *st, const char *what,
		   char path[PATH_MAX]);
