/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sandbox of the program: which files remain readable in it, and which requests the helper
 * outside of the sandbox grants. */
#pragma once

#include <stdbool.h>

#include "kernel/kernel.h"
#include "program/options.h"

/* Starts the helper outside of the sandbox. Must be called before any file is opened, and before
 * running_guest_connect(): the helper may outlive a kwalk that is killed, and would then hold the
 * socket of the guard (qmp/guard.h). options are borrowed by the helper. Returns true
 * if the helper runs; it is not started if no command needs it. */
bool confine_start_helper(const struct options *options);
/* Enters the sandbox. Must be called before any file is opened. If a part of the sandbox that the
 * options require does not work, sets err and returns false. */
bool confine_start(const struct options *options, struct error *err);
/* Must be called when all files are open, before the first command. Returns false in the same case
 * as confine_start(). */
bool confine_finish(const struct options *options, const struct kernel *kernel, struct error *err);
