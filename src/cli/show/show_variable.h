/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The value of a variable, by its type. */
#pragma once

#include "cli/command.h"
#include "kernel/variable.h"
#include "output/row.h"

enum { SHOWN_ELEMENTS = 16384 };

/* Elements of one size, up to 160 kB: to be allocated, zeroed. */
struct show_variable {
	struct kernel_symbol symbol;
	uint64_t address; /* of one CPU's copy, if there are several */
	struct variable_type type; /* where bytes are shown, with their size and count */
	bool typed; /* the type is known */
	bool as_bytes; /* no number: each byte is shown */
	uint64_t nr; /* elements that are read */
	uint64_t element[SHOWN_ELEMENTS];
	/* Of an array of characters, with the end that each string gets. */
	char text[2 * SHOWN_ELEMENTS + 1];
	uint64_t nr_strings; /* 0: no characters */
};

bool show_variable_is_code(struct kernel *kernel, const struct kernel_symbol *symbol);
/* Sets the type, or shows that bytes are what is to be shown. symbol and address are set. */
void show_variable_choose(struct session *session, struct show_variable *variable);
bool show_variable_read(struct session *session, struct show_variable *variable, struct error *err);

/* The field value. */
void show_variable_put(struct output *output, const struct show_variable *variable);
/* As text has it, of a struct show_variable: equal elements once, numbers in both forms, and no
 * more than there is room for. */
void show_variable_text(const void *arg, char *text, size_t size);

/* What rd shows beside the memory of a word that is a variable, without being asked for it: NULL
 * if its value is no number or text, and in scripts, which rest on rd as it is. To be freed. */
struct show_variable *show_variable_beside(struct session *session, const char *word);
/* Fields, and the end of a row. NULL is fine. */
void show_variable_fields(struct output *output, const struct show_variable *variable);
void show_variable_row(struct row *row, const struct show_variable *variable);
