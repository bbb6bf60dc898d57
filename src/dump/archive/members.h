/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads the files in an archive, one after another, or the file in a compressed file. An archive
 * within an archive, as in a Debian package, is opened, too. The functions use libarchive. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/file.h"

struct listener;
struct members;

enum { MEMBER_START = 64 << 10 };

struct archive_member {
	const char *name; /* valid until the next member; NULL for a compressed file */
	uint64_t size; /* the size in bytes according to the archive; 0: unknown */
	struct bytes start; /* the first bytes, at most MEMBER_START; valid until the next member */
};

/* Opens an archive. Without a descriptor, fd is -1, and the bytes of the file are read. `file` and `listener` are borrowed until members_close(); `listener` may be
 * NULL. Returns NULL on failure. The function always fails if kwalk was built without libarchive,
 * or if libarchive is not installed. */
struct members *members_open(const struct file *file, const struct listener *listener,
			     struct error *err);
void members_close(struct members *members); /* `members` may be NULL */

/* Moves to the next member. At the end of the archive, returns false and sets *err to ERROR_NONE.
 * If the archive is damaged, returns false and sets *err to another error. In this case further
 * calls continue after the damage. */
bool members_next(struct members *members, struct archive_member *member, struct error *err);

/* Reads the current member. Returns false if it does not have exactly size bytes, or is damaged. */
bool members_read(struct members *members, void *to, size_t size);

struct member_bounds {
	uint64_t size; /* the largest allowed size in bytes, including pages of zeros */
	uint64_t stored; /* the most bytes that may be written, without pages of zeros */
	const char *why; /* the end of a message "... than N MiB", such as " (--max-memory)" */
};

/* Writes the current member to fd, which must be an empty file. Pages of zeros become holes. This
 * function must not be called twice for the same member. */
bool members_copy(struct members *members, int fd, const struct member_bounds *bounds,
		  struct error *err);
