/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The fixmap (arch/x86/include/asm/fixmap.h), and the vsyscall page (arch/x86/entry/vsyscall). */
#include <string.h>

#include "arch/x86/x86.h"
#include "linux/region.h"
#include "linux/module/fixmap.h"
#include "linux/module/slots.h"
#include "base/page.h"

#define VSYSCALL UINT64_C(0xffffffffff600000)

/* Finds the first slot of the vsyscall pages. If the kernel has no such slot, returns false and
 * leaves *slot unchanged. */
static bool vsyscall_slot(struct kernel *kernel, uint64_t *slot)
{
	return fixmap_number(kernel, "VSYSCALL_PAGE", slot) ||
	       fixmap_number(kernel, "VSYSCALL_FIRST_PAGE", slot);
}

/* Returns the top of the fixmap, computed from the slot of the vsyscall pages. If the kernel has no
 * such slot, returns the default top. */
static uint64_t fixmap_top_64(struct kernel *kernel)
{
	uint64_t slot = 0x1ff;

	vsyscall_slot(kernel, &slot);
	return VSYSCALL + (slot << PAGE_SHIFT);
}

bool x86_fixmap_slot(struct kernel *kernel, uint64_t vaddr, struct fixmap_slot *slot)
{
	uint64_t top;

	if (kernel_pointer_size(kernel) == 8)
		top = fixmap_top_64(kernel);
	else if (!i386_fixmap_top(kernel, &top))
		return false;
	return fixmap_slot_at(kernel, top, vaddr, slot);
}

/* May users read the page at vaddr? The vdso and vsyscalls read the time from pages of the fixmap.
 * Until 3.14 these pages are the kernel's variables and the HPET, and from 3.8 to 4.4 the
 * paravirtual clocks (arch/x86/include/asm/fixmap.h). If types are unknown, the variables and the
 * HPET are assumed to have their usual slots, even if the release is unknown, too. */
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

/* Is the page at ffffffffff600000 the vsyscall page, or a slot of the fixmap? Since 3.19
 * (1ad83c858c7d) this depends on the configuration. Without vsyscalls, map_vsyscall() is an empty
 * inline function, so it has no symbol. */
static bool has_vsyscall(struct kernel *kernel, const struct space *space)
{
	struct walk walk = walk_page_table(space, VSYSCALL);
	uint64_t slot;

	if (walk.outcome == WALK_MAPPED)
		return walk.user;
	if (fixmap_number(kernel, "__end_of_fixed_addresses", &slot))
		return vsyscall_slot(kernel, &slot);
	return kernel_has_symbol(kernel, "map_vsyscall") != NO;
}

/* Finds FIXADDR_START, the start of the permanent slots. */
static bool find_fixmap_start(struct kernel *kernel, uint64_t *start)
{
	uint64_t slots, top;

	if (!fixmap_number(kernel, "__end_of_permanent_fixed_addresses", &slots))
		return false;
	top = fixmap_top_64(kernel);
	if (slots > (top - MODULES_END) >> PAGE_SHIFT)
		return false;
	*start = top - (slots << PAGE_SHIFT);
	return true;
}

/* Adds the regions from MODULES_END to the end of the address space. Without debug information, the
 * start of the fixmap is unknown: it is between MODULES_END and the first mapped page of the
 * fixmap. This range is added as an unknown region. */
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
		start = region_first_mapped(space, MODULES_END, last);
		region_add(list, REGION_UNKNOWN, MODULES_END, start - 1);
	}
	region_add(list, REGION_FIXMAP, start, last);
	if (vsyscall)
		region_add(list, REGION_VSYSCALL, VSYSCALL, VSYSCALL + 0xfff);
	region_add(list, REGION_HOLE, (vsyscall ? VSYSCALL + 0xfff : last) + 1, UINT64_MAX);
}
