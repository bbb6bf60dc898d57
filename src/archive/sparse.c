/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "archive/sparse.h"

#include <errno.h>
#include <unistd.h>

#include "base/page.h"

static bool write_at(int fd, uint64_t offset, const uint8_t *from, size_t size)
{
	while (size) {
		ssize_t done = pwrite(fd, from, size, (off_t)offset);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		from += done;
		offset += (uint64_t)done;
		size -= (size_t)done;
	}
	return true;
}

static bool is_zero(const uint8_t *bytes, size_t size)
{
	return !size || (!bytes[0] && !memcmp(bytes, bytes + 1, size - 1));
}

bool sparse_write(int fd, uint64_t offset, struct bytes bytes, uint64_t *stored)
{
	const uint8_t *from = bytes.data;
	size_t start = 0, at = 0;

	while (at < bytes.size) {
		size_t page = bytes.size - at < PAGE_BYTES ? bytes.size - at :
							     PAGE_BYTES;

		if (is_zero(from + at, page)) {
			if (!write_at(fd, offset + start, from + start,
				      at - start))
				return false;
			start = at + page;
		} else {
			*stored += page;
		}
		at += page;
	}
	return write_at(fd, offset + start, from + start, bytes.size - start);
}

bool sparse_end(int fd, uint64_t size)
{
	return ftruncate(fd, (off_t)size) == 0;
}
