/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Page tables of Arm's IOMMU (SMMUv3), both stages, and of Arm's virtual machines (stage 2).
 * Addresses may have any width, so the struct paging of a table is made when it is needed. */
#pragma once

#include "paging/walk.h"

struct arm_stage {
	bool second;
	uint8_t page_shift; /* 12, 14 or 16 */
	uint8_t bits; /* number of bits of an address */
	uint8_t levels; /* 0: as many as stage 1 needs */
};

/* Makes *paging for such tables. Returns false if no paging is possible. */
bool arm_stage_make(const struct arm_stage *stage, struct paging *paging);
