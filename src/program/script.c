/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program/script.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/interrupt.h"
#include "cli/request.h"

struct script_reading {
	struct session *session;
	const struct script *script;
	size_t done; /* number of bytes that have already been run */
	bool interrupted; /* Ctrl-C came during a read, so the rest of the text is dropped */
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

/* Reads a regular file completely, before the dump is read. A pipe is not read here, but while its
 * commands run. */
static bool script_load(struct script *script, struct error *err)
{
	enum { STEP = 1 << 16 };
	ssize_t got = 1;
	size_t room = 0;

	while (got) {
		if (room - script->size < STEP) {
			char *more = realloc(script->bytes, room += room + STEP);

			if (!more)
				return out_of_memory(err);
			script->bytes = more;
		}
		got = read(script->fd, script->bytes + script->size, STEP);
		if (got < 0 && errno != EINTR)
			return fail(err, ERROR_SYSTEM, "%s", strerror(errno));
		script->size += got > 0 ? (size_t)got : 0;
	}
	if (script->size >= 4 && !memcmp(script->bytes, "\177ELF", 4))
		return fail(err, ERROR_FORMAT, "it is an ELF file, and not a script of commands");
	return true;
}

bool script_open(struct script *script, const char *path, struct error *err)
{
	bool standard = !strcmp(path, "-");
	const char *name = standard ? "standard input" : path;
	struct error why;
	struct stat status;

	*script = (struct script){
		.fd = standard ? take_standard_input() : open(path, O_RDONLY | O_CLOEXEC),
		.name = standard ? NULL : path,
	};
	if (script->fd < 0 || fstat(script->fd, &status) < 0)
		fail(&why, ERROR_SYSTEM, "%s", strerror(errno));
	else if (S_ISDIR(status.st_mode))
		fail(&why, ERROR_SYSTEM, "it is a directory");
	else if (!S_ISREG(status.st_mode) || script_load(script, &why))
		return true;
	script_close(script);
	return fail(err, ERROR_SYSTEM, "cannot read %s: %s", name, why.message);
}

void script_close(struct script *script)
{
	if (script->fd >= 0)
		close(script->fd);
	free(script->bytes);
	*script = (struct script){ .fd = -1 };
}

static ssize_t read_bytes(struct script_reading *reading, char *buffer, size_t size)
{
	size_t left = reading->script->size - reading->done;

	if (size > left)
		size = left;
	memcpy(buffer, reading->script->bytes + reading->done, size);
	reading->done += size;
	return (ssize_t)size;
}

static ssize_t read_script(void *cookie, char *buffer, size_t size)
{
	struct script_reading *reading = cookie;
	ssize_t got;

	output_flush(reading->session->output);
	do {
		reading->interrupted = interrupt_came;
		if (reading->interrupted)
			got = 0;
		else if (reading->script->bytes)
			got = read_bytes(reading, buffer, size);
		else
			got = read(reading->script->fd, buffer, size);
		if (!got && reading->script->grows && !reading->interrupted)
			got = read(reading->script->fd, buffer, size);
	} while (got < 0 && errno == EINTR);
	return got;
}

void script_run(struct session *session, const struct script *script)
{
	struct script_reading reading = { .session = session, .script = script };
	cookie_io_functions_t functions = { .read = read_script };
	FILE *file = fopencookie(&reading, "r", functions);
	char *line = NULL;
	size_t room = 0;
	ssize_t length = 0;
	struct error err;

	if (file)
		__fsetlocking(file, FSETLOCKING_BYCALLER); /* no other thread uses it */
	session->front.script = script->name;
	session->front.script_line = 0;
	session->front.in_script = true;
	while (file && !session_ended(session) && !interrupt_came &&
	       (length = getline(&line, &room, file)) > 0 && !ferror(file) &&
	       !reading.interrupted) {
		session->front.script_line++;
		line[length - (line[length - 1] == '\n')] = '\0';
		if (session->front.echoes)
			output_textf(session->output, CRASH_PROMPT "%s\n", line);
		if (request_is(session, line))
			request_run(session, line);
		else
			session_run_line(session, line);
	}
	session->front.script = NULL;
	session->front.script_line = 0;
	session->front.in_script = false;
	if (!file || ferror(file) || (length < 0 && !feof(file))) {
		fail(&err, ERROR_SYSTEM, "cannot read the script: %s", strerror(errno));
		session_complain_of_input(session, &err);
	}
	free(line);
	if (file)
		fclose(file);
}
