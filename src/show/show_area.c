/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "show/show_area.h"

#include <inttypes.h>
#include <stdio.h>

#include "areas/modules.h"
#include "areas/region.h"
#include "areas/resource.h"
#include "areas/symbol_lookup.h"

/* As in /proc/vmallocinfo. The first flag set that is_kind is the area's kind. */
static const struct {
	uint32_t flag;
	const char *name;
	bool is_kind;
} flags[] = {
	{ VMALLOC_IOREMAP, "ioremap", true },
	{ VMALLOC_SPARSE, "sparse", true },
	{ VMALLOC_ALLOC, "vmalloc", true },
	{ VMALLOC_MAP, "vmap", true },
	{ VMALLOC_DMA_COHERENT, "dma-coherent", true },
	{ VMALLOC_USERMAP, "user", false },
	{ VMALLOC_NO_GUARD, "no-guard", false },
	{ VMALLOC_UNINITIALIZED, "uninitialized", false },
};

/* What is known about an area. */
struct known_area {
	const char *kind; /* "": unknown */
	const char *module; /* "": none */
	const char *resource; /* mapped by ioremap(); "": none or unknown */
	char caller[SYMBOL_TEXT]; /* symbol and offset; "": unknown */
};

bool symbol_text(struct kernel *kernel, uint64_t vaddr, char text[SYMBOL_TEXT])
{
	struct kernel_symbol symbol;

	if (!kernel_symbol_at(kernel, vaddr, &symbol, NULL))
		return false;
	snprintf(text, SYMBOL_TEXT, "%s+0x%" PRIx64, symbol.name,
		 vaddr - symbol.address);
	return true;
}

static const char *kind_of(const struct vmalloc_area *area)
{
	static const char *const states[] = {
		[VMALLOC_OWNED] = NULL,
		[VMALLOC_MAP_RAM] = "map-ram",
		[VMALLOC_UNPURGED] = "unpurged",
		[VMALLOC_UNOWNED] = "unowned",
	};

	if (states[area->state])
		return states[area->state];
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (flags[i].is_kind && (area->flags & flags[i].flag))
			return flags[i].name;
	return "";
}

/* Since 6.13 modules share areas of whole huge pages: only a smaller one is all
 * of the module that it begins with. */
#define SHARED_AREA_SIZE 0x200000

static const struct module_range *module_of(struct kernel *kernel,
					    const struct vmalloc_area *area,
					    uint64_t vaddr)
{
	const struct module_range *module;

	if (area->state != VMALLOC_OWNED)
		return NULL;
	module = kernel_module_range(kernel, vaddr);
	if (!module && area->last - area->first < SHARED_AREA_SIZE)
		module = kernel_module_range(kernel, area->first);
	return module;
}

/* As known at vaddr, which lies within the area. */
static void look_up(struct kernel *kernel, const struct vmalloc_area *area,
		    uint64_t vaddr, struct known_area *known)
{
	const struct module_range *module = module_of(kernel, area, vaddr);
	const struct resource *resource = NULL;

	if (area->physical)
		resource = kernel_resource_at(kernel, RESOURCE_MEMORY,
					      area->physical);
	known->kind = module ? "module" : kind_of(area);
	known->module = module ? module->name : "";
	known->resource = resource ? resource->name : "";
	known->caller[0] = '\0';
	if (area->caller)
		symbol_text(kernel, area->caller, known->caller);
}

static void output_flags(struct session *session,
			 const struct vmalloc_area *area)
{
	struct output *output = session->output;
	const struct region *pages = NULL;

	if (area->pages)
		pages = kernel_region(session->kernel, area->pages, NULL);
	output_list_begin(output, "flags");
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (area->flags & flags[i].flag)
			output_string(output, NULL, flags[i].name);
	/* The array of its struct page pointers is in vmalloc memory, too. */
	if (pages && pages->kind == REGION_VMALLOC)
		output_string(output, NULL, "vpages");
	output_list_end(output);
}

static void output_area(struct session *session,
			const struct vmalloc_area *area,
			const struct known_area *known)
{
	struct output *output = session->output;
	uint64_t used_last = vmalloc_area_used_last(session->kernel, area);
	char address[17] = "";

	output_hex(output, "start", area->first);
	output_hex(output, "end", area->last);
	output_count(output, "size", area->last - area->first + 1);
	output_string_if(output, "kind", known->kind);
	output_hex_if(output, "physical", area->physical, area->physical);
	if (area->physical && output_json(output))
		output_hex(output, "physical_end",
			   area->physical + (used_last - area->first));
	output_count_if(output, "pages", area->nr_pages, area->nr_pages);
	if (area->caller && !*known->caller && !output_json(output))
		snprintf(address, sizeof(address), "%" PRIx64, area->caller);
	output_string_if(output, "caller",
			 *known->caller ? known->caller : address);
	if (output_json(output)) {
		if (area->caller)
			output_hex(output, "caller_address", area->caller);
		output_string_if(output, "resource", known->resource);
		output_string_if(output, "module", known->module);
	} else {
		output_string(output, "name",
			      *known->module ? known->module : known->resource);
	}
	if (area->state == VMALLOC_OWNED || !output_json(output))
		output_flags(session, area);
}

void show_area(struct session *session, const struct vmalloc_area *area)
{
	struct known_area known;

	look_up(session->kernel, area, area->first, &known);
	output_area(session, area, &known);
}

/* --- the area at an address --- */

static void output_found(struct session *session,
			 const struct vmalloc_area *area, uint64_t vaddr)
{
	struct output *output = session->output;
	bool in_guard = vaddr > vmalloc_area_used_last(session->kernel, area);
	struct known_area known;

	look_up(session->kernel, area, vaddr, &known);
	output_object_begin(output, "area");
	output_area(session, area, &known);
	if (in_guard)
		output_boolean(output, "guard", true);
	output_object_end(output);
	output_note(output, "AREA: %s%s%s%s%" PRIx64 " to %" PRIx64, known.kind,
		    *known.module ? " " : "", known.module,
		    in_guard ? ", guard page of " : ", ", area->first,
		    area->last);
	if (area->physical)
		output_note_more(output, ", of %" PRIx64, area->physical);
	if (*known.resource)
		output_note_more(output, " (%s)", known.resource);
	if (*known.caller)
		output_note_more(output, ", by %s", known.caller);
}

/* The gap around vaddr, within the region. */
static void output_free(struct output *output, const struct region *region,
			const struct vmalloc_list *list, uint64_t vaddr)
{
	uint64_t start = region->first, last = region->last;

	for (size_t i = 0; i < list->nr; i++) {
		const struct vmalloc_area *area = &list->area[i];

		if (area->last < vaddr && area->last >= start)
			start = area->last + 1;
		if (area->first > vaddr && area->first <= last)
			last = area->first - 1;
	}
	output_note(output, "AREA: free, %" PRIx64 " to %" PRIx64, start, last);
	output_object_begin(output, "area");
	output_hex(output, "start", start);
	output_hex(output, "end", last);
	output_count(output, "size", last - start + 1);
	output_string(output, "kind", "free");
	output_object_end(output);
}

void show_area_at(struct session *session, const struct region *region,
		  uint64_t vaddr)
{
	struct output *output = session->output;
	const struct module_range *module;
	const struct vmalloc_list *list;
	const struct vmalloc_area *area;

	if (!region_has_areas(region))
		return;
	module = kernel_module_range(session->kernel, vaddr);
	if (module && output_json(output))
		output_string(output, "module", module->name);
	if (module)
		output_string(output, "section", module->part);
	list = kernel_vmalloc(session->kernel, NULL);
	area = list ? vmalloc_area_at(list, vaddr) : NULL;
	if (area)
		output_found(session, area, vaddr);
	else if (list && !list->damages.nr)
		output_free(output, region, list, vaddr);
}
