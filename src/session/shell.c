/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/shell.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "session/interrupt.h"

/* SIGPIPE is ignored here; if the shell inherited that, "yes | head" would not end. */
static void default_signals(posix_spawnattr_t *attributes)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGPIPE);
	posix_spawnattr_init(attributes);
	posix_spawnattr_setsigdefault(attributes, &signals);
	posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF);
}

/* input and output replace standard input and output unless they are -1. */
static bool spawn(pid_t *pid, const char *command, int input, int output,
		  struct error *err)
{
	char *argv[] = { (char *)"sh", (char *)"-c", (char *)command, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int error;

	posix_spawn_file_actions_init(&actions);
	if (input >= 0)
		posix_spawn_file_actions_adddup2(&actions, input, 0);
	if (output >= 0)
		posix_spawn_file_actions_adddup2(&actions, output, 1);
	default_signals(&attributes);
	error = posix_spawn(pid, "/bin/sh", &actions, &attributes, argv,
			    environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	if (error)
		return fail(err, ERROR_SYSTEM, "cannot run a shell: %s",
			    strerror(error));
	interrupt_set_shell(*pid);
	return true;
}

static bool wait_for(pid_t pid, struct error *err)
{
	int status, error = interrupt_wait_shell(pid, &status);

	if (error)
		return fail(err, ERROR_SYSTEM, "cannot wait for the shell: %s",
			    strerror(error));
	if (WIFSIGNALED(status) && WTERMSIG(status) != SIGPIPE &&
	    WTERMSIG(status) != SIGINT)
		return fail(err, ERROR_SYSTEM,
			    "the shell command was killed: %s",
			    strsignal(WTERMSIG(status)));
	if (WIFEXITED(status) && WEXITSTATUS(status) >= 126)
		return fail(err, ERROR_SYSTEM,
			    "the shell command failed with status %d",
			    WEXITSTATUS(status));
	return true;
}

bool shell_pipe_open(struct shell_pipe *pipe, const char *command,
		     struct error *err)
{
	int ends[2];
	bool done;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return fail(err, ERROR_SYSTEM, "cannot make a pipe: %s",
			    strerror(errno));
	done = spawn(&pipe->pid, command, ends[0], -1, err);
	close(ends[0]);
	pipe->fd = ends[1];
	if (!done)
		close(ends[1]);
	return done;
}

bool shell_pipe_close(struct shell_pipe *pipe, struct error *err)
{
	close(pipe->fd);
	return wait_for(pipe->pid, err);
}

bool shell_run(const char *command, int output, struct error *err)
{
	pid_t pid;

	return spawn(&pid, command, -1, output, err) && wait_for(pid, err);
}
