/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds frames that a device can write although, according to the kernel's data, no driver gave the
 * frame to a device. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "linux/page/frame_runs.h"

enum io_misuse {
	IO_MISUSE_NONE, /* the frame is not misused, or this is unknown */
	IO_MISUSE_FREE, /* the frame is in a CPU's list of free pages */
	/* the frame is a slab of a cache whose objects cannot be buffers of devices */
	IO_MISUSE_SLAB,
	/* the frame is anonymous memory that processes map and that no driver has pinned */
	IO_MISUSE_USER,
	NR_IO_MISUSES
};

enum { MISUSE_OWNER = 128 };

/* Returns the misuse of frame pfn, which is in the run. owner receives text about the frame's
 * owner, for example ", mapped by pid 1 at 7f0012345000", or "" if the owner is unknown. */
enum io_misuse io_misuse_of(struct kernel *kernel, const struct frame_run *run, uint64_t pfn,
			    char owner[MISUSE_OWNER]);
