/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The way of a device's access through an IOMMU: the entries that lead from the device to a page
 * table, the walk of that table, and the result. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "paging/walk.h"

struct kernel;

enum dma_reach {
	DMA_UNKNOWN, /* trouble says why */
	DMA_DIRECT, /* no IOMMU is between: bus addresses are physical */
	DMA_PASS_THROUGH, /* the IOMMU passes them unchanged */
	DMA_TRANSLATED, /* by the table of space */
	DMA_BLOCKED, /* the IOMMU lets nothing pass */
	DMA_LISTED, /* by a tree of mappings: viommu.h */
};

enum {
	MOST_HEADS = 5, /* root, context, PASID directory and table; or device table, GCR3 */
	MOST_HEAD_FLAGS = 6,
};

enum dma_head_kind {
	HEAD_ROOT, /* Intel's, as the three that follow */
	HEAD_CONTEXT,
	HEAD_PASID_DIRECTORY,
	HEAD_PASID,
	HEAD_DEVICE, /* AMD's, as the next */
	HEAD_GCR3,
	NR_HEAD_KINDS
};
/* As answers show them: "root", "pasid-dir". */
extern const char *const dma_head_names[NR_HEAD_KINDS];

/* An entry before the page table. Of an entry of 16 bytes or more, the first two words are
 * shown. */
struct dma_head {
	enum dma_head_kind kind;
	uint64_t paddr;
	bool read; /* otherwise it is not in the dump, for this reason: */
	enum page_state reason;
	unsigned int nr_words;
	uint64_t word[2];
	unsigned int nr_flags;
	const char *flag[MOST_HEAD_FLAGS]; /* static */
};

/* How a device's accesses begin. */
struct dma_entrance {
	enum dma_reach reach;
	bool readable, writable; /* DMA_PASS_THROUGH, _TRANSLATED: as far as the heads show */
	bool first_stage; /* the table is as a CPU's */
	unsigned int nr_heads;
	struct dma_head head[MOST_HEADS];
	struct space space; /* DMA_TRANSLATED; dump is the kernel's */
	struct kernel *kernel; /* DMA_LISTED: borrowed; the kernel with the tree */
	uint64_t tree; /* DMA_LISTED: address of the pointer to its root */
	struct error trouble; /* DMA_UNKNOWN, DMA_BLOCKED: why */
};

/* For those who enter, which each set the reach in the end. */

/* Adds a head, and reads it. NULL, with the trouble set: it is not in the dump. */
struct dma_head *dma_add_head(struct kernel *kernel, struct dma_entrance *entrance,
			      enum dma_head_kind kind, uint64_t paddr, unsigned int nr_words);
void dma_head_flag(struct dma_head *head, bool set, const char *name);
/* Is IO_PRESENT set? Sets the flag in the head; an entry without it blocks the device. */
bool dma_head_present(struct dma_entrance *entrance, struct dma_head *head);
/* The physical address of the kernel's memory at vaddr. */
bool dma_physical(struct kernel *kernel, uint64_t vaddr, uint64_t *paddr);
/* why: "is not present" */
void dma_unknown(struct dma_entrance *entrance, const struct dma_head *head, const char *why);
void dma_blocked(struct dma_entrance *entrance, const struct dma_head *head, const char *why);
/* word has the table's address. */
void dma_translated(struct kernel *kernel, struct dma_entrance *entrance,
		    const struct paging *paging, uint64_t word);

enum {
	IO_WORD = 8, /* bytes of an entry of an IOMMU's tables */
	IO_TABLE = 4096, /* and of a table */
	/* Of the first word: Intel's entries and AMD's GCR3 tables; AMD's device table. */
	IO_PRESENT = 1 << 0,
	IO_VALID = 1 << 0,
	IO_TRANSLATION = 1 << 1,
};

/* --- Intel's (vtd.c) --- */

/* Begins an access with the request id request (bus and devfn), by the root table at physical
 * address root. scalable: its entries have the format of scalable mode. */
void vtd_enter(struct kernel *kernel, uint64_t root, bool scalable, uint16_t request,
	       struct dma_entrance *entrance);

/* --- AMD's (amd_iommu.c) --- */

/* Begins a device's access, by its entry of the device table at this physical address. */
void amd_iommu_enter(struct kernel *kernel, uint64_t entry, struct dma_entrance *entrance);
