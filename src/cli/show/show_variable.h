/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The value of a variable, according to its type. */
#pragma once

#include "cli/command.h"
#include "kernel/variable.h"
#include "output/row.h"

enum { SHOWN_ELEMENTS = 16384 };

/* Has up to 160 kB of elements of one size: allocate it, zeroed. */
struct show_variable {
	struct kernel_symbol symbol;
	uint64_t address; /* for a per-CPU variable, the address of one copy */
	struct variable_type type; /* if bytes are shown: their size and count */
	bool typed; /* the type is known */
	bool as_bytes; /* not a number: each byte is shown */
	uint64_t nr; /* number of elements to read */
	uint64_t element[SHOWN_ELEMENTS];
	/* The strings of an array of characters, each with a NUL at its end. */
	char text[2 * SHOWN_ELEMENTS + 1];
	uint64_t nr_strings; /* number of strings; 0: not characters */
};

bool show_variable_is_code(struct kernel *kernel, const struct kernel_symbol *symbol);
/* Sets the type, or decides to show bytes. symbol and address must be set. */
void show_variable_choose(struct session *session, struct show_variable *variable);
bool show_variable_read(struct session *session, struct show_variable *variable, struct error *err);

/* Adds the field "value". */
void show_variable_put(struct output *output, const struct show_variable *variable);
/* Writes the value as text; arg is a struct show_variable. Equal elements are shown once, numbers
 * in both bases. Elements that do not fit are left out. */
void show_variable_text(const void *arg, char *text, size_t size);

/* The variable that rd shows beside its memory. NULL: the value is neither number nor text; or in
 * scripts, which expect rd without it. The caller frees it. */
struct show_variable *show_variable_beside(struct session *session, const char *word);
/* Adds fields, and ends a row. variable may be NULL. */
void show_variable_fields(struct output *output, const struct show_variable *variable);
void show_variable_row(struct row *row, const struct show_variable *variable);
