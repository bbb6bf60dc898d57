/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "command/area.h"
#include "command/command.h"
#include "command/purpose.h"
#include "command/slot.h"
#include "kernel/image_part.h"

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
	const char *section, *part;

	if (strcmp(region->name, "kernel-image") &&
	    strcmp(region->name, "direct-map"))
		return;
	section = kernel_image_section(session->kernel, vaddr);
	part = kernel_image_part(session->kernel, vaddr);
	if (section || part || !strcmp(region->name, "kernel-image"))
		output_symbol(session, vaddr);
	if (section)
		output_string(session->output, "section", section);
	if (part)
		output_string(session->output, "part", part);
}

/* What the address is for. What costs most is asked last. */
static void output_purpose(struct session *session, const struct region *region,
			   uint64_t vaddr, const uint64_t *paddr,
			   struct notes *notes)
{
	bool image = !strcmp(region->name, "kernel-image");

	if (purpose_cpu_entry(session, region, vaddr, notes) ||
	    (paddr && !image && purpose_slab(session, vaddr, *paddr, notes)) ||
	    (!paddr && strcmp(region->name, "vmalloc")))
		return;
	if (!purpose_stack(session, vaddr, notes) && !image)
		purpose_percpu(session, vaddr, notes);
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
	if (kernel_region_has_modules(session->kernel, region))
		output_symbol(session, vaddr);
	output_area_at(session, region, vaddr, &notes);
	output_slot(session, region, vaddr, &notes);
	output_purpose(session, region, vaddr, linear ? &paddr : NULL, &notes);
	purpose_memory(session, vaddr, &notes);
	purpose_validity(session, region, vaddr, &notes);
	output_end(output);
	notes_print(&notes, output);
	return true;
}

const struct command command_region = {
	.name = "region",
	.usage = "ADDR...",
	.summary = "which region of the address space an address lies in",
	.details = "\"linear\" says whether virt_to_phys() is valid for the address: in the\n"
		   "direct map and the kernel image, where the page table confirms the\n"
		   "kernel's arithmetic. Inside the image the symbol, the section (text,\n"
		   "rodata, data, bss, init) and the part of it are shown too. Below it stands\n"
		   "what the address is for: the area of vmalloc, the slot of fixmap or kmap, a\n"
		   "task's or CPU's stack, memory of a CPU, a slab; the zone and resource of\n"
		   "the memory; why virt_to_phys() or virt_to_page() is not valid.",
	.rests_on = RESTS_ON_TABLES | RESTS_ON_LAYOUT | RESTS_ON_TYPES |
		    RESTS_ON_SYMBOLS,
	.min_args = 1,
	.max_args = -1,
	.answer = answer,
};
