/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the meanings of a number: it may be an address, a page frame number, the root of a page
 * table, poison or an error. If a number has several possible meanings, all of them are found. */
#pragma once

#include "devices/dma_fault.h"
#include "query/frame_use.h"
#include "query/place.h"
#include "query/kasan.h"
#include "base/special.h"
#include "debuginfo/lines.h"

struct inlined_function;

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
	WHATIS_SLOT, /* a slot of the fixmap or of kmap */
	WHATIS_CPU_ENTRY, /* a member of the cpu_entry_area */
	WHATIS_REGION, /* an address of which only the region is known */
	WHATIS_DMA_FAULT, /* an access of a device that its IOMMU refused */
	WHATIS_IO_MAPPING, /* an IOMMU maps this bus address for a device */
	WHATIS_SPELLED, /* the bytes of the number are a text */
	NR_WHATIS_KINDS
};
/* Names of kinds in answers: "symbol", "per-cpu", ... */
extern const char *const whatis_kind_names[NR_WHATIS_KINDS];

/* What the number may be. A set consists of bits such as 1 << AS_VIRTUAL. */
enum whatis_as {
	AS_VIRTUAL,
	AS_PHYSICAL,
	AS_PFN,
	AS_ROOT,
	AS_VALUE,
	AS_BUS, /* the bus address of an access by a device */
	NR_AS
};
extern const char *const whatis_as_names[NR_AS]; /* names in answers, such as "virtual" */
/* All values of enum whatis_as except AS_BUS, which needs a search in the page tables of all
 * IOMMUs. */
enum { AS_ANY = (1 << AS_BUS) - 1 };

/* A meaning of a number. Pointers are borrowed from the kernel until its facts are forgotten. If a
 * member has a flag has_..., the member is valid only if the flag is true. The struct has about 16
 * KiB. */
struct whatis {
	enum whatis_kind kind;
	enum whatis_as as;
	uint64_t value; /* the number */
	struct pointer_tag tag; /* of the number; has_tag is false unless as is AS_VIRTUAL */
	uint64_t address; /* with WHATIS_USER: the number without its tag */

	/* True if the number is not a canonical address, but becomes one if one bit is flipped
	 * (bit) or if an authentication code is removed (is_signed). meant is this address, and
	 * meant_kind is its kind. All members below describe meant. */
	bool has_meant;
	/* True if the number differs from meant in a pointer authentication code. False: in one
	 * bit. */
	bool is_signed;
	unsigned int bit;
	uint64_t meant;
	enum whatis_kind meant_kind;

	/* True if place describes a kernel address. This address is the number itself, or if
	 * is_alias is true, another address of the same physical memory. */
	bool has_place, is_alias;
	/* True if the place is in init memory that the kernel has freed. The symbol of the place
	 * then does not describe the present content. */
	bool is_freed;
	struct place place;
	struct object_owner owner; /* of the object at the place; type is NULL if unknown */
	bool has_line;
	struct code_line line;
	uint64_t code; /* the address that the line belongs to, if has_line is true */

	/* True if `physical` is valid. `physical` is the number itself, the memory to which the
	 * linear mapping maps the number, or the frame whose struct page contains the number. */
	bool has_physical, has_frame;
	uint64_t physical;
	uint64_t pfn, page; /* page: virtual address of the struct page of the frame */
	uint64_t page_offset; /* with WHATIS_STRUCT_PAGE: offset of the number in the struct page */
	/* The frame has no struct page (has_frame is false), but the use of the frame is known: it
	 * contains the page table use.table. */
	bool is_table;
	struct frame_use use;
	struct memory_place memory;

	/* The device at physical, or at the physical address to which the place is mapped. */
	const struct pci_function *device; /* NULL: no device */
	const struct pci_bar *bar; /* valid if device is not NULL */
	uint64_t bar_offset;
	bool has_bounce;
	struct bounce_copy bounce;

	struct table_owner root; /* valid with AS_ROOT */
	struct value_meaning meaning; /* valid with AS_VALUE */
	char spelled[VALUE_SPELLED]; /* valid with WHATIS_SPELLED */
	/* The bytes that the number, an address in KASAN's shadow, describes. With
	 * WHATIS_NON_CANONICAL: the bytes that it would describe. */
	bool has_shadowed;
	struct shadowed shadowed;

	/* These members are valid with WHATIS_USER. */
	bool has_process, has_vma, is_mapped;
	bool lacks_memory; /* the process that was asked for, `task`, has no user memory */
	/* With has_process: why mappings of the process are missing. code 0: no mapping is
	 * missing. */
	struct error lacks_vmas;
	struct task task; /* valid if has_process or lacks_memory */
	uint64_t mm;
	/* Static text: why the page is not mapped, according to its entry, such as "swapped". NULL:
	 * unknown. */
	const char *absent;
	struct vma vma;
	char vma_name[VMA_NAME_MAX];

	/* Valid with WHATIS_DMA_FAULT and WHATIS_IO_MAPPING. With WHATIS_IO_MAPPING it describes an
	 * access that has not happened. If has_physical is true, the bus address is mapped to
	 * physical. */
	struct dma_fault_view fault;
	/* With WHATIS_IO_MAPPING: number of other tables that also map the bus address. */
	size_t nr_others;
};

/* A number has at most one meaning for each enum whatis_as. */
enum { MOST_MEANINGS = NR_AS };

struct whatis_list {
	struct whatis item[MOST_MEANINGS];
	size_t nr;
};

/* Finds the meanings of a number. as: the possible meanings to consider, a set of bits of enum
 * whatis_as. process: the process of user addresses; may be NULL. The list gets at least one
 * meaning, which may be WHATIS_UNKNOWN. The struct whatis_list has about 100 KiB. */
void query_whatis(struct kernel *kernel, uint64_t value, unsigned int as,
		  const struct process *process, struct whatis_list *list);

/* Finds the meaning of a kernel address. There is always exactly one meaning. */
void query_whatis_at(struct kernel *kernel, uint64_t vaddr, struct whatis *whatis);

/* Describes a fault that was read from a line of a log. The kind is WHATIS_DMA_FAULT. */
void query_whatis_fault(struct kernel *kernel, const struct dma_fault *fault,
			struct whatis *whatis);

/* Writes the meaning in one line, without a newline. */
enum { WHATIS_TEXT = 1024 };
void whatis_text(struct kernel *kernel, const struct whatis *whatis, char text[WHATIS_TEXT]);
/* Appends the inlined functions of a line of code, the innermost first, and where the outermost is called. */
enum { WHATIS_INLINED = 512 };
void whatis_put_inlined(const struct inlined_function *functions, size_t nr, char *text,
			size_t size);
/* Writes what contains the address, for a text that names the address: for a slab object in use, its
 * cache and its owner. For all else, writes the meaning. */
void whatis_text_within(struct kernel *kernel, const struct whatis *whatis, char text[WHATIS_TEXT]);
