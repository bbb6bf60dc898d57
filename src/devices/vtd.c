/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads the tables of Intel's IOMMU: Intel Virtualization Technology for Directed I/O, chapter 9.
 * Root, context and PASID entries are read to find the page table. */

#include "devices/entrance.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "paging/second_stage.h"

/* Adds an entry to the entrance. Returns NULL if the entry is not present or cannot be read, so
 * that no page table can be found. */
static struct dma_head *devices_vtd_enter(struct kernel *kernel, struct dma_entrance *entrance,
					  enum dma_head_kind kind, uint64_t paddr,
					  unsigned int nr_words)
{
	enum { FAULTS_OFF = 1 << 1 };
	struct dma_head *head = dma_add_head(kernel, entrance, kind, paddr, nr_words);
	bool present = head && dma_head_present(entrance, head);

	if (head && kind != HEAD_ROOT)
		dma_head_flag(head, head->word[0] & FAULTS_OFF, "FAULTS_OFF");
	return present ? head : NULL;
}

/* Sets the page table of the second stage. width: AW of the context or PASID entry, which
 * determines the width of addresses. root: the word with the address of the page table. */
static void second_stage(struct kernel *kernel, struct dma_entrance *entrance,
			 const struct dma_head *head, unsigned int width, uint64_t root)
{
	const struct paging *paging = second_stage_paging(STAGE_VTD, width + 2);

	if (!paging)
		dma_unknown(entrance, head, "has a reserved width of addresses");
	else
		dma_translated(kernel, entrance, paging, root);
}

/* Reads a context entry of legacy mode (9.3). Bits 3:2 determine how requests are translated. */
static void legacy_context(struct kernel *kernel, struct dma_entrance *entrance, uint64_t table,
			   uint8_t devfn)
{
	enum { TYPE_SHIFT = 2, DEVICE_TLB = 1, PASS_THROUGH = 2 };
	struct dma_head *head =
		devices_vtd_enter(kernel, entrance, HEAD_CONTEXT, table + 2 * IO_WORD * devfn, 2);
	unsigned int type;

	if (!head)
		return;
	type = head->word[0] >> TYPE_SHIFT & 3;
	dma_head_flag(head, type == DEVICE_TLB, "DEVICE_TLB");
	dma_head_flag(head, type == PASS_THROUGH, "PASS_THROUGH");
	if (type == PASS_THROUGH)
		entrance->reach = DMA_PASS_THROUGH;
	else if (type > PASS_THROUGH)
		dma_unknown(entrance, head, "has a reserved type of translation");
	else
		second_stage(kernel, entrance, head, head->word[1] & 7, head->word[0]);
}

/* Reads a PASID entry (9.6). Word 0 points to the page table of the second stage, word 2 to the
 * page table of the first stage. */
static void pasid_entry(struct kernel *kernel, struct dma_entrance *entrance, uint64_t paddr)
{
	enum { FIRST = 1, SECOND = 2, NESTED = 3, PASS_THROUGH = 4 };
	enum { TYPE_SHIFT = 6, WIDTH_SHIFT = 2, LEVELS_SHIFT = 2 };
	struct dma_head *head = devices_vtd_enter(kernel, entrance, HEAD_PASID, paddr, 1);
	const struct paging *paging;
	uint64_t first;

	if (!head)
		return;
	switch (head->word[0] >> TYPE_SHIFT & 7) {
	case FIRST:
		if (dump_load(kernel->dump, paddr + 2 * IO_WORD, IO_WORD, &first) != PAGE_PRESENT)
			break;
		paging = arch_paging(kernel->arch, MODE_X86_64, first >> LEVELS_SHIFT & 3 ? 5 : 4);
		if (!paging)
			break;
		dma_head_flag(head, true, "FIRST_STAGE");
		entrance->first_stage = true;
		dma_translated(kernel, entrance, paging, first);
		return;
	case SECOND:
		dma_head_flag(head, true, "SECOND_STAGE");
		second_stage(kernel, entrance, head, head->word[0] >> WIDTH_SHIFT & 7,
			     head->word[0]);
		return;
	case NESTED:
		dma_unknown(
			entrance, head,
			"combines a table of a guest with a table of the host, and the dump does not show where the guest's table is");
		return;
	case PASS_THROUGH:
		dma_head_flag(head, true, "PASS_THROUGH");
		entrance->reach = DMA_PASS_THROUGH;
		return;
	}
	dma_unknown(entrance, head, "has a reserved type of translation");
}

/* Reads a context entry of scalable mode (9.4, 9.5). It points to a PASID directory, whose entries
 * point to tables of 64 PASID entries. For requests without a PASID, the context entry contains the
 * PASID. */
static void scalable_context(struct kernel *kernel, struct dma_entrance *entrance, uint64_t table,
			     uint8_t devfn)
{
	enum { CONTEXT = 4 * IO_WORD, PASID_ENTRY = 8 * IO_WORD, SIZE_SHIFT = 9 };
	struct dma_head *head = devices_vtd_enter(kernel, entrance, HEAD_CONTEXT,
						  table + CONTEXT * (devfn & 0x7fu), 2);
	uint64_t pasid, index;

	if (!head)
		return;
	pasid = head->word[1] & 0xfffff;
	index = pasid >> 6;
	if (index >> (7 + (head->word[0] >> SIZE_SHIFT & 7))) {
		dma_unknown(entrance, head, "has a PASID beyond the end of its directory");
		return;
	}
	head = devices_vtd_enter(kernel, entrance, HEAD_PASID_DIRECTORY,
				 kernel_entry_address(kernel, head->word[0]) + IO_WORD * index, 1);
	if (head)
		pasid_entry(kernel, entrance,
			    kernel_entry_address(kernel, head->word[0]) +
				    PASID_ENTRY * (pasid & 63));
}

void vtd_enter(struct kernel *kernel, uint64_t root, bool scalable, uint16_t request,
	       struct dma_entrance *entrance)
{
	uint8_t bus = request >> 8, devfn = request & 0xff;
	bool upper = scalable && devfn >= 0x80;
	struct dma_head *head;
	uint64_t table;

	*entrance = (struct dma_entrance){ .readable = true, .writable = true };
	head = devices_vtd_enter(kernel, entrance, HEAD_ROOT,
				 root + 2 * IO_WORD * bus + (upper ? IO_WORD : 0), 1);
	if (!head)
		return;
	table = kernel_entry_address(kernel, head->word[0]);
	if (scalable)
		scalable_context(kernel, entrance, table, devfn);
	else
		legacy_context(kernel, entrance, table, devfn);
}
