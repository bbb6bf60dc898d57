/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The files in an archive, one after the other; or the file in a compressed file. An archive within
 * an archive, as in a Debian package, is opened, too. Uses libarchive. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/file.h"

struct listener;
struct members;

struct packed {
	const char *what; /* "compressed by gzip": completes "FILE is ..." */
	const char *command; /* the command that unpacks it, up to the name of the file */
};

/* The kind of a file by its first bytes; NULL: neither compressed nor an archive. */
const struct packed *packed_kind(struct bytes start);

enum { MEMBER_START = 64 << 10 };

struct archive_member {
	const char *name; /* valid until the next step; NULL: a compressed file without members */
	uint64_t size; /* in bytes, according to the archive; 0: unknown */
	struct bytes start; /* the first bytes, up to MEMBER_START; valid until the next step */
};

/* file and listener are borrowed until members_close(); listener may be NULL. Fails if kwalk was
 * built without libarchive, or libarchive is not installed. */
struct members *members_open(const struct file *file, const struct listener *listener,
			     struct error *err);
void members_close(struct members *members); /* NULL is fine */

/* Goes to the next member. False at the end, with ERROR_NONE in err, and at damage of the archive;
 * after damage the next call goes on, until the end. */
bool members_next(struct members *members, struct archive_member *member, struct error *err);

struct member_bounds {
	uint64_t size; /* the largest allowed size in bytes, zeros included */
	uint64_t stored; /* the most bytes to write, without pages of zeros */
	const char *why; /* the end of "... than N MiB": " (--max-memory)" */
};

/* Writes the current member to fd, an empty file, with holes for pages of zeros. Called at most
 * once for each member. */
bool members_copy(struct members *members, int fd, const struct member_bounds *bounds,
		  struct error *err);
