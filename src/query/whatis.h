/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What a number is: an address, frame, root of a page table, poison or error. A number
 * may be several of these: each that is possible is found. */
#pragma once

#include "devices/dma_fault.h"
#include "query/frame_use.h"
#include "query/place.h"
#include "query/value.h"
#include "debuginfo/lines.h"

enum whatis_kind {
	WHATIS_UNKNOWN,
	WHATIS_SYMBOL,
	WHATIS_PER_CPU,
	WHATIS_SLAB_OBJECT,
	WHATIS_STACK,
	WHATIS_PAGE_TABLE,
	WHATIS_STRUCT_PAGE,
	WHATIS_MODULE,
	WHATIS_VMALLOC,
	WHATIS_USER,
	WHATIS_RESOURCE,
	WHATIS_FRAME,
	WHATIS_POISON,
	WHATIS_ERROR_POINTER,
	WHATIS_NON_CANONICAL,
	WHATIS_SLOT, /* of fixmap or kmap */
	WHATIS_CPU_ENTRY, /* a member of the cpu entry area */
	WHATIS_REGION, /* only the region is known */
	WHATIS_DMA_FAULT, /* a device's access that its IOMMU refused */
	WHATIS_IO_MAPPING, /* an IOMMU maps it for a device */
	NR_WHATIS_KINDS
};
/* "symbol", "per-cpu", ... */
extern const char *const whatis_kind_names[NR_WHATIS_KINDS];

/* What the number is taken for; also as bits 1 << AS_VIRTUAL, ... */
enum whatis_as {
	AS_VIRTUAL,
	AS_PHYSICAL,
	AS_PFN,
	AS_ROOT,
	AS_VALUE,
	AS_BUS, /* of a device */
	NR_AS
};
extern const char *const whatis_as_names[NR_AS]; /* "virtual", ... */
/* AS_BUS is not included: it needs a look into the table of each domain. */
enum { AS_ANY = (1 << AS_BUS) - 1 };

/* Pointers are borrowed from the kernel until its facts are forgotten. A part is valid
 * only where its has_... is true. The struct has some 16K. */
struct whatis {
	enum whatis_kind kind;
	enum whatis_as as;
	uint64_t value; /* as asked */

	/* Not canonical, but canonical with this bit flipped: meant is the flipped value,
	 * meant_kind its kind, and all fields below describe it. */
	bool has_meant;
	unsigned int bit;
	uint64_t meant;
	enum whatis_kind meant_kind;

	/* A kernel address: the one asked for, or, with is_alias, an address of the physical
	 * memory asked for. */
	bool has_place, is_alias;
	/* The place is init memory that the kernel has freed since: its symbol still names the
	 * address, but not the content. */
	bool is_freed;
	struct place place;
	struct object_owner owner; /* of the place; type NULL: unknown */
	bool has_line;
	struct code_line line;

	/* Physical memory: asked for, mapped linearly, or described by the struct page
	 * that was asked for. */
	bool has_physical, has_frame;
	uint64_t physical;
	uint64_t pfn, page; /* page: virtual address of the struct page */
	uint64_t page_offset; /* WHATIS_STRUCT_PAGE: bytes into it */
	struct frame_use use;
	struct memory_place memory;

	/* The device at physical, or where the place is mapped to, and the memory that a bounce
	 * buffer stands for. */
	const struct pci_function *device; /* NULL: none */
	const struct pci_bar *bar; /* device */
	uint64_t bar_offset;
	bool has_bounce;
	struct bounce_copy bounce;

	struct table_owner root; /* AS_ROOT */
	unsigned int pcid;
	struct value_meaning meaning; /* AS_VALUE */
	uint64_t shadowed; /* for KASAN's shadow: the first of the 8 bytes that it describes */
	bool has_shadowed;

	/* WHATIS_USER */
	bool has_process, has_vma, is_mapped;
	struct error lacks_vmas; /* has_process: why mappings are missing; no code: none are */
	struct task task; /* has_process */
	uint64_t mm;
	/* Static: where the entry says that an absent page is, as "swapped"; NULL: nowhere. */
	const char *absent;
	struct vma vma;
	char vma_name[VMA_NAME_MAX];

	/* WHATIS_DMA_FAULT; WHATIS_IO_MAPPING: describes an access that did not happen.
	 * has_physical: for the memory that the bus address is mapped to. */
	struct dma_fault_view fault;
	size_t nr_others; /* WHATIS_IO_MAPPING: tables of other domains that map it too */
};

/* One of each. */
enum { MOST_MEANINGS = NR_AS };

struct whatis_list {
	struct whatis item[MOST_MEANINGS];
	size_t nr;
};

/* Finds all meanings of a number. as: the meanings asked for, as bits of enum whatis_as. There
 * is at least one, if only WHATIS_UNKNOWN. process: user addresses belong to it; NULL: none is
 * chosen. list has about 100K. */
void query_whatis(struct kernel *kernel, uint64_t value, unsigned int as,
		  const struct process *process, struct whatis_list *list);

/* Only for a virtual address of the kernel: always one answer. */
void query_whatis_at(struct kernel *kernel, uint64_t vaddr, struct whatis *whatis);

/* A fault that a line of a log reports: WHATIS_DMA_FAULT. */
void query_whatis_fault(struct kernel *kernel, const struct dma_fault *fault,
			struct whatis *whatis);

/* One line without a newline. */
enum { WHATIS_TEXT = 1024 };
void whatis_text(struct kernel *kernel, const struct whatis *whatis, char text[WHATIS_TEXT]);
