/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Files that are mapped into memory for reading, and files that are too large for this. */
#pragma once

#include <stdbool.h>
#include <time.h>

#include "base/bytes.h"
#include "base/error.h"

struct file {
	char *path; /* owned */
	int fd; /* owned; -1 if closed; libelf reads using this descriptor */
	uint64_t size; /* the size when the file was opened; bytes.size if start_only */
	struct bytes bytes; /* the whole file, or only its start; valid until file_close() */
	bool start_only; /* the file cannot be mapped; `bytes` is a copy of its first MiB */
	/* The file does not fit into the address space, or is /proc/vmcore: `bytes` is a mapping or
	 * a copy of the first MiB, and file_read() reads the rest. */
	bool too_large;
	struct timespec written; /* the time of the last change, when the file was opened */
	bool memory_device; /* /dev/mem, which has no size: `bytes` is empty */
};

/* Opens a file that the user named. It must be a regular file that is not empty, or /dev/mem. Other
 * devices, pipes and sockets are refused. The file may be too large to be mapped. */
bool file_open(struct file *file, const char *path, struct error *err);

/* Fails if the file is too large to be mapped. Functions that need the whole file in memory call
 * it. */
bool file_whole(const struct file *file, struct error *err);

/* Opens a file that the user did not name: it was found by a search, or is named in another file.
 * The file must be a regular file that can be mapped whole. So the function never opens the memory
 * of the running machine. */
bool file_open_found(struct file *file, const char *path, struct error *err);

/* Opens a regular file for reading. Checks the file as file_open_found() does. Returns a descriptor
 * that the caller owns, or -1 on failure. */
int file_descriptor(const char *path, struct error *err);

/* Like file_open_found(), for a descriptor that is already open. Takes ownership of fd, even if it
 * fails. */
bool file_take(struct file *file, int fd, const char *path, struct error *err);
/* Like file_take(), for a dump. The file may be too large to be mapped. */
bool file_take_large(struct file *file, int fd, const char *path, struct error *err);

/* Reads exactly size bytes at offset. For files that are not mapped. Returns false and sets errno
 * if not all bytes can be read. */
bool file_read(const struct file *file, uint64_t offset, void *to, size_t size);

/* Writes size bytes at offset. Returns false and sets errno if not all bytes could be written. */
bool file_write(int fd, uint64_t offset, const void *from, size_t size);
/* Like file_write(), for a file that is empty. Blocks of 4096 zero bytes become holes, because they
 * are not written. `offset` must be a multiple of 4096. Adds the number of bytes that are not in
 * such blocks to *stored. */
bool file_write_sparse(int fd, uint64_t offset, struct bytes bytes, uint64_t *stored);

/* Returns the size bytes at offset. The result is a pointer into the mapping, or `scratch`, if the
 * bytes must be read from the file. `scratch` must have size bytes. Returns NULL if the file does
 * not contain all bytes. Must not be used for files with start_only. */
static inline const uint8_t *file_view(const struct file *file, uint64_t offset, size_t size,
				       void *scratch)
{
	if (!range_within(offset, size, file->size))
		return NULL;
	if (!file->too_large)
		return file->bytes.data + offset;
	return file_read(file, offset, scratch, size) ? (const uint8_t *)scratch : NULL;
}

/* Creates a file in memory, which will contain the unpacked content of the file at path. *to gets
 * the address at which the caller must store size bytes. The address is valid until
 * file_close(). */
bool file_create(struct file *file, const char *path, size_t size, uint8_t **to, struct error *err);

/* Did the content or the size of the file change since it was opened? If so, bytes read before and
 * after the change may be inconsistent. Always returns false for a file that is not mapped. */
bool file_changed(const struct file *file);

/* Returns the number of bytes from offset to the end of the hole that contains offset. Bytes in a
 * hole of a sparse file are zeros. `offset` must be below the file's size. Returns 0 if offset is
 * not in a hole, or if the file system does not report holes. */
uint64_t file_hole(const struct file *file, uint64_t offset);
/* Returns the number of bytes from offset to the next hole, or to the end of the file if no hole
 * follows. `offset` must not be in a hole. */
uint64_t file_data(const struct file *file, uint64_t offset);

/* Closes the file and unmaps its bytes. *file may be zeroed, or closed already. */
void file_close(struct file *file);
