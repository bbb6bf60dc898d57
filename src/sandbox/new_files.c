/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandbox/new_files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_NEW = 3 };

static struct {
	char path[PATH_MAX], temporary[PATH_MAX];
	int held; /* or -1: the file, so that unlink() frees nothing */
} made[MOST_NEW];
static int nr_made;
static int held = -1; /* of the last file that was settled */

static bool cannot(const char *path, struct error *err)
{
	return fail(err, ERROR_SYSTEM, "%s: %s", path, strerror(errno));
}

void new_files_drop(void)
{
	while (nr_made)
		unlink(made[--nr_made].temporary);
}

/* Of a file that open() makes. */
static mode_t usual_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

bool new_file_make(const char *path, int *fd, struct error *err)
{
	char *temporary;
	struct stat there;
	bool replaces;
	int size;

	if (nr_made == MOST_NEW)
		return fail(err, ERROR_USAGE, "too many files are being made");
	temporary = made[nr_made].temporary;
	size = snprintf(temporary, PATH_MAX, "%s.XXXXXX", path);
	if (size < 0 || size >= PATH_MAX)
		return fail(err, ERROR_USAGE,
			    "the name of the file is too long");
	replaces = stat(path, &there) == 0;
	if (replaces && !S_ISREG(there.st_mode))
		return fail(err, ERROR_USAGE, "%s is not a regular file", path);
	*fd = mkostemp(temporary, O_CLOEXEC);
	if (*fd < 0)
		return cannot(path, err);
	fchmod(*fd, replaces ? there.st_mode & 07777 : usual_mode());
	made[nr_made].held = fcntl(*fd, F_DUPFD_CLOEXEC, 0);
	strcpy(made[nr_made++].path, path);
	return true;
}

void new_files_let_go(void)
{
	if (held >= 0)
		close(held);
	held = -1;
}

/* As a file may have been made there meanwhile, only the file system can tell; one that
 * cannot is asked before. */
static bool give_name(const char *temporary, const char *path, bool is_new)
{
	struct stat there;

	if (!is_new)
		return rename(temporary, path) == 0;
	if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
		return true;
	if (errno != EINVAL && errno != ENOSYS)
		return false;
	if (lstat(path, &there) == 0) {
		errno = EEXIST;
		return false;
	}
	return rename(temporary, path) == 0;
}

bool new_files_settle(const char *keep, struct error *err)
{
	const char *temporary, *path;

	if (!nr_made)
		return !*keep || fail(err, ERROR_USAGE, "there is no new file");
	new_files_let_go();
	temporary = made[--nr_made].temporary;
	path = made[nr_made].path;
	held = made[nr_made].held;
	if (*keep && give_name(temporary, path, !strcmp(keep, KEEP_NEW)))
		return true;
	if (*keep)
		cannot(path, err);
	unlink(temporary);
	return !*keep;
}
