/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sections of the kernel image and smaller parts of it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct kernel;
struct region;

/* Static names; NULL where no symbols bound a range that holds the address. */
struct image_place {
	const char *section; /* "text", "rodata", "data", "bss", "init" */
	const char *part;    /* "entry-text", "exception-table", ... */
};

/* Does vaddr lie in the kernel image? region is the one that holds it: the image
 * is a region of its own on x86-64, and a part of the direct map on i386. */
bool kernel_image_at(struct kernel *kernel, const struct region *region,
		     uint64_t vaddr, struct image_place *place);
