/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program in its sandbox: the files that stay readable, and the work of the helper outside. */
#pragma once

#include <stdbool.h>

#include "kernel/kernel.h"
#include "options.h"

/* Call it before anything is opened. The options are borrowed until outside_end(). False, after a
 * complaint: a part of the sandbox that the options require does not work; the same for
 * confine_finish(). */
bool confine_start(const struct options *options);
/* Call it when all files are open, before the first command. */
bool confine_finish(const struct options *options, const struct kernel *kernel);
