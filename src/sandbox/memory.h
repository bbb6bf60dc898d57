/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bound on the program's memory. The bound is the soft limit RLIMIT_DATA: allocations of kwalk
 * and its libraries count, the mapped file does not. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Parses "512M": a decimal number of bytes, or of K, M, G or T (powers of 1024); not 0. */
bool limit_parse(const char *text, uint64_t *size);

/* The larger of 1 GiB and a quarter of the machine's memory. */
uint64_t limit_default(void);

/* Bounds the memory between limit_hold() and limit_lift(). If the program was started with a lower
 * limit, the lower limit stays. */
void limit_memory(uint64_t size);
void limit_hold(void);
/* Lifts the bound, to start other programs and to edit lines. Returns whether the bound was in
 * force. */
bool limit_lift(void);

/* Did an allocation fail, in this program or a library, or succeed only with the reserve? Then
 * answers may be incomplete. The call clears the answer. */
bool limit_ran_out(void);
