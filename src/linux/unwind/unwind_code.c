/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/unwind/unwind_code.h"

#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "linux/module/modules.h"
#include "linux/region.h"
#include "symbols/symbol_lookup.h"

static bool is_code_symbol(const struct kernel_symbol *symbol)
{
	return !symbol->type || symbol->type == 't' || symbol->type == 'T' || symbol->type == 'w' ||
	       symbol->type == 'W';
}

bool unwind_is_code(struct kernel *kernel, uint64_t vaddr)
{
	const struct region *region = region_of(kernel, vaddr, NULL);
	const struct module_range *range;
	struct kernel_symbol symbol;

	/* On i386 the kernel image is part of the direct map, so code may be there, too. */
	if (region && region->kind != REGION_KERNEL_IMAGE && region->kind != REGION_DIRECT_MAP &&
	    region->kind != REGION_CPU_ENTRY_AREA && !region_has_modules(kernel, region))
		return false;
	range = module_range_of(kernel, vaddr);
	if (range)
		return range->part == PART_TEXT || range->part == PART_INIT_TEXT;
	if (symbol_lookup_at(kernel->symbols, vaddr, &symbol, NULL))
		return is_code_symbol(&symbol);
	return region && region_has_modules(kernel, region);
}

uint64_t unwind_function_at(struct kernel *kernel, uint64_t vaddr)
{
	struct kernel_symbol symbol;

	return symbol_lookup_at(kernel->symbols, vaddr, &symbol, NULL) ? symbol.address : 0;
}
