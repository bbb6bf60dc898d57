/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Finds the meanings of a number: an address, a page frame number, the root of a page table, poison
 * or an error. A number may have several meanings. All possible meanings are found. */
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
	WHATIS_SLOT, /* a slot of fixmap or kmap */
	WHATIS_CPU_ENTRY, /* a member of the cpu entry area */
	WHATIS_REGION, /* only the region is known */
	WHATIS_DMA_FAULT, /* an access of a device that its IOMMU refused */
	WHATIS_IO_MAPPING, /* an IOMMU maps this bus address for a device */
	WHATIS_SPELLED, /* the bytes of the number are a text */
	NR_WHATIS_KINDS
};
/* Names: "symbol", "per-cpu", ... */
extern const char *const whatis_kind_names[NR_WHATIS_KINDS];

/* A way to interpret the number. A set of these consists of bits 1 << AS_VIRTUAL, ... */
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
/* All meanings except AS_BUS, which requires the page table of each IOMMU domain. */
enum { AS_ANY = (1 << AS_BUS) - 1 };

/* Pointers are borrowed from the kernel until its facts are forgotten. Members that belong to a
 * has_... are valid only if it is true. The struct has about 16 KiB. */
struct whatis {
	enum whatis_kind kind;
	enum whatis_as as;
	uint64_t value; /* the number in the question */

	/* has_meant: the number is not a canonical address, but would be if this bit were flipped.
	 * meant is the number with the bit flipped, and meant_kind is its kind. All members below
	 * describe meant. */
	bool has_meant;
	/* True if the number differs from meant in a pointer authentication code, not in a bit. */
	bool is_signed;
	unsigned int bit;
	uint64_t meant;
	enum whatis_kind meant_kind;

	/* has_place: place describes a kernel address. This is the number itself, or if is_alias is
	 * true, an address at which the kernel maps the physical memory. */
	bool has_place, is_alias;
	/* The place is in init memory that the kernel has freed. Its symbol still names the
	 * address, but not the present content. */
	bool is_freed;
	struct place place;
	struct object_owner owner; /* owner of the place; owner.type is NULL if unknown */
	bool has_line;
	struct code_line line;

	/* has_physical: physical is a physical address: the number itself, the memory that the
	 * number's linear mapping maps, or the page frame whose struct page contains the
	 * address. */
	bool has_physical, has_frame;
	uint64_t physical;
	uint64_t pfn, page; /* page: virtual address of the frame's struct page */
	uint64_t page_offset; /* with WHATIS_STRUCT_PAGE: offset of the number in the struct page */
	struct frame_use use;
	struct memory_place memory;

	/* The device at physical, or at the physical address that place is mapped to. */
	const struct pci_function *device; /* NULL: no device */
	const struct pci_bar *bar; /* valid if device is not NULL */
	uint64_t bar_offset;
	bool has_bounce;
	struct bounce_copy bounce;

	struct table_owner root; /* valid with AS_ROOT */
	unsigned int pcid;
	struct value_meaning meaning; /* valid with AS_VALUE */
	char spelled[VALUE_SPELLED]; /* valid with WHATIS_SPELLED */
	/* For an address in KASAN's shadow: the first of the 8 bytes that the shadow byte
	 * describes. */
	uint64_t shadowed;
	bool has_shadowed;

	/* Valid with WHATIS_USER. */
	bool has_process, has_vma, is_mapped;
	/* If has_process: why mappings are missing; the code is 0 if none is missing. */
	struct error lacks_vmas;
	struct task task; /* valid if has_process */
	uint64_t mm;
	/* Static; state of a page that is not mapped, from its entry, such as "swapped"; NULL:
	 * unknown. */
	const char *absent;
	struct vma vma;
	char vma_name[VMA_NAME_MAX];

	/* Valid with WHATIS_DMA_FAULT and WHATIS_IO_MAPPING. With WHATIS_IO_MAPPING it describes an
	 * access that did not happen. If has_physical, physical is the memory that the bus address
	 * is mapped to. */
	struct dma_fault_view fault;
	/* With WHATIS_IO_MAPPING: number of tables of other domains that also map the bus
	 * address. */
	size_t nr_others;
};

/* At most one meaning for each enum whatis_as. */
enum { MOST_MEANINGS = NR_AS };

struct whatis_list {
	struct whatis item[MOST_MEANINGS];
	size_t nr;
};

/* Finds the meanings of a number. as: the meanings to look for, a set of bits of enum whatis_as.
 * The list gets at least one meaning, which may be WHATIS_UNKNOWN. process: the process that user
 * addresses belong to; NULL: no process was chosen. The list has about 100 KiB. */
void query_whatis(struct kernel *kernel, uint64_t value, unsigned int as,
		  const struct process *process, struct whatis_list *list);

/* Finds the meaning of a virtual address of the kernel. There is always exactly one. */
void query_whatis_at(struct kernel *kernel, uint64_t vaddr, struct whatis *whatis);

/* Describes a fault from a line of a log, as WHATIS_DMA_FAULT. */
void query_whatis_fault(struct kernel *kernel, const struct dma_fault *fault,
			struct whatis *whatis);

/* Writes the meaning as one line, without a newline. */
enum { WHATIS_TEXT = 1024 };
void whatis_text(struct kernel *kernel, const struct whatis *whatis, char text[WHATIS_TEXT]);
