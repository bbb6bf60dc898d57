/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* An access of a device through an IOMMU: the entries that lead from the device to a page table,
 * and the address space of that table. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "paging/walk.h"

struct kernel;

enum dma_reach {
	DMA_UNKNOWN, /* the reason is in trouble */
	DMA_DIRECT, /* no IOMMU: bus addresses are physical addresses */
	DMA_PASS_THROUGH, /* the IOMMU does not change addresses */
	DMA_TRANSLATED, /* translated by a page table, see space */
	DMA_BLOCKED, /* the IOMMU blocks all accesses */
	DMA_LISTED, /* translated by a tree of mappings, see viommu.h */
};

enum {
	/* Intel: root, context, PASID directory and PASID table. AMD: device table and GCR3
	 * tables. */
	MOST_HEADS = 5,
	MOST_HEAD_FLAGS = 6,
};

enum dma_head_kind {
	HEAD_ROOT, /* this and the next three: Intel */
	HEAD_CONTEXT,
	HEAD_PASID_DIRECTORY,
	HEAD_PASID,
	HEAD_DEVICE, /* this and the next: AMD */
	HEAD_GCR3,
	HEAD_STREAM_DIRECTORY, /* this and the next three: Arm */
	HEAD_STREAM,
	HEAD_CD_DIRECTORY,
	HEAD_CD,
	NR_HEAD_KINDS
};
/* Names in answers: "root", "pasid-dir". */
extern const char *const dma_head_names[NR_HEAD_KINDS];

/* An entry in a table that leads to the page table. If the entry has 16 bytes or more, answers show
 * its first two words. */
struct dma_head {
	enum dma_head_kind kind;
	uint64_t paddr;
	bool read; /* false: the entry could not be read, and reason is set */
	enum page_state reason;
	unsigned int nr_words;
	uint64_t word[2];
	unsigned int nr_flags;
	const char *flag[MOST_HEAD_FLAGS]; /* static text */
};

/* The way from a device to its page table. All accesses of the device begin here. */
struct dma_entrance {
	enum dma_reach reach;
	/* With DMA_PASS_THROUGH or DMA_TRANSLATED: rights according to the heads. */
	bool readable, writable;
	bool first_stage; /* the page table has the CPU's format */
	unsigned int nr_heads;
	struct dma_head head[MOST_HEADS];
	struct space space; /* valid with DMA_TRANSLATED; space.dump is the dump of the kernel */
	struct kernel *kernel; /* valid with DMA_LISTED: the kernel that has the tree, borrowed */
	uint64_t tree; /* valid with DMA_LISTED: address of the pointer to the root of the tree */
	struct error trouble; /* valid with DMA_UNKNOWN and DMA_BLOCKED: why */
};

/* The next functions are for files that read the tables of one kind of IOMMU. dma_unknown(),
 * dma_blocked() and dma_translated() set entrance->reach. */

/* Adds a head to the entrance, and reads its first nr_words words. Returns NULL and sets
 * entrance->trouble if a word is not in the dump. */
struct dma_head *dma_add_head(struct kernel *kernel, struct dma_entrance *entrance,
			      enum dma_head_kind kind, uint64_t paddr, unsigned int nr_words);
void dma_head_flag(struct dma_head *head, bool set, const char *name);
/* Returns true if IO_PRESENT is set in the head, and then adds the flag "PRESENT" to the head.
 * Otherwise marks the device as blocked. */
bool dma_head_present(struct dma_entrance *entrance, struct dma_head *head);
/* Finds the physical address of the kernel's virtual address vaddr. Returns false if there is
 * none. */
bool dma_physical(struct kernel *kernel, uint64_t vaddr, uint64_t *paddr);
/* why: the rest of a sentence about the head, such as "is not present". */
void dma_unknown(struct dma_entrance *entrance, const struct dma_head *head, const char *why);
void dma_blocked(struct dma_entrance *entrance, const struct dma_head *head, const char *why);
/* word: the word of an entry that contains the physical address of the page table. */
void dma_translated(struct kernel *kernel, struct dma_entrance *entrance,
		    const struct paging *paging, uint64_t word);

enum {
	IO_WORD = 8, /* bytes of a word in an IOMMU's tables */
	IO_TABLE = 4096, /* bytes of a page of an IOMMU's tables */
	/* Bits of the first word of an entry. IO_PRESENT is used in Intel's entries and in AMD's
	 * GCR3 tables, the other bits in AMD's device table. */
	IO_PRESENT = 1 << 0,
	IO_VALID = 1 << 0,
	IO_TRANSLATION = 1 << 1,
};

/* --- Intel's (vtd.c) --- */

/* Finds the page table for requests with this id (bus and devfn). root: physical address of the
 * root table. scalable: the entries have the format of scalable mode. */
void vtd_enter(struct kernel *kernel, uint64_t root, bool scalable, uint16_t request,
	       struct dma_entrance *entrance);

/* --- AMD's (amd_iommu.c) --- */

/* Finds the page table of a device. entry: physical address of the device's entry in the device
 * table. */
void amd_iommu_enter(struct kernel *kernel, uint64_t entry, struct dma_entrance *entrance);

/* --- Arm's (smmu.c) --- */

/* Finds the page table of the device whose struct pci_dev is at address device. info: address of
 * the struct arm_smmu_master of its IOMMU's driver. unit: address of its IOMMU's struct
 * iommu_device. iommu: address of its struct dev_iommu. Returns false if the IOMMU is not an
 * SMMUv3. */
bool smmu_enter(struct kernel *kernel, uint64_t info, uint64_t unit, uint64_t iommu,
		uint64_t device, struct dma_entrance *entrance);

/* The stream table of an SMMU. */
struct smmu_streams {
	uint64_t table;
	/* True if table has descriptors. Each descriptor points to a table of up to 256 entries. */
	bool two_level;
	uint64_t nr; /* number of entries in table */
};

/* Finds the page table for accesses with a stream id. */
void smmu_enter_stream(struct kernel *kernel, const struct smmu_streams *streams, uint32_t id,
		       struct dma_entrance *entrance);
