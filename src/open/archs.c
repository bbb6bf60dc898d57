/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "open/archs.h"

// clang-format off
#define LIST_ARCH(NAME) &arch_##NAME,
const struct arch *const archs[] = { FOR_EACH_ARCH(LIST_ARCH) NULL };
// clang-format on

const struct arch *arch_of_mode(enum kernel_mode mode)
{
	size_t i = 0;

	while (!(archs[i]->modes >> mode & 1))
		i++;
	return archs[i];
}
