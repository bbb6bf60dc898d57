/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "areas/region.h"
#include "show/show_area.h"

static void output_symbol(struct session *session, uint64_t vaddr)
{
	char text[SYMBOL_TEXT];

	if (symbol_text(session->kernel, vaddr, text))
		output_string(session->output, "symbol", text);
}

/* Symbol, section and part of the kernel image, which is a region of its own on
 * x86-64 and lies in the direct map on i386. */
static void output_image(struct session *session, const struct region *region,
			 uint64_t vaddr)
{
	struct image_place place;

	if (!kernel_image_at(session->kernel, region, vaddr, &place))
		return;
	output_symbol(session, vaddr);
	output_string(session->output, "section", place.section);
	output_string(session->output, "part", place.part);
}

static bool answer(struct session *session, const char *argument,
		   struct error *err)
{
	struct output *output = session->output;
	const struct region *region;
	uint64_t vaddr, paddr;
	bool linear;

	if (!parse_address(session, argument, &vaddr, err))
		return false;
	region = kernel_region(session->kernel, vaddr, err);
	if (!region)
		return false;
	linear = kernel_linear(session->kernel, vaddr, &paddr);
	output_begin(output, "region", argument, "ok");
	output_hex(output, "virtual", vaddr);
	output_string(output, "region", region_names[region->kind]);
	output_hex(output, "start", region->first);
	output_hex(output, "end", region->last);
	output_boolean(output, "linear", linear);
	if (linear)
		output_hex(output, "physical", paddr);
	output_image(session, region, vaddr);
	if (kernel_region_has_modules(session->kernel, region))
		output_symbol(session, vaddr);
	show_area_at(session, region, vaddr);
	show_purpose(session, region, vaddr, linear ? &paddr : NULL);
	output_end(output);
	return true;
}

static bool list(struct session *session, char **words, struct error *err)
{
	const struct region_list *list = kernel_regions(session->kernel, err);
	struct output *output = session->output;
	struct error missing;

	(void)words;
	for (size_t i = 0; list && i < list->nr; i++) {
		const struct region *region = &list->region[i];

		if (region->kind == REGION_NEEDS_TYPES) {
			region_needs_types(region, &missing);
			session_complain(session, NULL, &missing);
			continue;
		}
		output_begin(output, "regions", NULL, "ok");
		output_string(output, "region", region_names[region->kind]);
		output_hex(output, "start", region->first);
		output_hex(output, "end", region->last);
		output_count(output, "size", region->last - region->first + 1);
		output_end(output);
	}
	return list;
}

const struct command command_region = {
	.name = "region",
	.usage = "ADDR...",
	.summary = "the region of the address space that holds an address",
	.details = "\"linear\" says whether virt_to_phys() is valid for the address: in the\n"
		   "direct map and the kernel image, where the page table confirms the\n"
		   "kernel's arithmetic. Inside the image the symbol, section (text, rodata,\n"
		   "data, bss, init) and part of the section are shown too. The lines below\n"
		   "say what the address is used for (an area of vmalloc, a slot of fixmap or\n"
		   "kmap, the stack of a task or CPU, per-CPU memory, a slab), the zone and\n"
		   "resource of the memory, and why virt_to_phys() or virt_to_page() is not\n"
		   "valid.",
	.rests_on = RESTS_ON_WALKS,
	.answer = answer,
};

const struct command command_regions = {
	.name = "regions",
	.usage = "",
	.summary = "the address-space map of this kernel",
	.details = "One line per region, in address order and without gaps; END is the last\n"
		   "byte. Bases that KASLR moves are read from the kernel's own variables.",
	.rests_on = RESTS_ON_WALKS,
	.run = list,
};
