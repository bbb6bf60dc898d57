/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandbox/new_files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { MOST_OF_A_KIND = MOST_NEW_FILES / 2, MOST_SOURCES = 16 };

static struct made {
	char path[PATH_MAX];
	char temporary[PATH_MAX]; /* "" if bytes are appended directly to the final file */
	/* A second descriptor of the file, so that unlink() does not yet free the space of the
	 * file. -1: none. */
	int held;
	int from; /* the read end of the pipe; -1: there is no pipe, or it has ended */
	int to; /* the file that gets the bytes from the pipe */
	int error; /* errno of a failed write to the file, or 0 */
	bool created; /* true if the file did not exist before */
	mode_t wanted; /* the rights without regard to the sources */
} made[MOST_NEW_FILES];
static int nr_made;
static int held = -1; /* a descriptor of the file that was settled last; -1: none */

/* --- rights --- */

static struct new_files_source {
	mode_t mode;
	gid_t group;
} sources[MOST_SOURCES];
static int nr_sources;

/* The rights that open() gives to a new file. */
static mode_t rights_of_new(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

/* Sets the rights of a file with new content. The group and others get only the rights that they have
 * to each source, which is a file whose data new files contain. */
static void set_rights(int fd, mode_t wanted)
{
	mode_t others = wanted & 0007, group = wanted & 0070;
	struct stat file;

	if (fstat(fd, &file) < 0)
		return;
	for (int i = 0; i < nr_sources; i++) {
		/* who can read a source may also run a program or enter a folder */
		mode_t mode = sources[i].mode | (sources[i].mode >> 2 & 0011);

		others &= mode;
		group &= sources[i].group == file.st_gid ? mode : mode << 3;
	}
	fchmod(fd, (wanted & 0700) | group | others);
}

void new_files_made_of(const struct stat *status)
{
	struct new_files_source source = { status->st_mode & 0777, status->st_gid };

	for (int i = 0; i < nr_sources; i++)
		if (sources[i].mode == source.mode && sources[i].group == source.group)
			return;
	if (nr_sources < MOST_SOURCES)
		sources[nr_sources++] = source;
	else
		sources[0].mode = 0; /* too many sources: the group and others get no rights */
	for (int i = 0; i < nr_made; i++)
		if (made[i].created || *made[i].temporary)
			set_rights(made[i].held < 0 ? made[i].to : made[i].held, made[i].wanted);
}

/* --- writing through a pipe --- */

/* Creates the pipe between the writer and the file. The writer gets no descriptor of the file
 * itself, because with such a descriptor the writer could change earlier content, or change the
 * file after it was completed. */
static bool make_pipe(struct made *new, int to, int *fd, struct error *err)
{
	enum { ROOM = 1 << 20 }; /* the wanted size; a smaller pipe works, too, but is slower */
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0) {
		close(to);
		return system_error(err, new->path);
	}
	if (fcntl(ends[0], F_SETFL, O_NONBLOCK) < 0) {
		close(to);
		close(ends[0]);
		close(ends[1]);
		return system_error(err, new->path);
	}
	fcntl(ends[0], F_SETPIPE_SZ, ROOM);
	new->from = ends[0];
	new->to = to;
	*fd = ends[1];
	return true;
}

static void end_pipe(struct made *new, int error)
{
	if (new->from < 0)
		return;
	close(new->from);
	new->from = -1;
	if (close(new->to) < 0 && !error)
		error = errno;
	new->error = error;
}

/* Writes all bytes. Returns 0 or an errno. The first signal, such as Ctrl-C, does not end the
 * write. A second signal does, because the write may block forever, for example if nothing reads
 * from a pipe. */
static int new_files_write_all(int to, const char *bytes, size_t size)
{
	bool interrupted = false;

	while (size) {
		ssize_t written = write(to, bytes, size);

		if (written < 0 && errno == EINTR && !interrupted) {
			interrupted = true;
			continue;
		}
		if (written < 0)
			return errno;
		bytes += written;
		size -= (size_t)written;
	}
	return 0;
}

static void move(struct made *new, size_t most)
{
	static char bytes[1 << 16];

	while (most && new->from >= 0) {
		size_t size = most < sizeof(bytes) ? most : sizeof(bytes);
		ssize_t got = read(new->from, bytes, size);
		int error;

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			return;
		error = got > 0 ? new_files_write_all(new->to, bytes, (size_t)got) :
			got < 0 ? errno :
				  0;
		if (got <= 0 || error)
			end_pipe(new, error);
		else
			most -= (size_t)got;
	}
}

/* Writes the data that is left in the pipe to the file, and closes the pipe. If the writer has not
 * closed its end of the pipe, its further output is ignored. */
static void new_files_finish(struct made *new)
{
	int left = 0;

	if (new->from >= 0 && ioctl(new->from, FIONREAD, &left) == 0)
		move(new, (size_t)left);
	end_pipe(new, 0);
}

int new_files_wait_for(struct pollfd fds[MOST_NEW_FILES])
{
	for (int i = 0; i < nr_made; i++)
		fds[i] = (struct pollfd){ .fd = made[i].from, .events = POLLIN };
	return nr_made;
}

void new_files_move(void)
{
	enum { A_TURN = 1 << 20 };

	for (int i = 0; i < nr_made; i++)
		move(&made[i], A_TURN);
}

/* --- files --- */

void new_files_drop(void)
{
	while (nr_made) {
		struct made *new = &made[--nr_made];

		new_files_finish(new);
		if (*new->temporary)
			unlink(new->temporary);
	}
}

static struct made *new_files_add(const char *path, bool appended, struct error *err)
{
	struct made *new = &made[nr_made];
	int of_kind = 0;

	for (int i = 0; i < nr_made; i++)
		of_kind += !*made[i].temporary == appended;
	if (nr_made == MOST_NEW_FILES || of_kind == MOST_OF_A_KIND) {
		fail(err, ERROR_USAGE, "too many files are being written");
		return NULL;
	}
	if (strlen(path) >= PATH_MAX) {
		fail(err, ERROR_USAGE, "the name of the file is too long");
		return NULL;
	}
	*new->temporary = '\0';
	strcpy(new->path, path);
	new->held = new->from = new->to = -1;
	new->error = 0;
	return new;
}

static bool make(struct made *new, int *fd, struct error *err)
{
	struct stat there;
	int size = snprintf(new->temporary, PATH_MAX, "%s.XXXXXX", new->path);

	if (size < 0 || size >= PATH_MAX)
		return fail(err, ERROR_USAGE, "the name of the file is too long");
	new->created = stat(new->path, &there) < 0;
	if (!new->created && !S_ISREG(there.st_mode))
		return fail(err, ERROR_USAGE, "%s is not a regular file", new->path);
	*fd = mkostemp(new->temporary, O_CLOEXEC);
	if (*fd < 0)
		return system_error(err, new->path);
	/* the setuid bit is left out */
	new->wanted = new->created ? rights_of_new() : there.st_mode & 0777;
	set_rights(*fd, new->wanted);
	new->held = fcntl(*fd, F_DUPFD_CLOEXEC, 0);
	return true;
}

bool new_file_make(const char *path, int *fd, struct error *err)
{
	struct made *new = new_files_add(path, false, err);

	if (!new || !make(new, fd, err))
		return false;
	nr_made++;
	return true;
}

bool new_file_write_to(const char *path, int *fd, struct error *err)
{
	struct made *new = new_files_add(path, false, err);
	int to;

	if (!new || !make(new, &to, err))
		return false;
	nr_made++;
	if (make_pipe(new, to, fd, err))
		return true;
	new_files_settle("", NULL);
	return false;
}

bool new_file_append_to(const char *path, int *fd, struct error *err)
{
	enum { HOW = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY };
	struct made *new = new_files_add(path, true, err);
	int to;

	if (!new)
		return false;
	to = open(path, HOW | O_EXCL, 0600);
	new->created = to >= 0;
	new->wanted = rights_of_new();
	if (new->created)
		set_rights(to, new->wanted);
	else if (errno == EEXIST)
		to = open(path, HOW, 0600);
	if (to < 0)
		return system_error(err, path);
	if (!make_pipe(new, to, fd, err))
		return false;
	nr_made++;
	return true;
}

void new_files_let_go(void)
{
	if (held >= 0)
		close(held);
	held = -1;
}

/* Renames the file. If is_new, fails if path exists already. renameat2() itself checks this,
 * because another process may create the file at the same time. If the file system does not support
 * the check, lstat() checks before the rename. */
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

static bool sandbox_new_files_settle(struct made *new, const char *keep, struct error *err)
{
	new_files_finish(new);
	if (!*new->temporary)
		return true; /* nothing to rename: the bytes are already in the final file */
	held = new->held;
	if (*keep && !new->error && give_name(new->temporary, new->path, !strcmp(keep, KEEP_NEW)))
		return true;
	if (new->error)
		errno = new->error;
	if (*keep)
		system_error(err, new->path);
	unlink(new->temporary);
	return !*keep;
}

bool new_files_settle(const char *keep, struct error *err)
{
	if (!nr_made && strcmp(keep, KEEP_WRITTEN))
		return !*keep || fail(err, ERROR_USAGE, "there is no new file");
	if (strcmp(keep, KEEP_WRITTEN)) {
		new_files_let_go();
		return sandbox_new_files_settle(&made[--nr_made], keep, err);
	}
	if (nr_made)
		new_files_finish(&made[nr_made - 1]);
	return !nr_made || !made[nr_made - 1].error ||
	       fail(err, ERROR_SYSTEM, "%s", strerror(made[nr_made - 1].error));
}
