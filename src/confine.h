/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program in its sandbox: which files stay readable, and the work of the helper outside. */
#pragma once

#include <stdbool.h>

#include "kernel/kernel.h"
#include "options.h"

/* To be called before anything is opened. The options are borrowed until outside_end(). False,
 * after a complaint, if they require parts of the sandbox that do not work; the same for
 * confine_finish(). */
bool confine_start(const struct options *options);
/* When all is open, before the first command. */
bool confine_finish(const struct options *options, const struct kernel *kernel);
