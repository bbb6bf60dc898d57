/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/damages.h"

void damages_add(struct damages *damages, const struct error *err)
{
	if (damages->nr < MAX_DAMAGES)
		damages->error[damages->nr] = *err;
	damages->nr++;
}
