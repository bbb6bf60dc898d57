/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The kernel's log in each format of kernel/printk: text before 3.5, records until 5.9, descriptors
 * and blocks of text since 5.10. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

enum { LOG_LEVELS = 8, LOG_KERNEL = 0 /* facility of messages from the kernel itself */ };

/* If this bit of record.caller is set, the rest is the number of a CPU, otherwise a thread
 * (printk_caller_id(), 5.1). */
#define LOG_CALLER_CPU (UINT32_C(1) << 31)

struct log_record {
	bool has_seq, has_time, has_level, has_caller;
	uint64_t seq;
	uint64_t ts_nsec; /* nanoseconds since boot */
	uint32_t caller;
	uint16_t facility; /* as in syslog(3) */
	uint8_t level; /* 0 to LOG_LEVELS - 1 */
	/* Ends with a NUL, not with a newline. May contain newlines and characters that cannot be
	 * printed. Valid during the visit. */
	const char *text;
};

typedef bool log_visit(void *arg, const struct log_record *record);

/* Calls visit for each record, the oldest first, until visit returns false. Counts missing and
 * damaged records in damages, and visits all other records. Returns false and sets err if there is
 * no log, or if the user stopped the work. */
bool log_each(struct kernel *kernel, log_visit *visit, void *arg, struct damages *damages,
	      struct error *err);

/* Finds the time of the boot in nanoseconds since 1970, by the kernel's clock. The time of a record
 * is this number plus ts_nsec. */
bool log_epoch(struct kernel *kernel, int64_t *nsec, struct error *err);

/* Finds the time of the dump in seconds since 1970, by the kernel's clock. Returns false if types
 * or the timekeeper do not show it. */
bool log_clock(struct kernel *kernel, uint64_t *second);
