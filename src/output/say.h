/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Everything but the answers: warnings, complaints, progress, questions. Nothing
 * else writes to standard error. Formatted text is cleaned (base/printable.h)
 * and cut off at 4095 bytes. Each text is one write(), so that lines of several
 * programs do not mix.
 */
#pragma once

#include <stddef.h>

/* One line; format has no newline, and newlines in arguments become '?'. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same without the newline: the user answers on the same line. */
void say_question(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/* Replaces the last line of the terminal; "" clears it. */
void say_transient(const char *text);

/* Text of the program, unchanged; safe in a signal handler. */
void say_in_handler(const char *text);

/* Text of the program, unchanged, on standard output. Returns 0 or an errno. */
int say_on_stdout(const char *text);

/* Lines held back until say_held(). */
struct held_lines {
	char *text; /* owned; NULL at first */
	size_t size;
};

void say_hold(struct held_lines *lines, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Says and frees them. */
void say_held(struct held_lines *lines);
