/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/interrupt.h"

#include <errno.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

volatile sig_atomic_t interrupt_came;
static volatile sig_atomic_t shell; /* its pid, or 0 */
static bool watched; /* SIGINT is not ignored */

/* Whether a signal is a shell command's own. The first one that is handled after
 * its end may have been sent before; then the command counts no longer, though it
 * was not waited for. */
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

void interrupt_set_shell(pid_t pid)
{
	shell = pid;
}

int interrupt_wait_shell(pid_t pid, int *status)
{
	static const struct timespec at_once;
	sigset_t signals;
	int error = 0;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	while (waitpid(pid, status, 0) < 0 && !error)
		error = errno == EINTR ? 0 : errno;
	shell = 0;
	if (sigtimedwait(&signals, NULL, &at_once) == SIGINT && watched)
		interrupt_came = 1;
	sigprocmask(SIG_UNBLOCK, &signals, NULL);
	return error;
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
