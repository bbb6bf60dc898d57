/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Files mapped read-only into memory, and files too large to be mapped. */
#pragma once

#include <stdbool.h>
#include <time.h>

#include "base/bytes.h"
#include "base/error.h"

struct file {
	char *path; /* owned */
	int fd; /* owned; -1 when closed; libelf reads from this descriptor */
	uint64_t size; /* size when the file was opened; with start_only, the size of bytes */
	struct bytes bytes; /* the whole file; valid until file_close() */
	bool start_only; /* the file cannot be mapped: bytes are a copy of its first MiB */
	/* The file does not fit into the address space: bytes are its first MiB, mapped, and
	 * file_read() reads the rest. */
	bool too_large;
	struct timespec written; /* time of last change when the file was opened */
	bool memory_device; /* /dev/mem, which has no size: bytes is empty */
};

/* For a file named by the user: opens a regular file that is not empty, or /dev/mem, but no other
 * device, pipe or socket. The file may be too large to be mapped. */
bool file_open(struct file *file, const char *path, struct error *err);

/* Fails if the file is too large to be mapped. For code that needs the whole file in memory. */
bool file_whole(const struct file *file, struct error *err);

/* For a file found by a search or named by another file: opens only regular files that can be
 * mapped whole, and so never memory of the running machine. */
bool file_open_found(struct file *file, const char *path, struct error *err);

/* Opens a regular file for reading, with the checks of file_open_found(). Returns a descriptor; -1:
 * failed. */
int file_descriptor(const char *path, struct error *err);

/* Like file_open_found(), for a file that is already open: takes over fd, also on failure. */
bool file_take(struct file *file, int fd, const char *path, struct error *err);
/* Like file_take(), for a dump, which may be too large to be mapped. */
bool file_take_large(struct file *file, int fd, const char *path, struct error *err);

/* Reads exactly size bytes at offset, for files that are not mapped. False, with
 * errno set, if they cannot be read. */
bool file_read(const struct file *file, uint64_t offset, void *to, size_t size);

/* Writes all bytes. False, with errno set: not all could be written. */
bool file_write(int fd, uint64_t offset, const void *from, size_t size);
/* Like file_write(), but skips blocks of 4096 bytes that are zeros; adds the bytes of the other
 * blocks to *stored. The file is empty, and offset is a multiple of 4096. */
bool file_write_sparse(int fd, uint64_t offset, struct bytes bytes, uint64_t *stored);

/* size bytes at offset: in the mapping, or read to scratch, which has room for size bytes. NULL:
 * some are not in the file. Not for files with start_only. */
static inline const uint8_t *file_view(const struct file *file, uint64_t offset, size_t size,
				       void *scratch)
{
	if (!range_within(offset, size, file->size))
		return NULL;
	if (!file->too_large)
		return file->bytes.data + offset;
	return file_read(file, offset, scratch, size) ? (const uint8_t *)scratch : NULL;
}

/* Creates a file in memory for the unpacked content of the file at path. The caller writes size
 * bytes to *to. */
bool file_create(struct file *file, const char *path, size_t size, uint8_t **to, struct error *err);

/* Was the file written to, or cut, since it was opened? Bytes read before and after may not belong
 * together. Always false for a file that is not mapped. */
bool file_changed(const struct file *file);

/* Number of bytes from offset on that lie in a hole of a sparse file, and so read as zeros. offset
 * is below the file's size. 0: offset is not in a hole, or the file system does not show holes. */
uint64_t file_hole(const struct file *file, uint64_t offset);
/* Number of bytes from offset, which is not in a hole, to the next hole. */
uint64_t file_data(const struct file *file, uint64_t offset);

/* The struct may be zeroed or closed already. */
void file_close(struct file *file);
