/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The part of linux/crash/panic.c about CPUs. */
#pragma once

#include "linux/crash/panic.h"

/* Fills panic->run. False with err: out of memory or interrupted. */
bool panic_find_runs(struct kernel *kernel, struct panic *panic, struct error *err);
