/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Symbols of the kernel and of its modules. */
#include "areas/symbol_lookup.h"
#include "areas/modules.h"
#include "areas/region.h"
#include "kernel/kernel.h"

bool kernel_symbol_find(struct kernel *kernel, const char *name,
			struct kernel_symbol *symbol, struct error *err)
{
	return kernel_image_symbol(kernel, name, symbol, err) ||
	       kernel_module_symbol_find(kernel, name, symbol);
}

bool kernel_symbol_at(struct kernel *kernel, uint64_t address,
		      struct kernel_symbol *found, struct error *err)
{
	const struct region *region;

	if (kernel_image_symbol_at(kernel, address, found, err))
		return true;
	region = kernel_region(kernel, address, NULL);
	return region && kernel_region_has_modules(kernel, region) &&
	       kernel_module_symbol_at(kernel, address, found);
}
