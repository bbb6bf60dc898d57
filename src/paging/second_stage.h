/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Page tables of the second stage: by these IOMMUs make physical addresses of those that devices
 * use, and CPUs of those that virtual machines take for physical. */
#pragma once

#include "paging/walk.h"

enum second_stage {
	STAGE_VTD, /* Intel's IOMMU: 3 to 5 levels */
	STAGE_AMD_IOMMU, /* 1 to 6 */
	STAGE_EPT, /* Intel's CPUs: 4 or 5 */
	STAGE_NPT, /* AMD's: 4 or 5 */
	NR_SECOND_STAGES
};

/* NULL: there are none of so many levels. */
const struct paging *second_stage_paging(enum second_stage stage, uint64_t levels);
