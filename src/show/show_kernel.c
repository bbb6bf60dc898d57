/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "show/show_kernel.h"

#include "vmlinux/vmlinux.h"

void show_identity(struct output *output, const struct kernel *kernel)
{
	output_string_if(output, "release", kernel->identity->release);
	if (kernel->vmlinux) {
		output_string(output, "vmlinux", kernel->vmlinux->file.path);
		output_string(output, "vmlinux_match",
			      vmlinux_match_texts[kernel->identity->match]);
	}
}

void show_zone(struct output *output, const struct zone *zone)
{
	output_count(output, "node", zone->node);
	output_string_if(output, "zone", zone->name);
	output_hex(output, "start", zone->first);
	output_hex(output, "end", zone->last);
	output_count(output, "spanned", zone->spanned);
	output_count(output, "present", zone->present);
	output_count_if(output, "managed", zone->has_managed, zone->managed);
	output_count_if(output, "free", zone->has_free, zone->free);
}
