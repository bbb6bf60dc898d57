/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Errors: a code and a text in a struct that the caller owns. */
#pragma once

#include <stdbool.h>

enum error_code {
	ERROR_NONE,
	ERROR_USAGE,      /* the request itself makes no sense */
	ERROR_SYSTEM,     /* the operating system refused: errno's text is in the message */
	ERROR_FORMAT,     /* a file is not what it should be */
	ERROR_UNREADABLE, /* memory that the answer needs is not in the dump */
	ERROR_UNKNOWN,    /* a fact, symbol or type that nothing tells */
	ERROR_NO_ANSWER,  /* the question has no answer for this argument */
	ERROR_INTERRUPTED, /* by Ctrl-C, or because nobody reads the answers any more */
};

struct error {
	enum error_code code;
	char message[512]; /* one line, no newline, never localised */
};

/*
 * Fills *err and returns false, so that a function fails with
 * "return fail(err, ...)". err may be NULL: then nothing is formatted.
 */
bool fail(struct error *err, enum error_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
