/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* For linux/crash/panic.c: reads the state of the CPUs. */
#pragma once

#include "linux/crash/panic.h"

/* Fills panic->run. Returns false and sets err if the user stops the work, or if there is not
 * enough memory. */
bool panic_find_runs(struct kernel *kernel, struct panic *panic, struct error *err);
