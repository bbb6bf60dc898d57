/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The input is one of the containers that hold memory alone: LiME, AVML, a QEMU
 * stream, VMware. The same as the others, from other seeds. */
#include "memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return try_as_dump(data, size);
}
