/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Unpacks dumps in archives that the user names. The files are stored in the user's cache
 * folder. */
#pragma once

#include <stdbool.h>

#include "open/open.h"
#include "program/options.h"
#include "sandbox/outside.h"

/* Requests to the helper that begin with this text are for unpack_serve(). */
#define UNPACK_REQUEST "unpack "

/* The functions for struct unpacking (open/open.h). arg: the options. */
bool unpack_start(void *arg, struct unpacked *to, struct error *err);
bool unpack_finish(void *arg, bool keep, struct error *err);

/* Handles a request in the helper. request: the text after UNPACK_REQUEST, "WHAT SIZE ARCHIVE",
 * which unpack_start() sent. The answer is the descriptor of a new file, and a text: the free space
 * in bytes, a blank, and the path of the file. */
bool unpack_serve(const struct options *options, const char *request, struct outside_answer *answer,
		  struct error *err);
