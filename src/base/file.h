/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Files mapped read-only into memory, and those that have no room there. */
#pragma once

#include <stdbool.h>
#include <time.h>

#include "base/bytes.h"
#include "base/error.h"

struct file {
	char *path; /* owned */
	int fd; /* owned; -1 when closed; libelf reads by it */
	uint64_t size; /* when it was opened; with start_only, the size of bytes */
	struct bytes bytes; /* the whole file; valid until file_close() */
	bool start_only; /* cannot be mapped: bytes are a copy of its first MiB */
	/* Has no room in the address space: bytes are its first MiB, mapped, and the rest is
	 * read by file_read(). */
	bool too_large;
	struct timespec written; /* last change when it was opened */
	bool memory_device; /* /dev/mem, which has no size: bytes are empty */
};

/* For a file named by the user: opens a regular file that is not empty, or /dev/mem;
 * no other device, no pipe or socket. It may be too large. */
bool file_open(struct file *file, const char *path, struct error *err);

/* To be called before code that needs all of a file in memory: fails if the file is too large. */
bool file_whole(const struct file *file, struct error *err);

/* For a file found by a search or named by another file: opens only regular files
 * that can be mapped whole, so never memory of the running machine. */
bool file_open_found(struct file *file, const char *path, struct error *err);

/* A descriptor of a regular file for reading, as file_open_found() opens it; -1. */
int file_descriptor(const char *path, struct error *err);

/* As file_open_found(), for a file that is open already: takes over fd, also on failure. */
bool file_take(struct file *file, int fd, const char *path, struct error *err);
/* The same for a dump, which may be too large. */
bool file_take_large(struct file *file, int fd, const char *path, struct error *err);

/* Reads exactly size bytes at offset, for files that are not mapped. False, with
 * errno set, if they cannot be read. */
bool file_read(const struct file *file, uint64_t offset, void *to, size_t size);

/* Writes all bytes. False, with errno set: not all could be written. */
bool file_write(int fd, uint64_t offset, const void *from, size_t size);
/* The same of those blocks of 4096 bytes that are not zeros, to an empty file, at an offset
 * that is a multiple of that; adds their size to *stored. */
bool file_write_sparse(int fd, uint64_t offset, struct bytes bytes, uint64_t *stored);

/* size bytes at offset: in the mapping, or read to scratch, which has room for them. NULL: some
 * are not in the file. Not for files of which only the start is known. */
static inline const uint8_t *file_view(const struct file *file, uint64_t offset, size_t size,
				       void *scratch)
{
	if (!range_within(offset, size, file->size))
		return NULL;
	if (!file->too_large)
		return file->bytes.data + offset;
	return file_read(file, offset, scratch, size) ? (const uint8_t *)scratch : NULL;
}

/* Creates a file in memory for the unpacked content of the file at path. The caller
 * writes size bytes to *to. */
bool file_create(struct file *file, const char *path, size_t size, uint8_t **to, struct error *err);

/* Has it been written to, or cut, since it was opened? Bytes read before and after may not
 * belong together. Always false for a file that is not mapped. */
bool file_changed(const struct file *file);

/* How many bytes from offset on, which is below its size, lie in a hole of a sparse file; they
 * read as zeros. 0: there is data, or the file system does not show holes. */
uint64_t file_hole(const struct file *file, uint64_t offset);
/* How many bytes from offset on, which is in no hole, are before the next one. */
uint64_t file_data(const struct file *file, uint64_t offset);

/* The struct may be zeroed or closed already. */
void file_close(struct file *file);
