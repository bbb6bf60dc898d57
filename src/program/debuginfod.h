/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fetches the vmlinux of a dump from the servers that the variable DEBUGINFOD_URLS names. */
#pragma once

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/kernel.h"
#include "sandbox/outside.h"

/* Requests to the helper that begin with this text are for debuginfod_serve(). */
#define DEBUGINFOD_REQUEST "debuginfod "

enum debuginfod_use { DEBUGINFOD_ASK, DEBUGINFOD_YES, DEBUGINFOD_NO };

static inline bool debuginfod_has_servers(void)
{
	const char *urls = getenv("DEBUGINFOD_URLS");

	return urls && urls[strspn(urls, " ")];
}

/* Returns true if servers may be asked. can_ask: true if a user is at the terminal and the prompt
 * has not started yet, so the user can be asked to agree. */
static inline bool debuginfod_may_ask(enum debuginfod_use use, bool can_ask)
{
#ifdef HAVE_DEBUGINFOD
	return debuginfod_has_servers() &&
	       (use == DEBUGINFOD_YES || (use == DEBUGINFOD_ASK && can_ask));
#else
	(void)use, (void)can_ask;
	return false;
#endif
}

/* For a kernel without symbols, if servers may be asked or DEBUGINFOD_YES was given: if the user
 * agrees, the helper outside of the sandbox fetches the vmlinux with the dump's build-id. If that
 * fails, prints a warning. */
void debuginfod_fetch(struct kernel *kernel);

/* Handles a request in the helper. request: the text after DEBUGINFOD_REQUEST, which is a build-id.
 * The answer is a descriptor of the file, and the file's path in the library's cache. If the user
 * does not agree, the answer has no descriptor. If request is "", the file that was fetched last is
 * deleted. */
bool debuginfod_serve(enum debuginfod_use use, const char *request, struct outside_answer *answer,
		      struct error *err);
