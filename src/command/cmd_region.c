/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "command/command.h"

static void output_symbol(struct session *session, uint64_t vaddr)
{
	struct kernel_symbol symbol;
	char text[512];

	if (!kernel_symbol_at(session->kernel, vaddr, &symbol, NULL))
		return;
	snprintf(text, sizeof(text), "%s+0x%llx", symbol.name,
		 (unsigned long long)(vaddr - symbol.address));
	output_string(session->output, "symbol", text);
}

/* The kernel image is a region of its own on x86-64 and lies in the direct map
 * on i386. */
static void output_image(struct session *session, const struct region *region,
			 uint64_t vaddr)
{
	const char *section;

	if (strcmp(region->name, "kernel-image") &&
	    strcmp(region->name, "direct-map"))
		return;
	section = kernel_image_section(session->kernel, vaddr);
	if (section || !strcmp(region->name, "kernel-image"))
		output_symbol(session, vaddr);
	if (section)
		output_string(session->output, "section", section);
}

/* Device memory, by ioremap() or the fixmap: whose it is. */
static void output_device(struct session *session, uint64_t vaddr)
{
	const struct space *space = kernel_space(session->kernel, NULL);
	const struct resource *resource;
	struct extent extent;
	struct walk walk;

	if (!space)
		return;
	walk = walk_page_table(space, vaddr);
	if (walk.outcome != WALK_MAPPED)
		return;
	dump_find(session->kernel->dump, walk.paddr, &extent);
	if (extent.state != PAGE_ABSENT)
		return;
	resource = kernel_resource_at(session->kernel, RESOURCE_MEMORY,
				      walk.paddr);
	if (resource && resource->name[0])
		output_string(session->output, "resource", resource->name);
}

static bool answer(struct session *session, const char *argument,
		   struct error *err)
{
	struct output *output = session->output;
	const struct region *region;
	uint64_t vaddr, paddr;
	bool linear;

	if (!command_parse_address(session, argument, &vaddr, err))
		return false;
	region = kernel_region(session->kernel, vaddr, err);
	if (!region)
		return false;
	linear = kernel_linear(session->kernel, vaddr, &paddr);
	output_begin(output, "region", argument, "ok");
	output_hex(output, "virtual", vaddr);
	output_string(output, "region", region->name);
	output_hex(output, "start", region->first);
	output_hex(output, "end", region->last);
	output_boolean(output, "linear", linear);
	if (linear)
		output_hex(output, "physical", paddr);
	output_image(session, region, vaddr);
	if (!linear)
		output_device(session, vaddr);
	if (kernel_region_has_modules(session->kernel, region))
		output_symbol(session, vaddr);
	output_end(output);
	return true;
}

const struct command command_region = {
	.name = "region",
	.usage = "ADDR...",
	.summary = "which region of the address space an address lies in",
	.details = "\"linear\" says whether virt_to_phys() is valid for the address: in the\n"
		   "direct map and the kernel image, where the page table confirms the\n"
		   "kernel's arithmetic. Inside the image the symbol and the section (text,\n"
		   "rodata, data, bss, init) are shown too.",
	.rests_on = RESTS_ON_TABLES | RESTS_ON_LAYOUT | RESTS_ON_TYPES |
		    RESTS_ON_SYMBOLS,
	.min_args = 1,
	.max_args = -1,
	.answer = answer,
};
