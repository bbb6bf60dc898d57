/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/show_verdict.h"

#include <inttypes.h>
#include <stdio.h>

void show_verdict_json(struct output *output, const struct oops_verdict *verdict)
{
	output_list_begin(output, "verdict");
	for (size_t i = 0; i < verdict->nr; i++)
		output_string(output, NULL, verdict->sentence[i]);
	output_list_end(output);
}

void show_symbol_json(struct output *output, const struct oops_symbol *symbol)
{
	char text[OOPS_NAME + 32];

	snprintf(text, sizeof(text), "%s+0x%" PRIx64, symbol->name, symbol->offset);
	output_string(output, "symbol", symbol->no_offset ? symbol->name : text);
	output_string_if(output, "module", symbol->module);
}
