/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/fixmap.h"

#include <string.h>

#include "kernel/arch.h"
#include "kernel/kernel.h"

static const char enumeration[] = "fixed_addresses";

struct search {
	int64_t index;
	int64_t best; /* of the names up to index, the last */
	const char *name; /* NULL: a bound, which names no slot */
	bool is_below_end; /* of all slots */
};

static bool visit(const char *name, int64_t value, void *arg)
{
	struct search *search = arg;
	bool is_bound = !strncmp(name, "__end_of_", strlen("__end_of_"));

	if (!strcmp(name, "__end_of_fixed_addresses"))
		search->is_below_end = search->index < value;
	/* A slot has the value of the bound before it. */
	if (value > search->index || value < search->best ||
	    (value == search->best && is_bound))
		return true;
	search->best = value;
	search->name = is_bound ? NULL : name;
	return true;
}

/* A range of as many slots for each of NR_CPUS CPUs. */
static void find_kmap(struct kernel *kernel, struct types *types,
		      struct fixmap_slot *slot)
{
	struct kernel_symbol offsets;
	int64_t begin, end;
	uint64_t nr_cpus = 1, per_cpu, nr;

	if (!types_enumerator(types, enumeration, "FIX_KMAP_BEGIN", &begin) ||
	    !types_enumerator(types, enumeration, "FIX_KMAP_END", &end) ||
	    (int64_t)slot->index < begin || (int64_t)slot->index > end)
		return;
	if (kernel_symbol_find(kernel, "__per_cpu_offset", &offsets, NULL))
		nr_cpus = offsets.size / kernel_pointer_size(kernel);
	nr = (uint64_t)(end - begin) + 1;
	if (!nr_cpus || nr % nr_cpus)
		return;
	per_cpu = nr / nr_cpus;
	slot->is_kmap = true;
	slot->cpu = (unsigned int)((slot->index - (uint64_t)begin) / per_cpu);
	slot->kmap_index =
		(unsigned int)((slot->index - (uint64_t)begin) % per_cpu);
}

bool kernel_fixmap_slot(struct kernel *kernel, uint64_t vaddr,
			struct fixmap_slot *slot)
{
	struct types *types = kernel_types(kernel);
	struct search search = { .best = -1 };
	uint64_t top;

	if (!types || !kernel->arch->fixmap_top(kernel, &top) ||
	    vaddr > top + 0xfff)
		return false;
	/* Slots go down from the top: __fix_to_virt(). */
	search.index = (int64_t)((top - (vaddr & ~UINT64_C(0xfff))) >> 12);
	if (!types_each_enumerator(types, enumeration, visit, &search) ||
	    !search.is_below_end)
		return false;
	*slot = (struct fixmap_slot){
		.index = (uint64_t)search.index,
		.name = search.name,
		.offset = (uint64_t)(search.index - search.best),
	};
	find_kmap(kernel, types, slot);
	return true;
}

bool kernel_kmap_count(struct kernel *kernel, uint64_t index, uint64_t *count)
{
	struct kernel_symbol counts;

	return kernel_symbol_find(kernel, "pkmap_count", &counts, NULL) &&
	       index < counts.size / 4 &&
	       kernel_read_number(kernel, counts.address + 4 * index, 4, count,
				  NULL);
}
