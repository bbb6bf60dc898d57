/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The kernel's own log, as kernel/printk has kept it: text before 3.5, records to 5.9,
 * descriptors and blocks of text since 5.10. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

enum { LOG_LEVELS = 8, LOG_KERNEL = 0 /* facility of the kernel's own messages */ };

/* In struct log_record's caller: it is a CPU, not a thread; printk_caller_id(), 5.1. */
#define LOG_CALLER_CPU (UINT32_C(1) << 31)

struct log_record {
	bool has_seq, has_time, has_level, has_caller;
	uint64_t seq;
	uint64_t ts_nsec; /* nanoseconds of the clock that ran since the boot */
	uint32_t caller;
	uint16_t facility; /* as syslog(3) numbers them */
	uint8_t level; /* 0 to LOG_LEVELS - 1 */
	/* NUL-terminated, without a newline at its end, and others between its lines;
	 * not cleaned; valid during the visit. */
	const char *text;
};

typedef bool log_visit(void *arg, const struct log_record *record);

/* Calls visit for each record, oldest first, until it returns false. damages counts records that
 * are missing or damaged; all others are visited. False with err: no log was found, or the call
 * was interrupted. */
bool log_each(struct kernel *kernel, log_visit *visit, void *arg, struct damages *damages,
	      struct error *err);

/* The number to add to a record's ts_nsec: the sum is the time since 1970 in nanoseconds, by the
 * kernel's clock. */
bool log_epoch(struct kernel *kernel, int64_t *nsec, struct error *err);
