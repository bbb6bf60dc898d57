/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All messages other than answers: warnings, complaints, progress, questions. No other code writes
 * to standard error. Formatted text is cleaned (base/printable.h) and cut at 4095 bytes. Each text
 * is one write(), so that lines of several programs do not mix. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "output/style.h"

/* Writes one line. format has no newline, and newlines in arguments become '?'. On a terminal, a
 * long line is fitted like a line of an answer (line.h). */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Like say(), but the line begins with "kwalk:" and a word for the kind of message. A warning means
 * that answers may be doubtful; an error means that something could not be done. */
void say_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void say_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Sets whether messages have colours. The default is to decide it automatically. */
void say_use_colour(enum colour_wish wish);

/* Sends messages to fd instead of standard error, except progress and messages of signal
 * handlers. */
void say_to(int fd);

/* Passes messages to take() instead of writing them, except progress and messages of signal
 * handlers. If take is NULL, messages are written again. */
void say_into(void (*take)(void *arg, const char *data, size_t size), void *arg);

/* Writes one line without the newline, because the user answers on the same line. */
void say_question(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Writes text of the program, unchanged. Safe in a signal handler. */
void say_in_handler(const char *text);

/* Writes text of the program to standard output, unchanged. Returns 0 or an errno. */
int say_on_stdout(const char *text);

/* Lines that wait for say_held(). */
struct held_lines {
	char *text; /* owned; initially NULL */
	size_t size;
};

void say_hold(struct held_lines *lines, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Writes the held lines and frees them. */
void say_held(struct held_lines *lines);

/* Progress on the last line of the terminal. */
struct status_line {
	bool shown;
	bool asked, terminal; /* asked: isatty(STDERR_FILENO) was called; terminal: its result */
};

/* Is standard error a terminal? */
bool status_line_usable(struct status_line *line);
/* Replaces the last line. Does nothing if standard error is not a terminal. */
void status_line_show(struct status_line *line, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Call it before other text is written to the terminal. */
void status_line_hide(struct status_line *line);
