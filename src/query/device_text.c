/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/device_text.h"

#include <inttypes.h>

#include "base/text.h"
#include "query/whatis.h"

static void bar_text(const struct whatis *whatis, char *text, size_t size)
{
	const struct pci_function *function = whatis->device;

	text_append(text, size, ", BAR %u of %s", whatis->bar->nr, function->name);
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

void access_text(const struct whatis *whatis, char *text, size_t size)
{
	char use[USE_TEXT];

	dma_fault_text(&whatis->fault, text, size);
	if (whatis->kind == WHATIS_IO_MAPPING && whatis->nr_others)
		text_append(text, size, "; other domains that map this bus address: %zu",
			    whatis->nr_others);
	if (!whatis->has_frame || !whatis->use.known)
		return;
	frame_use_text(&whatis->use, use);
	text_append(text, size, "; frame %" PRIx64 " is %s", whatis->pfn, use);
}
