/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The machines whose kernels kwalk reads, and the names of these machines in files. To add a
 * machine, add a row to the table in machine.c. */
#pragma once

#include <stdint.h>

#include "base/bytes.h"

#define MACHINES_READ "x86, arm64 or riscv64" /* for error messages */

struct machine {
	uint16_t number; /* the machine's number in ELF files, EM_* */
	uint8_t pointer_size; /* in bytes */
	uint32_t page_sizes; /* a bit mask of the page sizes that a kernel may have */
	const char *uname; /* the name of the machine in uname() */
	const char *arch; /* kwalk's name of it: "x86_64" */
	const char *map_symbol; /* a symbol that every System.map of this machine has */
	/* A line that only the VMCOREINFO of this machine has, or NULL if there is no such line. */
	const char *note_line;
};

/* Returns the machine with this number, or NULL if kwalk does not read this machine. */
const struct machine *machine_find(uint16_t number);

/* Returns the number of the machine with this name in uname(), or EM_NONE if kwalk does not read
 * this machine. */
uint16_t machine_of_uname(const char *name);

/* Finds the machine of a VMCOREINFO. A line of the note identifies the machine. A note of x86 has
 * no such line, so the number of digits of an address identifies x86. Returns EM_NONE if there is
 * no address, or if kwalk does not read the machine. */
uint16_t machine_of_note(struct bytes text);

/* Finds the machine of a System.map. The number of digits of its addresses and a symbol identify
 * the machine. has() must report whether the map has a symbol. Returns EM_NONE if kwalk does not
 * read the machine. */
uint16_t machine_of_map(size_t digits, bool (*has)(const void *map, const char *symbol),
			const void *map);
