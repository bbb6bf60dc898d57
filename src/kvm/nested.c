/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "kvm/nested.h"

const char *const nested_kind_names[NR_NESTED_KINDS] = {
	[NESTED_UNKNOWN] = "unknown",
	[NESTED_SHADOW] = "shadow",
	[NESTED_NPT] = "npt",
	[NESTED_EPT] = "ept",
};

const struct paging *nested_paging(enum nested_kind kind, unsigned int levels)
{
	if (kind == NESTED_EPT)
		return ept_paging(levels);
	return kind == NESTED_NPT ? npt_paging(levels) : NULL;
}
