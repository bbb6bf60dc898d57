/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bound on the program's memory. The bound is the soft limit RLIMIT_DATA, which counts
 * allocations of kwalk and its libraries, but not the mapped file. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Parses a number of bytes other than 0, such as "512M": decimal digits, and optionally K, M, G or
 * T (powers of 1024). */
bool limit_parse(const char *text, uint64_t *size);

/* The default bound in bytes: 1 GiB or a quarter of the machine's memory, whichever is larger. */
uint64_t limit_default(void);

/* Sets the bound in bytes. The bound is in force from limit_hold() to limit_lift(). If the program
 * was started with a lower limit, the lower limit remains. */
void limit_memory(uint64_t size);
void limit_hold(void);
/* Lifts the bound, so that other programs can be started, or a line can be edited at the prompt.
 * Returns true if the bound was in force. */
bool limit_lift(void);

/* Returns true if an allocation of this program or of a library failed since the last call, or
 * succeeded only by using the reserve. If so, answers may be incomplete. */
bool limit_ran_out(void);
