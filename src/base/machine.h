/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The machines whose kernels kwalk reads, and their names in files. A new machine needs a row in
 * the table. */
#pragma once

#include <stdint.h>

#include "base/bytes.h"

#define MACHINES_READ "x86 or arm64" /* for error messages */

struct machine {
	uint16_t number; /* ELF machine number, EM_* */
	uint8_t pointer_size; /* in bytes */
	uint32_t page_sizes; /* the page sizes that its kernels may have: one bit for each */
	const char *uname; /* the name that the kernel itself reports */
	const char *map_symbol; /* a symbol in every System.map of the machine */
	/* A line that only the VMCOREINFO of this machine has; NULL if there is no such line. */
	const char *note_line;
};

/* Returns the machine, or NULL if kwalk does not read this machine. */
const struct machine *machine_find(uint16_t number);

/* The number of the machine with this name in uname(), or EM_NONE if kwalk does not read this
 * machine. */
uint16_t machine_of_uname(const char *name);

/* Finds the machine of a VMCOREINFO by its lines, or, for x86, by the number of digits of its
 * addresses. Returns EM_NONE if there is no address, or if kwalk does not read the machine. */
uint16_t machine_of_note(struct bytes text);

/* Finds the machine of a System.map by the number of digits of its addresses and by a symbol. has()
 * reports whether the map has a symbol. Returns EM_NONE if kwalk does not read the machine. */
uint16_t machine_of_map(size_t digits, bool (*has)(const void *map, const char *symbol),
			const void *map);
