/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The input is data in LZO1X. If liblzo2 is there, it must decode the same data to the same bytes,
 * or fail as kwalk does. */
#include "input.h"

#ifdef HAVE_LZO
#include <lzo/lzo1x.h>
#endif

#include "dump/lzo.h"

static bool decode(struct bytes packed, uint8_t *to, size_t size)
{
	bool good = lzo_inflate(packed, to, size);
#ifdef HAVE_LZO
	uint8_t *others = malloc(size + !size);
	lzo_uint length = size;

	PROMISED(others);
	PROMISED(good == (!lzo1x_decompress_safe(packed.data, packed.size, others, &length, NULL) &&
			  length == size));
	PROMISED(!good || !memcmp(to, others, size));
	free(others);
#endif
	return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	size_t length = take(&input, 2);
	uint8_t *to;

	to = malloc(length + !length);
	PROMISED(to);
	decode((struct bytes){ input.data, input.size }, to, length);
	free(to);
	return 0;
}
