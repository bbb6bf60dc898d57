/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/redirect.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output/new_file.h"
#include "sandbox/outside.h"
#include "cli/interrupt.h"
#include "cli/pager.h"

/* --- files that may be written --- */

struct redirect_comparison {
	struct stat status; /* status of the file that will be written */
	bool is_input;
};

static void compare(void *arg, const struct kernel_file *file)
{
	struct redirect_comparison *with = arg;
	struct stat other;

	if (file->file->fd >= 0 && fstat(file->file->fd, &other) == 0 &&
	    with->status.st_dev == other.st_dev && with->status.st_ino == other.st_ino)
		with->is_input = true;
}

bool session_may_write(const struct session *session, const char *path, struct error *err)
{
	struct redirect_comparison with = { .is_input = false };

	if (stat(path, &with.status) == 0) {
		if (S_ISDIR(with.status.st_mode))
			return fail(err, ERROR_USAGE, "%s is a directory: name a file in it", path);
		kernel_each_file(session->kernel, compare, &with);
		if (session->other)
			kernel_each_file(session->other, compare, &with);
	}
	return !with.is_input ||
	       fail(err, ERROR_USAGE, "%s is an input file of kwalk, so it is not overwritten",
		    path);
}

/* --- redirected answers --- */

/* Runs the command and sends its answers to fd. Returns 0, or the errno of the first write that
 * failed. Sets *nothing to true if the command failed and gave no answer. output_redirect() clears
 * the stored error of an earlier write to standard output, but there is none, because after such an
 * error no commands are run. */
static int run_into(struct session *session, const struct command_text *text, int fd,
		    void (*run)(struct session *session, char *words), bool *nothing)
{
	const bool failed = session->failed; /* the result of earlier commands */
	int before = output_redirect(session->output, fd), error;
	uint64_t written = output_written(session->output);

	session->failed = false;
	run(session, text->words);
	*nothing = session->failed && output_written(session->output) == written;
	session->failed |= failed;
	output_flush(session->output);
	error = output_failed(session->output);
	output_redirect(session->output, before);
	return error;
}

static void complain_of_write(struct session *session, const char *command, const char *where,
			      const char *why)
{
	struct error err;

	fail(&err, ERROR_SYSTEM, "cannot write answers: %s", why);
	session_complain_as(session, command, where, &err);
}

/* Sends the answers to a shell command. If the shell command ends before it has read all answers,
 * that is not an error. */
static void run_to_shell(struct session *session, const struct command_text *text,
			 void (*run)(struct session *session, char *words))
{
	struct error err;
	int error, pipe;
	bool nothing;

	if (!shell_pipe_open(&pipe, text->shell, &err)) {
		session_complain_as(session, "|", text->shell, &err);
		return;
	}
	error = run_into(session, text, pipe, run, &nothing);
	if (error && error != EPIPE)
		complain_of_write(session, "|", text->shell, strerror(error));
	if (!shell_pipe_close(pipe, &err))
		session_complain_as(session, "|", text->shell, &err);
}

static bool open_file(struct session *session, const struct command_text *text, const char *path,
		      struct new_file *file, struct error *err)
{
	if (!session_may_write(session, path, err))
		return false;
	if (!text->append)
		return new_file_open(file, path, err);
	*file = (struct new_file){ .path = path };
	file->fd = outside_open(path, OUTSIDE_APPEND, err);
	return file->fd >= 0;
}

/* Closes the file. If a write failed, an existing file is not replaced, but bytes that were
 * appended to a file remain. If the error is EPIPE, the helper could not write, and reports the
 * reason. */
static void close_file(struct session *session, const struct command_text *text, const char *path,
		       struct new_file *file, int error)
{
	struct error why, err;
	bool written = (error && error != EPIPE) || outside_written(&why);

	if (error && written)
		complain_of_write(session, ">", path, strerror(error));
	else if (!written)
		complain_of_write(session, ">", path, why.message);
	if (text->append || error || !written)
		new_file_abandon(file);
	else if (!new_file_finish(file, &err))
		session_complain_as(session, ">", NULL, &err);
}

static void run_to_file(struct session *session, const struct command_text *text, const char *path,
			void (*run)(struct session *session, char *words))
{
	struct new_file file;
	struct error err;
	bool nothing;
	int error;

	if (!open_file(session, text, path, &file, &err)) {
		session_complain_as(session, ">", NULL, &err);
		return;
	}
	error = run_into(session, text, file.fd, run, &nothing);
	if (nothing && !error)
		new_file_abandon(&file);
	else
		close_file(session, text, path, &file, error);
}

/* Finds the file as crash does: its name is the rest of the line, with blanks and quotes
 * (setup_redirect() in cmdline.c). Returns false if there is no name. text->append is set for
 * /dev/null, which cannot be replaced. */
static bool find_file_of_crash(struct command_text *text, char **path)
{
	size_t size;

	*path = text->file + strspn(text->file, " \t\r");
	size = strlen(*path);
	while (size && strchr(" \t\r", (*path)[size - 1]))
		(*path)[--size] = '\0';
	text->append |= !strcmp(*path, "/dev/null");
	return size;
}

static void find_file(struct session *session, const struct command_text *text,
		      void (*run)(struct session *session, char *words))
{
	char **words = calloc((size_t)words_bound(text->file) + 1, sizeof(*words));
	struct command_text copy = *text;
	struct error err;
	bool found;

	if (!words)
		out_of_memory(&err);
	else if (session->front.like_crash)
		found = find_file_of_crash(&copy, words);
	else
		found = words_split(text->file, words) == 1 && **words;
	if (words && found) {
		run_to_file(session, &copy, *words, run);
	} else {
		if (words)
			fail(&err, ERROR_USAGE, "give the name of exactly one file after > or >>");
		session_complain_as(session, ">", NULL, &err);
	}
	free(words);
}

void redirect_run(struct session *session, const struct command_text *text,
		  void (*run)(struct session *session, char *words))
{
	output_flush(session->output);
	if (output_failed(session->output))
		return;
	pager_end(session);
	if (text->shell)
		run_to_shell(session, text, run);
	else
		find_file(session, text, run);
}
