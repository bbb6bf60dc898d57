/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Errors: a code and a message in a struct that the caller owns. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum error_code {
	ERROR_NONE,
	ERROR_USAGE, /* the request is invalid */
	ERROR_SYSTEM, /* a system call failed, memory ran out, or another limit was reached */
	ERROR_FORMAT, /* a file or structure is invalid or damaged */
	ERROR_UNREADABLE, /* memory that is needed is not in the dump */
	ERROR_UNKNOWN, /* no source contains the fact, symbol or type */
	ERROR_NO_ANSWER, /* the request is valid, but there is no answer for this argument */
	ERROR_INTERRUPTED, /* Ctrl-C was pressed, or nothing reads the answers any more */
	NR_ERROR_CODES
};

/* The name of each code except ERROR_NONE, as in JSON. */
extern const char *const error_kinds[NR_ERROR_CODES];

struct error {
	enum error_code code;
	char message[512]; /* one line in English, without a newline */
};

/* Sets *err, unless err is NULL, and returns false, so that callers can write "return fail(err,
 * ...)". */
bool fail(struct error *err, enum error_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Like fail(). The code is ERROR_SYSTEM, and the message says that memory ran out. */
bool out_of_memory(struct error *err);
/* Like fail(). The code is ERROR_SYSTEM, and the message contains path and the description of
 * errno. */
bool system_error(struct error *err, const char *path);

/* The errors that were found while a list or tree was read. The damaged parts are missing in the
 * result. */
enum { MAX_DAMAGES = 8 };

struct damages {
	struct error error[MAX_DAMAGES];
	size_t nr; /* the number of damages; `error` has only the first MAX_DAMAGES of them */
};

void damages_add(struct damages *damages, const struct error *err);
