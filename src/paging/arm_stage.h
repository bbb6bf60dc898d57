/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Page tables of Arm's IOMMU (SMMUv3), of both stages, and of its virtual machines (stage 2). Any
 * width of addresses is possible: each table has its own struct paging, made when it is needed. */
#pragma once

#include "paging/walk.h"

struct arm_stage {
	bool second;
	uint8_t page_shift; /* 12, 14 or 16 */
	uint8_t bits; /* width of an address */
	uint8_t levels; /* 0: as many as the first stage needs */
};

/* Makes the paging of such tables. False: there are none. */
bool arm_stage_make(const struct arm_stage *stage, struct paging *paging);
