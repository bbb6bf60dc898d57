/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A terminal on which keys are typed. A program that includes this file is linked with
 * -Wl,--wrap=ppoll, because the prompt waits for each key with ppoll(). */
#pragma once

#include "input.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <termios.h>

/* If a line is left in the middle, readline leaks its undo list. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
	return "leak:libreadline";
}

static struct {
	int master, slave; /* 0: not open yet */
	const uint8_t *keys;
	size_t nr_keys;
} terminal;

static inline void terminal_open(void)
{
	terminal.master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (terminal.master < 0 || grantpt(terminal.master) || unlockpt(terminal.master))
		abort();
	terminal.slave = open(ptsname(terminal.master), O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (terminal.slave < 0)
		abort();
}

static inline void terminal_type(const uint8_t *keys, size_t nr)
{
	terminal.keys = keys;
	terminal.nr_keys = nr;
}

/* Discards what the program wrote, to make room. */
static inline void terminal_drain(void)
{
	char text[4096];

	while (read(terminal.master, text, sizeof(text)) > 0)
		;
}

int __real_ppoll(struct pollfd *awaited, nfds_t nr, const struct timespec *timeout,
		 const sigset_t *signals);
int __wrap_ppoll(struct pollfd *awaited, nfds_t nr, const struct timespec *timeout,
		 const sigset_t *signals);

/* Types the next key when the prompt waits for it. Ctrl-C is a signal. After the last key, the
 * terminal is closed. */
int __wrap_ppoll(struct pollfd *awaited, nfds_t nr, const struct timespec *timeout,
		 const sigset_t *signals)
{
	static const struct timespec at_once;
	int ready;

	if (awaited[0].fd != STDIN_FILENO) /* a wait for another descriptor */
		return __real_ppoll(awaited, nr, timeout, signals);
	ready = __real_ppoll(awaited, nr, &at_once, signals);
	terminal_drain();
	if (ready)
		return ready;
	if (terminal.nr_keys) {
		uint8_t key = *terminal.keys++;

		terminal.nr_keys--;
		if (key == 3)
			raise(SIGINT);
		else if (write(terminal.master, &key, 1) != 1)
			abort();
		return __real_ppoll(awaited, nr, &at_once, signals);
	}
	/* A question within a question ends, too. */
	awaited[0].revents = POLLIN | POLLHUP;
	return 1;
}
