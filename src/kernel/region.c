/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/region.h"

#include <inttypes.h>
#include <string.h>

#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "paging/scan.h"

static void append(struct region_list *list, const char *name, uint64_t first,
		   uint64_t last)
{
	if (list->nr < MAX_REGIONS)
		list->region[list->nr++] = (struct region){ first, last, name };
}

void region_add(struct region_list *list, const char *name, uint64_t first,
		uint64_t last)
{
	uint64_t next = list->nr ? list->region[list->nr - 1].last + 1 : 0;

	if (list->nr && next == 0) /* the last address is taken */
		return;
	if (first < next)
		first = next;
	if (last < first)
		return;
	if (first > next)
		append(list, "hole", next, first - 1);
	append(list, name, first, last);
}

/* Types cost more than all else: they are left out until something hangs on
 * them. */
static const struct region_list *make_regions(struct kernel *kernel, bool exact,
					      struct error *err)
{
	struct region_list *list = &kernel->regions;

	if (list->nr && (kernel->regions_exact || !exact))
		return list;
	list->nr = 0;
	kernel->regions_exact = exact;
	if (!kernel->arch->regions(kernel, exact, list, err))
		list->nr = 0;
	return list->nr ? list : NULL;
}

bool kernel_half(struct kernel *kernel, uint64_t *first, struct error *err)
{
	const struct space *space = kernel_space(kernel, err);

	if (!space)
		return false;
	if (kernel_pointer_size(kernel) == 4)
		return kernel_require(kernel, FACT_PAGE_OFFSET, first, err);
	*first = paging_upper_half(space->paging);
	return true;
}

const struct region_list *kernel_regions(struct kernel *kernel,
					 struct error *err)
{
	return make_regions(kernel, true, err);
}

/* NULL where none holds vaddr. */
static const struct region *region_at(const struct region_list *list,
				      uint64_t vaddr)
{
	for (size_t i = 0; list && i < list->nr; i++)
		if (vaddr <= list->region[i].last)
			return &list->region[i];
	return NULL;
}

const struct region *kernel_region(struct kernel *kernel, uint64_t vaddr,
				   struct error *err)
{
	const struct region_list *list = make_regions(kernel, false, err);
	const struct region *region = region_at(list, vaddr);

	if (region && !region->name) {
		list = make_regions(kernel, true, err);
		region = region_at(list, vaddr);
	}
	if (!list)
		return NULL;
	if (!region) {
		fail(err, ERROR_NO_ANSWER,
		     "%" PRIx64 " is no address of a %s kernel", vaddr,
		     kernel->arch->name);
		return NULL;
	}
	if (!region->name) {
		fail(err, ERROR_UNKNOWN,
		     "what lies from %" PRIx64 " to %" PRIx64
		     " is not known without vmlinux and its debug information",
		     region->first, region->last);
		return NULL;
	}
	return region;
}

bool kernel_region_has_modules(const struct kernel *kernel,
			       const struct region *region)
{
	return region->name &&
	       !strcmp(region->name, kernel_pointer_size(kernel) == 4 ?
					     "vmalloc" : "modules");
}

static bool is_linear_region(const struct region *region)
{
	return !strcmp(region->name, "direct-map") ||
	       !strcmp(region->name, "kernel-image");
}

bool kernel_linear(struct kernel *kernel, uint64_t vaddr, uint64_t *paddr)
{
	const struct space *space = kernel_space(kernel, NULL);
	const struct region *region = kernel_region(kernel, vaddr, NULL);

	return space && region && is_linear_region(region) &&
	       kernel->arch->virt_to_phys(kernel, vaddr, paddr) &&
	       space_maps(space, vaddr, *paddr);
}

bool kernel_phys_to_virt(struct kernel *kernel, uint64_t paddr,
			 uint64_t *vaddr, struct error *err)
{
	const struct space *space = kernel_space(kernel, err);
	uint64_t page_offset, checked;
	struct walk walk;

	if (!space ||
	    !kernel_require(kernel, FACT_PAGE_OFFSET, &page_offset, err))
		return false;
	*vaddr = page_offset + paddr;
	if (*vaddr < paddr || *vaddr & ~kernel->arch->address_mask ||
	    !kernel->arch->virt_to_phys(kernel, *vaddr, &checked) ||
	    checked != paddr)
		return fail(err, ERROR_NO_ANSWER,
			    "no direct mapping: beyond the direct map (high memory, or no memory)");
	walk = walk_page_table(space, *vaddr);
	if (walk.outcome == WALK_UNREADABLE)
		return fail(err, ERROR_UNREADABLE,
			    "%" PRIx64 " would be its address, but the %s table that maps it is not in the dump: %s",
			    *vaddr,
			    space->paging->level[walk.nr_steps].name,
			    page_state_names[walk.reason]);
	if (walk.outcome != WALK_MAPPED || walk.paddr != paddr)
		return fail(err, ERROR_NO_ANSWER,
			    "no direct mapping: the page table does not map %" PRIx64 " to it",
			    *vaddr);
	return true;
}

struct section_bounds {
	const char *name, *start, *end;
};

/* Symbols of arch/x86/kernel/vmlinux.lds.S, in the order of the image. */
static const struct section_bounds sections[] = {
	{ "text", "_stext", "_etext" },
	{ "rodata", "__start_rodata", "__end_rodata" },
	{ "data", "_sdata", "_edata" },
	{ "init", "__init_begin", "__init_end" },
	{ "bss", "__bss_start", "__bss_stop" },
};

const char *kernel_image_section(struct kernel *kernel, uint64_t vaddr)
{
	uint64_t start, end;

	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		if (kernel_symbol(kernel, sections[i].start, &start, NULL) &&
		    kernel_symbol(kernel, sections[i].end, &end, NULL) &&
		    vaddr >= start && vaddr < end)
			return sections[i].name;
	}
	return NULL;
}
