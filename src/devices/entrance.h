/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* How a device accesses memory through an IOMMU: the entries that are read, starting with the entry
 * for the device, and the page table to which they point. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "paging/walk.h"

struct kernel;

enum dma_reach {
	DMA_UNKNOWN, /* the reason is in trouble */
	DMA_DIRECT, /* there is no IOMMU, so bus addresses are physical addresses */
	DMA_PASS_THROUGH, /* the IOMMU does not change addresses */
	DMA_TRANSLATED, /* translated by a page table, see space */
	DMA_BLOCKED, /* the IOMMU blocks all accesses */
	DMA_LISTED, /* translated by a tree of mappings, see viommu.h */
};

enum {
	/* Limit for the entries that are read for a device. Intel: root, context, PASID directory
	 * and PASID table. AMD: device table and up to three GCR3 tables. */
	MOST_HEADS = 5,
	MOST_HEAD_FLAGS = 6,
};

enum dma_head_kind {
	HEAD_ROOT, /* this and the next three kinds: Intel */
	HEAD_CONTEXT,
	HEAD_PASID_DIRECTORY,
	HEAD_PASID,
	HEAD_DEVICE, /* this kind and the next: AMD */
	HEAD_GCR3,
	HEAD_STREAM_DIRECTORY, /* this and the next three kinds: Arm */
	HEAD_STREAM,
	HEAD_CD_DIRECTORY,
	HEAD_CD,
	NR_HEAD_KINDS
};
/* Names of kinds in answers, such as "root" and "pasid-dir". */
extern const char *const dma_head_names[NR_HEAD_KINDS];

/* A table entry that is read to find the page table of a device. Answers show the first two words
 * of an entry, or one word if the entry has only one. */
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

/* The entrance of a device: the entries that are read to find its page table, and the page table.
 * All accesses of the device use this page table. */
struct dma_entrance {
	enum dma_reach reach;
	/* With DMA_PASS_THROUGH or DMA_TRANSLATED: the access rights that the entries in head
	 * give. */
	bool readable, writable;
	bool first_stage; /* the page table has the CPU's format */
	unsigned int nr_heads;
	struct dma_head head[MOST_HEADS];
	struct space space; /* page table; valid with DMA_TRANSLATED */
	struct kernel *kernel; /* valid with DMA_LISTED: the kernel with the tree, borrowed */
	uint64_t tree; /* valid with DMA_LISTED: address of the pointer to the root of the tree */
	struct error trouble; /* valid with DMA_UNKNOWN and DMA_BLOCKED: why */
	/* With DMA_DIRECT: the reason, a static text. on_machine: it applies to all devices. */
	const char *why_direct;
	bool on_machine;
};

/* For the files that read the tables of one kind of IOMMU. dma_unknown(), dma_blocked() and
 * dma_translated() set entrance->reach. */

/* Adds the entry at paddr to entrance->head, and reads its first nr_words words. Returns NULL and
 * sets entrance->trouble if a word is not in the dump. */
struct dma_head *dma_add_head(struct kernel *kernel, struct dma_entrance *entrance,
			      enum dma_head_kind kind, uint64_t paddr, unsigned int nr_words);
void dma_head_flag(struct dma_head *head, bool set, const char *name);
/* Is IO_PRESENT set in the entry? If so, adds the flag "PRESENT". If not, sets the device to
 * blocked. */
bool dma_head_present(struct dma_entrance *entrance, struct dma_head *head);
/* Finds the physical address to which the kernel's virtual address vaddr is mapped. Returns false
 * if vaddr is not mapped. */
bool dma_physical(struct kernel *kernel, uint64_t vaddr, uint64_t *paddr);
/* head: the entry that is the reason. why: the rest of a sentence about the entry, such as "is not
 * present". */
void dma_unknown(struct dma_entrance *entrance, const struct dma_head *head, const char *why);
void dma_blocked(struct dma_entrance *entrance, const struct dma_head *head, const char *why);
/* paging: format of the page table. word: the word with the physical address of the page table. */
void dma_translated(struct kernel *kernel, struct dma_entrance *entrance,
		    const struct paging *paging, uint64_t word);

enum {
	IO_WORD = 8, /* bytes of a word in an IOMMU's tables */
	IO_TABLE = 4096, /* bytes of a page of an IOMMU's tables */
	/* Bits of the first word of an entry. IO_PRESENT is a bit in Intel's entries and in entries
	 * of AMD's GCR3 tables. The other bits are bits in AMD's device table. */
	IO_PRESENT = 1 << 0,
	IO_VALID = 1 << 0,
	IO_TRANSLATION = 1 << 1,
};

/* --- Intel's (vtd.c) --- */

/* Finds the page table for requests with this request id. root: physical address of the root table.
 * scalable: the tables have the formats of scalable mode. */
void vtd_enter(struct kernel *kernel, uint64_t root, bool scalable, uint16_t request,
	       struct dma_entrance *entrance);

/* --- AMD's (amd_iommu.c) --- */

/* Finds the page table of a device. entry: physical address of the device's entry in the device
 * table. */
void amd_iommu_enter(struct kernel *kernel, uint64_t entry, struct dma_entrance *entrance);

/* --- Arm's (smmu.c) --- */

/* Finds the page table of a device. Returns false if the IOMMU is not an SMMUv3. info: address of
 * the struct arm_smmu_master, if the IOMMU is an SMMUv3. unit: address of the struct iommu_device
 * of the IOMMU. iommu: address of the device's struct dev_iommu. device: address of the struct
 * pci_dev. */
bool smmu_enter(struct kernel *kernel, uint64_t info, uint64_t unit, uint64_t iommu,
		uint64_t device, struct dma_entrance *entrance);

/* The stream table of an SMMU. */
struct smmu_streams {
	uint64_t table;
	/* True if the table consists of descriptors. A descriptor points to a table with up to 256
	 * entries. */
	bool two_level;
	uint64_t nr; /* number of descriptors or entries in the table */
};

/* Finds the page table that translates accesses with this stream id. */
void smmu_enter_stream(struct kernel *kernel, const struct smmu_streams *streams, uint32_t id,
		       struct dma_entrance *entrance);
