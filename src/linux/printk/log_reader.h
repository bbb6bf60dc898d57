/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Shared by the readers of the three kinds of log. Only files of this folder include it. */
#pragma once

#include "base/page.h"
#include "linux/printk/log.h"

enum {
	LOG_TEXT_MAX = 1 << 16, /* in bytes; lengths of records have 16 bits */
	NR_LOG_WINDOWS = 3,
	LOG_BITS_MAX = 31, /* LOG_BUF_LEN_MAX, kernel/printk/printk.c */
};

/* A page of the log. Reading records in order needs one walk for each page. */
struct log_window {
	struct kernel *kernel;
	uint64_t page; /* address of its start; 0: none */
	bool readable;
	uint8_t bytes[LEAST_PAGE];
};

struct log_reader {
	struct kernel *kernel;
	log_visit *visit;
	void *arg;
	struct damages *damages;
	bool ended; /* the visitor or an interrupt ended the work */
	uint64_t nr_steps;
	/* Number of consecutive unreadable records; why the first could not be read. */
	size_t nr_missing;
	struct error missing;
	struct log_window window[NR_LOG_WINDOWS];
	char text[LOG_TEXT_MAX + 1];
};

/* The address of a symbol by VMCOREINFO, or else by kernel_symbol(). */
bool log_symbol(struct kernel *kernel, const char *name, uint64_t *address, struct error *err);
/* The content of a variable of this size. */
bool log_variable(struct kernel *kernel, const char *name, size_t size, uint64_t *value,
		  struct error *err);

/* Copies size bytes at vaddr. Returns how many of them could be read; err has the reason for the
 * next byte. */
size_t log_read_some(struct log_window *window, uint64_t vaddr, void *to, size_t size,
		     struct error *err);
/* The same for text of messages, which is noted (noted.h). */
size_t log_read_words(struct log_window *window, uint64_t vaddr, char *to, size_t size,
		      struct error *err);
static inline bool log_read(struct log_window *window, uint64_t vaddr, void *to, size_t size,
			    struct error *err)
{
	return log_read_some(window, vaddr, to, size, err) == size;
}

/* Was the work stopped? Checked at each step. */
bool log_stops(struct log_reader *reader);
/* Visits a record whose text is the first size bytes of reader->text. */
void log_tell(struct log_reader *reader, struct log_record *record, size_t size);
/* Counts a missing record; consecutive missing records are one damage. */
void log_miss(struct log_reader *reader, const struct error *why);
/* Reports missing records before the next record, or before the end. */
void log_end_gap(struct log_reader *reader);
/* Reports a damage of the log, or of a record that is visited nevertheless. */
void log_damage(struct log_reader *reader, enum error_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The three kinds of log. False with err: no part of the log can be found. */
bool log_read_ring(struct log_reader *reader, uint64_t prb, struct error *err);
bool log_read_records(struct log_reader *reader, struct error *err);
bool log_read_text(struct log_reader *reader, struct error *err);
