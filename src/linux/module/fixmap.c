/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/module/fixmap.h"

#include <limits.h>
#include <string.h>

#include "linux/module/slots.h"
#include "kernel/kernel.h"
#include "types/types.h"

static const char enumeration[] = "fixed_addresses";

struct fixmap_search {
	int64_t index;
	int64_t best; /* the highest value up to index that was found so far */
	const char *name; /* the slot with the value best; NULL: only a limit has this value */
	bool is_below_end; /* index is below __end_of_fixed_addresses */
};

static bool visit_slot(const char *name, int64_t value, void *arg)
{
	struct fixmap_search *search = arg;
	bool is_bound = !strncmp(name, "__end_of_", strlen("__end_of_"));

	if (!strcmp(name, "__end_of_fixed_addresses"))
		search->is_below_end = search->index < value;
	/* If a limit and a slot have the same value, use the name of the slot. */
	if (value > search->index || value < search->best || (value == search->best && is_bound))
		return true;
	search->best = value;
	search->name = is_bound ? NULL : name;
	return true;
}

bool fixmap_number(struct kernel *kernel, const char *name, uint64_t *number)
{
	struct types *types = kernel_types(kernel);
	int64_t value;

	if (!types || !types_enumerator(types, enumeration, name, &value) || value < 0)
		return false;
	*number = (uint64_t)value;
	return true;
}

/* Finds the CPU of a slot for kmap_local_page(). Each of NR_CPUS CPUs has the same number of
 * slots. */
static void find_kmap(struct kernel *kernel, struct fixmap_slot *slot)
{
	struct kernel_symbol offsets;
	uint64_t begin, end, nr_cpus = 1, per_cpu, nr, at;

	if (!fixmap_number(kernel, "FIX_KMAP_BEGIN", &begin) ||
	    !fixmap_number(kernel, "FIX_KMAP_END", &end) || slot->index < begin ||
	    slot->index > end)
		return;
	if (kernel_image_symbol(kernel, "__per_cpu_offset", &offsets, NULL))
		nr_cpus = offsets.size / kernel_pointer_size(kernel);
	at = slot->index - begin;
	nr = end - begin + 1;
	if (!nr || !nr_cpus || nr % nr_cpus || at > UINT_MAX)
		return;
	per_cpu = nr / nr_cpus;
	slot->is_kmap = true;
	slot->cpu = (unsigned int)(at / per_cpu);
	slot->kmap_index = (unsigned int)(at % per_cpu);
}

bool fixmap_slot_at(struct kernel *kernel, uint64_t slot_0, uint64_t vaddr,
		    struct fixmap_slot *slot)
{
	struct types *types = kernel_types(kernel);
	struct fixmap_search search = { .best = -1 };

	if (!types || vaddr > kernel_page_last(kernel, slot_0))
		return false;
	/* A slot with a higher number has a lower address: __fix_to_virt(). */
	search.index = (int64_t)kernel_pfn(kernel, slot_0 - kernel_page_first(kernel, vaddr));
	if (!types_each_enumerator(types, enumeration, visit_slot, &search) || !search.is_below_end)
		return false;
	*slot = (struct fixmap_slot){
		.index = (uint64_t)search.index,
		.name = search.name,
		.offset = (uint64_t)(search.index - search.best),
	};
	find_kmap(kernel, slot);
	return true;
}
