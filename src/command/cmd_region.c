/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>

#include "areas/region.h"
#include "areas/symbol_lookup.h"
#include "session/command.h"
#include "show/show_area.h"
#include "show/show_purpose.h"
#include "show/show_slot.h"

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

/* Symbol, section and part of the kernel image, which is a region of its own on
 * x86-64 and lies in the direct map on i386. */
static void output_image(struct session *session, const struct region *region,
			 uint64_t vaddr)
{
	struct image_place place;

	if (!kernel_image_at(session->kernel, region, vaddr, &place))
		return;
	output_symbol(session, vaddr);
	if (place.section)
		output_string(session->output, "section", place.section);
	if (place.part)
		output_string(session->output, "part", place.part);
}

/* What the address is used for; the costliest question comes last. */
static void output_purpose(struct session *session, const struct region *region,
			   uint64_t vaddr, const uint64_t *paddr,
			   struct notes *notes)
{
	unsigned int uses = region_uses(region, paddr != NULL);

	if (show_cpu_entry(session, region, vaddr, notes) ||
	    (uses & REGION_HOLDS_SLABS &&
	     show_slab(session, vaddr, *paddr, notes)) ||
	    (uses & REGION_HOLDS_STACKS && show_stack(session, vaddr, notes)))
		return;
	if (uses & REGION_HOLDS_PERCPU)
		show_percpu(session, vaddr, notes);
}

static bool answer(struct session *session, const char *argument,
		   struct error *err)
{
	struct output *output = session->output;
	const struct region *region;
	uint64_t vaddr, paddr;
	struct notes notes;
	bool linear;

	notes.nr = 0;
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
	show_area_at(session, region, vaddr, &notes);
	show_slot(session, region, vaddr, &notes);
	output_purpose(session, region, vaddr, linear ? &paddr : NULL, &notes);
	show_memory(session, vaddr, &notes);
	show_validity(session, region, vaddr, &notes);
	output_end(output);
	notes_print(&notes, output);
	return true;
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
	.min_args = 1,
	.max_args = -1,
	.answer = answer,
};
