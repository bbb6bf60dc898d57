/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

volatile sig_atomic_t interrupt_came;
static volatile sig_atomic_t shell; /* its pid, or 0 */
static bool watched; /* SIGINT is not ignored */

/* Whether a Ctrl-C is for the shell command. The first one handled after the command's
 * end may have been sent before it, later ones not: shell is then 0, even before
 * wait_for(). */
static bool is_for_shell(void)
{
	siginfo_t info = { .si_pid = 0 };
	int error = errno;

	if (!shell)
		return false;
	if (waitid(P_PID, (id_t)shell, &info, WEXITED | WNOHANG | WNOWAIT) ||
	    info.si_pid)
		shell = 0;
	errno = error;
	return true;
}

static void note(int signal)
{
	if (interrupt_came && !is_for_shell())
		_exit(128 + signal);
	interrupt_came = 1;
}

void interrupt_watch(void)
{
	const struct sigaction interrupt = { .sa_handler = note };
	struct sigaction before;

	sigaction(SIGINT, &interrupt, &before);
	watched = before.sa_handler != SIG_IGN;
	if (!watched)
		sigaction(SIGINT, &before, NULL);
}

bool interrupt_put_off(void)
{
	bool interrupted = interrupt_came;

	interrupt_came = false;
	return interrupted;
}

void interrupt_resume(bool interrupted)
{
	if (interrupted)
		interrupt_came = true;
}

/* --- shell commands --- */

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
	shell = *pid;
	return true;
}

/* A Ctrl-C that the command received must not end the program. */
static bool wait_for(pid_t pid, struct error *err)
{
	static const struct timespec at_once;
	int status, error = 0;
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	while (waitpid(pid, &status, 0) < 0 && !error)
		error = errno == EINTR ? 0 : errno;
	shell = 0;
	if (sigtimedwait(&signals, NULL, &at_once) == SIGINT && watched)
		interrupt_came = 1;
	sigprocmask(SIG_UNBLOCK, &signals, NULL);
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
