/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The entry formats of Arm's stage 1 and stage 2: Arm ARM (DDI 0487), D8.2 and D8.3. The tables of
 * the SMMU have the formats of the CPU's tables: Arm SMMU Architecture Specification (IHI 0070),
 * 3.4. */
#include "paging/arm_stage.h"

#include <stdio.h>

#include "paging/lpae.h"

#define BIT(NR) (UINT64_C(1) << (NR))

/* --- stage 1, used by devices --- */

/* The rights that an entry grants. The rights of a page are the AND of the rights at all levels. An
 * entry that points to a table can remove rights from all pages below it (APTable). */
enum {
	GRANTS_ACCESS = 1 << 0,
	GRANTS_WRITE = 1 << 1,
	TABLE_SHIFT = 61,
	USER = 1 << 6, /* AP[1] */
	READ_ONLY = 1 << 7, /* AP[2] */
	ATTRINDX_SHIFT = 2,
};
#define DIRTY_MODIFIER BIT(51)

static const struct entry_bit stage1_bits[] = {
	{ LPAE_VALID, "VALID", IN_ALL },
	{ LPAE_TABLE, "TABLE", IN_UPPER },
	{ USER, "USER", IN_PAGES },
	{ READ_ONLY, "RDONLY", IN_PAGES },
	{ BIT(10), "AF", IN_PAGES },
	{ BIT(11), "NG", IN_PAGES },
	{ DIRTY_MODIFIER, "DBM", IN_PAGES },
	{ BIT(52), "CONT", IN_PAGES },
	{ BIT(53), "PXN", IN_PAGES },
	{ BIT(54), "UXN", IN_PAGES },
	{ 0 },
};

static inline uint64_t stage1_rights(enum entry_class class, uint64_t entry)
{
	if (class == CLASS_TABLE)
		return ~(entry >> TABLE_SHIFT);
	return (entry & USER ? GRANTS_ACCESS : 0) |
	       (!(entry & READ_ONLY) || (entry & DIRTY_MODIFIER) ? GRANTS_WRITE : 0);
}

/* Converts the rights to MAY_* flags. PCI functions make only unprivileged accesses, so a page is
 * accessible only if AP[1] permits unprivileged access. */
static inline unsigned int stage1_may(const struct paging *paging, uint64_t rights)
{
	(void)paging;
	if (!(rights & GRANTS_ACCESS))
		return 0;
	return MAY_READ | (rights & GRANTS_WRITE ? MAY_WRITE : 0);
}

/* The names of the memory types that Linux writes to MAIR for these tables: io-pgtable-arm.c. */
static const char *const stage1_cache_names[8] = {
	"Normal-NC",	"Normal-WB",	"Device-nGnRE", "Normal-iNC-oWB",
	"unknown type", "unknown type", "unknown type", "unknown type",
};

static unsigned int stage1_cache_index(const struct paging *paging, unsigned int level,
				       uint64_t entry)
{
	(void)paging, (void)level;
	return entry >> ATTRINDX_SHIFT & 7;
}

static const struct paging_family stage1 = {
	.present = LPAE_VALID,
	.noted_bits = BIT(10) | READ_ONLY,
	.bits = stage1_bits,
	.cache_names = stage1_cache_names,
	.class = lpae_class,
	.rights = stage1_rights,
	.may = stage1_may,
	.table = lpae_address,
	.cache_index = stage1_cache_index,
};

/* --- stage 2: D8.4.2 --- */

enum {
	S2_READ = 1 << 6, /* S2AP */
	S2_WRITE = 1 << 7,
	XN_SHIFT = 53,
	XN_ALL = 2, /* neither EL1 nor EL0 can execute; with 1 and 3 (FEAT_XNX), one of them can */
};
#define S2_EXECUTE BIT(63)

static const struct entry_bit stage2_bits[] = {
	{ LPAE_VALID, "VALID", IN_ALL }, { LPAE_TABLE, "TABLE", IN_UPPER },
	{ S2_READ, "READ", IN_PAGES },	 { S2_WRITE, "WRITE", IN_PAGES },
	{ BIT(10), "AF", IN_PAGES },	 { DIRTY_MODIFIER, "DBM", IN_PAGES },
	{ BIT(52), "CONT", IN_PAGES },	 { BIT(53), "XN0", IN_PAGES },
	{ BIT(54), "XN1", IN_PAGES },	 { 0 },
};

/* Returns the rights that an entry grants. An entry that points to a table removes no rights. */
static inline uint64_t stage2_rights(enum entry_class class, uint64_t entry)
{
	if (class == CLASS_TABLE)
		return UINT64_MAX;
	return (entry & (S2_READ | S2_WRITE)) |
	       ((entry >> XN_SHIFT & 3) == XN_ALL ? 0 : S2_EXECUTE);
}

static const struct paging_family stage2 = {
	.present = LPAE_VALID,
	.noted_bits = BIT(10),
	.read = S2_READ,
	.write = S2_WRITE,
	.execute = S2_EXECUTE,
	.bits = stage2_bits,
	.class = lpae_class,
	.rights = stage2_rights,
	.table = lpae_address,
};

DEFINE_WALK(stage1, 8)
DEFINE_WALK(stage2, 8)

/* --- levels --- */

static const struct granule {
	uint8_t page_shift, most_bits;
	bool long_address;
	uint8_t below; /* a level can map blocks if at most this number of levels follow */
	const char *name[2];
	uint64_t high_mask; /* see struct paging */
	uint8_t high_shift;
} granules[] = {
	{ 12, 48, false, 2, { "Arm stage 1, 4K pages", "Arm stage 2, 4K pages" }, 0, 0 },
	{ 14, 48, false, 1, { "Arm stage 1, 16K pages", "Arm stage 2, 16K pages" }, 0, 0 },
	/* With LPA and LPA2 (D8.3.1), blocks one level higher are also possible. */
	{ 12,
	  52,
	  true,
	  3,
	  { "Arm stage 1, 4K pages, LPA2", "Arm stage 2, 4K pages, LPA2" },
	  LPAE_BITS(8, 9),
	  42 },
	{ 14,
	  52,
	  true,
	  2,
	  { "Arm stage 1, 16K pages, LPA2", "Arm stage 2, 16K pages, LPA2" },
	  LPAE_BITS(8, 9),
	  42 },
	{ 16,
	  52,
	  false,
	  2,
	  { "Arm stage 1, 64K pages", "Arm stage 2, 64K pages" },
	  LPAE_BITS(12, 15),
	  36 },
};

/* Fills the levels of *paging. In stage 2, up to 16 adjacent tables at the top may replace a
 * further level: D8.2.2. Returns false if the stage is impossible. */
static bool arm_stage_add_levels(const struct arm_stage *stage, const struct granule *granule,
				 struct paging *paging)
{
	unsigned int page = stage->page_shift, each = page - 3u, below = paging->nr_levels;
	uint64_t plain = granule->high_mask ? 0 : LPAE_BITS(48, 49);

	for (unsigned int i = 0; i < paging->nr_levels; i++) {
		unsigned int shift = page + each * --below;
		unsigned int bits = i ? each : stage->bits - shift;
		struct paging_level *level = &paging->level[i];

		if (shift >= stage->bits || bits > each + (stage->second ? 4 : 0))
			return false;
		*level = (struct paging_level){
			.shift = (uint8_t)shift,
			.index_mask = (1u << bits) - 1u,
			.maps_pages = below <= granule->below,
			.reserved = below ? LPAE_TO_TABLE(plain) : 0,
			.reserved_large =
				plain | (below ? LPAE_UNUSED(page, shift, granule->high_mask) : 0),
		};
		snprintf(level->name, sizeof(level->name), "l%u", 3 - below);
	}
	return true;
}

bool arm_stage_make(const struct arm_stage *stage, struct paging *paging)
{
	const unsigned int most_levels = 4;
	unsigned int each = stage->page_shift - 3u;
	const struct granule *granule = granules;

	while (granule->page_shift != stage->page_shift ||
	       granule->long_address != stage->long_address)
		if (++granule == granules + sizeof(granules) / sizeof(granules[0]))
			return false;
	if (stage->bits > granule->most_bits || stage->bits <= stage->page_shift ||
	    stage->levels > most_levels)
		return false;
	*paging = (struct paging){
		.name = granule->name[stage->second],
		.address_bits = stage->bits,
		.frame_mask = LPAE_BITS(stage->page_shift, stage->long_address ? 49 : 47),
		.high_mask = granule->high_mask,
		.high_shift = granule->high_shift,
		.nr_levels = stage->levels ? stage->levels : (uint8_t)((stage->bits - 4u) / each),
		BY_WALK(stage1, 8),
	};
	if (stage->second) {
		paging->family = &stage2;
		paging->walk = stage2_walk_8;
	}
	return arm_stage_add_levels(stage, granule, paging);
}
