/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The input is an ELF core, or any other file that is opened as a dump. */
#include "memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return try_as_dump(data, size);
}
