/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* An access of a device through an IOMMU: the entries that lead from the device to a page table,
 * the walk of that table, and the result. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "paging/walk.h"

struct kernel;

enum dma_reach {
	DMA_UNKNOWN, /* see trouble */
	DMA_DIRECT, /* without an IOMMU: bus addresses are physical */
	DMA_PASS_THROUGH, /* the IOMMU does not change addresses */
	DMA_TRANSLATED, /* translated by the table of space */
	DMA_BLOCKED, /* the IOMMU blocks all accesses */
	DMA_LISTED, /* translated by a tree of mappings: viommu.h */
};

enum {
	/* Root, context, PASID directory, PASID table; or device table and GCR3 tables. */
	MOST_HEADS = 5,
	MOST_HEAD_FLAGS = 6,
};

enum dma_head_kind {
	HEAD_ROOT, /* Intel's: this and the next three */
	HEAD_CONTEXT,
	HEAD_PASID_DIRECTORY,
	HEAD_PASID,
	HEAD_DEVICE, /* AMD's: this and the next */
	HEAD_GCR3,
	HEAD_STREAM_DIRECTORY, /* Arm's: this and the next three */
	HEAD_STREAM,
	HEAD_CD_DIRECTORY,
	HEAD_CD,
	NR_HEAD_KINDS
};
/* Names in answers: "root", "pasid-dir". */
extern const char *const dma_head_names[NR_HEAD_KINDS];

/* An entry before the page table. For an entry of 16 bytes or more, the first two words are
 * shown. */
struct dma_head {
	enum dma_head_kind kind;
	uint64_t paddr;
	bool read; /* false: the entry could not be read; the reason: */
	enum page_state reason;
	unsigned int nr_words;
	uint64_t word[2];
	unsigned int nr_flags;
	const char *flag[MOST_HEAD_FLAGS]; /* static text */
};

/* The start of each access of a device. */
struct dma_entrance {
	enum dma_reach reach;
	bool readable, writable; /* with DMA_PASS_THROUGH, _TRANSLATED: rights in the heads */
	bool first_stage; /* the table has the CPU's format */
	unsigned int nr_heads;
	struct dma_head head[MOST_HEADS];
	struct space space; /* with DMA_TRANSLATED; dump is the kernel's */
	struct kernel *kernel; /* with DMA_LISTED: borrowed; the kernel with the tree */
	uint64_t tree; /* with DMA_LISTED: address of the pointer to the root of the tree */
	struct error trouble; /* with DMA_UNKNOWN, DMA_BLOCKED: why */
};

/* For functions that enter an IOMMU; each of them sets reach at its end. */

/* Adds a head, and reads it. NULL, with the trouble set: the head is not in the dump. */
struct dma_head *dma_add_head(struct kernel *kernel, struct dma_entrance *entrance,
			      enum dma_head_kind kind, uint64_t paddr, unsigned int nr_words);
void dma_head_flag(struct dma_head *head, bool set, const char *name);
/* Is IO_PRESENT set in the head? Also sets the flag; an entry without IO_PRESENT blocks the
 * device. */
bool dma_head_present(struct dma_entrance *entrance, struct dma_head *head);
/* Finds the physical address of kernel memory at vaddr. */
bool dma_physical(struct kernel *kernel, uint64_t vaddr, uint64_t *paddr);
/* why: "is not present" */
void dma_unknown(struct dma_entrance *entrance, const struct dma_head *head, const char *why);
void dma_blocked(struct dma_entrance *entrance, const struct dma_head *head, const char *why);
/* word: contains the table's address. */
void dma_translated(struct kernel *kernel, struct dma_entrance *entrance,
		    const struct paging *paging, uint64_t word);

enum {
	IO_WORD = 8, /* bytes of an entry of an IOMMU's tables */
	IO_TABLE = 4096, /* bytes of a table of an IOMMU */
	/* Bits of the first word. IO_PRESENT: Intel's entries and AMD's GCR3 tables; the others:
	 * AMD's device table. */
	IO_PRESENT = 1 << 0,
	IO_VALID = 1 << 0,
	IO_TRANSLATION = 1 << 1,
};

/* --- Intel's (vtd.c) --- */

/* Begins an access with a request id (bus and devfn) at the root table at physical address root.
 * scalable: entries have the format of scalable mode. */
void vtd_enter(struct kernel *kernel, uint64_t root, bool scalable, uint16_t request,
	       struct dma_entrance *entrance);

/* --- AMD's (amd_iommu.c) --- */

/* Begins a device's access at its entry of the device table, which is at this physical address. */
void amd_iommu_enter(struct kernel *kernel, uint64_t entry, struct dma_entrance *entrance);

/* --- Arm's (smmu.c) --- */

/* Begins the access of a device whose driver's data, struct arm_smmu_master, is at info. unit:
 * address of the struct iommu_device of its IOMMU. False: it is not an SMMUv3. */
bool smmu_enter(struct kernel *kernel, uint64_t info, uint64_t unit, uint64_t iommu,
		uint64_t device, struct dma_entrance *entrance);

/* Where the driver has the stream table: physical addresses. */
struct smmu_streams {
	uint64_t table;
	bool two_level; /* the table has descriptors of tables of 256 entries */
	uint64_t nr; /* number of entries of the table */
};

/* Begins an access with a stream id. */
void smmu_enter_stream(struct kernel *kernel, const struct smmu_streams *streams, uint32_t id,
		       struct dma_entrance *entrance);
