/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Errors: a code and a message in a struct of the caller. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum error_code {
	ERROR_NONE,
	ERROR_USAGE, /* invalid request */
	ERROR_SYSTEM, /* a system call failed or memory ran out */
	ERROR_FORMAT, /* invalid or damaged file or structure */
	ERROR_UNREADABLE, /* the memory needed is not in the dump */
	ERROR_UNKNOWN, /* a fact, symbol or type that no source has */
	ERROR_NO_ANSWER, /* valid request without an answer for this argument */
	ERROR_INTERRUPTED, /* by Ctrl-C, or the reader of the answers is gone */
};

struct error {
	enum error_code code;
	char message[512]; /* one line, no newline, never localised */
};

/* Fills *err, if err is not NULL, and returns false: "return fail(err, ...)". */
bool fail(struct error *err, enum error_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The same for memory that ran out, with ERROR_SYSTEM. */
bool out_of_memory(struct error *err);
/* The same for a system call that failed, by errno. */
bool system_error(struct error *err, const char *path);

/* Damaged parts of a list or tree, which were left out of it. */
enum { MAX_DAMAGES = 8 };

struct damages {
	struct error error[MAX_DAMAGES];
	size_t nr; /* found; only the first MAX_DAMAGES are kept */
};

void damages_add(struct damages *damages, const struct error *err);
