/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arguments of commands: numbers, addresses, ranges, processes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "linux/task/mm.h"

struct session;

#define SYMBOL_NAME_MAX 512 /* KSYM_NAME_LEN of kernel/kallsyms.c, v6.1 */

struct symbol_source {
	bool (*find)(void *arg, const char *name, uint64_t *address, struct error *err);
	void *arg;
};

/* NUMBER (hexadecimal, 0x is optional), SYMBOL, &SYMBOL, and sums and
 * differences of these. A word of hexadecimal digits is a number. SYMBOL may have a
 * module, file and CPU: see symbol_word.h. In OFFSET/SIZE, SIZE is ignored. What may
 * stand between and around digits: see number.h. */
bool parse_expression(const char *text, const struct symbol_source *symbols, uint64_t *address,
		      struct error *err);
/* The same with the symbols of the kernel. */
bool parse_address(struct session *session, const char *text, uint64_t *address, struct error *err);
/* The same for a physical address: without symbols. */
bool parse_physical(const char *text, uint64_t *paddr, struct error *err);
/* The same, of memory: no more than the bits that a physical address can have. */
bool parse_frame(const char *text, uint64_t *paddr, struct error *err);
/* A hexadecimal number; 0x is optional. */
bool parse_hex(const char *text, uint64_t *value, struct error *err);
/* A decimal number, or a hexadecimal one with 0x. */
bool parse_count(const char *text, uint64_t *value, struct error *err);

/* The last address of a range that begins at first: END, its last byte, or "+SIZE".
 * session NULL: of a physical range. */
bool parse_last(struct session *session, const char *word, uint64_t first, uint64_t *last,
		struct error *err);

/* Parses [START [END]] into the first and last address; session as above. A bound that is not
 * given keeps its value. An error names the wrong word. */
bool parse_range(struct session *session, char **words, uint64_t *first, uint64_t *last,
		 struct error *err);

/* An argument, and what it can mean. */
struct task_word {
	const char *text; /* a comm */
	bool is_pid, is_address;
	uint64_t pid;
	uint64_t address; /* of a task_struct or mm_struct */
};
struct task_word parse_task_word(const char *text);
/* 0: no match. A pid ranks first, then the address of a task, of an mm, and a comm. */
int parse_task_match(const struct task *task, const struct task_word *word);

/* The one process that text names. */
bool parse_process(struct session *session, const char *text, struct process *process,
		   struct error *err);
