/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/command.h"

#define PAGE_SHIFT 12

static bool answer(struct session *session, const char *argument,
		   struct error *err)
{
	uint64_t pfn;

	if (!command_parse_hex(argument, &pfn, err))
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
	.details = "Multiplies by the page size, 4096. Nothing is looked up: the frame\n"
		   "need not exist.",
	.min_args = 1,
	.max_args = -1,
	.answer = answer,
};
