/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The machines whose kernels kwalk reads, and their names in files. A new machine is a row. */
#pragma once

#include <stdint.h>

#include "base/bytes.h"

#define MACHINES_READ "x86 or arm64" /* for error messages */

struct machine {
	uint16_t number; /* ELF machine number, EM_* */
	uint8_t pointer_size; /* in bytes */
	uint32_t page_sizes; /* the sizes that its kernels' pages may have, one bit each */
	const char *uname; /* the name that the kernel itself reports */
	const char *map_symbol; /* a symbol in every System.map of the machine */
	/* A line that only VMCOREINFO of this machine has; NULL: there is no such line. */
	const char *note_line;
};

/* NULL: kwalk does not read this machine. */
const struct machine *machine_find(uint16_t number);

/* The machine with this name in uname(); EM_NONE: kwalk does not read it. */
uint16_t machine_of_uname(const char *name);

/* Finds the machine of a VMCOREINFO by its lines, and x86 by the width of its addresses. EM_NONE:
 * no address was found, or kwalk does not read the machine. */
uint16_t machine_of_note(struct bytes text);

/* Finds the machine of a System.map by the number of digits of its addresses; has() looks for a
 * symbol. EM_NONE: kwalk does not read the machine. */
uint16_t machine_of_map(size_t digits, bool (*has)(const void *map, const char *symbol),
			const void *map);
