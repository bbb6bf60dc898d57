/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts of the answers about a report of the kernel, in records. The pages of src/report have them, and
 * commands of a kwalk without these pages. */
#pragma once

#include "oops/explain.h"
#include "output/output.h"

/* Add the sentences of a verdict, and a symbol, to the open object. */
void show_verdict_json(struct output *output, const struct oops_verdict *verdict);
void show_symbol_json(struct output *output, const struct oops_symbol *symbol);
