/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The vmlinux of a dump from the servers that DEBUGINFOD_URLS names. */
#pragma once

#include <stdbool.h>

#include "kernel/kernel.h"

/* What the user agreed to. */
enum debuginfod_use { DEBUGINFOD_ASK, DEBUGINFOD_YES, DEBUGINFOD_NO };

/* "ask", "yes" or "no"; NULL, an option without its value, is yes. */
bool debuginfod_parse(const char *text, enum debuginfod_use *use);

/* After kernel_start(), for a kernel that lacks symbols: asks the servers for the one
 * of the dump's build-id, as far as the user agrees; can_ask: there is one to
 * be asked. A failure is complained of and hinders nothing. */
void debuginfod_fetch(struct kernel *kernel, enum debuginfod_use use,
		      bool can_ask);
