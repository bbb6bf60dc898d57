/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the bit or variable for which a sleeping task waits in a hashed wait queue, since 4.13:
 * mm/filemap.c for bits of folios, kernel/sched/wait_bit.c for all others. */
#pragma once

#include "linux/unwind/wait.h"

/* Finds the object for which the task waits, from a struct that is in [start, end) of its stack.
 * Sets kind, object and bit of *wait. Returns false if there is no such struct, or if it is not in the
 * wait queue to which its object belongs. */
bool wait_bit_find(const struct wait_search *search, uint64_t start, uint64_t end,
		   struct wait *wait);
