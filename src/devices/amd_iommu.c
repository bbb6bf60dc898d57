/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* AMD's IOMMU. AMD I/O Virtualization Technology Specification, 2.2: the device table, page
 * tables of modes 1 to 6, and those of the CPU's form ("v2") by GCR3 tables. */
#include "devices/tables.h"

#include <inttypes.h>

#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "paging/entries.h"

#define READ (UINT64_C(1) << 61)
#define WRITE (UINT64_C(1) << 62)
#define COHERENT (UINT64_C(1) << 60) /* FC */
#define USER (UINT64_C(1) << 59)

enum {
	PRESENT = 1 << 0,
	ACCESSED = 1 << 5,
	DIRTY = 1 << 6,
	NEXT_SHIFT = 9,
	NEXT_SIZED = 7, /* a page whose address says its size */
	MODES = 6,
};

/* --- page tables of modes 1 to 6 --- */

static inline unsigned int next_level(uint64_t entry)
{
	return entry >> NEXT_SHIFT & 7;
}

/* The lowest address bit that is clear says it: 2.2.3, "page size". No less than the
 * level's: the entries of a larger one are all alike. */
static inline uint64_t sized_page(uint64_t entry)
{
	uint64_t ones = entry | 0xfff;

	return (ones ^ (ones + 1)) + 1;
}

static inline uint64_t page_size(const struct paging *paging, unsigned int level, uint64_t entry)
{
	return next_level(entry) == NEXT_SIZED ? sized_page(entry) :
						 UINT64_C(1) << paging->level[level].shift;
}

/* A size below that of the level would leave some of its addresses without a page. */
static inline bool is_page(const struct paging *paging, unsigned int level, uint64_t entry)
{
	unsigned int next = next_level(entry);
	uint64_t size = page_size(paging, level, entry);

	return !next ||
	       (next == NEXT_SIZED && size <= IO_ADDRESS && size >> paging->level[level].shift);
}

/* Linux skips no level (fetch_pte() of drivers/iommu/amd/io_pgtable.c). */
static inline enum entry_class class_of(const struct paging *paging, unsigned int level,
					uint64_t entry)
{
	unsigned int below = paging->nr_levels - level - 1u;

	if (!(entry & PRESENT))
		return CLASS_ABSENT;
	if (is_page(paging, level, entry))
		return CLASS_PAGE;
	return below && next_level(entry) == below ? CLASS_TABLE : CLASS_CORRUPT;
}

static const struct entry_bit bits[] = {
	{ PRESENT, "PRESENT", IN_ALL }, { READ, "READ", IN_ALL },
	{ WRITE, "WRITE", IN_ALL },	{ ACCESSED, "ACCESSED", IN_ALL },
	{ DIRTY, "DIRTY", IN_ALL },	{ COHERENT, "COHERENT", IN_ALL },
	{ USER, "USER", IN_ALL },	{ 0 },
};

static const struct paging_family family = {
	.read = READ,
	.write = WRITE,
	.noted_bits = ACCESSED | DIRTY,
	.bits = bits,
	.class = class_of,
	.page_size = page_size,
};

DEFINE_WALKS(8)

// clang-format off
#define LEVEL_1 PAGES("l1", 12, 9, 0, 0)
#define LEVEL_2 PAGES("l2", 21, 9, 0, 0)
#define LEVEL_3 PAGES("l3", 30, 9, 0, 0)
#define LEVEL_4 PAGES("l4", 39, 9, 0, 0)
#define LEVEL_5 PAGES("l5", 48, 9, 0, 0)
#define LEVEL_6 PAGES("l6", 57, 7, 0, 0)
#define MODE(NR, BITS) .name = "AMD-Vi, mode " #NR, BY_WALKS(8), .frame_mask = IO_ADDRESS, \
	.nr_levels = NR, .address_bits = BITS

static const struct paging modes[MODES] = {
	{ MODE(1, 21), .level = { LEVEL_1 } },
	{ MODE(2, 30), .level = { LEVEL_2, LEVEL_1 } },
	{ MODE(3, 39), .level = { LEVEL_3, LEVEL_2, LEVEL_1 } },
	{ MODE(4, 48), .level = { LEVEL_4, LEVEL_3, LEVEL_2, LEVEL_1 } },
	{ MODE(5, 57), .level = { LEVEL_5, LEVEL_4, LEVEL_3, LEVEL_2, LEVEL_1 } },
	{ MODE(6, 64), .level = { LEVEL_6, LEVEL_5, LEVEL_4, LEVEL_3, LEVEL_2, LEVEL_1 } },
};
// clang-format on

const struct paging *amd_iommu_paging(unsigned int levels)
{
	return levels >= 1 && levels <= MODES ? &modes[levels - 1] : NULL;
}

/* --- the device table --- */

/* 2.2.2.1, table 7: words 0 to 2 of the entry. */
enum {
	VALID = 1 << 0,
	TRANSLATION = 1 << 1,
	LEVELS_SHIFT = 54, /* of word 2: GuestPagingMode */
	GCR3_LEVELS_SHIFT = 56, /* GLX */
};
#define WITHOUT_PASID (UINT64_C(1) << 54) /* GIOV: such requests have PASID 0 */
#define HAS_GCR3 (UINT64_C(1) << 55) /* GV */

/* DTE[60:58], [95:80], [127:107] */
static uint64_t gcr3_table(const struct dma_head *device)
{
	return (device->word[0] >> 58 & 7) << 12 | (device->word[1] >> 16 & 0xffff) << 15 |
	       (device->word[1] >> 43) << 31;
}

/* Tables by the PASID, of which this is 0; then a table as a CPU's. */
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
		paging = kernel->arch->paging(MODE_X86_64, third >> LEVELS_SHIFT & 3 ? 5 : 4);
	if (!paging) {
		dma_unknown(entrance, device, "does not tell the levels of its table");
		return;
	}
	do {
		head = dma_add_head(kernel, entrance, HEAD_GCR3, table, 1);
		if (!head)
			return;
		dma_head_flag(head, head->word[0] & PRESENT, "PRESENT");
		if (!(head->word[0] & PRESENT)) {
			dma_blocked(entrance, head, "is not present");
			return;
		}
		table = dma_pointer(kernel, head->word[0]);
	} while (--levels);
	entrance->first_stage = true;
	dma_translated(kernel, entrance, paging, table);
}

static void enter_by_mode(struct kernel *kernel, struct dma_entrance *entrance,
			  const struct dma_head *device)
{
	unsigned int mode = next_level(device->word[0]);
	const struct paging *paging = amd_iommu_paging(mode);

	entrance->readable = device->word[0] & READ;
	entrance->writable = device->word[0] & WRITE;
	if (!entrance->readable && !entrance->writable) {
		dma_blocked(entrance, device, "grants neither reads nor writes");
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
	dma_head_flag(head, word & VALID, "VALID");
	dma_head_flag(head, word & TRANSLATION, "TRANSLATION");
	dma_head_flag(head, word & READ, "READ");
	dma_head_flag(head, word & WRITE, "WRITE");
	dma_head_flag(head, word & HAS_GCR3, "GCR3");
	if (!(word & VALID))
		entrance->reach = DMA_PASS_THROUGH;
	else if (!(word & TRANSLATION))
		dma_unknown(entrance, head, "is valid, but not for translation");
	else if (!(word & HAS_GCR3) || !(word & WITHOUT_PASID))
		enter_by_mode(kernel, entrance, head);
	else if (next_level(word))
		dma_unknown(
			entrance, head,
			"nests a guest's table in the host's, and what the guest's is cannot be told from the dump alone");
	else
		enter_by_gcr3(kernel, entrance, head);
}
