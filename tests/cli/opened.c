/* SPDX-License-Identifier: GPL-3.0-or-later */
/* To be preloaded: writes to the file $OPENED which files are opened, and which are only
 * looked at (O_PATH), a line each. */
#include "preload.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static FILE *to;

/* Before the program is in its sandbox. */
static void __attribute__((constructor)) start(void)
{
	const char *file = getenv("OPENED");

	to = file ? fopen(file, "ae") : NULL;
}

static void tell(const char *path, int flags)
{
	char name[4096];
	ssize_t length = -1;

	if (!to)
		return;
	/* What a descriptor stands for, where that is opened. */
	if (!strncmp(path, "/proc/self/fd/", 14))
		length = readlink(path, name, sizeof(name));
	fprintf(to, "%s %.*s\n", flags & O_PATH ? "look" : "open",
		length < 0 ? (int)strlen(path) : (int)length, length < 0 ? path : name);
	fflush(to);
}

int open(const char *path, int flags, ...)
{
	int (*next)(const char *, int, ...);
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
	va_end(args);
	tell(path, flags);
	*(void **)&next = NEXT_OF("open");
	return next(path, flags, mode);
}
