/* SPDX-License-Identifier: GPL-3.0-or-later */
/* To be preloaded: a file named kcore cannot be mapped, as /proc/kcore cannot,
 * which seems to be larger than the address space. */
#include "preload.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void *mmap(void *start, size_t size, int rights, int flags, int fd, off_t at)
{
	void *(*next)(void *, size_t, int, int, int, off_t);
	char link[64], name[4096];
	ssize_t length = -1;

	if (fd >= 0) {
		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		length = readlink(link, name, sizeof(name));
	}
	if (length > 6 && !memcmp(name + length - 6, "/kcore", 6)) {
		errno = size > 1 ? ENOMEM : EIO;
		return MAP_FAILED;
	}
	*(void **)&next = NEXT_OF("mmap");
	return next(start, size, rights, flags, fd, at);
}
