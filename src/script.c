/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "script.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct script {
	int fd;
	char *buffer;
	size_t size; /* of buffer; the last byte is for a NUL */
	/* The open line, known to have no newline up to scanned. */
	size_t start, scanned, end;
};

static int take_standard_input(void)
{
	int fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (nothing >= 0) {
		dup2(nothing, STDIN_FILENO);
		close(nothing);
	}
	return fd;
}

int script_open(const char *path, struct error *err)
{
	bool standard = !strcmp(path, "-");
	const char *name = standard ? "standard input" : path;
	int fd = standard ? take_standard_input() :
			    open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0) {
		fail(err, ERROR_SYSTEM, "cannot read %s: %s", name,
		     strerror(errno));
	} else if (S_ISDIR(status.st_mode)) {
		fail(err, ERROR_SYSTEM, "cannot read %s: it is a directory",
		     name);
	} else {
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool make_room(struct script *script)
{
	size_t open_line = script->end - script->start;
	char *larger;

	memmove(script->buffer, script->buffer + script->start, open_line);
	script->scanned -= script->start;
	script->start = 0;
	script->end = open_line;
	if (script->end + 1 < script->size)
		return true;
	larger = realloc(script->buffer, 2 * script->size);
	if (!larger)
		return false;
	script->buffer = larger;
	script->size *= 2;
	return true;
}

/* More bytes after the open line; 0 at the end, -1 with errno set. */
static ssize_t read_more(struct session *session, struct script *script)
{
	ssize_t size;

	if (!make_room(script))
		return -1;
	output_flush(session->output);
	do {
		size = read(script->fd, script->buffer + script->end,
			    script->size - 1 - script->end);
	} while (size < 0 && errno == EINTR && !*session->interrupted);
	if (size > 0)
		script->end += size;
	if (size < 0 && errno == EINTR) { /* no more commands */
		errno = 0;
		script->start = script->scanned = script->end = 0;
		return 0;
	}
	return size;
}

static char *cut_line(struct script *script, size_t length, size_t skip)
{
	char *line = script->buffer + script->start;

	line[length] = '\0';
	script->start += length + skip;
	script->scanned = script->start;
	return line;
}

/* NULL at the end, and with errno set where reading failed. */
static char *next_line(struct session *session, struct script *script)
{
	for (;;) {
		char *from = script->buffer + script->scanned;
		char *newline = memchr(from, '\n', script->end - script->scanned);
		ssize_t more;

		if (newline)
			return cut_line(script,
					newline - script->buffer - script->start,
					1);
		script->scanned = script->end;
		errno = 0;
		more = read_more(session, script);
		if (more < 0)
			return NULL;
		if (more == 0 && script->start == script->end)
			return NULL;
		if (more == 0)
			return cut_line(script, script->end - script->start, 0);
	}
}

void script_run(struct session *session, int fd)
{
	enum { FIRST_SIZE = 65536 };
	struct script script = {
		.fd = fd,
		.buffer = malloc(FIRST_SIZE),
		.size = FIRST_SIZE,
	};
	char *line = NULL;

	errno = script.buffer ? 0 : ENOMEM;
	while (script.buffer && !command_stop(session) &&
	       !*session->interrupted &&
	       (line = next_line(session, &script)))
		command_run_line(session, line);
	if (!line && errno) {
		fprintf(stderr, "kwalk: cannot read the script: %s\n",
			strerror(errno));
		session->failed = true;
	}
	free(script.buffer);
	close(fd);
}
