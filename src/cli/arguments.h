/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arguments of commands: numbers, addresses, ranges, processes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "linux/task/mm.h"

struct session;

#define SYMBOL_NAME_MAX 512 /* KSYM_NAME_LEN in kernel/kallsyms.c of v6.1 */

struct symbol_source {
	bool (*find)(void *arg, const char *name, uint64_t *address, struct error *err);
	void *arg;
};

/* Reads a NUMBER (hexadecimal, 0x is optional), SYMBOL, &SYMBOL, or a sum or difference of these. A
 * word that has only hexadecimal digits is a number. A symbol may have a module, a file and a CPU:
 * see symbol_word.h. In OFFSET/SIZE, SIZE is ignored. number.h describes which characters may be
 * around numbers and between digits. */
bool parse_expression(const char *text, const struct symbol_source *symbols, uint64_t *address,
		      struct error *err);
/* parse_expression() with the symbols of the kernel. */
bool parse_address(struct session *session, const char *text, uint64_t *address, struct error *err);
/* Reads a physical address; symbols are not allowed. */
bool parse_physical(const char *text, uint64_t *paddr, struct error *err);
/* Like parse_physical(), for addresses of memory: fails if the address has more bits than a
 * physical address can have. */
bool parse_frame(const char *text, uint64_t *paddr, struct error *err);
/* Reads a hexadecimal number; 0x is optional. */
bool parse_hex(const char *text, uint64_t *value, struct error *err);
/* Reads a number that is decimal, or hexadecimal if it begins with 0x. */
bool parse_count(const char *text, uint64_t *value, struct error *err);

/* Finds the last address of a range that begins at first. word is the address of the last byte, or
 * "+SIZE". If session is NULL, the range is physical. */
bool parse_last(struct session *session, const char *word, uint64_t first, uint64_t *last,
		struct error *err);

/* Reads [START [END]] into *first and *last. If session is NULL, the range is physical. If a word
 * is missing, its value is not changed. An error message names the wrong word. */
bool parse_range(struct session *session, char **words, uint64_t *first, uint64_t *last,
		 struct error *err);

/* An argument that names a task, and the meanings that it may have. */
struct task_word {
	const char *text; /* the argument as the name of a task */
	bool is_pid, is_address;
	uint64_t pid;
	uint64_t address; /* address of a task_struct or mm_struct */
};
struct task_word parse_task_word(const char *text);
/* Returns how well the task matches word; 0 means no match. A match by pid ranks highest, then a
 * match by the address of the task, by the address of its mm, and by its name. */
int parse_task_match(const struct task *task, const struct task_word *word);

/* Finds the single process that text names. */
bool parse_process(struct session *session, const char *text, struct process *process,
		   struct error *err);
