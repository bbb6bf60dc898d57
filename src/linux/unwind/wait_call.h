/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the CPUs for which a CPU waits because they have not run its function yet:
 * smp_call_function_many() of kernel/smp.c. */
#pragma once

#include "linux/unwind/wait.h"

/* trace: the functions of the CPU. cpu: the number of the CPU. Sets kind, object, function, target
 * and nr_targets of *wait. Returns false if the CPU does not wait, or if no call is pending. */
bool wait_call_find(struct kernel *kernel, unsigned int cpu, const struct backtrace *trace,
		    struct wait *wait);
