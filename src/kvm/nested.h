/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The second dimension: page tables by which a CPU makes host-physical addresses of
 * guest-physical ones. Two families for the one walker. */
#pragma once

#include <stdint.h>

#include "paging/walk.h"

enum nested_kind {
	NESTED_UNKNOWN,
	NESTED_SHADOW, /* there is none: KVM keeps copies of the guest's own tables */
	NESTED_NPT, /* AMD: AMD64 APM vol. 2, 15.25 */
	NESTED_EPT, /* Intel: SDM vol. 3C, 29.3 */
	NR_NESTED_KINDS
};
extern const char *const nested_kind_names[NR_NESTED_KINDS]; /* "npt", ... */

/* NULL: no such tables have so many levels; 4 and 5 exist. */
const struct paging *nested_paging(enum nested_kind kind, unsigned int levels);
const struct paging *ept_paging(unsigned int levels);
const struct paging *npt_paging(unsigned int levels);
