/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/new_file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "output/writer.h"
#include "sandbox/outside.h"

static bool new_file_cannot(const char *path, int error, struct error *err)
{
	return fail(err, ERROR_SYSTEM, "%s: %s", path, strerror(error));
}

static bool open_as(struct new_file *file, const char *path, enum outside_kind kind,
		    struct error *err)
{
	file->path = path;
	file->is_new = false;
	file->fd = outside_open(path, kind, err);
	return file->fd >= 0;
}

bool new_file_open(struct new_file *file, const char *path, struct error *err)
{
	return open_as(file, path, OUTSIDE_NEW, err);
}

bool new_file_open_dump(struct new_file *file, const char *path, struct error *err)
{
	return open_as(file, path, OUTSIDE_NEW_DUMP, err);
}

/* Returns true if the helper wrote everything that it received through the pipe. If not, sets
 * err. */
static bool new_file_is_written(const struct new_file *file, struct error *err)
{
	struct error why;

	return outside_written(&why) || fail(err, why.code, "%s: %s", file->path, why.message);
}

bool new_file_write(struct new_file *file, const void *data, size_t size, struct error *err)
{
	int error = writer_all(file->fd, data, size);

	if (error == EPIPE && !new_file_is_written(file, err))
		return false;
	return !error || new_file_cannot(file->path, error, err);
}

bool new_file_finish(struct new_file *file, struct error *err)
{
	bool closed = close(file->fd) == 0 || new_file_cannot(file->path, errno, err);

	if (closed && new_file_is_written(file, err))
		return outside_settle(file->is_new ? SETTLE_NEW : SETTLE_REPLACE, err);
	outside_settle(SETTLE_REMOVE, NULL);
	return false;
}

void new_file_abandon(struct new_file *file)
{
	close(file->fd);
	outside_settle(SETTLE_REMOVE, NULL);
}
