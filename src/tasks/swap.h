/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Swap areas: swap_info[] of 2.6.33 and later (mm/swapfile.c). */
#pragma once

#include "tasks/vma.h"

/* The path of the file or device that has the pages of this type. False with err: it is
 * not known, or no such area is in use. */
bool kernel_swap_file(struct kernel *kernel, uint64_t type,
		      char path[VMA_NAME_MAX], struct error *err);
