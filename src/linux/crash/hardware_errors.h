/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Errors of the hardware from which the kernel recovered. Linux counts them by type in hwerr_data
 * since 6.18 (kernel/vmcore_info.c). */
#pragma once

#include <stdint.h>

struct kernel;

/* enum hwerr_error_type in include/uapi/linux/vmcore.h */
enum hardware_error_type {
	HARDWARE_CPU,
	HARDWARE_MEMORY,
	HARDWARE_PCI,
	HARDWARE_CXL,
	HARDWARE_OTHERS,
	NR_HARDWARE_ERRORS
};

struct hardware_errors {
	uint32_t count;
	uint64_t last; /* the time of the last error, in seconds since 1970 */
};

extern const char *const hardware_error_names[NR_HARDWARE_ERRORS];

/* Reads the counts of all types. A count is 0 if the kernel has no counts, or if they cannot be
 * read. */
void hardware_errors_read(struct kernel *kernel, struct hardware_errors errors[NR_HARDWARE_ERRORS]);
