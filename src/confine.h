/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program in the sandbox: the files that stay readable, and the requests that the helper
 * outside of the sandbox grants. */
#pragma once

#include <stdbool.h>

#include "kernel/kernel.h"
#include "options.h"

/* Call it before any file is opened. The options are borrowed until outside_end(). Returns false,
 * after a complaint, if a part of the sandbox that the options require does not work. */
bool confine_start(const struct options *options);
/* Call it when all files are open, before the first command. Returns false in the same case. */
bool confine_finish(const struct options *options, const struct kernel *kernel);
