/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "script.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output/say.h"
#include "session/interrupt.h"
#include "session/request.h"

struct script {
	struct session *session;
	int fd;
	bool interrupted; /* during a read: the rest is dropped */
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

	if (fd < 0 || fstat(fd, &status) < 0)
		fail(err, ERROR_SYSTEM, "cannot read %s: %s", name,
		     strerror(errno));
	else if (S_ISDIR(status.st_mode))
		fail(err, ERROR_SYSTEM, "cannot read %s: it is a directory",
		     name);
	else
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static ssize_t read_script(void *cookie, char *buffer, size_t size)
{
	struct script *script = cookie;
	ssize_t got;

	output_flush(script->session->output);
	do {
		script->interrupted = interrupt_came;
		got = script->interrupted ? 0 : read(script->fd, buffer, size);
	} while (got < 0 && errno == EINTR);
	return got;
}

void script_run(struct session *session, int fd, const char *name)
{
	struct script script = { .session = session, .fd = fd };
	cookie_io_functions_t functions = { .read = read_script };
	FILE *file = fopencookie(&script, "r", functions);
	char *line = NULL;
	size_t room = 0;
	ssize_t length = 0;

	session->script = name;
	session->script_line = 0;
	while (file && !session_ended(session) && !interrupt_came &&
	       (length = getline(&line, &room, file)) > 0 && !ferror(file) &&
	       !script.interrupted) {
		session->script_line++;
		line[length - (line[length - 1] == '\n')] = '\0';
		if (request_is(session, line))
			request_run(session, line);
		else
			session_run_line(session, line);
	}
	session->script = NULL;
	if (!file || ferror(file) || (length < 0 && !feof(file))) {
		say_error("kwalk: cannot read the script: %s", strerror(errno));
		session->failed = true;
	}
	free(line);
	if (file)
		fclose(file);
	close(fd);
}
