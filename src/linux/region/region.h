/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The map of the virtual address space: regions in the order of addresses, without gaps. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;
struct space;

enum region_kind {
	REGION_NEEDS_TYPES, /* unknown without types */
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
	REGION_PCI_IO,
	REGION_BPF_JIT,
	NR_REGION_KINDS
};
/* Names in answers: "direct-map", "hole", ...; NULL for REGION_NEEDS_TYPES. */
extern const char *const region_names[NR_REGION_KINDS];

struct region {
	uint64_t first, last; /* both inclusive */
	enum region_kind kind;
};

enum { MAX_REGIONS = 40 };

struct region_list {
	struct region region[MAX_REGIONS];
	size_t nr;
};

/* Adds [first, last]; an empty range adds nothing. A gap after the end of the list becomes a hole,
 * and a later range may fill a hole. Addresses in two ranges of different kinds become
 * REGION_UNKNOWN. */
void region_add(struct region_list *list, enum region_kind kind, uint64_t first, uint64_t last);

/* The first mapped page from vaddr on, or last + 1. */
uint64_t region_first_mapped(const struct space *space, uint64_t vaddr, uint64_t last);

/* The whole map, made in the first call. NULL with err: the layout depends on an unknown fact.
 * Lists and regions are borrowed from the kernel and do not change until its facts are forgotten
 * (kernel/state.h). */
const struct region_list *region_all(struct kernel *kernel, struct error *err);

/* The region of any address, borrowed in the same way. Types are read only if the result depends on
 * them. NULL with err: no region, or types that determine its kind are missing. */
const struct region *region_of(struct kernel *kernel, uint64_t vaddr, struct error *err);

/* Fails with the reason why a region of REGION_NEEDS_TYPES is not known. Returns false. */
bool region_needs_types(const struct region *region, struct error *err);

/* The region's name for an address that some table maps: "unknown" instead of a hole. */
const char *region_name_mapped(const struct region *region);

/* Can modules be in the region? On i386 they are in vmalloc, on arm64 possibly in vmalloc. */
bool region_has_modules(const struct kernel *kernel, const struct region *region);

/* Do vmalloc's lists describe this region? */
bool region_has_areas(const struct region *region);

/* Can slots of the fixmap be in the region? Slots used while booting are below the region that the
 * kernel calls fixmap. */
bool region_may_hold_fixmap(const struct region *region);

enum region_use {
	REGION_HOLDS_SLABS = 1,
	REGION_HOLDS_STACKS = 2,
	REGION_HOLDS_PERCPU = 4,
};

/* The bits of enum region_use for an address; linear: result of region_linear(). */
unsigned int region_uses(const struct region *region, bool linear);

/* Is virt_to_phys() valid for vaddr? True with *paddr if vaddr is in the direct map or the kernel
 * image, and the page table agrees with the kernel's arithmetic. */
bool region_linear(struct kernel *kernel, uint64_t vaddr, uint64_t *paddr);

/* The direct-mapped virtual address of paddr, confirmed by a walk. */
bool region_phys_to_virt(struct kernel *kernel, uint64_t paddr, uint64_t *vaddr, struct error *err);

enum image_section {
	IMAGE_NO_SECTION, /* the address is in no section between known symbols */
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
	const char *part; /* static: "exception-table", ...; NULL: see IMAGE_NO_SECTION */
	bool is_entry_text; /* the part is the code that enters the kernel */
};

/* Is vaddr in the kernel image? region: the region that contains vaddr. The image is a region on
 * x86-64, and a part of the direct map on i386. */
bool region_image_at(struct kernel *kernel, const struct region *region, uint64_t vaddr,
		     struct image_place *place);
