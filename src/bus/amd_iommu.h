/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "bus/tables.h"

/* How a device's accesses begin, by its entry of the device table, at this physical address. */
void amd_iommu_enter(struct kernel *kernel, uint64_t entry,
		     struct dma_entrance *entrance);

/* NULL: no table has so many levels; 1 to 6 exist. */
const struct paging *amd_iommu_paging(unsigned int levels);
