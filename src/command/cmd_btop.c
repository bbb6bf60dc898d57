/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/page.h"
#include "session/command.h"

static bool answer(struct session *session, const char *argument,
		   struct error *err)
{
	uint64_t physical;

	if (!parse_physical(argument, &physical, err))
		return false;
	output_begin(session->output, "btop", argument, "ok");
	output_hex(session->output, "physical", physical);
	output_hex(session->output, "pfn", physical >> PAGE_SHIFT);
	output_end(session->output);
	return true;
}

const struct command command_btop = {
	.name = "btop",
	.usage = "PHYS...",
	.summary = "page frame number of a physical address",
	.details = "Divides by the page size, 4096, and drops the remainder. The frame need not\n"
		   "exist: nothing is looked up in the dump.",
	.min_args = 1,
	.max_args = -1,
	.answer = answer,
};
