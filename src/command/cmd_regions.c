/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>

#include "command/command.h"

static void complain_of_gap(struct session *session, const struct region *region)
{
	struct error err;

	fail(&err, ERROR_UNKNOWN,
	     "what lies from %" PRIx64 " to %" PRIx64
	     " is not known without vmlinux and its debug information",
	     region->first, region->last);
	command_complain(session, NULL, &err);
}

static void answer(struct output *output, const struct region *region)
{
	output_begin(output, "regions", NULL, "ok");
	output_string(output, "region", region->name);
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
		if (list->region[i].name)
			answer(session->output, &list->region[i]);
		else
			complain_of_gap(session, &list->region[i]);
	}
	return true;
}

const struct command command_regions = {
	.name = "regions",
	.usage = "",
	.summary = "the address-space map of this kernel",
	.details = "One line a region, in address order, nothing left out. Bases that KASLR\n"
		   "moves are read from the kernel's own variables. END is the last byte.",
	.rests_on = RESTS_ON_TABLES | RESTS_ON_LAYOUT | RESTS_ON_TYPES |
		    RESTS_ON_SYMBOLS,
	.min_args = 0,
	.max_args = 0,
	.run = run,
};
