/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>

#include "command/frame.h"
#include "command/page_use.h"
#include "kernel/page_info.h"

/* The struct page at ADDR where there is one, else that of the page ADDR is in. */
static bool find_page(struct session *session, const char *argument,
		      uint64_t *pfn, uint64_t *page, struct error *err)
{
	uint64_t address;

	if (!command_parse_address(session, argument, &address, err))
		return false;
	*page = address;
	if (kernel_page_to_pfn(session->kernel, address, pfn, NULL))
		return true;
	return frame_of_address(session, argument, pfn, err) &&
	       kernel_pfn_to_page(session->kernel, *pfn, page, err);
}

static void output_flag(const char *name, void *arg)
{
	output_string(arg, NULL, name);
}

static bool answer(struct session *session, const char *argument,
		   struct error *err)
{
	struct page_use_teller teller = { .session = session };
	struct output *output = session->output;
	struct page_info info;
	uint64_t pfn, page;

	if (!find_page(session, argument, &pfn, &page, err) ||
	    !kernel_page_info(session->kernel, page, &info, err))
		return false;
	output_begin(output, "page", argument, "ok");
	output_frame(session, pfn, page);
	if (info.has_refcount)
		output_integer(output, "refcount", info.refcount);
	if (info.has_mapcount)
		output_integer(output, "mapcount", info.mapcount);
	if (info.has_mapping)
		output_hex(output, "mapping", info.mapping);
	if (info.has_node)
		output_count(output, "node", info.node);
	if (info.zone)
		output_string(output, "zone", info.zone);
	if (info.has_flags) {
		output_hex(output, "flags_word", info.flags);
		if (kernel_page_flags(session->kernel, 0, output_flag, output)) {
			output_list_begin(output, "flags");
			kernel_page_flags(session->kernel, info.flags,
					  output_flag, output);
			output_list_end(output);
		}
	}
	output_page_use(&teller, pfn, true);
	output_end(output);
	return true;
}

const struct command command_page = {
	.name = "page",
	.usage = "ADDR...",
	.summary = "the struct page at, or of, an address",
	.details = "ADDR is the address of a struct page, or any mapped virtual address, whose\n"
		   "page is then shown: frame, counts, mapping, node, zone, flags by name, and\n"
		   "what it is used for (file, anonymous memory, slab, free, ...), as far as the\n"
		   "debug information or the dump's note tells.\n"
		   "For a physical address ask phys_to_page first.",
	.min_args = 1,
	.max_args = -1,
	.answer = answer,
};
