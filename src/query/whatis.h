/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The meaning of a number: an address, frame, root of a page table, poison or error. A number may
 * have several meanings: all possible ones are found. */
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
	WHATIS_SLOT, /* slot of fixmap or kmap */
	WHATIS_CPU_ENTRY, /* a member of the cpu entry area */
	WHATIS_REGION, /* only the region is known */
	WHATIS_DMA_FAULT, /* a device's access that its IOMMU refused */
	WHATIS_IO_MAPPING, /* an IOMMU maps it for a device */
	WHATIS_SPELLED, /* its bytes are a text */
	NR_WHATIS_KINDS
};
/* Names: "symbol", "per-cpu", ... */
extern const char *const whatis_kind_names[NR_WHATIS_KINDS];

/* A meaning of the number; sets consist of bits 1 << AS_VIRTUAL, ... */
enum whatis_as {
	AS_VIRTUAL,
	AS_PHYSICAL,
	AS_PFN,
	AS_ROOT,
	AS_VALUE,
	AS_BUS, /* bus address of a device */
	NR_AS
};
extern const char *const whatis_as_names[NR_AS]; /* names: "virtual", ... */
/* AS_BUS is not included, as it requires the table of each domain. */
enum { AS_ANY = (1 << AS_BUS) - 1 };

/* Pointers are borrowed from the kernel until its facts are forgotten. A part is valid only if its
 * has_... is true. The struct has about 16 KiB. */
struct whatis {
	enum whatis_kind kind;
	enum whatis_as as;
	uint64_t value; /* the number in the question */

	/* Not canonical, but canonical if this bit is flipped. meant is the flipped value,
	 * meant_kind its kind, and all members below describe it. */
	bool has_meant;
	bool is_signed; /* the difference is not a bit, but the pointer's authentication code */
	unsigned int bit;
	uint64_t meant;
	enum whatis_kind meant_kind;

	/* A kernel address: the number itself; or if is_alias, an address of the physical memory in
	 * question. */
	bool has_place, is_alias;
	/* The place is init memory that the kernel has freed: its symbol still names the address,
	 * but not the content. */
	bool is_freed;
	struct place place;
	struct object_owner owner; /* owner of the place; type NULL: unknown */
	bool has_line;
	struct code_line line;

	/* Physical memory: the number itself, its linear mapping, or the frame of a struct page at
	 * the number. */
	bool has_physical, has_frame;
	uint64_t physical;
	uint64_t pfn, page; /* page: virtual address of the struct page */
	uint64_t page_offset; /* WHATIS_STRUCT_PAGE: offset in the struct page */
	struct frame_use use;
	struct memory_place memory;

	/* The device at physical or at the target of the place's mapping, and the original of a
	 * bounce buffer. */
	const struct pci_function *device; /* NULL: no device */
	const struct pci_bar *bar; /* valid if device is not NULL */
	uint64_t bar_offset;
	bool has_bounce;
	struct bounce_copy bounce;

	struct table_owner root; /* valid with AS_ROOT */
	unsigned int pcid;
	struct value_meaning meaning; /* AS_VALUE */
	char spelled[VALUE_SPELLED]; /* WHATIS_SPELLED */
	uint64_t shadowed; /* for KASAN's shadow: the first of the 8 bytes that it describes */
	bool has_shadowed;

	/* valid with WHATIS_USER */
	bool has_process, has_vma, is_mapped;
	/* has_process: why mappings are missing; code 0: none is missing. */
	struct error lacks_vmas;
	struct task task; /* valid if has_process */
	uint64_t mm;
	/* Static: where an absent page is, according to its entry: "swapped"; NULL: not known. */
	const char *absent;
	struct vma vma;
	char vma_name[VMA_NAME_MAX];

	/* WHATIS_DMA_FAULT; with WHATIS_IO_MAPPING it describes an access that did not happen.
	 * has_physical: the memory that the bus address is mapped to. */
	struct dma_fault_view fault;
	/* WHATIS_IO_MAPPING: number of tables of other domains that map it, too. */
	size_t nr_others;
};

/* One meaning of each kind. */
enum { MOST_MEANINGS = NR_AS };

struct whatis_list {
	struct whatis item[MOST_MEANINGS];
	size_t nr;
};

/* Finds the meanings of a number. as: meanings to look for, bits of enum whatis_as. The list has at
 * least one, possibly WHATIS_UNKNOWN. process: owner of user addresses; NULL: none chosen. list has
 * about 100 KiB. */
void query_whatis(struct kernel *kernel, uint64_t value, unsigned int as,
		  const struct process *process, struct whatis_list *list);

/* Only for virtual addresses of the kernel: always one meaning. */
void query_whatis_at(struct kernel *kernel, uint64_t vaddr, struct whatis *whatis);

/* For a fault in a line of a log: WHATIS_DMA_FAULT. */
void query_whatis_fault(struct kernel *kernel, const struct dma_fault *fault,
			struct whatis *whatis);

/* Writes one line without a newline. */
enum { WHATIS_TEXT = 1024 };
void whatis_text(struct kernel *kernel, const struct whatis *whatis, char text[WHATIS_TEXT]);
