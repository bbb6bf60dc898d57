/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * To be preloaded: a file named devmem is /dev/mem, whose memory is what it
 * holds from offset 0 on, and ./iomem and ./vmcoreinfo are the kernel's. What
 * drivers/char/mem.c does: with STRICT=1 memory is refused from 1 MiB on, and
 * zeros below. A read of anything that ./iomem does not call System RAM is reported.
 */
#include "preload.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static int is_device(int fd)
{
	char link[64], name[4096];
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, name, sizeof(name));
	return length > 7 && !memcmp(name + length - 7, "/devmem", 7);
}

int fstat(int fd, struct stat *st)
{
	int (*next)(int, struct stat *);
	int status;

	*(void **)&next = NEXT_OF("fstat");
	status = next(fd, st);
	if (!status && is_device(fd)) {
		st->st_mode = S_IFCHR | 0640;
		st->st_rdev = makedev(1, 1);
		st->st_size = 0;
	}
	return status;
}

FILE *fopen(const char *path, const char *mode)
{
	FILE *(*next)(const char *, const char *);

	*(void **)&next = NEXT_OF("fopen");
	if (!strcmp(path, "/proc/iomem"))
		path = "iomem";
	else if (!strcmp(path, "/sys/kernel/vmcoreinfo"))
		path = "vmcoreinfo";
	return next(path, mode);
}

static FILE *file;

/* Before the program is in its sandbox. */
static void __attribute__((constructor)) start(void)
{
	file = fopen("iomem", "re");
}

static int is_memory(uint64_t at, size_t size)
{
	char line[256];
	unsigned long long first, last;
	int found = 0;

	if (file)
		rewind(file);
	while (file && fgets(line, sizeof(line), file))
		if (strstr(line, ": System RAM") &&
		    sscanf(line, " %llx-%llx", &first, &last) == 2 && at >= first &&
		    at + size - 1 <= last)
			found = 1;
	return found;
}

ssize_t pread(int fd, void *to, size_t size, off_t at)
{
	ssize_t (*next)(int, void *, size_t, off_t);

	*(void **)&next = NEXT_OF("pread");
	if (!is_device(fd))
		return next(fd, to, size, at);
	if (!is_memory((uint64_t)at, size))
		fprintf(stderr, "a device was read at %llx\n", (unsigned long long)at);
	if (!getenv("STRICT"))
		return next(fd, to, size, at);
	if (at >= 1 << 20) {
		errno = EPERM;
		return -1;
	}
	memset(to, 0, size);
	return (ssize_t)size;
}
