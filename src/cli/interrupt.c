/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sandbox/outside.h"

volatile sig_atomic_t interrupt_came;
static volatile sig_atomic_t shell; /* a shell command may be running */
static bool watched; /* SIGINT is not ignored */

/* Returns true if this Ctrl-C is meant for the shell command. The first Ctrl-C that is handled after
 * the shell command has ended may have been sent before the end, so the function still returns
 * true, but clears `shell`. It returns false for each later Ctrl-C, even before wait_for()
 * returns. */
static bool is_for_shell(void)
{
	int error = errno;

	if (!shell)
		return false;
	shell = outside_runs();
	errno = error;
	return true;
}

static void interrupt_note(int signal)
{
	if (interrupt_came == STOP_CTRL_C && !is_for_shell())
		_exit(128 + signal);
	interrupt_came = STOP_CTRL_C;
}

void interrupt_watch(void)
{
	const struct sigaction interrupt = { .sa_handler = interrupt_note };
	struct sigaction before;

	sigaction(SIGINT, &interrupt, &before);
	watched = before.sa_handler != SIG_IGN;
	if (!watched)
		sigaction(SIGINT, &before, NULL);
}

/* --- silence --- */

enum { LONGEST = 10000000 };

volatile sig_atomic_t interrupt_asked, interrupt_running;

void interrupt_watch_silence(unsigned int seconds, void (*handle)(int signal))
{
	const struct sigaction action = {
		.sa_handler = handle,
		.sa_flags = SA_RESTART,
	};
	const struct timeval period = { .tv_sec = (time_t)SILENT_FOR * seconds };

	/* For a longer timeout, the period may not fit into a time_t of 32 bits, so there is no
	 * timer. */
	if (seconds <= LONGEST && sigaction(SIGPROF, &action, NULL) == 0)
		setitimer(ITIMER_PROF, &(struct itimerval){ period, period }, NULL);
}

bool interrupt_is_silent(void)
{
	bool silent = interrupt_running && !interrupt_asked;

	interrupt_asked = 0;
	return silent;
}

/* --- while a line is typed --- */

static bool polled;

void interrupt_poll(bool on)
{
	polled = on;
}

bool interrupt_pending(void)
{
	sigset_t pending;

	return polled && sigpending(&pending) == 0 && sigismember(&pending, SIGINT);
}

/* Blocks SIGINT. Returns the mask of before. */
static sigset_t interrupt_block(void)
{
	sigset_t signals, before;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, &before);
	return before;
}

/* Blocks Ctrl-C while it sets the reason, because a Ctrl-C in between would be overwritten. */
void interrupt_for(enum stop_reason reason)
{
	sigset_t before = interrupt_block();

	if (!interrupt_came)
		interrupt_came = reason;
	sigprocmask(SIG_SETMASK, &before, NULL);
}

enum stop_reason interrupt_put_off(void)
{
	enum stop_reason reason = interrupt_came;

	interrupt_came = STOP_NONE;
	return reason;
}

void interrupt_resume(enum stop_reason reason)
{
	if (reason)
		interrupt_for(reason);
}

/* --- shell commands --- */

/* Starts the shell command. input and output become its standard input and output, unless they are
 * -1. Ctrl-C is blocked meanwhile: the command may receive one before kwalk knows about it. */
static bool interrupt_start(const char *command, int input, int output, struct error *err)
{
	sigset_t before = interrupt_block();

	shell = outside_run(command, input, output, err);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return shell;
}

/* Waits for the end of the shell command. A Ctrl-C that was meant for the shell command does not
 * end kwalk. */
static bool wait_for(struct error *err)
{
	static const struct timespec at_once;
	sigset_t signals;
	bool waited;
	int status;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	waited = outside_wait(&status, err);
	shell = 0;
	if (sigtimedwait(&signals, NULL, &at_once) == SIGINT && watched)
		interrupt_came = STOP_CTRL_C;
	sigprocmask(SIG_UNBLOCK, &signals, NULL);
	if (!waited)
		return false;
	if (WIFSIGNALED(status) && WTERMSIG(status) != SIGPIPE && WTERMSIG(status) != SIGINT)
		return fail(err, ERROR_SYSTEM, "the shell command was killed: %s",
			    strsignal(WTERMSIG(status)));
	if (WIFEXITED(status) && WEXITSTATUS(status) >= 126)
		return fail(err, ERROR_SYSTEM, "the shell command failed with status %d",
			    WEXITSTATUS(status));
	return true;
}

bool shell_pipe_open(int *fd, const char *command, struct error *err)
{
	int ends[2];
	bool done;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return fail(err, ERROR_SYSTEM, "cannot make a pipe: %s", strerror(errno));
	done = interrupt_start(command, ends[0], -1, err);
	close(ends[0]);
	*fd = ends[1];
	if (!done)
		close(ends[1]);
	return done;
}

bool shell_pipe_close(int fd, struct error *err)
{
	close(fd);
	return wait_for(err);
}

bool shell_run(const char *command, int output, struct error *err)
{
	return interrupt_start(command, -1, output, err) && wait_for(err);
}
