/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "history_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool find_place(char *path, size_t size)
{
	const char *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");
	int length;

	if (state && *state == '/')
		length = snprintf(path, size, "%s/kwalk/history", state);
	else if (home && *home == '/')
		length = snprintf(path, size,
				  "%s/.local/state/kwalk/history", home);
	else
		return false;
	return length < (int)size;
}

static void make_directories(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0700); /* a failure shows when the file is opened */
		*slash = '/';
	}
}

bool history_file_place(char *path, size_t size)
{
	int fd;

	if (!find_place(path, size))
		return false;
	make_directories(path);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	close(fd);
	return true;
}
