/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Compressed files and archives, told by their first bytes. */
#pragma once

#include "base/bytes.h"

struct packed {
	const char *what; /* "compressed by gzip", as the rest of "FILE is ..." */
	const char *command; /* what unpacks it; the file's name is to follow */
};

/* The first bytes that packed_kind() looks at. */
enum { PACKED_START = 512 };

/* NULL: neither. */
const struct packed *packed_kind(struct bytes start);
