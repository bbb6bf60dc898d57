/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "write/dump_out.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "write/room.h"

bool dump_out_fail(const struct dump_out *out, int error, struct error *err)
{
	return fail(err, ERROR_SYSTEM, "%s: %s", out->path, strerror(error));
}

bool dump_out_at(const struct dump_out *out, const void *data, size_t size,
		 uint64_t offset, struct error *err)
{
	return file_write(out->fd, offset, data, size) ||
	       dump_out_fail(out, errno, err);
}

bool dump_out_resize(struct dump_out *out, uint64_t size, struct error *err)
{
	if (ftruncate(out->fd, (off_t)size) < 0)
		return dump_out_fail(out, errno, err);
	out->size = size;
	return true;
}

bool dump_out_progress(const struct dump_out *out, uint64_t done,
		       uint64_t total, struct error *err)
{
	return out->progress(out->arg, done, total) ||
	       fail(err, ERROR_INTERRUPTED, "interrupted: nothing was written");
}

bool dump_out_write(struct dump_out *out, const struct out_format *format,
		    struct error *err)
{
	return room_check(out, format, err) && format->make(out, err);
}
