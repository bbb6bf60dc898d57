/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Recognises compressed files and archives by their first bytes. */
#pragma once

#include "base/bytes.h"

struct packed {
	const char *format; /* the name of the compression; NULL for an archive */
	const char *what; /* the end of a message "FILE is ...", such as "compressed by gzip" */
	const char *command; /* the command that unpacks the file, without the name of the file */
};

/* Finds out from the first bytes of a file how it is packed. Returns NULL if it is neither
 * compressed nor an archive. */
const struct packed *packed_kind(struct bytes start);

/* Returns the compression of the kernel in a boot image: "gzip", "xz", "lzma", "bzip2", "zstd",
 * "lz4" or "lzo". Returns NULL if it is unknown. */
const char *packed_format(struct bytes start);
