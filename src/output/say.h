/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All messages that are not answers: warnings, errors, progress, questions. No other code writes to
 * standard error. Formatted text is cleaned (base/printable.h) and cut off at 4095 bytes. Each text
 * is written by one write(), so that lines of several programs do not mix. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "output/style.h"

/* Writes one line. format must not contain a newline, and newlines in the arguments become '?'. On
 * a terminal, a long line is fitted to the screen in the same way as a line of an answer
 * (pen.h). */
#define say(...) say_styled(STYLE_PLAIN, __VA_ARGS__)
/* Like say(), but the line begins with "kwalk:" and a word for the kind of message. A warning means
 * that answers may be doubtful. An error means that something could not be done. */
#define say_warning(...) say_styled(STYLE_CAUTION, __VA_ARGS__)
#define say_error(...) say_styled(STYLE_FAULT, __VA_ARGS__)
void say_styled(enum style style, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Sets whether messages have colours. If this is not called, messages have colours on a terminal
 * that supports them. */
void say_use_colour(enum colour_wish wish);

/* From now on, writes messages to fd instead of standard error, except progress, questions and
 * messages of signal handlers. */
void say_to(int fd);

/* From now on, passes messages to take() instead of writing them, except progress, questions and
 * messages of signal handlers. If take is NULL, messages are written again. */
void say_into(void (*take)(void *arg, const char *data, size_t size), void *arg);

/* Writes a line without a newline, because the user will answer on the same line. */
void say_question(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Writes a text of the program without changes. Can be called in a signal handler. */
void say_in_handler(const char *text);

/* Writes a text of the program to standard output without changes. Returns 0 or an errno. */
int say_on_stdout(const char *text);

/* Lines that are kept until say_held() writes them. */
struct held_lines {
	char *text; /* owned; initially NULL */
	size_t size;
};

void say_hold(struct held_lines *lines, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Writes the held lines and frees them. */
void say_held(struct held_lines *lines);

/* The last line of the terminal, which shows progress. */
struct status_line {
	bool shown;
	/* asked: isatty(STDERR_FILENO) was called; terminal: the result of this call */
	bool asked, terminal;
};

/* Returns true if standard error is a terminal. */
bool status_line_usable(struct status_line *line);
/* Replaces the last line. Does nothing if standard error is not a terminal. */
void status_line_show(struct status_line *line, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Removes the line. Must be called before other text is written to the terminal. */
void status_line_hide(struct status_line *line);
