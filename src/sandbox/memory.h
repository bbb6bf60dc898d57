/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bound on the program's memory. It is the soft limit RLIMIT_DATA, which counts the allocations
 * of kwalk and its libraries, but not the mapped files. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Parses a number of bytes such as "512M": decimal digits, and optionally K, M, G or T, which are
 * powers of 1024. Returns false if the text is not such a number, or if the number is 0. */
bool limit_parse(const char *text, uint64_t *size);

/* Returns the default bound in bytes: 1 GiB or a quarter of the machine's memory, whichever is
 * larger. */
uint64_t limit_default(void);

/* limit_memory() sets the bound in bytes, and limit_hold() brings it into force. If the program was
 * started with a lower limit, that limit remains. */
void limit_memory(uint64_t size);
void limit_hold(void);
/* Lifts the bound until the next limit_hold(), so that other programs can be started, or a line can
 * be edited at the prompt. Returns true if the bound was in force. */
bool limit_lift(void);

/* Returns true if, since the last call, an allocation of this program or of a library failed, or
 * succeeded only by using the reserve. In this case answers may be incomplete. */
bool limit_ran_out(void);
