/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "devices/entrance.h"

#include <inttypes.h>

#include "dump/dump.h"
#include "kernel/kernel.h"

const char *const dma_head_names[NR_HEAD_KINDS] = {
	[HEAD_ROOT] = "root",
	[HEAD_CONTEXT] = "context",
	[HEAD_PASID_DIRECTORY] = "pasid-dir",
	[HEAD_PASID] = "pasid",
	[HEAD_DEVICE] = "device",
	[HEAD_GCR3] = "gcr3",
	[HEAD_STREAM_DIRECTORY] = "stream-dir",
	[HEAD_STREAM] = "stream",
	[HEAD_CD_DIRECTORY] = "cd-dir",
	[HEAD_CD] = "cd",
};

struct dma_head *dma_add_head(struct kernel *kernel, struct dma_entrance *entrance,
			      enum dma_head_kind kind, uint64_t paddr, unsigned int nr_words)
{
	struct dma_head *head = &entrance->head[entrance->nr_heads++];

	*head = (struct dma_head){
		.kind = kind,
		.paddr = paddr,
		.nr_words = nr_words,
	};
	for (unsigned int i = 0; i < nr_words; i++) {
		head->reason = dump_load(kernel->dump, paddr + 8 * i, 8, &head->word[i]);
		if (head->reason == PAGE_PRESENT)
			continue;
		fail(&entrance->trouble, ERROR_UNREADABLE,
		     "the %s entry at %" PRIx64 " is not in the dump: %s", dma_head_names[kind],
		     paddr, page_state_names[head->reason]);
		entrance->reach = DMA_UNKNOWN;
		return NULL;
	}
	head->read = true;
	return head;
}

void dma_head_flag(struct dma_head *head, bool set, const char *name)
{
	if (set && head->nr_flags < MOST_HEAD_FLAGS)
		head->flag[head->nr_flags++] = name;
}

bool dma_head_present(struct dma_entrance *entrance, struct dma_head *head)
{
	bool present = head->word[0] & IO_PRESENT;

	dma_head_flag(head, present, "PRESENT");
	if (!present)
		dma_blocked(entrance, head, "is not present");
	return present;
}

bool dma_physical(struct kernel *kernel, uint64_t vaddr, uint64_t *paddr)
{
	const struct space *space = kernel_space(kernel, NULL);
	struct walk walk;

	if (!space)
		return false;
	walk = walk_page_table(space, vaddr);
	*paddr = walk.paddr;
	return walk.outcome == WALK_MAPPED;
}

void dma_unknown(struct dma_entrance *entrance, const struct dma_head *head, const char *why)
{
	entrance->reach = DMA_UNKNOWN;
	fail(&entrance->trouble, ERROR_FORMAT, "the %s entry at %" PRIx64 " %s",
	     dma_head_names[head->kind], head->paddr, why);
}

void dma_blocked(struct dma_entrance *entrance, const struct dma_head *head, const char *why)
{
	entrance->reach = DMA_BLOCKED;
	fail(&entrance->trouble, ERROR_NO_ANSWER,
	     "the IOMMU blocks the device: its %s entry at %" PRIx64 " %s",
	     dma_head_names[head->kind], head->paddr, why);
}

void dma_translated(struct kernel *kernel, struct dma_entrance *entrance,
		    const struct paging *paging, uint64_t word)
{
	entrance->reach = DMA_TRANSLATED;
	entrance->space = kernel_other_space(kernel, paging, word);
}
