/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Errors: a code and a message in a struct that the caller owns. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum error_code {
	ERROR_NONE,
	ERROR_USAGE, /* invalid request */
	ERROR_SYSTEM, /* a system call failed or memory ran out */
	ERROR_FORMAT, /* invalid or damaged file or structure */
	ERROR_UNREADABLE, /* the memory needed is not in the dump */
	ERROR_UNKNOWN, /* no source has the fact, symbol or type */
	ERROR_NO_ANSWER, /* valid request without an answer for this argument */
	ERROR_INTERRUPTED, /* Ctrl-C, or the reader of the answers is gone */
};

struct error {
	enum error_code code;
	char message[512]; /* one line, without a newline, always English */
};

/* Fills *err, if err is not NULL, and returns false: "return fail(err, ...)". */
bool fail(struct error *err, enum error_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Like fail(), with ERROR_SYSTEM and the message that memory ran out. */
bool out_of_memory(struct error *err);
/* Like fail(), with ERROR_SYSTEM and the message of errno. */
bool system_error(struct error *err, const char *path);

/* Damaged parts of a list or tree, which were left out of the result. */
enum { MAX_DAMAGES = 8 };

struct damages {
	struct error error[MAX_DAMAGES];
	size_t nr; /* number of damages found; only the first MAX_DAMAGES are kept */
};

void damages_add(struct damages *damages, const struct error *err);
