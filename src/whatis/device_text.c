/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "whatis/device_text.h"

#include <inttypes.h>

#include "base/text.h"
#include "whatis/whatis.h"

static void bar_text(const struct whatis *whatis, char *text, size_t size)
{
	const struct pci_function *function = whatis->device;

	text_append(text, size, ", BAR %u of %s", whatis->bar->nr,
		    function->name);
	if (*function->driver)
		text_append(text, size, " (%s)", function->driver);
	text_append(text, size, " +0x%" PRIx64, whatis->bar_offset);
}

void device_text(const struct whatis *whatis, char *text, size_t size)
{
	if (whatis->device)
		bar_text(whatis, text, size);
	if (whatis->has_bounce)
		bounce_text(&whatis->bounce, text, size);
}
