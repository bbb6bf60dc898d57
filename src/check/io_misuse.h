/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Frames that a device can write, although by the kernel's own records no driver can have given
 * them to a device. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "linux/page/frame_runs.h"

enum io_misuse {
	IO_MISUSE_NONE, /* or it cannot be known */
	IO_MISUSE_FREE, /* in a CPU's list of free pages */
	IO_MISUSE_SLAB, /* of a cache whose objects are the kernel's alone */
	IO_MISUSE_USER, /* anonymous memory that is only mapped: no one holds it for a device */
	NR_IO_MISUSES
};

enum { MISUSE_OWNER = 128 };

/* The kind of misuse of a frame in this run. owner: its owner, as ", of pid 1 at 7f0012345000";
 * or "". */
enum io_misuse io_misuse_of(struct kernel *kernel, const struct frame_run *run, uint64_t pfn,
			    char owner[MISUSE_OWNER]);
