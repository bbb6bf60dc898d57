/* SPDX-License-Identifier: GPL-3.0-or-later */
/* To be preloaded: a file named vmcore is /proc/vmcore of a capture kernel, which cannot seek, and
 * has no memory for the page tables of a mapping of the whole file. */
#include "preload.h"

#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

static int is_vmcore(int fd)
{
	char link[64], name[4096];
	ssize_t length;

	if (fd < 0)
		return 0;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, name, sizeof(name));
	return length > 7 && !memcmp(name + length - 7, "/vmcore", 7);
}

int fstatfs(int fd, struct statfs *fs)
{
	int (*next)(int, struct statfs *);
	int status;

	*(void **)&next = NEXT_OF("fstatfs");
	status = next(fd, fs);
	if (!status && is_vmcore(fd))
		fs->f_type = PROC_SUPER_MAGIC;
	return status;
}

void *mmap(void *start, size_t size, int rights, int flags, int fd, off_t at)
{
	void *(*next)(void *, size_t, int, int, int, off_t);

	if (size > 4096 && is_vmcore(fd)) {
		fprintf(stderr, "fake-vmcore: a mapping of %zu bytes\n", size);
		abort();
	}
	*(void **)&next = NEXT_OF("mmap");
	return next(start, size, rights, flags, fd, at);
}

off_t lseek(int fd, off_t at, int whence)
{
	off_t (*next)(int, off_t, int);

	if (is_vmcore(fd)) {
		errno = ESPIPE;
		return -1;
	}
	*(void **)&next = NEXT_OF("lseek");
	return next(fd, at, whence);
}
