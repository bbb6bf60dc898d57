/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the queued spinlock for which a CPU waits: kernel/locking/qspinlock.c, since 4.2. */
#pragma once

#include "linux/unwind/wait.h"

/* trace: the functions of the CPU. registers: the registers of the CPU, which belong to the
 * innermost frame. cpu: the number of the CPU. Returns false if the CPU does not wait, or if the
 * lock cannot be found without doubt. */
bool wait_spin_find(struct kernel *kernel, unsigned int cpu, const struct registers *registers,
		    const struct backtrace *trace, struct wait *wait);
