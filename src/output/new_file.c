/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/new_file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "output/writer.h"
#include "sandbox/outside.h"

static bool cannot(const char *path, int error, struct error *err)
{
	return fail(err, ERROR_SYSTEM, "%s: %s", path, strerror(error));
}

bool new_file_open(struct new_file *file, const char *path, struct error *err)
{
	file->path = path;
	file->is_new = false;
	file->fd = outside_open(path, OUTSIDE_NEW, err);
	return file->fd >= 0;
}

bool new_file_write(struct new_file *file, const void *data, size_t size,
		    struct error *err)
{
	int error = write_all(file->fd, data, size);

	return !error || cannot(file->path, error, err);
}

bool new_file_finish(struct new_file *file, struct error *err)
{
	if (close(file->fd) == 0)
		return outside_settle(
			file->is_new ? SETTLE_NEW : SETTLE_REPLACE, err);
	cannot(file->path, errno, err);
	outside_settle(SETTLE_REMOVE, NULL);
	return false;
}

void new_file_abandon(struct new_file *file)
{
	close(file->fd);
	outside_settle(SETTLE_REMOVE, NULL);
}
