/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The map of the virtual address space: regions without gaps, in the order of addresses. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;
struct space;

enum region_kind {
	REGION_NEEDS_TYPES, /* types are needed to determine the kind */
	REGION_UNKNOWN, /* mapped although the layout has a hole, or in two regions of the layout */
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
/* Names in answers: "direct-map", "hole", ...; NULL for REGION_NEEDS_TYPES. */
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

/* Adds a range from first to last (inclusive), unless last < first. A gap after the end of the list
 * becomes a hole. A later range may replace a hole. Addresses in two ranges of different kinds
 * become REGION_UNKNOWN. */
void region_add(struct region_list *list, enum region_kind kind, uint64_t first, uint64_t last);

/* Returns the address of the first mapped page from vaddr to last, or last + 1 if there is none. */
uint64_t region_first_mapped(const struct space *space, uint64_t vaddr, uint64_t last);

/* Returns the whole map, which is made by the first call. Returns NULL and sets err if the layout
 * depends on an unknown fact. The list is borrowed from the kernel, and does not change until facts
 * are forgotten (kernel/state.h). */
const struct region_list *region_all(struct kernel *kernel, struct error *err);

/* Returns the region that contains vaddr, borrowed like the list of region_all(). Reads types only
 * if the result depends on them. Returns NULL and sets err if no region contains vaddr, or if the
 * types that determine its kind are missing. */
const struct region *region_of(struct kernel *kernel, uint64_t vaddr, struct error *err);

/* Sets err to the reason why a region of REGION_NEEDS_TYPES is unknown. Returns false. */
bool region_needs_types(const struct region *region, struct error *err);

/* Returns the name of the region for an address that is mapped by some table: "unknown" instead of
 * a hole. */
const char *region_name_mapped(const struct region *region);

/* Can the region contain modules? On i386 they are in vmalloc; on arm64 they may be in vmalloc. */
bool region_has_modules(const struct kernel *kernel, const struct region *region);

/* Is this region described by vmalloc's lists? */
bool region_has_areas(const struct region *region);

/* Can the region contain slots of the fixmap? Slots that are used at boot are below the region that
 * the kernel calls fixmap. */
bool region_may_hold_fixmap(const struct region *region);

enum region_use {
	REGION_HOLDS_SLABS = 1,
	REGION_HOLDS_STACKS = 2,
	REGION_HOLDS_PERCPU = 4,
};

/* The bits of enum region_use for an address. linear: result of region_linear() for this
 * address. */
unsigned int region_uses(const struct region *region, bool linear);

/* Is virt_to_phys() valid for vaddr? If vaddr is in the direct map or the kernel image, and if the
 * page table agrees with the arithmetic, sets *paddr and returns true. */
bool region_linear(struct kernel *kernel, uint64_t vaddr, uint64_t *paddr);

/* Finds the virtual address of paddr in the direct map, and confirms it using a walk. */
bool region_phys_to_virt(struct kernel *kernel, uint64_t paddr, uint64_t *vaddr, struct error *err);

enum image_section {
	IMAGE_NO_SECTION, /* no known symbols enclose the address */
	IMAGE_TEXT,
	IMAGE_RODATA,
	IMAGE_DATA,
	IMAGE_INIT,
	IMAGE_BSS,
	NR_IMAGE_SECTIONS
};
/* Names in answers: "text"; NULL for IMAGE_NO_SECTION. */
extern const char *const image_section_names[NR_IMAGE_SECTIONS];

struct image_place {
	enum image_section section;
	const char *part; /* static, such as "exception-table"; NULL: no part is known */
	bool is_entry_text; /* part is the code that enters the kernel */
};

/* Is vaddr in the kernel image? If so, sets *place. region must contain vaddr. The image is a
 * region on x86-64, and a part of the direct map on i386. */
bool region_image_at(struct kernel *kernel, const struct region *region, uint64_t vaddr,
		     struct image_place *place);
