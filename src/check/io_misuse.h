/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Frames that a device can write, although the kernel's records show that no driver gave them to a
 * device. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "linux/page/frame_runs.h"

enum io_misuse {
	IO_MISUSE_NONE, /* no misuse, or unknown */
	IO_MISUSE_FREE, /* in a CPU's list of free pages */
	IO_MISUSE_SLAB, /* in a slab cache whose objects only the kernel uses */
	IO_MISUSE_USER, /* anonymous memory that is only mapped: no driver holds it for a device */
	NR_IO_MISUSES
};

enum { MISUSE_OWNER = 128 };

/* The misuse of a frame in this run. owner: text about its owner, such as ", of pid 1 at
 * 7f0012345000", or "". */
enum io_misuse io_misuse_of(struct kernel *kernel, const struct frame_run *run, uint64_t pfn,
			    char owner[MISUSE_OWNER]);
