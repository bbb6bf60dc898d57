/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Files mapped read-only into memory. */
#pragma once

#include <stdbool.h>
#include <time.h>

#include "base/bytes.h"
#include "base/error.h"

struct file {
	char *path;         /* owned */
	int fd;             /* owned; -1 when closed; libelf reads by it */
	struct bytes bytes; /* the whole file; valid until file_close() */
	bool start_only;    /* cannot be mapped: bytes are a copy of its first MiB */
	struct timespec written; /* last change when it was opened */
	bool memory_device; /* /dev/mem, which has no size: bytes are empty */
};

/* For a file named by the user: opens a regular file that is not empty, or /dev/mem;
 * no other device, no pipe or socket. */
bool file_open(struct file *file, const char *path, struct error *err);

/* For a file found by a search or named by another file: opens only regular files
 * that can be mapped, so never memory of the running machine. */
bool file_open_found(struct file *file, const char *path, struct error *err);

/* A descriptor of a regular file for reading, as file_open_found() opens it; -1. */
int file_descriptor(const char *path, struct error *err);

/* As file_open_found(), of a file that is open: takes over fd, also on failure. */
bool file_take(struct file *file, int fd, const char *path, struct error *err);

/* Reads exactly size bytes at offset, for files that are not mapped. False, with
 * errno set, if they cannot be read. */
bool file_read(const struct file *file, uint64_t offset, void *to, size_t size);

/* Creates a file in memory for the unpacked content of the file at path. The caller
 * writes size bytes to *to. */
bool file_create(struct file *file, const char *path, size_t size, uint8_t **to,
		 struct error *err);

/* Has it been written to, or cut, since it was opened? What was read before and after
 * may not belong together. Never of what is not mapped. */
bool file_changed(const struct file *file);

/* How many bytes from at on, which points into bytes, lie in a hole of a sparse file;
 * they read as zeros. 0: at holds data, or the file system does not tell. */
size_t file_hole(const struct file *file, const uint8_t *at);
/* How many bytes from at on, which is in no hole, are before the next one. */
size_t file_data(const struct file *file, const uint8_t *at);

/* The struct may be zeroed or closed already. */
void file_close(struct file *file);
