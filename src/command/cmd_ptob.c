/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/page.h"
#include "session/command.h"

static bool answer(struct session *session, const char *argument,
		   struct error *err)
{
	uint64_t pfn;

	if (!parse_hex(argument, &pfn, err))
		return false;
	if (pfn >> (64 - PAGE_SHIFT))
		return fail(err, ERROR_USAGE,
			    "the frame's address does not fit in 64 bits");
	output_begin(session->output, "ptob", argument, "ok");
	output_hex(session->output, "pfn", pfn);
	output_hex(session->output, "physical", pfn << PAGE_SHIFT);
	output_end(session->output);
	return true;
}

const struct command command_ptob = {
	.name = "ptob",
	.usage = "PFN...",
	.summary = "physical address of a page frame number",
	.details = "Multiplies by the page size, 4096. The frame need not exist: nothing is\n"
		   "looked up in the dump.",
	.min_args = 1,
	.max_args = -1,
	.answer = answer,
};
