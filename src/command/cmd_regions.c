/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "areas/region.h"
#include "session/command.h"

static void answer(struct output *output, const struct region *region)
{
	output_begin(output, "regions", NULL, "ok");
	output_string(output, "region", region_names[region->kind]);
	output_hex(output, "start", region->first);
	output_hex(output, "end", region->last);
	output_count(output, "size", region->last - region->first + 1);
	output_end(output);
}

static bool run(struct session *session, int argc, char **argv,
		struct error *err)
{
	const struct region_list *list = kernel_regions(session->kernel, err);

	(void)argc, (void)argv;
	if (!list)
		return false;
	for (size_t i = 0; i < list->nr; i++) {
		const struct region *region = &list->region[i];
		struct error missing;

		if (region->kind != REGION_NEEDS_TYPES) {
			answer(session->output, region);
			continue;
		}
		region_needs_types(region, &missing);
		session_complain(session, NULL, &missing);
	}
	return true;
}

const struct command command_regions = {
	.name = "regions",
	.usage = "",
	.summary = "the address-space map of this kernel",
	.details = "One line per region, in address order and without gaps; END is the last\n"
		   "byte. Bases that KASLR moves are read from the kernel's own variables.",
	.rests_on = RESTS_ON_WALKS,
	.run = run,
};
