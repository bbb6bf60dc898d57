/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "dump/archive/sparse.h"

#include <unistd.h>

#include "base/file.h"
#include "base/page.h"

bool sparse_write(int fd, uint64_t offset, struct bytes bytes, uint64_t *stored)
{
	const uint8_t *from = bytes.data;
	size_t start = 0, at = 0;

	while (at < bytes.size) {
		size_t page = bytes.size - at < PAGE_BYTES ? bytes.size - at : PAGE_BYTES;

		if (bytes_are_zero(from + at, page)) {
			if (!file_write(fd, offset + start, from + start, at - start))
				return false;
			start = at + page;
		} else {
			*stored += page;
		}
		at += page;
	}
	return file_write(fd, offset + start, from + start, bytes.size - start);
}

bool sparse_end(int fd, uint64_t size)
{
	return ftruncate(fd, (off_t)size) == 0;
}
