/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads the tables of Arm's IOMMU, the SMMU: Arm SMMU Architecture Specification (IHI 0070),
 * version 3. A stream table entry (STE) points to a page table of stage 2, or to a context
 * descriptor (CD). A CD points to a page table of stage 1. The driver is
 * drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c. */
#include "devices/entrance.h"

#include <inttypes.h>

#include "devices/members.h"
#include "kernel/kernel.h"
#include "kernel/arm_stages.h"

enum {
	ENTRY = 64, /* bytes of an STE and of a CD */
	STREAM_SPLIT = 8, /* number of low bits of a stream id that select an STE in its table */
};

/* The address in a word of an entry. The address is in the bits FIRST to 51 of the word. */
#define POINTER(WORD, FIRST) ((WORD) & (((UINT64_C(1) << 52) - 1) & -(UINT64_C(1) << (FIRST))))

static unsigned int field(uint64_t word, unsigned int shift, unsigned int bits)
{
	return (unsigned int)(word >> shift & ((UINT64_C(1) << bits) - 1));
}

/* Returns the page shift for a value of TG0 in a CD or of S2TG in an STE. Returns 0 if the value is
 * reserved. */
static uint8_t page_shift_of(unsigned int granule)
{
	static const uint8_t shifts[4] = { 12, 16, 14, 0 };

	return shifts[granule];
}

/* Sets entrance->space. stage.bits: the value of TxSZ, which is 64 minus the width of addresses.
 * table: the word with the address of the page table. */
static void translated_by(struct kernel *kernel, struct dma_entrance *entrance,
			  const struct dma_head *head, struct arm_stage stage, uint64_t table)
{
	const struct paging *paging;
	struct error why;

	stage.bits = (uint8_t)(64 - stage.bits);
	paging = kernel_arm_stage(kernel, &stage, &why);
	if (!paging) {
		dma_unknown(entrance, head,
			    "has a reserved value for the granule, width or level of its table");
		return;
	}
	dma_translated(kernel, entrance, paging, table);
	entrance->space.root = POINTER(table, 4);
	entrance->first_stage = !stage.second;
}

/* --- stage 1 --- */

/* Reads a context descriptor (5.4). */
static void smmu_cd(struct kernel *kernel, struct dma_entrance *entrance, uint64_t paddr)
{
	const uint64_t VALID = UINT64_C(1) << 31, OFF = UINT64_C(1) << 14; /* EPD0 */
	const uint64_t AA64 = UINT64_C(1) << 41;
	struct dma_head *head = dma_add_head(kernel, entrance, HEAD_CD, paddr, 2);
	uint64_t word;

	if (!head)
		return;
	word = head->word[0];
	dma_head_flag(head, word & VALID, "VALID");
	dma_head_flag(head, word & AA64, "AA64");
	if (!(word & VALID))
		dma_blocked(entrance, head, "is not valid");
	else if (!(word & AA64))
		dma_unknown(entrance, head, "has a table in the format of 32-bit Arm");
	else if (word & OFF)
		dma_blocked(entrance, head, "disables its table (EPD0 is set)");
	else
		translated_by(kernel, entrance, head,
			      (struct arm_stage){
				      .page_shift = page_shift_of(field(word, 6, 2)),
				      .bits = (uint8_t)field(word, 0, 6),
			      },
			      head->word[1]);
}

/* Reads S1Fmt, S1CDMax and S1DSS of the stream table entry (5.2), and then the CD. If there are
 * several CDs, S1DSS determines whether requests without a substream use the first CD. */
static void smmu_stage1(struct kernel *kernel, struct dma_entrance *entrance,
			const struct dma_head *stream)
{
	enum { ABORT, BYPASS, FIRST };
	uint64_t word = stream->word[0], table = POINTER(word, 6);
	unsigned int without = field(stream->word[1], 0, 2);
	struct dma_head *head;

	if (field(word, 59, 5)) {
		if (without == BYPASS) {
			entrance->reach = DMA_PASS_THROUGH;
			return;
		}
		if (without != FIRST) {
			dma_blocked(entrance, stream, "aborts requests without a substream");
			return;
		}
		if (field(word, 4, 2)) {
			head = dma_add_head(kernel, entrance, HEAD_CD_DIRECTORY, table, 1);
			if (!head || !dma_head_present(entrance, head))
				return;
			table = POINTER(head->word[0], 12);
		}
	}
	smmu_cd(kernel, entrance, table);
}

/* --- stage 2 --- */

/* Reads S2T0SZ, S2SL0, S2TG, S2AA64 and S2TTB of the stream table entry (5.2). */
static void smmu_stage2(struct kernel *kernel, struct dma_entrance *entrance,
			const struct dma_head *stream)
{
	const uint64_t AA64 = UINT64_C(1) << 51;
	uint64_t control, table;
	unsigned int start;
	uint8_t shift;

	if (dump_load(kernel->dump, stream->paddr + 16, 8, &control) != PAGE_PRESENT ||
	    dump_load(kernel->dump, stream->paddr + 24, 8, &table) != PAGE_PRESENT ||
	    !(control & AA64)) {
		dma_unknown(entrance, stream, "has a second stage that cannot be read");
		return;
	}
	/* S2SL0: 0 means that the walk begins at level 2 (4K pages) or level 3 (16K, 64K). Each
	 * higher value adds a level before this level. */
	start = field(control, 38, 2);
	shift = page_shift_of(field(control, 46, 2));
	translated_by(kernel, entrance, stream,
		      (struct arm_stage){
			      .second = true,
			      .page_shift = shift,
			      .bits = (uint8_t)field(control, 32, 6),
			      .levels = (uint8_t)(start + (shift == 12 ? 2 : 1)),
		      },
		      table);
}

/* --- streams --- */

/* Reads a stream table entry (5.2). */
static void smmu_stream(struct kernel *kernel, struct dma_entrance *entrance, uint64_t paddr)
{
	enum { ABORT, BYPASS = 4, STAGE1 = 5, STAGE2 = 6, NESTED = 7 };
	struct dma_head *head = dma_add_head(kernel, entrance, HEAD_STREAM, paddr, 2);
	unsigned int config;

	if (!head)
		return;
	config = field(head->word[0], 1, 3);
	dma_head_flag(head, head->word[0] & IO_VALID, "VALID");
	dma_head_flag(head, config == BYPASS, "BYPASS");
	dma_head_flag(head, config == STAGE1 || config == NESTED, "STAGE1");
	dma_head_flag(head, config == STAGE2 || config == NESTED, "STAGE2");
	if (!(head->word[0] & IO_VALID))
		dma_blocked(entrance, head, "is not valid");
	else if (config == BYPASS)
		entrance->reach = DMA_PASS_THROUGH;
	else if (config == STAGE1)
		smmu_stage1(kernel, entrance, head);
	else if (config == STAGE2)
		smmu_stage2(kernel, entrance, head);
	else if (config == NESTED)
		dma_unknown(
			entrance, head,
			"combines a table of a guest with a table of the host, and the dump does not show where the guest's table is");
	else
		dma_blocked(entrance, head, "aborts all accesses");
}

/* Finds the STE in a stream table with two levels (5.1). Bits 4:0 of a descriptor are 0 if the
 * descriptor points to no table. If not, they are 1 + the binary logarithm of the number of
 * entries. */
static void smmu_directory(struct kernel *kernel, struct dma_entrance *entrance,
			   const struct smmu_streams *streams, uint32_t id)
{
	struct dma_head *head =
		dma_add_head(kernel, entrance, HEAD_STREAM_DIRECTORY,
			     streams->table + (uint64_t)IO_WORD * (id >> STREAM_SPLIT), 1);
	uint32_t index = id & ((1u << STREAM_SPLIT) - 1);
	unsigned int span;

	if (!head)
		return;
	span = field(head->word[0], 0, 5);
	if (!span || (uint64_t)index >> (span - 1))
		dma_blocked(entrance, head, "has no table for the device's stream");
	else
		smmu_stream(kernel, entrance, POINTER(head->word[0], 6) + (uint64_t)ENTRY * index);
}

void smmu_enter_stream(struct kernel *kernel, const struct smmu_streams *streams, uint32_t id,
		       struct dma_entrance *entrance)
{
	*entrance = (struct dma_entrance){ .readable = true, .writable = true };
	if ((streams->two_level ? id >> STREAM_SPLIT : id) >= streams->nr)
		fail(&entrance->trouble, ERROR_FORMAT,
		     "the stream table of the SMMU has no entry for the device's stream %" PRIx32,
		     id);
	else if (streams->two_level)
		smmu_directory(kernel, entrance, streams, id);
	else
		smmu_stream(kernel, entrance, streams->table + (uint64_t)ENTRY * id);
}

/* --- the kernel's structures --- */

/* Finds the stream table. Until 6.11 the driver's struct contains the values of the registers,
 * which show the format. Since 6.12 (e3b1be2e73db) it contains a union with the data for both
 * formats, and the number of descriptors is 0 if the table is linear. */
static bool smmu_read_streams(struct kernel *kernel, uint64_t smmu, struct smmu_streams *streams)
{
	enum { FORMAT_SHIFT = 16, TWO_LEVEL = 1 };
	const struct member *config = kernel_member(kernel, SMMU_STREAMS, NULL);
	uint64_t at, format, bits;

	if (!config || !kernel_read_member(kernel, smmu, SMMU_SID_BITS, &bits, NULL) || bits > 32)
		return false;
	at = smmu + config->offset;
	streams->nr = UINT64_C(1) << bits;
	if (kernel_member(kernel, STREAMS_FORMAT, NULL)) {
		if (!kernel_read_member(kernel, at, STREAMS_FORMAT, &format, NULL) ||
		    !kernel_read_member(kernel, at, STREAMS_TABLE, &streams->table, NULL))
			return false;
		streams->two_level = field(format, FORMAT_SHIFT, 2) == TWO_LEVEL;
	} else {
		if (!kernel_read_member(kernel, at, STREAMS_NR_DIRECTORY, &format, NULL))
			return false;
		streams->two_level = format;
		if (!kernel_read_member(kernel, at, format ? STREAMS_DIRECTORY : STREAMS_LINEAR,
					&streams->table, NULL))
			return false;
	}
	if (streams->two_level)
		streams->nr = bits > STREAM_SPLIT ? streams->nr >> STREAM_SPLIT : 1;
	return true;
}

/* Reads the first stream id of the device. More ids belong to bridges between the device and the
 * IOMMU. */
static bool read_stream_id(struct kernel *kernel, uint64_t iommu, uint64_t *id)
{
	const struct member *ids = kernel_member(kernel, SPEC_IDS, NULL);
	uint64_t spec, nr;

	return ids && kernel_read_member(kernel, iommu, DEV_IOMMU_SPEC, &spec, NULL) && spec &&
	       kernel_read_member(kernel, spec, SPEC_NR, &nr, NULL) && nr &&
	       kernel_read_number(kernel, spec + ids->offset, 4, id, NULL);
}

/* Is info the address of a struct arm_smmu_master? The drivers of other IOMMUs have other structs
 * there. So checks that the pointers in the struct refer to the device and to the device's IOMMU.
 * Sets *smmu to the address of the struct arm_smmu_device. */
static bool is_master(struct kernel *kernel, uint64_t info, uint64_t unit, uint64_t device,
		      uint64_t *smmu)
{
	const struct member *inner = kernel_member(kernel, PCI_DEV_DEVICE_ITSELF, NULL);
	const struct member *iommu = kernel_member(kernel, SMMU_UNIT, NULL);
	uint64_t itself;

	return info && inner && iommu &&
	       kernel_read_member(kernel, info, SMMU_MASTER_DEVICE, &itself, NULL) &&
	       itself == device + inner->offset &&
	       kernel_read_member(kernel, info, SMMU_MASTER_UNIT, smmu, NULL) &&
	       *smmu + iommu->offset == unit;
}

bool smmu_enter(struct kernel *kernel, uint64_t info, uint64_t unit, uint64_t iommu,
		uint64_t device, struct dma_entrance *entrance)
{
	struct smmu_streams streams = { 0 };
	uint64_t smmu, id;

	if (!is_master(kernel, info, unit, device, &smmu))
		return false;
	*entrance = (struct dma_entrance){ .readable = true, .writable = true };
	if (!smmu_read_streams(kernel, smmu, &streams))
		fail(&entrance->trouble, ERROR_UNKNOWN,
		     "the stream table of its SMMU cannot be found");
	else if (!read_stream_id(kernel, iommu, &id))
		fail(&entrance->trouble, ERROR_UNKNOWN,
		     "the stream of this device in the SMMU cannot be read");
	else
		smmu_enter_stream(kernel, &streams, (uint32_t)id, entrance);
	return true;
}
