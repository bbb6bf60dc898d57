/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "frames/page.h"
#include "frames/page_info.h"
#include "show/show_walk.h"

/* The struct page at the address, else that of the page it is mapped to. */
static bool find_page(struct session *session, const char *argument,
		      uint64_t *pfn, uint64_t *page, struct error *err)
{
	uint64_t address;

	if (!parse_address(session, argument, &address, err))
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

static void output_flags(struct session *session, const struct page_info *info)
{
	struct page_info none = { 0 };
	struct output *output = session->output;

	if (!kernel_page_flags(session->kernel, &none, output_flag, output))
		return;
	output_list_begin(output, "flags");
	kernel_page_flags(session->kernel, info, output_flag, output);
	output_list_end(output);
}

static bool answer(struct session *session, const char *argument,
		   struct error *err)
{
	struct output *output = session->output;
	struct page_info info;
	uint64_t pfn, page;

	if (!find_page(session, argument, &pfn, &page, err) ||
	    !kernel_page_info(session->kernel, page, &info, err))
		return false;
	output_begin(output, "page", argument, "ok");
	show_frame(session, pfn, page);
	if (info.has_refcount)
		output_integer(output, "refcount", info.refcount);
	if (info.has_mapcount)
		output_integer(output, "mapcount", info.mapcount);
	if (info.has_mapping)
		output_hex(output, "mapping", info.mapping);
	if (info.has_node)
		output_count(output, "node", info.node);
	output_string(output, "zone", info.zone);
	if (info.has_flags) {
		output_hex(output, "flags_word", info.flags);
		output_flags(session, &info);
	}
	show_use(session, pfn, true);
	output_end(output);
	return true;
}

const struct command command_page = {
	.name = "page",
	.usage = "ADDR...",
	.summary = "the struct page at an address, or of the page mapped there",
	.details = "ADDR is the address of a struct page, or any mapped virtual address. Shows\n"
		   "the frame, reference and map counts, mapping, node, zone, names of flags,\n"
		   "and use of the page (file, anonymous memory, slab, free, ...), as far as\n"
		   "debug information or VMCOREINFO describe struct page. For a physical\n"
		   "address, ask phys_to_page first.",
	.rests_on = RESTS_ON_FRAMES,
	.answer = answer,
};
