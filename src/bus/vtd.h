/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "bus/tables.h"

/* How accesses of the function devfn of a bus begin, by the root table at physical address
 * root. scalable: its entries are those of scalable mode. */
void vtd_enter(struct kernel *kernel, uint64_t root, bool scalable, uint8_t bus,
	       uint8_t devfn, struct dma_entrance *entrance);

/* NULL: no second stage has so many levels; 3, 4 and 5 exist. */
const struct paging *vtd_second_stage(unsigned int levels);
