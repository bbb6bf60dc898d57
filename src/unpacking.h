/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dumps in archives named by the user, unpacked into the user's cache folder. */
#pragma once

#include <stdbool.h>

#include "open/open.h"
#include "options.h"
#include "sandbox/outside.h"

/* Requests to the helper begin with this text (unpack_serve()). */
#define UNPACK_REQUEST "unpack "

/* Do the options allow unpacking? */
bool unpack_may(const struct options *options);

/* Functions for struct unpacking; arg: the options. */
bool unpack_start(void *arg, struct unpacked *to, struct error *err);
bool unpack_finish(void *arg, bool keep, struct error *err);

/* Serves a request in the helper. request, without UNPACK_REQUEST, is "WHAT SIZE ARCHIVE", as sent
 * by unpack_start(). The answer is a new file, and as text its room in bytes, a blank and its
 * path. */
bool unpack_serve(const struct options *options, const char *request, struct outside_answer *answer,
		  struct error *err);
