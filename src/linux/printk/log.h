/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The kernel's log in the formats of kernel/printk: text before 3.5, records up to 5.9, descriptors
 * and blocks of text since 5.10. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

enum { LOG_LEVELS = 8, LOG_KERNEL = 0 /* facility of the kernel's own messages */ };

/* In caller of struct log_record: the number of a CPU, not of a thread; printk_caller_id(), 5.1. */
#define LOG_CALLER_CPU (UINT32_C(1) << 31)

struct log_record {
	bool has_seq, has_time, has_level, has_caller;
	uint64_t seq;
	uint64_t ts_nsec; /* nanoseconds of the clock that starts at boot */
	uint32_t caller;
	uint16_t facility; /* numbered as in syslog(3) */
	uint8_t level; /* 0 to LOG_LEVELS - 1 */
	/* NUL-terminated, without a newline at its end, possibly with newlines inside; not cleaned;
	 * valid during the visit. */
	const char *text;
};

typedef bool log_visit(void *arg, const struct log_record *record);

/* Calls visit for each record, the oldest first, until it returns false. damages counts missing and
 * damaged records; all other records are visited. False with err: no log was found, or
 * interrupted. */
bool log_each(struct kernel *kernel, log_visit *visit, void *arg, struct damages *damages,
	      struct error *err);

/* The number to add to a record's ts_nsec to get nanoseconds since 1970, by the kernel's clock. */
bool log_epoch(struct kernel *kernel, int64_t *nsec, struct error *err);

/* The kernel's clock when the dump was taken, in seconds since 1970. False: types or the
 * timekeeper do not show it. */
bool log_clock(struct kernel *kernel, uint64_t *second);
