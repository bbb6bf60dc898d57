/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the texts that a kernel leaves in memory, in one pass over all of it. */
#pragma once

#include <stdint.h>

#include "dump/dump.h"

enum memory_text {
	TEXT_BANNER, /* "Linux version " */
	TEXT_NOTE,   /* "OSRELEASE=", with which VMCOREINFO begins */
	NR_MEMORY_TEXTS
};

struct memory_scan {
	struct dump *dump;
	/* One stands at paddr. Returns from where on the next of its kind is
	 * looked for: above paddr. */
	uint64_t (*found)(void *arg, enum memory_text text, uint64_t paddr);
	/* Called once in a while; everything below paddr was looked at. */
	void (*progress)(void *arg, uint64_t paddr);
	void *arg;
	uint64_t from[NR_MEMORY_TEXTS]; /* the scan's own; zeroed by the caller */
};

void memory_scan(struct memory_scan *scan);
