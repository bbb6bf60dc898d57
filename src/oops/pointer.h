/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* What a value is that an instruction has used as a pointer, although it is none. */
#pragma once

#include "oops/report.h"

enum oops_pointer {
	OOPS_POINTER_OTHER,
	OOPS_POINTER_NULL,
	OOPS_POINTER_POISON,
	OOPS_POINTER_KERNEL
};

struct oops_meaning {
	enum oops_pointer kind;
	char text[256]; /* with the readings that are possible, such as "NULL", "LIST_POISON1, ..."; a phrase after "holds" or "is" */
};

/* context: its other registers may show a flipped bit. is_mapped: a page is at the address, so the value is not
 * damaged. address: what the instruction accessed, which decides between readings. */
void oops_pointer_read(const struct oops_context *context, uint16_t machine, uint64_t value,
		       bool is_mapped, uint64_t address, struct oops_meaning *meaning);

/* Is it an address of the kernel's half? */
bool oops_is_kernel_address(uint16_t machine, uint64_t address);
/* Is it an address that no page table of x86-64 or arm64 maps (bits 63 to 47, or more, differ)? */
bool oops_is_canonical(uint16_t machine, uint64_t address);

/* If the values differ in one or two bits, writes "bit 15" or "bits 49 and 52". */
bool oops_bits_differ(uint64_t one, uint64_t other, char text[32]);
