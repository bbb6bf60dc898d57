/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/constant.h"

#include "kernel/kernel.h"
#include "linux/module/modules.h"
#include "linux/region/region.h"

/* Adds the memory from one symbol up to another. */
static void constant_add(struct kernel *kernel, struct constant_memory *constant, const char *start,
			 const char *end)
{
	uint64_t first, last, paddr;

	if (constant->nr < MOST_CONSTANT && kernel_symbol(kernel, start, &first, NULL) &&
	    kernel_symbol(kernel, end, &last, NULL) && last > first &&
	    region_linear(kernel, first, &paddr))
		constant->range[constant->nr++] =
			(struct constant_range){ paddr, paddr + (last - first) - 1 };
}

void query_constant_find(struct kernel *kernel, struct constant_memory *constant)
{
	*constant = (struct constant_memory){ .nr = 0 };
	constant_add(kernel, constant, "_stext", "_etext");
	/* After it come variables that the kernel sets before they become read-only. */
	constant_add(kernel, constant, "__start_rodata", "__start_ro_after_init");
}

bool query_is_constant(const struct constant_memory *constant, uint64_t paddr, uint64_t size)
{
	for (unsigned int i = 0; i < constant->nr; i++) {
		const struct constant_range *range = &constant->range[i];

		if (paddr >= range->first && paddr <= range->last &&
		    range->last - paddr >= size - 1)
			return true;
	}
	return false;
}

bool query_is_module_constant(struct kernel *kernel, uint64_t vaddr)
{
	const struct module_range *range = module_range_of(kernel, vaddr);

	return range && (range->part == PART_TEXT || range->part == PART_RODATA ||
			 range->part == PART_INIT_TEXT || range->part == PART_INIT_RODATA);
}
