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

/* Reads a NUMBER (hexadecimal, 0x is optional), SYMBOL, &SYMBOL, or sums and differences of these.
 * A word of hexadecimal digits is a number. A symbol may have a module, file and CPU: see
 * symbol_word.h. In OFFSET/SIZE, SIZE is ignored. number.h describes which characters may be around
 * numbers and between digits. */
bool parse_expression(const char *text, const struct symbol_source *symbols, uint64_t *address,
		      struct error *err);
/* parse_expression() with the symbols of the kernel. */
bool parse_address(struct session *session, const char *text, uint64_t *address, struct error *err);
/* Reads a physical address; symbols are not allowed. */
bool parse_physical(const char *text, uint64_t *paddr, struct error *err);
/* parse_physical() for addresses of memory: fails for more bits than a physical address can
 * have. */
bool parse_frame(const char *text, uint64_t *paddr, struct error *err);
/* Reads a hexadecimal number; 0x is optional. */
bool parse_hex(const char *text, uint64_t *value, struct error *err);
/* Reads a decimal number, or a hexadecimal one with 0x. */
bool parse_count(const char *text, uint64_t *value, struct error *err);

/* Finds the last address of a range that begins at first. word: the last byte's address, or
 * "+SIZE". session NULL: the range is physical. */
bool parse_last(struct session *session, const char *word, uint64_t first, uint64_t *last,
		struct error *err);

/* Parses [START [END]] into first and last address; session as above. A missing word leaves its
 * value unchanged. The message of an error names the wrong word. */
bool parse_range(struct session *session, char **words, uint64_t *first, uint64_t *last,
		 struct error *err);

/* An argument, and its possible meanings. */
struct task_word {
	const char *text; /* as the name of a task */
	bool is_pid, is_address;
	uint64_t pid;
	uint64_t address; /* address of a task_struct or mm_struct */
};
struct task_word parse_task_word(const char *text);
/* 0: no match. Matches by pid rank first, then by the address of the task, the address of its mm,
 * and its name. */
int parse_task_match(const struct task *task, const struct task_word *word);

/* Finds the single process that text names. */
bool parse_process(struct session *session, const char *text, struct process *process,
		   struct error *err);
