/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads the tables of AMD's IOMMU: AMD I/O Virtualization Technology Specification, 2.2. An entry
 * of the device table points to a page table of mode 1 to 6, or to GCR3 tables. GCR3 tables point
 * to page tables in the CPU's format ("v2"). */
#include "devices/entrance.h"

#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "paging/second_stage.h"

#define READ (UINT64_C(1) << 61)
#define WRITE (UINT64_C(1) << 62)

/* Bits in the words 0 to 2 of a device table entry: 2.2.2.1, table 7. */
enum {
	MODE_SHIFT = 9,
	LEVELS_SHIFT = 54, /* GuestPagingMode, in word 2 */
	GCR3_LEVELS_SHIFT = 56, /* GLX */
};
#define WITHOUT_PASID (UINT64_C(1) << 54) /* GIOV: requests without a PASID use PASID 0 */
#define HAS_GCR3 (UINT64_C(1) << 55) /* GV */

static unsigned int mode_of(uint64_t word)
{
	return word >> MODE_SHIFT & 7;
}

/* Returns the physical address of the GCR3 table. Its bits are in DTE[60:58], [95:80] and
 * [127:107]. */
static uint64_t gcr3_table(const struct dma_head *device)
{
	return (device->word[0] >> 58 & 7) << 12 | (device->word[1] >> 16 & 0xffff) << 15 |
	       (device->word[1] >> 43) << 31;
}

/* Finds the page table through the GCR3 tables. They are indexed by the PASID, which is 0 here.
 * Their entries point to page tables in the CPU's format. */
static void enter_by_gcr3(struct kernel *kernel, struct dma_entrance *entrance,
			  struct dma_head *device)
{
	unsigned int levels = (device->word[0] >> GCR3_LEVELS_SHIFT & 3) + 1u;
	uint64_t table = gcr3_table(device), third;
	const struct paging *paging = NULL;
	struct dma_head *head;

	if (levels > 3) {
		dma_unknown(entrance, device, "has a reserved number of GCR3 levels");
		return;
	}
	if (dump_load(kernel->dump, device->paddr + 2 * IO_WORD, IO_WORD, &third) == PAGE_PRESENT)
		paging = arch_paging(kernel->arch, MODE_X86_64, third >> LEVELS_SHIFT & 3 ? 5 : 4);
	if (!paging) {
		dma_unknown(entrance, device, "does not give the number of levels of its table");
		return;
	}
	do {
		head = dma_add_head(kernel, entrance, HEAD_GCR3, table, 1);
		if (!head || !dma_head_present(entrance, head))
			return;
		table = kernel_entry_address(kernel, head->word[0]);
	} while (--levels);
	entrance->first_stage = true;
	dma_translated(kernel, entrance, paging, table);
}

static void enter_by_mode(struct kernel *kernel, struct dma_entrance *entrance,
			  const struct dma_head *device)
{
	unsigned int mode = mode_of(device->word[0]);
	const struct paging *paging = second_stage_paging(STAGE_AMD_IOMMU, mode);

	entrance->readable = device->word[0] & READ;
	entrance->writable = device->word[0] & WRITE;
	if (!entrance->readable && !entrance->writable) {
		dma_blocked(entrance, device, "allows neither reads nor writes");
	} else if (!mode) {
		entrance->reach = DMA_PASS_THROUGH;
	} else if (paging) {
		dma_translated(kernel, entrance, paging, device->word[0]);
	} else {
		dma_unknown(entrance, device, "has a reserved mode");
	}
}

void amd_iommu_enter(struct kernel *kernel, uint64_t entry, struct dma_entrance *entrance)
{
	struct dma_head *head;
	uint64_t word;

	*entrance = (struct dma_entrance){ .readable = true, .writable = true };
	head = dma_add_head(kernel, entrance, HEAD_DEVICE, entry, 2);
	if (!head)
		return;
	word = head->word[0];
	dma_head_flag(head, word & IO_VALID, "VALID");
	dma_head_flag(head, word & IO_TRANSLATION, "TRANSLATION");
	dma_head_flag(head, word & READ, "READ");
	dma_head_flag(head, word & WRITE, "WRITE");
	dma_head_flag(head, word & HAS_GCR3, "GCR3");
	if (!(word & IO_VALID))
		entrance->reach = DMA_PASS_THROUGH;
	else if (!(word & IO_TRANSLATION))
		dma_unknown(entrance, head, "is valid, but not for translation");
	else if (!(word & HAS_GCR3) || !(word & WITHOUT_PASID))
		enter_by_mode(kernel, entrance, head);
	else if (mode_of(word))
		dma_unknown(
			entrance, head,
			"combines a table of a guest with a table of the host, and the dump does not show where the guest's table is");
	else
		enter_by_gcr3(kernel, entrance, head);
}
