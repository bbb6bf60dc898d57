/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fetches the vmlinux of a dump from the servers in DEBUGINFOD_URLS. */
#pragma once

#include <stdbool.h>

#include "kernel/kernel.h"

enum debuginfod_use { DEBUGINFOD_ASK, DEBUGINFOD_YES, DEBUGINFOD_NO };

/* "ask", "yes" or "no". NULL, the option without a value, is yes. */
bool debuginfod_parse(const char *text, enum debuginfod_use *use);

/* For a kernel that lacks symbols: fetches the vmlinux of the dump's build-id, if the
 * user agrees. can_ask: there is a user to be asked. A failure is a warning. */
void debuginfod_fetch(struct kernel *kernel, enum debuginfod_use use,
		      bool can_ask);
