/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the kernel that kexec loaded into reserved memory, and that has not run. */
#pragma once

#include "dump/dump.h"
#include "kernel/found_kernel.h"

/* Searches the memory from first to last (inclusive) for a boot image of x86, and unpacks it. Sets
 * banner, physical, packed and proved. Returns false if there is none, or if it is damaged. */
bool loaded_boot_image(struct dump *dump, uint64_t first, uint64_t last,
		       struct found_kernel *found);

/* Is the banner at paddr in an Image of arm64 that begins at or above first? */
bool loaded_is_image(struct dump *dump, uint64_t first, uint64_t paddr);
