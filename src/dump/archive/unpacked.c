/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "dump/archive/unpacked.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool unpacked_fits(int size)
{
	return size >= 0 && size < PATH_MAX;
}

/* Finds the folder for unpacked files. A relative path in a variable is ignored, as the XDG Base
 * Directory Specification 0.8 requires. */
bool unpacked_folder(char path[PATH_MAX])
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (cache && *cache == '/')
		return unpacked_fits(snprintf(path, PATH_MAX, "%s/kwalk/unpacked", cache));
	return home && *home == '/' &&
	       unpacked_fits(snprintf(path, PATH_MAX, "%s/.cache/kwalk/unpacked", home));
}

bool unpacked_path(const char *archive, const struct stat *st, const char *what,
		   char path[PATH_MAX])
{
	const char *slash = strrchr(archive, '/');
	char folder[PATH_MAX];

	return unpacked_folder(folder) &&
	       unpacked_fits(snprintf(path, PATH_MAX, "%s/%s-%jd-%jd.%09ld-%ju.%s", folder,
				      slash ? slash + 1 : archive, (intmax_t)st->st_size,
				      (intmax_t)st->st_mtim.tv_sec, st->st_mtim.tv_nsec,
				      (uintmax_t)st->st_ino, what));
}
