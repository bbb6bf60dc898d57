/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dumps in archives that the user names, unpacked into the user's cache folder. */
#pragma once

#include <stdbool.h>

#include "open/open.h"
#include "options.h"
#include "sandbox/outside.h"

/* The start of a request to the helper (unpack_serve()). */
#define UNPACK_REQUEST "unpack "

/* May anything be unpacked? */
bool unpack_may(const struct options *options);

/* Members of struct unpacking; arg are the options. */
bool unpack_start(void *arg, struct unpacked *to, struct error *err);
bool unpack_finish(void *arg, bool keep, struct error *err);

/* The helper's part. request, without UNPACK_REQUEST, is "WHAT SIZE ARCHIVE", as from
 * unpack_start(). The answer is a new file, its room in bytes, a blank and its path. */
bool unpack_serve(const struct options *options, const char *request, struct outside_answer *answer,
		  struct error *err);
