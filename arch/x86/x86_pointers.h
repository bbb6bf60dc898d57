/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the caller of a function of x86 using frame pointers. */
#pragma once

#include "base/error.h"
#include "linux/unwind/unwind.h"

struct kernel;

/* Does each function of the kernel keep a frame pointer? */
bool x86_pointers_exist(struct kernel *kernel);
/* Replaces the state by the state of the caller, like unwind_step() of struct arch. */
bool x86_pointer_step(struct kernel *kernel, struct unwind_state *state, struct error *err);
