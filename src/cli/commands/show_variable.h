/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shows the value of a variable according to its type. */
#pragma once

#include "cli/command.h"
#include "kernel/variable.h"
#include "output/row.h"

enum { SHOWN_ELEMENTS = 16384 };

/* A variable and up to 160 kB of its elements, which all have the same size. The struct is too
 * large for the stack, so it must be allocated. All its members must be zeroed. */
struct show_variable {
	struct kernel_symbol symbol;
	uint64_t address; /* virtual address; for a per-CPU variable, of one copy */
	/* the type; if as_bytes is true, only the size and number of elements are used */
	struct variable_type type;
	bool typed; /* the type of the variable is known */
	bool as_bytes; /* the elements are not numbers, so single bytes are shown */
	uint64_t nr; /* number of elements that are read */
	uint64_t element[SHOWN_ELEMENTS];
	/* For an array of characters: its strings, with a NUL after each. */
	char text[2 * SHOWN_ELEMENTS + 1];
	/* number of strings in text; 0: the variable is not an array of characters */
	uint64_t nr_strings;
};

/* Finds the type, or decides that bytes are shown. symbol and address must already be set. */
void show_variable_choose(struct session *session, struct show_variable *variable);
bool show_variable_read(struct session *session, struct show_variable *variable, struct error *err);

/* Adds the field "value". */
void show_variable_put(struct output *output, const struct show_variable *variable);
/* Writes the value as text. arg: a struct show_variable. A run of equal elements is written once. A
 * single number is also written in hexadecimal. Elements that do not fit into text are left out. */
void show_variable_text(const void *arg, char *text, size_t size);

/* Returns the variable whose value rd shows beside the bytes. The caller frees it. Returns NULL if
 * the value is neither a number nor a text. In scripts always returns NULL, because scripts expect
 * the output of rd without the value. */
struct show_variable *show_variable_beside(struct session *session, const char *word);
/* show_variable_fields() adds fields to the open answer, and show_variable_row() adds text to the
 * end of a row. If variable is NULL, they add nothing. */
void show_variable_fields(struct output *output, const struct show_variable *variable);
void show_variable_row(struct row *row, const struct show_variable *variable);
