/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The input is the dump of a kernel without a vmlinux. Asks for each fact, for all regions of the
 * address space, and for conversions of all kinds. */
#include "ask.h"
#include "open/open.h"
#include "mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct opening opening = {
		.dump = dump_of_bytes(data, size),
		.listener = listen(),
		.debug_path = "",
	};
	struct input rest = { data + size - (size < 128 ? size : 128), size < 128 ? size : 128 };

	if (opening.dump)
		ask_all(&opening, &rest);
	return 0;
}
