/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The place of files unpacked from an archive. A file is found again by the archive's name, size,
 * time of last change and inode. */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

/* The folder: $XDG_CACHE_HOME/kwalk/unpacked. False: the environment names no place for it. */
bool unpacked_folder(char path[PATH_MAX]);

/* The path of a file in the folder. st: status of the archive; what: "dump" or "vmlinux". */
bool unpacked_path(const char *archive, const struct stat *st, const char *what,
		   char path[PATH_MAX]);
