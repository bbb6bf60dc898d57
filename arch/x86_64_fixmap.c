/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The top of the x86-64 address space: fixmap and vsyscall page.
 * arch/x86/include/asm/fixmap.h, arch/x86/entry/vsyscall. */
#include "arch/x86_64.h"
#include "areas/region.h"
#include "base/page.h"
#include "vmlinux/types.h"

#define VSYSCALL UINT64_C(0xffffffffff600000)

/* The slot of the vsyscall page, or of the first of several, tells FIXADDR_TOP. Kernels
 * without vsyscalls have no such slot and the default top. */
uint64_t x86_64_fixmap_top(struct kernel *kernel)
{
	const char *type = "fixed_addresses";
	int64_t vsyscall = 0x1ff;
	struct types *types = kernel_types(kernel);

	if (types && !types_enumerator(types, type, "VSYSCALL_PAGE", &vsyscall))
		types_enumerator(types, type, "VSYSCALL_FIRST_PAGE", &vsyscall);
	return VSYSCALL + ((uint64_t)vsyscall << PAGE_SHIFT);
}

/* Is ffffffffff600000 the vsyscall page? Since 3.19 (1ad83c858c7d) the configuration
 * decides; without vsyscalls map_vsyscall() is an empty inline function, and the
 * address belongs to the fixmap. */
static bool has_vsyscall(struct kernel *kernel)
{
	const struct space *space = kernel_space(kernel, NULL);
	const char *type = "fixed_addresses";
	struct types *types = kernel_types(kernel);
	struct walk walk;
	int64_t slot;

	if (space) {
		walk = walk_page_table(space, VSYSCALL);
		if (walk.outcome == WALK_MAPPED)
			return walk.user;
	}
	if (types &&
	    types_enumerator(types, type, "__end_of_fixed_addresses", &slot))
		return types_enumerator(types, type, "VSYSCALL_PAGE", &slot) ||
		       types_enumerator(types, type, "VSYSCALL_FIRST_PAGE",
					&slot);
	return kernel_has_symbol(kernel, "map_vsyscall") != NO;
}

/* FIXADDR_START. */
static bool find_fixmap_start(struct kernel *kernel, uint64_t *start)
{
	struct types *types = kernel_types(kernel);
	int64_t slots;
	uint64_t top;

	if (!types ||
	    !types_enumerator(types, "fixed_addresses",
			      "__end_of_permanent_fixed_addresses", &slots) ||
	    slots < 0)
		return false;
	top = x86_64_fixmap_top(kernel);
	if ((uint64_t)slots > (top - MODULES_END) >> 12)
		return false;
	*start = top - ((uint64_t)slots << 12);
	return true;
}

/* The first page that is mapped from vaddr on, or last + 1. */
static uint64_t first_mapped(const struct space *space, uint64_t vaddr,
			     uint64_t last)
{
	struct walk walk = walk_page_table(space, vaddr);

	do {
		if (walk.outcome == WALK_MAPPED)
			return walk.vaddr;
	} while (walk_on(space, &walk, last));
	return last + 1;
}

/*
 * Without debug information the fixmap starts somewhere between MODULES_END and the
 * first page that is mapped there: what lies between is unknown.
 */
void x86_64_add_fixmap(struct kernel *kernel, bool exact,
		       struct region_list *list)
{
	const struct space *space = kernel_space(kernel, NULL);
	bool vsyscall;
	uint64_t start, last = VSYSCALL - 1;

	if (!exact) {
		region_add(list, REGION_NEEDS_TYPES, MODULES_END, UINT64_MAX);
		return;
	}
	vsyscall = has_vsyscall(kernel);
	if (!vsyscall)
		last = x86_64_fixmap_top(kernel) + 0xfff;
	if (!find_fixmap_start(kernel, &start)) {
		start = first_mapped(space, MODULES_END, last);
		region_add(list, REGION_UNKNOWN, MODULES_END, start - 1);
	}
	region_add(list, REGION_FIXMAP, start, last);
	if (vsyscall)
		region_add(list, REGION_VSYSCALL, VSYSCALL, VSYSCALL + 0xfff);
	region_add(list, REGION_HOLE, (vsyscall ? VSYSCALL + 0xfff : last) + 1,
		   UINT64_MAX);
}
