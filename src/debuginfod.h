/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fetches the vmlinux of a dump from the servers in DEBUGINFOD_URLS. */
#pragma once

#include <stdbool.h>

#include "kernel/kernel.h"
#include "sandbox/outside.h"

/* Requests to the helper that begin with this text are for debuginfod_serve(). */
#define DEBUGINFOD_REQUEST "debuginfod "

enum debuginfod_use { DEBUGINFOD_ASK, DEBUGINFOD_YES, DEBUGINFOD_NO };

/* May servers be asked? can_ask: a user is at the terminal, and the prompt has not started yet. */
bool debuginfod_may_ask(enum debuginfod_use use, bool can_ask);

/* For a kernel without symbols: the helper outside of the sandbox fetches the vmlinux that has the
 * dump's build-id, if the user agrees. If this fails, a warning is printed. */
void debuginfod_fetch(struct kernel *kernel, enum debuginfod_use use, bool can_ask);

/* Serves a request in the helper. request is the text after DEBUGINFOD_REQUEST: a build-id. The
 * answer is the file and its path in the library's cache, or no descriptor if the user did not
 * agree. If request is "", the last fetched file is deleted. */
bool debuginfod_serve(enum debuginfod_use use, const char *request, struct outside_answer *answer,
		      struct error *err);
