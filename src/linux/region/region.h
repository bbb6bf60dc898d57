/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The map of the virtual address space: regions in address order, without gaps. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

enum region_kind {
	REGION_NEEDS_TYPES, /* unknown without debug information */
	REGION_UNKNOWN, /* mapped where the layout has a hole, or claimed twice */
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
	NR_REGION_KINDS
};
/* As answers show them: "direct-map", "hole", ...; NULL for REGION_NEEDS_TYPES. */
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

/* Adds [first, last]; an empty range adds nothing. A gap after the end of the
 * list becomes a hole, and a later range may fill a hole. Addresses claimed by
 * two ranges of different kinds become REGION_UNKNOWN. */
void region_add(struct region_list *list, enum region_kind kind, uint64_t first, uint64_t last);

/* The whole map, made on the first call. NULL with err where the layout depends
 * on a fact that is unknown. Lists and their regions are borrowed from the kernel
 * and stay unchanged until its facts are forgotten (kernel/state.h). */
const struct region_list *region_all(struct kernel *kernel, struct error *err);

/* The region of any address, borrowed as above. Types are read only if the answer depends on
 * them. NULL with err if there is none, or if the types that show its kind are missing. */
const struct region *region_of(struct kernel *kernel, uint64_t vaddr, struct error *err);

/* Fails with the reason why a region of REGION_NEEDS_TYPES is not known. Returns false. */
bool region_needs_types(const struct region *region, struct error *err);

/* For an address that some table maps: "unknown" instead of a hole. */
const char *region_name_mapped(const struct region *region);

/* May modules lie there? On i386 they are in vmalloc. */
bool region_has_modules(const struct kernel *kernel, const struct region *region);

/* Do vmalloc's lists describe this region? */
bool region_has_areas(const struct region *region);

/* May slots of the fixmap lie there? Those used while booting lie below the
 * region that the kernel calls fixmap. */
bool region_may_hold_fixmap(const struct region *region);

enum region_use {
	REGION_HOLDS_SLABS = 1,
	REGION_HOLDS_STACKS = 2,
	REGION_HOLDS_PERCPU = 4,
};

/* The bits of enum region_use for an address; linear: region_linear() holds. */
unsigned int region_uses(const struct region *region, bool linear);

/* Is virt_to_phys() valid for vaddr? True with *paddr if vaddr lies in the direct map or
 * the kernel image and the page table maps it where the kernel's arithmetic says. */
bool region_linear(struct kernel *kernel, uint64_t vaddr, uint64_t *paddr);

/* The direct-mapped virtual address of paddr, confirmed by a walk. */
bool region_phys_to_virt(struct kernel *kernel, uint64_t paddr, uint64_t *vaddr, struct error *err);

enum image_section {
	IMAGE_NO_SECTION, /* no section between known symbols holds the address */
	IMAGE_TEXT,
	IMAGE_RODATA,
	IMAGE_DATA,
	IMAGE_INIT,
	IMAGE_BSS,
	NR_IMAGE_SECTIONS
};
/* As answers show them: "text"; NULL for IMAGE_NO_SECTION. */
extern const char *const image_section_names[NR_IMAGE_SECTIONS];

struct image_place {
	enum image_section section;
	const char *part; /* static: "exception-table", ...; NULL: as IMAGE_NO_SECTION */
	bool is_entry_text; /* the part is the code that enters the kernel */
};

/* Does vaddr lie in the kernel image? region is the one that holds it: the image
 * is a region of its own on x86-64, and a part of the direct map on i386. */
bool region_image_at(struct kernel *kernel, const struct region *region, uint64_t vaddr,
		     struct image_place *place);
