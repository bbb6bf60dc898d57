/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of form.h share, and no other. */
#pragma once

#include "output/output_state.h"

void form_put_text(struct output *output, bool below, const char *text);
unsigned int form_order(struct form *form, const struct field *field);
struct open *form_innermost(struct form *form);
bool form_begin_cell(struct output *output, const struct field *field, const char *name,
		     enum cell_kind kind, enum style style);
struct open *form_push(struct form *form, enum open_kind kind, const struct field *fields);
void form_print_plain_row(struct output *output);
enum field_place form_place(const struct field *field);
bool form_is_in_line(const struct form *form);
bool form_is_hidden(struct form *form);
const char *form_heading(const struct field *field, const char *name);
