/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Reads the files in an archive, one after the other, or the file in a compressed file. An archive
 * within an archive, as in a Debian package, is opened, too. Uses libarchive. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/file.h"

struct listener;
struct members;

struct packed {
	const char *what; /* the end of "FILE is ...", for example "compressed by gzip" */
	const char *command; /* the command that unpacks the file, without the file's name */
};

/* Returns the kind of a file by its first bytes, or NULL if the file is neither compressed nor an
 * archive. */
const struct packed *packed_kind(struct bytes start);

enum { MEMBER_START = 64 << 10 };

struct archive_member {
	const char *name; /* valid until the next step; NULL for a compressed file */
	uint64_t size; /* in bytes, according to the archive; 0 if unknown */
	struct bytes start; /* the first bytes, up to MEMBER_START; valid until the next step */
};

/* Opens an archive. file and listener are borrowed until members_close(); listener may be NULL.
 * Returns NULL on failure, also if kwalk was built without libarchive, or if libarchive is not
 * installed. */
struct members *members_open(const struct file *file, const struct listener *listener,
			     struct error *err);
void members_close(struct members *members); /* NULL is fine */

/* Goes to the next member. At the end, returns false with ERROR_NONE in err. At damage of the
 * archive, returns false with another error. After damage, further calls continue until the end. */
bool members_next(struct members *members, struct archive_member *member, struct error *err);

struct member_bounds {
	uint64_t size; /* the largest allowed size in bytes, zeros included */
	uint64_t stored; /* the most bytes to write, not counting pages of zeros */
	const char *why; /* the end of "... than N MiB", for example " (--max-memory)" */
};

/* Writes the current member to fd, an empty file. Pages of zeros become holes. Must be called at
 * most once for each member. */
bool members_copy(struct members *members, int fd, const struct member_bounds *bounds,
		  struct error *err);
