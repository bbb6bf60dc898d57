/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds certain texts in physical memory. One pass finds all of them. */
#pragma once

#include <stdint.h>

#include "dump/dump.h"

enum memory_text {
	TEXT_BANNER, /* "Linux version " */
	TEXT_NOTE, /* "OSRELEASE=", the start of VMCOREINFO */
	NR_MEMORY_TEXTS
};

struct memory_scan {
	struct dump *dump;
	/* Called for each text that is found. The search for texts of the same kind continues at
	 * the address that the callback returns. This address must be above paddr. */
	uint64_t (*found)(void *arg, enum memory_text text, uint64_t paddr);
	/* Called regularly. All addresses below paddr have been searched. */
	void (*progress)(void *arg, uint64_t paddr);
	void *arg;
	uint64_t from[NR_MEMORY_TEXTS]; /* private to memory_scan.c; the caller must zero it */
};

void memory_scan(struct memory_scan *scan);
