/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/show_meaning.h"

#include "kernel/kernel.h"
#include "linux/region.h"
#include "query/translate.h"

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
