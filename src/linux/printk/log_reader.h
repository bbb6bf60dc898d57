/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Functions that the readers of the three formats of the log share. Only files in this folder
 * include this header. */
#pragma once

#include "base/page.h"
#include "linux/printk/log.h"

enum {
	LOG_TEXT_MAX = 1 << 16, /* in bytes; records store their length in 16 bits */
	NR_LOG_WINDOWS = 3,
	LOG_BITS_MAX = 31, /* limit; LOG_BUF_LEN_MAX in kernel/printk/printk.c is 2^31 */
};

/* A page of the log that was read. Avoids a walk of the page table for each record. */
struct log_window {
	struct kernel *kernel;
	uint64_t page; /* address of the page; 0: no page */
	bool readable;
	uint8_t bytes[LEAST_PAGE];
};

struct log_reader {
	struct kernel *kernel;
	log_visit *visit;
	void *arg;
	struct damages *damages;
	bool ended; /* visit() returned false, or the user stopped the work */
	uint64_t nr_steps;
	/* Number of consecutive missing records that were not reported yet, and why the first of
	 * them is missing. */
	size_t nr_missing;
	struct error missing;
	struct log_window window[NR_LOG_WINDOWS];
	char text[LOG_TEXT_MAX + 1];
};

/* Looks up the address of a symbol in VMCOREINFO. If VMCOREINFO does not contain it, calls
 * kernel_symbol(). */
bool log_symbol(struct kernel *kernel, const char *name, uint64_t *address, struct error *err);

/* Copies `size` bytes from vaddr. Returns the number of bytes that could be read. If it is less
 * than `size`, err is the reason why the next byte cannot be read. */
size_t log_read_some(struct log_window *window, uint64_t vaddr, void *to, size_t size,
		     struct error *err);
/* Like log_read_some(), but also records that the bytes are text of messages (kernel/noted.h). */
size_t log_read_words(struct log_window *window, uint64_t vaddr, char *to, size_t size,
		      struct error *err);
static inline bool log_read(struct log_window *window, uint64_t vaddr, void *to, size_t size,
			    struct error *err)
{
	return log_read_some(window, vaddr, to, size, err) == size;
}

/* Must the work end, because visit() returned false or the user stopped it? Called at each step. */
bool log_stops(struct log_reader *reader);
/* Calls visit for a record. size: length of its text, which is at the start of reader->text. */
void log_tell(struct log_reader *reader, struct log_record *record, size_t size);
/* Counts a missing record. Consecutive missing records are reported together, as one damage. */
void log_miss(struct log_reader *reader, const struct error *why);
/* Reports the missing records that were counted since the last report, if any. Called before the
 * next record is visited, and at the end. */
void log_end_gap(struct log_reader *reader);
/* Reports damage of the log, or damage of a record that is visited nevertheless. */
void log_damage(struct log_reader *reader, enum error_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Read the log in one of the three formats. prb: address of the variable prb. Return false and set
 * err if no part of the log can be found. */
bool log_read_ring(struct log_reader *reader, uint64_t prb, struct error *err);
