/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static bool system_error(struct error *err, const char *path)
{
	return fail(err, ERROR_SYSTEM, "%s: %s", path, strerror(errno));
}

/* /proc/kcore cannot (proc_reg_mmap() of fs/proc/inode.c: EIO), and says it is
 * larger than the address space, which is complained of first. */
static bool can_be_mapped(const struct file *file)
{
	int error = errno;
	void *data = mmap(NULL, 1, PROT_READ, MAP_PRIVATE, file->fd, 0);
	bool can = data != MAP_FAILED || (errno != ENODEV && errno != EIO);

	if (data != MAP_FAILED)
		munmap(data, 1);
	errno = error;
	return can;
}

/* Of what cannot be mapped, /proc/kcore, only the start is kept. */
static bool read_start(struct file *file, const char *path, struct error *err)
{
	enum { START_SIZE = 1 << 20 };
	uint8_t *start = mmap(NULL, START_SIZE, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t size = 0;
	ssize_t got = 1;

	if (start == MAP_FAILED)
		return system_error(err, path);
	while (size < START_SIZE && got > 0) {
		got = pread(file->fd, start + size, START_SIZE - size,
			    (off_t)size);
		if (got > 0)
			size += (size_t)got;
	}
	if (!size) {
		if (got < 0)
			system_error(err, path);
		else
			fail(err, ERROR_FORMAT, "%s: is empty", path);
		munmap(start, START_SIZE);
		return false;
	}
	file->bytes = (struct bytes){ start, size };
	file->start_only = true;
	return true;
}

bool file_read(const struct file *file, uint64_t offset, void *to, size_t size)
{
	ssize_t got;

	errno = EIO; /* where there is less */
	if (offset > INT64_MAX)
		return false;
	got = pread(file->fd, to, size, (off_t)offset);
	if (got >= 0 && got != (ssize_t)size)
		errno = EIO;
	return got == (ssize_t)size;
}

static bool map_whole(struct file *file, const char *path, struct error *err)
{
	struct stat st;
	void *data;

	if (fstat(file->fd, &st) < 0)
		return system_error(err, path);
	if (S_ISDIR(st.st_mode))
		return fail(err, ERROR_FORMAT, "%s: is a directory", path);
	/* Documentation/admin-guide/devices.txt */
	file->memory_device = S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 1);
	if (file->memory_device)
		return true;
	if (!S_ISREG(st.st_mode))
		return fail(err, ERROR_FORMAT, "%s: is not a regular file", path);
	if (st.st_size == 0)
		return fail(err, ERROR_FORMAT, "%s: is empty", path);
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, file->fd, 0);
	if (data == MAP_FAILED && !can_be_mapped(file))
		return read_start(file, path, err);
	if (data == MAP_FAILED)
		return system_error(err, path);
	file->bytes = (struct bytes){ data, (size_t)st.st_size };
	return true;
}

bool file_open(struct file *file, const char *path, struct error *err)
{
	/* O_NONBLOCK: a named pipe must be refused, not waited for. */
	*file = (struct file){ .path = strdup(path), .fd = -1 };
	file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (file->fd < 0)
		system_error(err, path);
	else if (file->path && map_whole(file, path, err))
		return true;
	file_close(file);
	return false;
}

/* It has a descriptor, for libelf reads by one. */
bool file_create(struct file *file, const char *path, size_t size, uint8_t **to,
		 struct error *err)
{
	void *data = MAP_FAILED;

	*file = (struct file){ .path = strdup(path), .fd = -1 };
	file->fd = memfd_create("unpacked", MFD_CLOEXEC);
	if (file->path && file->fd >= 0 && ftruncate(file->fd, (off_t)size) == 0)
		data = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED,
			    file->fd, 0);
	if (data == MAP_FAILED) {
		system_error(err, path);
		file_close(file);
		return false;
	}
	file->bytes = (struct bytes){ data, size };
	*to = data;
	return true;
}

void file_close(struct file *file)
{
	if (file->bytes.data)
		munmap((void *)file->bytes.data, file->bytes.size);
	if (file->path && file->fd >= 0)
		close(file->fd);
	free(file->path);
	*file = (struct file){ .fd = -1 };
}
