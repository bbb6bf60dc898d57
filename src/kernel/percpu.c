/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/percpu.h"

#include <stdio.h>

#include "kernel/arch.h"
#include "kernel/kernel.h"

/* The first name is that since 4.5 (4c9b1d6a7c05), the last that before 2.6.28. */
static bool find_mask(struct kernel *kernel, struct kernel_symbol *symbol,
		      struct error *err)
{
	return kernel_image_symbol(kernel, "__cpu_possible_mask", symbol, NULL) ||
	       kernel_image_symbol(kernel, "cpu_possible_bits", symbol, NULL) ||
	       kernel_image_symbol(kernel, "cpu_possible_map", symbol, err);
}

bool kernel_possible_cpus(struct kernel *kernel, struct cpu_set *cpus,
			  struct error *err)
{
	unsigned int word = kernel_pointer_size(kernel);
	struct kernel_symbol symbol;
	uint8_t bytes[sizeof(cpus->mask)];
	size_t size;

	*cpus = (struct cpu_set){ .mask = { 1 }, .nr = 1 };
	/* A kernel without SMP has neither offsets nor a mask. */
	if (!kernel_image_symbol(kernel, "__per_cpu_offset", &symbol, NULL))
		return true;
	if (!find_mask(kernel, &symbol, err))
		return false;
	if (!symbol.size) /* unknown to kallsyms */
		kernel_type_size(kernel, "cpumask", &symbol.size);
	size = symbol.size < sizeof(bytes) ? symbol.size : sizeof(bytes);
	if (size < word || size % word)
		return fail(err, ERROR_FORMAT,
			    "%s: a mask of CPUs cannot have %zu bytes",
			    symbol.name, size);
	if (!kernel_read(kernel, symbol.address, bytes, size, err))
		return false;
	cpus->mask[0] = 0;
	for (size_t i = 0; i < size; i += 4)
		cpus->mask[i / 8] |= (uint64_t)load_le32(bytes + i)
				     << i % 8 * 8;
	cpus->nr = (unsigned int)(8 * size);
	return true;
}

bool kernel_per_cpu(struct kernel *kernel, const char *symbol,
		    unsigned int cpu, uint64_t *address, struct error *err)
{
	unsigned int word = kernel_pointer_size(kernel);
	uint64_t offsets, offset;
	char prefixed[128];

	/* The prefix went with 2.6.34 (dd17c8f72993). */
	snprintf(prefixed, sizeof(prefixed), "per_cpu__%s", symbol);
	if (!kernel_symbol(kernel, symbol, address, err) &&
	    !kernel_symbol(kernel, prefixed, address, NULL))
		return false;
	if (!kernel_symbol(kernel, "__per_cpu_offset", &offsets, NULL))
		return true;
	if (!kernel_read_pointer(kernel, offsets + (uint64_t)cpu * word, &offset,
				 err))
		return false;
	*address = (*address + offset) & kernel->arch->address_mask;
	return true;
}
