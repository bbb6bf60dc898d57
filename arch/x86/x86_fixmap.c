/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The fixmap: arch/x86/include/asm/fixmap.h; the vsyscall page: arch/x86/entry/vsyscall. */
#include <limits.h>
#include <string.h>

#include "arch/x86/x86.h"
#include "linux/region/region.h"
#include "linux/module/slots.h"
#include "base/page.h"
#include "types/types.h"

#define VSYSCALL UINT64_C(0xffffffffff600000)

static const char enumeration[] = "fixed_addresses";
static const char all_slots[] = "__end_of_fixed_addresses";

struct x86_fixmap_search {
	int64_t index;
	int64_t best; /* the highest value of a name, up to index */
	const char *name; /* NULL: a bound, not a slot */
	bool is_below_end; /* of all slots */
};

static bool x86_fixmap_visit(const char *name, int64_t value, void *arg)
{
	struct x86_fixmap_search *search = arg;
	bool is_bound = !strncmp(name, "__end_of_", strlen("__end_of_"));

	if (!strcmp(name, all_slots))
		search->is_below_end = search->index < value;
	/* A bound may have the value of the slot after it. */
	if (value > search->index || value < search->best || (value == search->best && is_bound))
		return true;
	search->best = value;
	search->name = is_bound ? NULL : name;
	return true;
}

/* kmap_local_page(): each of NR_CPUS CPUs has the same number of slots. */
static void x86_fixmap_find_kmap(struct kernel *kernel, struct types *types,
				 struct fixmap_slot *slot)
{
	struct kernel_symbol offsets;
	int64_t begin, end;
	uint64_t nr_cpus = 1, per_cpu, nr, at;

	if (!types_enumerator(types, enumeration, "FIX_KMAP_BEGIN", &begin) ||
	    !types_enumerator(types, enumeration, "FIX_KMAP_END", &end) ||
	    (int64_t)slot->index < begin || (int64_t)slot->index > end)
		return;
	if (kernel_image_symbol(kernel, "__per_cpu_offset", &offsets, NULL))
		nr_cpus = offsets.size / kernel_pointer_size(kernel);
	at = slot->index - (uint64_t)begin;
	nr = (uint64_t)end - (uint64_t)begin + 1;
	if (!nr || !nr_cpus || nr % nr_cpus || at > UINT_MAX)
		return;
	per_cpu = nr / nr_cpus;
	slot->is_kmap = true;
	slot->cpu = (unsigned int)(at / per_cpu);
	slot->kmap_index = (unsigned int)(at % per_cpu);
}

/* The first slot of vsyscall pages. False: the kernel has none, and *slot is left. */
static bool vsyscall_slot(struct types *types, int64_t *slot)
{
	return types_enumerator(types, enumeration, "VSYSCALL_PAGE", slot) ||
	       types_enumerator(types, enumeration, "VSYSCALL_FIRST_PAGE", slot);
}

/* By the slot of vsyscalls; the default without. */
static uint64_t fixmap_top_64(struct kernel *kernel)
{
	struct types *types = kernel_types(kernel);
	int64_t slot = 0x1ff;

	if (types)
		vsyscall_slot(types, &slot);
	return VSYSCALL + ((uint64_t)slot << PAGE_SHIFT);
}

bool x86_fixmap_slot(struct kernel *kernel, uint64_t vaddr, struct fixmap_slot *slot)
{
	struct types *types = kernel_types(kernel);
	struct x86_fixmap_search search = { .best = -1 };
	uint64_t top;

	if (kernel_pointer_size(kernel) == 8)
		top = fixmap_top_64(kernel);
	else if (!i386_fixmap_top(kernel, &top))
		return false;
	if (!types || vaddr > page_last(top))
		return false;
	/* Slots go down from the top: __fix_to_virt(). */
	search.index = (int64_t)((top - page_first(vaddr)) >> PAGE_SHIFT);
	if (!types_each_enumerator(types, enumeration, x86_fixmap_visit, &search) ||
	    !search.is_below_end)
		return false;
	*slot = (struct fixmap_slot){
		.index = (uint64_t)search.index,
		.name = search.name,
		.offset = (uint64_t)(search.index - search.best),
	};
	x86_fixmap_find_kmap(kernel, types, slot);
	return true;
}

/* Pages of the fixmap that the vdso and vsyscalls read the time from: the kernel's
 * variables and the HPET until 3.14, paravirtual clocks from 3.8 to 4.4
 * (arch/x86/include/asm/fixmap.h). Without types: where the first two were, of a release
 * that is not known, too. */
bool x86_users_may_read(struct kernel *kernel, uint64_t vaddr)
{
	enum { CLOCKS_OF_MANY_CPUS = 2 };
	static const char *const names[] = {
		"VVAR_PAGE",
		"VSYSCALL_HPET",
		[CLOCKS_OF_MANY_CPUS] = "PVCLOCK_FIXMAP_BEGIN",
		"PVCLOCK_FIXMAP_END",
	};
	unsigned int version = kernel_version(kernel);
	struct fixmap_slot slot;

	if (kernel_types(kernel)) {
		if (!x86_fixmap_slot(kernel, vaddr, &slot) || !slot.name)
			return false;
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (!strcmp(slot.name, names[i]) &&
			    (!slot.offset || i == CLOCKS_OF_MANY_CPUS))
				return true;
		return false;
	}
	return kernel_pointer_size(kernel) == 8 && version < KERNEL_VERSION(3, 15, 0) &&
	       vaddr >= UINT64_C(0xffffffffff5fe000) && vaddr < UINT64_C(0xffffffffff600000);
}

/* --- the top of the x86-64 address space --- */

/* Is ffffffffff600000 the vsyscall page? Since 3.19 (1ad83c858c7d) the configuration
 * decides; without vsyscalls map_vsyscall() is an empty inline function, and the
 * address belongs to the fixmap. */
static bool has_vsyscall(struct kernel *kernel, const struct space *space)
{
	struct types *types = kernel_types(kernel);
	struct walk walk = walk_page_table(space, VSYSCALL);
	int64_t slot;

	if (walk.outcome == WALK_MAPPED)
		return walk.user;
	if (types && types_enumerator(types, enumeration, all_slots, &slot))
		return vsyscall_slot(types, &slot);
	return kernel_has_symbol(kernel, "map_vsyscall") != NO;
}

/* FIXADDR_START. */
static bool find_fixmap_start(struct kernel *kernel, uint64_t *start)
{
	struct types *types = kernel_types(kernel);
	int64_t slots;
	uint64_t top;

	if (!types ||
	    !types_enumerator(types, enumeration, "__end_of_permanent_fixed_addresses", &slots) ||
	    slots < 0)
		return false;
	top = fixmap_top_64(kernel);
	if ((uint64_t)slots > (top - MODULES_END) >> PAGE_SHIFT)
		return false;
	*start = top - ((uint64_t)slots << PAGE_SHIFT);
	return true;
}

/* The first page that is mapped from vaddr on, or last + 1. */
static uint64_t first_mapped(const struct space *space, uint64_t vaddr, uint64_t last)
{
	struct walk walk = walk_page_table(space, vaddr);

	do {
		if (walk.outcome == WALK_MAPPED)
			return walk.vaddr;
	} while (walk_on(space, &walk, last));
	return last + 1;
}

/* Without debug information the fixmap starts somewhere between MODULES_END and the first page
 * that is mapped there: the range between is unknown. */
void x86_64_add_fixmap(struct kernel *kernel, bool exact, struct region_list *list)
{
	const struct space *space = kernel_space(kernel, NULL);
	bool vsyscall;
	uint64_t start, last = VSYSCALL - 1;

	if (!exact) {
		region_add(list, REGION_NEEDS_TYPES, MODULES_END, UINT64_MAX);
		return;
	}
	vsyscall = has_vsyscall(kernel, space);
	if (!vsyscall)
		last = fixmap_top_64(kernel) + 0xfff;
	if (!find_fixmap_start(kernel, &start)) {
		start = first_mapped(space, MODULES_END, last);
		region_add(list, REGION_UNKNOWN, MODULES_END, start - 1);
	}
	region_add(list, REGION_FIXMAP, start, last);
	if (vsyscall)
		region_add(list, REGION_VSYSCALL, VSYSCALL, VSYSCALL + 0xfff);
	region_add(list, REGION_HOLE, (vsyscall ? VSYSCALL + 0xfff : last) + 1, UINT64_MAX);
}
