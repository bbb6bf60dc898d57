/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The files in an archive, one after the other, and the file in a compressed one. An
 * archive within another, as in a Debian package, is opened too. libarchive does it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/file.h"

struct listener;
struct members;

struct packed {
	const char *what; /* "compressed by gzip", as the rest of "FILE is ..." */
	const char *command; /* the command that unpacks it; the name of the file must follow */
};

/* The kind of a file by its first bytes; NULL: neither compressed nor an archive. */
const struct packed *packed_kind(struct bytes start);

enum { MEMBER_START = 64 << 10 };

struct archive_member {
	const char *name; /* until the next step; NULL: a compressed file, alone */
	uint64_t size; /* in bytes, as the archive says; 0: it does not */
	struct bytes start; /* up to MEMBER_START bytes, until the next step */
};

/* Both are borrowed until members_close(); listener may be NULL. Fails also where kwalk
 * was built without libarchive, or it is not installed. */
struct members *members_open(const struct file *file, const struct listener *listener,
			     struct error *err);
void members_close(struct members *members); /* NULL is fine */

/* Goes to the next member. False at the end, with ERROR_NONE in err, and where the archive is
 * damaged; after damage further members can be read, until the end. */
bool members_next(struct members *members, struct archive_member *member, struct error *err);

struct member_bounds {
	uint64_t size; /* most bytes, zeros included */
	uint64_t stored; /* most bytes that are not zeros */
	const char *why; /* the rest of "... than N MiB": " (--max-memory)" */
};

/* Writes the current member to fd, an empty file, with holes for pages of zeros. To be
 * called once a member. */
bool members_copy(struct members *members, int fd, const struct member_bounds *bounds,
		  struct error *err);
