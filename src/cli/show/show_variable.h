/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The value of a variable, shown according to its type. */
#pragma once

#include "cli/command.h"
#include "kernel/variable.h"
#include "output/row.h"

enum { SHOWN_ELEMENTS = 16384 };

/* The struct contains up to 160 kB of elements, which all have the same size. Allocate it,
 * zeroed. */
struct show_variable {
	struct kernel_symbol symbol;
	uint64_t address; /* for a per-CPU variable, the address of one copy */
	struct variable_type type; /* the type; if bytes are shown, only their size and number */
	bool typed; /* the type is known */
	bool as_bytes; /* the value is not a number, so each byte is shown */
	uint64_t nr; /* number of elements to read */
	uint64_t element[SHOWN_ELEMENTS];
	/* The strings of an array of characters, each with a NUL after it. */
	char text[2 * SHOWN_ELEMENTS + 1];
	uint64_t nr_strings; /* number of strings; 0: the variable has no characters */
};

bool show_variable_is_code(struct kernel *kernel, const struct kernel_symbol *symbol);
/* Sets the type, or decides that bytes are shown. symbol and address must be set before. */
void show_variable_choose(struct session *session, struct show_variable *variable);
bool show_variable_read(struct session *session, struct show_variable *variable, struct error *err);

/* Adds the field "value". */
void show_variable_put(struct output *output, const struct show_variable *variable);
/* Writes the value as text. arg is a struct show_variable. Equal elements are shown once, and a
 * single number is also shown in hexadecimal. Elements for which text has no room are left out. */
void show_variable_text(const void *arg, char *text, size_t size);

/* Returns the variable that rd shows beside its memory, which the caller frees. Returns NULL if the
 * value is neither a number nor text, and always in scripts, which expect the output of rd without
 * it. */
struct show_variable *show_variable_beside(struct session *session, const char *word);
/* show_variable_fields() adds fields to the open answer. show_variable_row() adds text to the end
 * of a row. variable may be NULL. */
void show_variable_fields(struct output *output, const struct show_variable *variable);
void show_variable_row(struct row *row, const struct show_variable *variable);
