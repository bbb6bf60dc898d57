/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/crash/hardware_errors.h"

#include <string.h>

#include "kernel/kernel.h"
#include "linux/task_members.h"

const char *const hardware_error_names[NR_HARDWARE_ERRORS] = {
	[HARDWARE_CPU] = "cpu", [HARDWARE_MEMORY] = "memory", [HARDWARE_PCI] = "pci",
	[HARDWARE_CXL] = "cxl", [HARDWARE_OTHERS] = "others",
};

void hardware_errors_read(struct kernel *kernel, struct hardware_errors errors[NR_HARDWARE_ERRORS])
{
	const struct member *count = kernel_member(kernel, HWERR_COUNT, NULL);
	uint64_t address, size, number;

	memset(errors, 0, NR_HARDWARE_ERRORS * sizeof(*errors));
	if (!count || !kernel_type_size(kernel, "hwerr_info", &size) ||
	    !kernel_symbol(kernel, "hwerr_data", &address, NULL))
		return;
	for (size_t i = 0; i < NR_HARDWARE_ERRORS; i++, address += size) {
		/* an int, or an atomic_t */
		if (!kernel_read_number(kernel, address + count->offset, 4, &number, NULL) ||
		    !kernel_read_member(kernel, address, HWERR_TIME, &errors[i].last, NULL))
			return;
		errors[i].count = (uint32_t)number;
	}
}
