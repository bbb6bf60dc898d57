/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dumps in archives: unpacks archives that the user names into the user's cache folder. */
#pragma once

#include <stdbool.h>

#include "open/open.h"
#include "options.h"
#include "sandbox/outside.h"

/* Requests to the helper that begin with this text are for unpack_serve(). */
#define UNPACK_REQUEST "unpack "

/* Do the options allow unpacking? */
bool unpack_may(const struct options *options);

/* The functions for struct unpacking. arg: the options. */
bool unpack_start(void *arg, struct unpacked *to, struct error *err);
bool unpack_finish(void *arg, bool keep, struct error *err);

/* Serves a request in the helper. request is the text after UNPACK_REQUEST: "WHAT SIZE ARCHIVE", as
 * unpack_start() sends it. The answer is a new file, and a text that consists of the free space in
 * bytes, a blank, and the path of the file. */
bool unpack_serve(const struct options *options, const char *request, struct outside_answer *answer,
		  struct error *err);
