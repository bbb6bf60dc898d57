/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The input is one of the formats that contain only memory: LiME, AVML, a QEMU stream, VMware. The
 * program is the same as in other targets, but the seeds differ. */
#include "memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return try_as_dump(data, size);
}
