/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arguments of commands: numbers, addresses, ranges, processes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "linux/task/mm.h"
#include "query/kasan.h"

struct session;
struct value;
struct value_memory;

struct symbol_source {
	bool (*find)(void *arg, const char *name, uint64_t *address, struct error *err);
	void *arg;
};

/* Reads a NUMBER (hexadecimal, 0x is optional), SYMBOL, &SYMBOL, or a sum or difference of these. A
 * word that consists of hexadecimal digits is a number. A symbol may have a module, a file and a
 * CPU: see symbol_word.h. SIZE in OFFSET/SIZE is ignored. number.h describes which characters are
 * allowed around numbers and between digits. */
bool parse_expression(const char *text, const struct symbol_source *symbols, uint64_t *address,
		      struct error *err);
/* parse_expression() with the kernel's symbols. Also accepts the forms in pasted_word.h. */
bool parse_value(struct session *session, const char *text, uint64_t *value, struct error *err);
/* Like parse_value(), but removes the tag of a pointer (query/kasan.h). The tag becomes session->tag, and
 * a note on standard error reports it. */
bool parse_address(struct session *session, const char *text, uint64_t *address, struct error *err);
/* Prints a note if the word ends with an offset such as "+20", which crash reads as a decimal number. */
void say_offset_unlike_crash(struct session *session, const char *word);
/* Reads a place: an address like parse_address(), which is an unsigned long, or, if it has parentheses,
 * members or an index, an expression (value/value.h). */
bool parse_place(struct session *session, const struct value_memory *memory, const char *text,
		 struct value *value, struct error *err);
/* Reads a physical address: a number or a sum, without symbols. */
bool parse_physical(const char *text, uint64_t *paddr, struct error *err);
/* Like parse_physical(), but fails if the address has more bits than a physical address can
 * have. */
bool parse_frame(const char *text, uint64_t *paddr, struct error *err);
/* Reads a hexadecimal number; 0x is optional. */
bool parse_hex(const char *text, uint64_t *value, struct error *err);
/* Reads a number, which is hexadecimal if it begins with 0x, or else decimal. */
bool parse_count(const char *text, uint64_t *value, struct error *err);

/* Reads the end of a range that begins at first, and sets *last to the last address of the range.
 * word is that address, or "+SIZE". If session is NULL, the addresses are physical. */
bool parse_last(struct session *session, const char *word, uint64_t first, uint64_t *last,
		struct error *err);
/* Like parse_last(), but the numbers need not be addresses. */
bool parse_last_value(struct session *session, const char *word, uint64_t first, uint64_t *last,
		      struct error *err);

/* Reads [START [END]] into *first and *last. If session is NULL, the addresses are physical. If a
 * word is missing, its variable does not change. An error message contains the wrong word. */
bool parse_range(struct session *session, char **words, uint64_t *first, uint64_t *last,
		 struct error *err);

/* An argument that names a task, with all meanings that the argument may have. */
struct task_word {
	const char *text; /* the argument, if it is the name of a task */
	bool is_pid, is_address;
	uint64_t pid;
	uint64_t address; /* the argument, if it is the address of a task_struct or mm_struct */
	uint64_t compared; /* the bits of addresses that are compared: not the tag */
};
struct task_word parse_task_word(const struct kernel *kernel, const char *text);
/* Returns how well the task matches word, or 0 if it does not match. The best match is a match by
 * pid, then by the address of the task_struct, then by the address of the mm_struct, then by
 * name. */
int parse_task_match(const struct task *task, const struct task_word *word);
/* Does word match a thread of the process of task i? They follow each other in the list. */
bool parse_task_match_group(const struct task_list *list, size_t i, const struct task_word *word);

/* Finds the process that text names. Fails if text matches none or several. */
bool parse_process(struct session *session, const char *text, struct process *process,
		   struct error *err);
