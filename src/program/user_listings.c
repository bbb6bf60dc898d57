/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program/user_listings.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "output/say.h"

/* Finds the usual file, if it exists. */
static bool find_usual(char path[PATH_MAX])
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	bool given = config && *config == '/';

	if (!given && (!home || *home != '/'))
		return false;
	return snprintf(path, PATH_MAX, "%s%s/kwalk/listings", given ? config : home,
			given ? "" : "/.config") < PATH_MAX &&
	       access(path, F_OK) == 0;
}

bool user_listings_read(const struct options *options, struct script *file, struct error *err)
{
	static char usual[PATH_MAX];
	const char *path = options->listings;

	*file = (struct script){ .fd = -1 };
	if (!path && !options->no_files && !options->gdb && !options->crash && geteuid() != 0 &&
	    find_usual(usual))
		path = usual;
	if (!path)
		return true;
	if (script_open(file, path, err)) {
		file->name = path;
		if (file->bytes)
			return true;
		fail(err, ERROR_SYSTEM, "%s is empty, or no regular file", path);
	}
	script_close(file);
	if (options->listings)
		return false;
	say_warning("kwalk: warning: %s", err->message);
	return true;
}
