/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/show/meaning.h"

#include <inttypes.h>
#include <stdio.h>

#include "query/translate.h"
#include "linux/region/region.h"

enum { MEANING_SIZE = 640 }; /* bytes for the names of a symbol and a module, and an offset */

/* Only addresses in the kernel's half have a meaning. Other numbers are not looked up, because
 * symbols of per-CPU variables may be small numbers, which would match by chance. */
bool meaning_find(struct kernel *kernel, uint64_t value, bool objects, struct meaning *meaning)
{
	const struct region *region;
	uint64_t paddr;

	if (query_is_user_address(kernel, value))
		return false;
	meaning->has_symbol = symbol_lookup_at(kernel->symbols, value, &meaning->symbol, NULL);
	if (meaning->has_symbol || !objects)
		return meaning->has_symbol;
	region = region_of(kernel, value, NULL);
	return region && region_linear(kernel, value, &paddr) &&
	       region_uses(region, true) & REGION_HOLDS_SLABS &&
	       slab_at(kernel, value, paddr, &meaning->slab);
}

void meaning_text(struct row *row, const struct meaning *meaning, uint64_t value)
{
	char text[MEANING_SIZE];

	if (meaning->has_symbol)
		snprintf(text, sizeof(text), "%s+0x%" PRIx64 "%s%s%s", meaning->symbol.name,
			 value - meaning->symbol.address, meaning->symbol.module ? " [" : "",
			 meaning->symbol.module ? meaning->symbol.module : "",
			 meaning->symbol.module ? "]" : "");
	else if (meaning->slab.has_object)
		snprintf(text, sizeof(text), "[%s] %" PRIx64 "+0x%" PRIx64, meaning->slab.cache,
			 meaning->slab.object, value - meaning->slab.object);
	else
		snprintf(text, sizeof(text), "[%s]", meaning->slab.cache);
	row_text(row, text);
}

void meaning_json(struct output *output, const struct meaning *meaning, uint64_t address,
		  uint64_t value)
{
	output_object_begin(output, NULL);
	output_hex(output, "address", address);
	output_hex(output, "value", value);
	if (meaning->has_symbol) {
		output_string(output, "symbol", meaning->symbol.name);
		output_count(output, "offset", value - meaning->symbol.address);
		output_string(output, "module", meaning->symbol.module);
	} else {
		output_string(output, "slab_cache", meaning->slab.cache);
		if (meaning->slab.has_object)
			output_hex(output, "object", meaning->slab.object);
	}
	output_object_end(output);
}
