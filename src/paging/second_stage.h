/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Page tables of the second stage. An IOMMU uses them to translate the addresses that devices
 * access. A CPU uses them to translate the guest-physical addresses of virtual machines. */
#pragma once

#include "paging/walk.h"

enum second_stage {
	STAGE_VTD, /* Intel's IOMMU: 3 to 5 levels */
	STAGE_AMD_IOMMU, /* AMD's IOMMU: 1 to 6 levels */
	STAGE_EPT, /* Intel's CPUs: 4 or 5 levels */
	STAGE_NPT, /* AMD's CPUs: 4 or 5 levels */
	NR_SECOND_STAGES
};

/* Returns the paging mode, or NULL if the stage has no mode with this number of levels. */
const struct paging *second_stage_paging(enum second_stage stage, uint64_t levels);
