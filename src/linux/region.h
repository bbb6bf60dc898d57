/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The map of the virtual address space: regions without gaps, in the order of addresses. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;
struct space;

enum region_kind {
	REGION_NEEDS_TYPES, /* the kind depends on types, which were not read */
	REGION_UNKNOWN, /* mapped in a hole of the layout, or in two regions of the layout */
	REGION_HOLE,
	REGION_USER,
	REGION_NON_CANONICAL,
	REGION_GUARD_HOLE,
	REGION_DIRECT_MAP,
	REGION_VMALLOC,
	REGION_VMEMMAP,
	REGION_KASAN_SHADOW,
	REGION_CPU_ENTRY_AREA,
	REGION_LDT_REMAP,
	REGION_ESPFIX,
	REGION_EFI_RUNTIME,
	REGION_KERNEL_IMAGE,
	REGION_MODULES,
	REGION_KMAP,
	REGION_FIXMAP,
	REGION_VSYSCALL,
	REGION_PCI_IO,
	REGION_BPF_JIT,
	NR_REGION_KINDS
};
/* Names of kinds in answers: "direct-map", "hole", ... REGION_NEEDS_TYPES has no name (NULL). */
extern const char *const region_names[NR_REGION_KINDS];

struct region {
	uint64_t first, last; /* inclusive */
	enum region_kind kind;
};

enum { MAX_REGIONS = 40 };

struct region_list {
	struct region region[MAX_REGIONS];
	size_t nr;
};

/* Adds a range (last is inclusive) to a list that is made in the order of addresses. Does nothing
 * if last < first. A gap between the end of the list and the range becomes a hole. If the range
 * overlaps a hole of the list, the common part gets the kind of the range. If the range overlaps a
 * region of another kind, the common part becomes REGION_UNKNOWN. */
void region_add(struct region_list *list, enum region_kind kind, uint64_t first, uint64_t last);

/* Returns the address of the first mapped page from vaddr to last (inclusive). Returns last + 1 if
 * no page is mapped. */
uint64_t region_first_mapped(const struct space *space, uint64_t vaddr, uint64_t last);

/* Returns the map of the whole address space, which is made by the first call. Returns NULL and
 * sets err if the layout depends on a fact that is unknown. The list is borrowed from the kernel,
 * and does not change until states_forget() (kernel/state.h). */
const struct region_list *region_all(struct kernel *kernel, struct error *err);

/* Returns the region that contains vaddr. It is borrowed like the list of region_all(). Reads types
 * only if the result depends on them. Returns NULL and sets err if no region contains vaddr, or if
 * the result depends on types and there are none. */
const struct region *region_of(struct kernel *kernel, uint64_t vaddr, struct error *err);

/* Returns false, and sets err to the reason why the kind of a region is REGION_NEEDS_TYPES. */
bool region_needs_types(const struct region *region, struct error *err);

/* Returns the name of the region for an address that a page table maps. In a hole nothing should be
 * mapped, so the name is "unknown" instead of "hole". */
const char *region_name_mapped(const struct region *region);

/* Can the region contain modules? On i386 modules are in the region vmalloc. On arm64 modules may
 * be in this region, too. */
bool region_has_modules(const struct kernel *kernel, const struct region *region);

/* Do vmalloc's lists of areas describe this region? */
bool region_has_areas(const struct region *region);

/* Can the region contain slots of the fixmap? Returns true also for the region below the region
 * that the kernel calls fixmap, because the slots that are used at boot are there. */
bool region_may_hold_fixmap(const struct region *region);

enum region_use {
	REGION_HOLDS_SLABS = 1,
	REGION_HOLDS_STACKS = 2,
	REGION_HOLDS_PERCPU = 4,
};

/* Returns bits of enum region_use for an address in the region. linear: result of region_linear()
 * for this address. */
unsigned int region_uses(const struct region *region, bool linear);

/* Is virt_to_phys() valid for vaddr? Returns true and sets *paddr if vaddr is in the direct map or
 * the kernel image, and if the page table maps vaddr to the result of virt_to_phys(). */
bool region_linear(struct kernel *kernel, uint64_t vaddr, uint64_t *paddr);

/* Finds the virtual address of paddr in the direct map, and checks with a walk of the page table
 * that it is mapped to paddr. */
bool region_phys_to_virt(struct kernel *kernel, uint64_t paddr, uint64_t *vaddr, struct error *err);

enum image_section {
	IMAGE_NO_SECTION, /* the address is not between two known symbols of a section */
	IMAGE_TEXT,
	IMAGE_RODATA,
	IMAGE_DATA,
	IMAGE_INIT,
	IMAGE_BSS,
	NR_IMAGE_SECTIONS
};
/* Names of sections in answers, such as "text". IMAGE_NO_SECTION has no name (NULL). */
extern const char *const image_section_names[NR_IMAGE_SECTIONS];

/* Finds the addresses of a section. *end is exclusive. Returns false and leaves both unchanged if
 * the symbols of the section are not known. */
bool region_image_section(struct kernel *kernel, enum image_section section, uint64_t *first,
			  uint64_t *end);

struct image_place {
	enum image_section section;
	const char *part; /* static text, such as "exception-table"; NULL: no part is known */
};

/* Is vaddr in the kernel image? If so, sets *place. region: the region that contains vaddr. On
 * x86-64 the image is a separate region, on i386 it is a part of the direct map. */
bool region_image_at(struct kernel *kernel, const struct region *region, uint64_t vaddr,
		     struct image_place *place);
