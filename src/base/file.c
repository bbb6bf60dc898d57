/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

/* If a file cannot be mapped as a whole, this many bytes from its start are in memory. */
enum { START_SIZE = 1 << 20 };

/* Can the file be mapped? /proc/kcore cannot be mapped, because proc_reg_mmap() of fs/proc/inode.c
 * returns EIO. The test maps only one byte, because mmap() of the whole file may fail due to the
 * file's size. */
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

/* Is the file in /proc? Such a file is never mapped as a whole. mmap_vmcore() of fs/proc/vmcore.c
 * would fill page tables for the whole dump at once. The capture kernel has little memory for them:
 * a dump of 64 GiB needs 128 MiB. */
static bool is_in_proc(const struct file *file)
{
	struct statfs fs;

	return fstatfs(file->fd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC;
}

/* Copies the start of a file in /proc to memory. /proc/vmcore is then read like a file that is too
 * large, and /proc/kcore, which cannot be mapped, by the addresses of its segments. */
static bool file_read_start(struct file *file, const struct stat *st, struct error *err)
{
	uint8_t *start =
		mmap(NULL, START_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t size = 0;
	ssize_t got = 1;

	if (start == MAP_FAILED)
		return system_error(err, file->path);
	while (size < START_SIZE && got > 0) {
		got = pread(file->fd, start + size, START_SIZE - size, (off_t)size);
		if (got > 0)
			size += (size_t)got;
	}
	if (!size) {
		if (got < 0)
			system_error(err, file->path);
		else
			fail(err, ERROR_FORMAT, "%s: is empty", file->path);
		munmap(start, START_SIZE);
		return false;
	}
	file->bytes = (struct bytes){ start, size };
	file->start_only = !can_be_mapped(file);
	file->too_large = !file->start_only;
	file->size = file->start_only ? size : (uint64_t)st->st_size;
	return true;
}

bool file_read(const struct file *file, uint64_t offset, void *to, size_t size)
{
	ssize_t got;

	errno = EIO; /* the error if fewer bytes than size can be read */
	if (offset > INT64_MAX)
		return false;
	got = pread(file->fd, to, size, (off_t)offset);
	if (got >= 0 && got != (ssize_t)size)
		errno = EIO;
	return got == (ssize_t)size;
}

bool file_write(int fd, uint64_t offset, const void *from, size_t size)
{
	for (size_t done = 0; done < size;) {
		ssize_t written =
			pwrite(fd, (const char *)from + done, size - done, (off_t)(offset + done));

		if (written < 0 && errno != EINTR)
			return false;
		if (written > 0)
			done += (size_t)written;
	}
	return true;
}

bool file_write_sparse(int fd, uint64_t offset, struct bytes bytes, uint64_t *stored)
{
	/* Most file systems have no smaller blocks, so a smaller hole would save no space. */
	enum { BLOCK = 4096 };
	const uint8_t *from = bytes.data;
	size_t start = 0, at = 0;

	while (at < bytes.size) {
		size_t block = bytes.size - at < BLOCK ? bytes.size - at : BLOCK;

		if (bytes_are_zero(from + at, block)) {
			if (!file_write(fd, offset + start, from + start, at - start))
				return false;
			start = at + block;
		} else {
			*stored += block;
		}
		at += block;
	}
	return file_write(fd, offset + start, from + start, bytes.size - start);
}

bool file_changed(const struct file *file)
{
	struct stat st;

	if (!file->path || !file->written.tv_sec || fstat(file->fd, &st) < 0)
		return false;
	return (uintmax_t)st.st_size != file->size || st.st_mtim.tv_sec != file->written.tv_sec ||
	       st.st_mtim.tv_nsec != file->written.tv_nsec;
}

uint64_t file_hole(const struct file *file, uint64_t offset)
{
	off_t data = lseek(file->fd, (off_t)offset, SEEK_DATA);

	if (data < 0 && errno != ENXIO)
		return 0;
	if (data < 0 || (uintmax_t)data > file->size)
		/* There is no data after offset, so the hole ends at the end of the file. */
		return file->size - offset;
	return (uint64_t)data - offset;
}

uint64_t file_data(const struct file *file, uint64_t offset)
{
	off_t hole = lseek(file->fd, (off_t)offset, SEEK_HOLE);

	/* If the file has grown since it was opened, the next hole may be after its original
	 * end. */
	if (hole < 0 || (uintmax_t)hole > file->size)
		return file->size - offset;
	return (uint64_t)hole - offset;
}

/* The device number of /dev/mem: Documentation/admin-guide/devices.txt */
static bool is_memory_device(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 1);
}

/* Fails if the file is of a kind that must not be opened. For example, opening a device may start a
 * watchdog or rewind a tape. */
static bool check_kind(const struct stat *st, bool named, const char *path, struct error *err)
{
	if (S_ISDIR(st->st_mode))
		return fail(err, ERROR_FORMAT, "%s: is a directory", path);
	if (!S_ISREG(st->st_mode) && !(named && is_memory_device(st)))
		return fail(err, ERROR_FORMAT, "%s: is not a regular file", path);
	return true;
}

/* Opens the file of the O_PATH descriptor `place` for reading. The kind of this file was checked.
 * path may be the name of another file now, so the function opens path only if /proc is not
 * mounted, because then there is no other way. Returns -1 and sets errno on failure. */
static int open_place(int place, const char *path)
{
	enum { FLAGS = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY };
	char link[64];
	int fd;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", place);
	fd = open(link, FLAGS);
	if (fd < 0 && errno == ENOENT)
		fd = open(path, FLAGS);
	return fd;
}

/* Opens the file in two steps. Opening a device with O_PATH has no effect on the device, so the
 * first step uses O_PATH to check the kind of the file. The second step opens the file for
 * reading. */
static int file_open_checked(const char *path, bool named, struct stat *st, struct error *err)
{
	int place = open(path, O_PATH | O_CLOEXEC), fd = -1;

	if (place < 0 || fstat(place, st) < 0) {
		system_error(err, path);
	} else if (check_kind(st, named, path, err)) {
		fd = open_place(place, path);
		if (fd < 0 || fstat(fd, st) < 0)
			system_error(err, path);
	}
	if (place >= 0) {
		int error = errno;

		close(place);
		errno = error;
	}
	return fd;
}

/* Does the address space have size contiguous free bytes? With 32-bit addresses, a quarter of the
 * address space must remain free for the data that kwalk keeps about the file. */
static bool has_room(uint64_t size)
{
	const size_t free = SIZE_MAX / 4;
	void *room;

	if (sizeof(size_t) >= sizeof(uint64_t) || size <= START_SIZE)
		return true; /* mmap() itself fails if there are not enough free bytes */
	if (size > SIZE_MAX - free)
		return false;
	room = mmap(NULL, (size_t)size + free, PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (room != MAP_FAILED)
		munmap(room, (size_t)size + free);
	return room != MAP_FAILED;
}

/* Maps the first size bytes of the file. Returns MAP_FAILED and sets errno on failure. */
static void *map_bytes(const struct file *file, uint64_t size)
{
	if (has_room(size))
		return mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, file->fd, 0);
	errno = ENOMEM;
	return MAP_FAILED;
}

/* Maps the whole file. If it does not fit into the address space and `large` is true, maps only its
 * start. `named` is true if the user named the file. */
static bool map_file(struct file *file, const struct stat *st, bool named, bool large,
		     struct error *err)
{
	uint64_t size = (uint64_t)st->st_size;
	void *data;

	file->memory_device = is_memory_device(st);
	if (file->memory_device)
		return true;
	if (st->st_size == 0)
		return fail(err, ERROR_FORMAT, "%s: is empty", file->path);
	if (named && is_in_proc(file))
		return file_read_start(file, st, err);
	data = map_bytes(file, size);
	if (data == MAP_FAILED && named && !can_be_mapped(file))
		return file_read_start(file, st, err);
	file->too_large = data == MAP_FAILED && errno == ENOMEM && size > START_SIZE;
	if (file->too_large) {
		size = START_SIZE;
		data = mmap(NULL, START_SIZE, PROT_READ, MAP_PRIVATE, file->fd, 0);
	}
	if (data == MAP_FAILED)
		return system_error(err, file->path);
	file->size = (uint64_t)st->st_size;
	file->bytes = (struct bytes){ data, (size_t)size };
	file->written = st->st_mtim;
	return large || file_whole(file, err);
}

bool file_whole(const struct file *file, struct error *err)
{
	return !file->too_large || fail(err, ERROR_FORMAT,
					"%s: is too large for memory (%" PRIu64
					" bytes); only a dump may be larger than memory",
					file->path, file->size);
}

static bool file_open_file(struct file *file, const char *path, bool named, struct error *err)
{
	struct stat st;

	*file = (struct file){ .path = strdup(path), .fd = -1 };
	if (!file->path)
		return out_of_memory(err);
	file->fd = file_open_checked(path, named, &st, err);
	if (file->fd >= 0 && check_kind(&st, named, path, err) &&
	    map_file(file, &st, named, named, err))
		return true;
	file_close(file);
	return false;
}

bool file_open(struct file *file, const char *path, struct error *err)
{
	return file_open_file(file, path, true, err);
}

bool file_open_found(struct file *file, const char *path, struct error *err)
{
	return file_open_file(file, path, false, err);
}

int file_descriptor(const char *path, struct error *err)
{
	struct stat st;
	int fd = file_open_checked(path, false, &st, err);

	if (fd >= 0 && !check_kind(&st, false, path, err)) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool base_file_take(struct file *file, int fd, const char *path, bool large,
			   struct error *err)
{
	struct stat st;

	*file = (struct file){ .path = strdup(path), .fd = fd };
	if (!file->path) {
		close(fd);
		return out_of_memory(err);
	}
	if (fstat(fd, &st) < 0)
		system_error(err, path);
	else if (check_kind(&st, false, path, err) && map_file(file, &st, false, large, err))
		return true;
	file_close(file);
	return false;
}

bool file_take(struct file *file, int fd, const char *path, struct error *err)
{
	return base_file_take(file, fd, path, false, err);
}

bool file_take_large(struct file *file, int fd, const char *path, struct error *err)
{
	return base_file_take(file, fd, path, true, err);
}

bool file_create(struct file *file, const char *path, size_t size, uint8_t **to, struct error *err)
{
	void *data = MAP_FAILED;

	*file = (struct file){ .path = strdup(path), .fd = -1 };
	file->fd = memfd_create("unpacked", MFD_CLOEXEC);
	if (file->path && file->fd >= 0 && ftruncate(file->fd, (off_t)size) == 0)
		data = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file->fd, 0);
	if (data == MAP_FAILED) {
		system_error(err, path);
		file_close(file);
		return false;
	}
	file->bytes = (struct bytes){ data, size };
	file->size = size;
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
