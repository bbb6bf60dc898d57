/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The page tables of Arm's IOMMU (SMMUv3), both stages, and of virtual machines on Arm (stage 2).
 * Addresses may have any number of bits, so kwalk creates the struct paging of such a table when it
 * is needed. */
#pragma once

#include "paging/walk.h"

struct arm_stage {
	bool second;
	uint8_t page_shift; /* 12, 14 or 16 */
	uint8_t bits; /* the number of bits of an address */
	uint8_t levels; /* the number of levels; 0: the number that stage 1 needs for these bits */
	bool long_address; /* LPA2: addresses of 52 bits with pages of 4K or 16K */
};

/* Sets *paging for tables of this stage. Returns false if such tables cannot exist. */
bool arm_stage_make(const struct arm_stage *stage, struct paging *paging);
