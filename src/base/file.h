/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file mapped read-only into memory, whole. */
#pragma once

#include <stdbool.h>

#include "base/bytes.h"
#include "base/error.h"

struct file {
	char *path;         /* owned */
	int fd;             /* -1 when closed; stays open for libelf */
	struct bytes bytes; /* the mapping; valid until file_close() */
	bool start_only;    /* it cannot be mapped: bytes are a copy of its start */
	bool memory_device; /* it is /dev/mem, which has no size: there are no bytes */
};

/* Nothing is read: pages come in when they are touched. A directory, a device
 * without a size or an empty file is an error that names the path. */
bool file_open(struct file *file, const char *path, struct error *err);

/* Reads size bytes at offset, for files that are not mapped. False, with errno,
 * where they are not to be had. */
bool file_read(const struct file *file, uint64_t offset, void *to, size_t size);

/* A file of size bytes in memory, for what another holds unpacked; *to is where
 * they are to be written. */
bool file_create(struct file *file, const char *path, size_t size, uint8_t **to,
		 struct error *err);

/* Accepts a zeroed struct and one that was closed before. */
void file_close(struct file *file);
