/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program in its sandbox: what stays readable, and what the helper outside does. */
#pragma once

#include <stdbool.h>

#include "kernel/kernel.h"
#include "options.h"

/* Before anything is opened. The options are borrowed until outside_end(). False, after
 * a complaint, if they require what cannot be had; so is confine_finish(). */
bool confine_start(const struct options *options);
/* When all is open, before the first command. */
bool confine_finish(const struct options *options, const struct kernel *kernel);
