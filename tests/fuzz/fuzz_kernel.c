/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The input is the dump of a kernel, without its vmlinux: asks for every fact,
 * the map of the address space, and conversions of all kinds. */
#include "ask.h"
#include "mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dump *dump = dump_of_bytes(data, size);
	struct input rest = { data + size - (size < 128 ? size : 128),
			      size < 128 ? size : 128 };
	struct kernel *kernel;

	if (!dump)
		return 0;
	kernel = kernel_create(dump, NULL, NULL);
	if (kernel)
		ask_all(kernel, &rest);
	return 0;
}
