/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Finds well-known texts of a kernel in one pass over physical memory. */
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
	/* Called for each text found. Returns the address above paddr from which to continue the
	 * search for the same text. */
	uint64_t (*found)(void *arg, enum memory_text text, uint64_t paddr);
	/* Called regularly; addresses below paddr were searched. */
	void (*progress)(void *arg, uint64_t paddr);
	void *arg;
	uint64_t from[NR_MEMORY_TEXTS]; /* for memory_scan.c; zeroed by the caller */
};

void memory_scan(struct memory_scan *scan);
