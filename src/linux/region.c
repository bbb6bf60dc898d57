/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/region.h"

#include <inttypes.h>

#include "base/ranges.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"

const char *const region_names[NR_REGION_KINDS] = {
	[REGION_UNKNOWN] = "unknown",
	[REGION_HOLE] = "hole",
	[REGION_USER] = "user",
	[REGION_NON_CANONICAL] = "non-canonical",
	[REGION_GUARD_HOLE] = "guard-hole",
	[REGION_DIRECT_MAP] = "direct-map",
	[REGION_VMALLOC] = "vmalloc",
	[REGION_VMEMMAP] = "vmemmap",
	[REGION_KASAN_SHADOW] = "kasan-shadow",
	[REGION_CPU_ENTRY_AREA] = "cpu-entry-area",
	[REGION_LDT_REMAP] = "ldt-remap",
	[REGION_ESPFIX] = "espfix",
	[REGION_EFI_RUNTIME] = "efi-runtime",
	[REGION_KERNEL_IMAGE] = "kernel-image",
	[REGION_MODULES] = "modules",
	[REGION_KMAP] = "kmap",
	[REGION_FIXMAP] = "fixmap",
	[REGION_VSYSCALL] = "vsyscall",
	[REGION_PCI_IO] = "pci-io",
	[REGION_BPF_JIT] = "bpf-jit",
};

/* Adds a range at the end of the list. If the last region has the same kind and ends directly
 * before the range, extends this region instead. */
static void region_append(struct region_list *list, enum region_kind kind, uint64_t first,
			  uint64_t last)
{
	struct region *end = list->nr ? &list->region[list->nr - 1] : NULL;

	if (list->nr == MAX_REGIONS)
		return;
	if (end && end->kind == kind && first == end->last + 1)
		end->last = last;
	else
		list->region[list->nr++] = (struct region){ first, last, kind };
}

/* Returns the kind of a range that is in two regions of the layout. */
static enum region_kind region_settle(enum region_kind before, enum region_kind added)
{
	if (before == REGION_HOLE)
		return added;
	return added == REGION_HOLE || added == before ? before : REGION_UNKNOWN;
}

/* Adds a range (last is inclusive) that overlaps regions of the list. Changes the kind of the parts
 * that overlap, and adds nothing outside of the regions. */
static void overlay(struct region_list *list, enum region_kind kind, uint64_t first, uint64_t last)
{
	const struct region_list old = *list;

	list->nr = 0;
	for (size_t i = 0; i < old.nr; i++) {
		const struct region *region = &old.region[i];
		uint64_t from = region->first > first ? region->first : first;
		uint64_t to = region->last < last ? region->last : last;

		if (from > to) {
			region_append(list, region->kind, region->first, region->last);
			continue;
		}
		if (region->first < from)
			region_append(list, region->kind, region->first, from - 1);
		region_append(list, region_settle(region->kind, kind), from, to);
		if (region->last > to)
			region_append(list, region->kind, to + 1, region->last);
	}
}

void region_add(struct region_list *list, enum region_kind kind, uint64_t first, uint64_t last)
{
	uint64_t end = list->nr ? list->region[list->nr - 1].last : 0;

	if (last < first)
		return;
	if (list->nr && first <= end) {
		overlay(list, kind, first, last < end ? last : end);
		if (last <= end)
			return;
		first = end + 1;
	} else if (first > (list->nr ? end + 1 : 0)) {
		region_append(list, REGION_HOLE, list->nr ? end + 1 : 0, first - 1);
	}
	region_append(list, kind, first, last);
}

uint64_t region_first_mapped(const struct space *space, uint64_t vaddr, uint64_t last)
{
	struct walk walk = walk_page_table(space, vaddr);

	do {
		if (walk.outcome == WALK_MAPPED)
			return walk.vaddr;
	} while (walk_on(space, &walk, last));
	return last + 1;
}

static bool is_empty_space(const struct region *region)
{
	return region->kind == REGION_HOLE || region->kind == REGION_GUARD_HOLE;
}

const char *region_name_mapped(const struct region *region)
{
	return region_names[is_empty_space(region) ? REGION_UNKNOWN : region->kind];
}

/* Does the table map no page from first to last (inclusive)? Returns false also if a part of the
 * table cannot be read. */
static bool maps_nothing(const struct space *space, uint64_t first, uint64_t last)
{
	enum { MOST_STEPS = 1 << 16 }; /* limit for the walk of a damaged table */
	struct walk walk = walk_page_table(space, first);

	for (int i = 0; i < MOST_STEPS && walk.outcome == WALK_NOT_PRESENT; i++)
		if (!walk_on(space, &walk, last))
			return true;
	return false;
}

/* If the table maps a page in a hole, changes the hole to REGION_UNKNOWN, because the layout of
 * this kernel differs from the expected layout. */
static void prove_holes(struct kernel *kernel, struct region_list *list)
{
	const struct space *space = kernel_space(kernel, NULL);

	for (size_t i = 0; i < list->nr; i++) {
		struct region *region = &list->region[i];

		if (is_empty_space(region) &&
		    (!space || !maps_nothing(space, region->first, region->last)))
			region->kind = REGION_UNKNOWN;
	}
}

/* quick: the map made without types. exact: the map made with types, only when an answer depends on
 * them, because reading types is slow. A list is empty until it is made. */
struct known_regions {
	struct region_list quick, exact;
};

static const struct state_type state_regions = { .size = sizeof(struct known_regions) };

static const struct region_list *find_regions(struct kernel *kernel, bool exact, struct error *err)
{
	struct known_regions *known = kernel_state(kernel, &state_regions);
	struct region_list *list;

	if (!known)
		return out_of_memory(err), NULL;
	list = exact || known->exact.nr ? &known->exact : &known->quick;
	if (list->nr)
		return list;
	if (!kernel->arch->regions(kernel, exact, list, err)) {
		list->nr = 0;
		return NULL;
	}
	prove_holes(kernel, list);
	return list;
}

const struct region_list *region_all(struct kernel *kernel, struct error *err)
{
	return find_regions(kernel, true, err);
}

static const struct region *region_at(const struct region_list *list, uint64_t vaddr)
{
	size_t at = list ? RANGES_SEARCH(list->region, list->nr, vaddr) : 0;

	return list && at < list->nr ? &list->region[at] : NULL;
}

bool region_needs_types(const struct region *region, struct error *err)
{
	return fail(err, ERROR_UNKNOWN,
		    "what is in %" PRIx64 " to %" PRIx64
		    " is not known without vmlinux and its debug information",
		    region->first, region->last);
}

const struct region *region_of(struct kernel *kernel, uint64_t vaddr, struct error *err)
{
	const struct region_list *list = find_regions(kernel, false, err);
	const struct region *region = region_at(list, vaddr);

	if (region && region->kind == REGION_NEEDS_TYPES) {
		list = find_regions(kernel, true, err);
		region = region_at(list, vaddr);
	}
	if (region && region->kind == REGION_NEEDS_TYPES)
		region_needs_types(region, err);
	else if (list && !region)
		fail(err, ERROR_NO_ANSWER, "%" PRIx64 " is not a valid address for a %s kernel",
		     vaddr, kernel->arch->name);
	else
		return region;
	return NULL;
}

bool region_has_modules(const struct kernel *kernel, const struct region *region)
{
	return kernel->arch->module_regions >> region->kind & 1;
}

bool region_has_areas(const struct region *region)
{
	return region->kind == REGION_VMALLOC || region->kind == REGION_MODULES ||
	       region->kind == REGION_BPF_JIT;
}

bool region_may_hold_fixmap(const struct region *region)
{
	return region->kind == REGION_FIXMAP || region->kind == REGION_VSYSCALL ||
	       region->kind == REGION_HOLE || region->kind == REGION_UNKNOWN;
}

unsigned int region_uses(const struct region *region, bool linear)
{
	static const unsigned int uses[NR_REGION_KINDS] = {
		[REGION_DIRECT_MAP] =
			REGION_HOLDS_SLABS | REGION_HOLDS_STACKS | REGION_HOLDS_PERCPU,
		[REGION_KERNEL_IMAGE] = REGION_HOLDS_STACKS,
		[REGION_VMALLOC] = REGION_HOLDS_STACKS | REGION_HOLDS_PERCPU,
	};

	return linear || region->kind == REGION_VMALLOC ? uses[region->kind] : 0;
}

bool region_linear(struct kernel *kernel, uint64_t vaddr, uint64_t *paddr)
{
	const struct space *space = kernel_space(kernel, NULL);
	const struct region *region = region_of(kernel, vaddr, NULL);

	return space && region &&
	       (region->kind == REGION_DIRECT_MAP || region->kind == REGION_KERNEL_IMAGE) &&
	       kernel->arch->virt_to_phys(kernel, vaddr, paddr) && space_maps(space, vaddr, *paddr);
}

bool region_phys_to_virt(struct kernel *kernel, uint64_t paddr, uint64_t *vaddr, struct error *err)
{
	const struct space *space = kernel_space(kernel, err);
	uint64_t direct, checked;
	struct walk walk;

	if (!space || !kernel_direct_base(kernel, &direct, err))
		return false;
	*vaddr = direct + paddr;
	if (*vaddr < paddr || *vaddr & ~kernel->arch->address_mask ||
	    !kernel->arch->virt_to_phys(kernel, *vaddr, &checked) || checked != paddr)
		return fail(
			err, ERROR_NO_ANSWER,
			"no direct mapping, because the address is beyond the direct map (high memory, or no memory)");
	walk = walk_page_table(space, *vaddr);
	if (walk.outcome == WALK_UNREADABLE)
		return fail(
			err, ERROR_UNREADABLE,
			"its virtual address should be %" PRIx64
			", but the %s table that maps this virtual address is not in the dump: %s",
			*vaddr, space->paging->level[walk.nr_steps].name,
			dump_state_text(kernel->dump, walk.reason));
	if (walk.outcome != WALK_MAPPED || walk.paddr != paddr)
		return fail(err, ERROR_NO_ANSWER,
			    "no direct mapping, because the page table does not map %" PRIx64
			    " to this address",
			    *vaddr);
	return true;
}
