/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The place of files that were unpacked from an archive: found again by the archive's name,
 * size, time of last change and inode. */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

/* The folder: $XDG_CACHE_HOME/kwalk/unpacked. False: there is no home for it. */
bool unpacked_folder(char path[PATH_MAX]);

/* A file in it. st is the archive's; what is "dump" or "vmlinux". */
bool unpacked_path(const char *archive, const struct stat *st, const char *what,
		   char path[PATH_MAX]);
