/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fetches the vmlinux of a dump from the servers in DEBUGINFOD_URLS. */
#pragma once

#include <stdbool.h>

#include "kernel/kernel.h"
#include "sandbox/outside.h"

/* The start of a request to the helper (debuginfod_serve()). */
#define DEBUGINFOD_REQUEST "debuginfod "

enum debuginfod_use { DEBUGINFOD_ASK, DEBUGINFOD_YES, DEBUGINFOD_NO };

/* May a server be asked? can_ask: there is a user at a terminal, before the prompt. */
bool debuginfod_may_ask(enum debuginfod_use use, bool can_ask);

/* For a kernel that lacks symbols: has the helper outside of the sandbox fetch the
 * vmlinux of the dump's build-id, if the user agrees. A failure is a warning. */
void debuginfod_fetch(struct kernel *kernel, enum debuginfod_use use, bool can_ask);

/* The helper's part. request, without DEBUGINFOD_REQUEST, is a build-id: the answer is the file
 * and its path in the library's cache, or no descriptor if the user did not agree. If request is
 * "", the last fetched file is deleted. */
bool debuginfod_serve(enum debuginfod_use use, const char *request, struct outside_answer *answer,
		      struct error *err);
