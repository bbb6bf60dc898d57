/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads the kernel's log in all formats of kernel/printk: text before 3.5, records until 5.9,
 * descriptors and blocks of text since 5.10. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

enum { LOG_LEVELS = 8, LOG_KERNEL = 0 /* facility of messages from the kernel itself */ };

/* Who wrote a record (printk_caller_id(), 5.1): if this bit of record.caller is set, the other bits
 * are the number of a CPU. If not, they are the id of a thread. */
#define LOG_CALLER_CPU (UINT32_C(1) << 31)

struct log_record {
	bool has_seq, has_time, has_level, has_caller;
	uint64_t seq;
	uint64_t ts_nsec; /* nanoseconds since boot */
	uint32_t caller;
	uint16_t facility; /* as in syslog(3) */
	uint8_t level; /* 0 to LOG_LEVELS - 1 */
	/* Ends with a NUL, without a newline at the end. May contain newlines and characters that
	 * cannot be printed. Valid during the visit. */
	const char *text;
};

/* Did a process write the record, and not the kernel? */
static inline bool log_is_of_process(const struct log_record *record)
{
	return record->has_level && record->facility != LOG_KERNEL;
}

typedef bool log_visit(void *arg, const struct log_record *record);

/* Calls visit for each record, the oldest first, until visit returns false. Counts missing and
 * damaged records in *damages, and visits all other records. Returns false and sets err if the log
 * cannot be found, or if the user stopped the work. */
bool log_each(struct kernel *kernel, log_visit *visit, void *arg, struct damages *damages,
	      struct error *err);

/* Computes the time of the boot in nanoseconds since 1970, by the kernel's clock. The time of a
 * record is this time plus ts_nsec. */
bool log_epoch(struct kernel *kernel, int64_t *nsec, struct error *err);

/* Reads the time of the dump in seconds since 1970 from the kernel's timekeeper. Returns false if
 * the timekeeper is not found, or if types do not describe it. */
bool log_clock(struct kernel *kernel, uint64_t *second);
/* Reads the time of the dump in nanoseconds since the boot, to the kernel's last tick. */
bool log_uptime(struct kernel *kernel, uint64_t *nsec);
