/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "tasks/swap.h"

#include <inttypes.h>

#include "kernel/entry.h"
#include "kernel/kernel.h"
#include "tasks/members.h"

bool kernel_swap_file(struct kernel *kernel, uint64_t type,
		      char path[VMA_NAME_MAX], struct error *err)
{
	uint64_t table, area, file;

	if (type >= NR_SWAP_TYPES)
		return fail(err, ERROR_NO_ANSWER,
			    "no kernel has a swap area %" PRIu64, type);
	if (!kernel_symbol(kernel, "swap_info", &table, err) ||
	    !kernel_read_pointer(kernel,
				 table + type * kernel_pointer_size(kernel),
				 &area, err))
		return false;
	if (!area)
		return fail(err, ERROR_NO_ANSWER,
			    "the kernel has no swap area %" PRIu64, type);
	return kernel_read_member(kernel, area, SWAP_FILE, &file, err) &&
	       kernel_file_path(kernel, file, path, err);
}
