/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "show/show_area.h"

#include <inttypes.h>
#include <stdio.h>

#include "areas/modules.h"
#include "areas/region.h"
#include "areas/resource.h"
#include "areas/symbol_lookup.h"

/* Named as in /proc/vmallocinfo. The first flag that is set and is_kind is the
 * kind of the area. */
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

/* An area and what is known about it. */
struct known_area {
	const struct vmalloc_area *area;
	const char *kind; /* "": unknown */
	const char *module; /* "": none */
	const char *resource; /* mapped by ioremap(); "": none or unknown */
	char caller[512]; /* symbol and offset; "": unknown */
};

static const char *kind_of(const struct vmalloc_area *area)
{
	switch (area->state) {
	case VMALLOC_MAP_RAM:
		return "map-ram";
	case VMALLOC_UNPURGED:
		return "unpurged";
	case VMALLOC_UNOWNED:
		return "unowned";
	case VMALLOC_OWNED:
		break;
	}
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
static void look_up(struct session *session, const struct vmalloc_area *area,
		    uint64_t vaddr, struct known_area *known)
{
	struct kernel *kernel = session->kernel;
	const struct module_range *module = module_of(kernel, area, vaddr);
	const struct resource *resource = NULL;
	struct kernel_symbol symbol;

	if (area->physical)
		resource = kernel_resource_at(kernel, RESOURCE_MEMORY,
					      area->physical);
	known->area = area;
	known->kind = module ? "module" : kind_of(area);
	known->module = module ? module->name : "";
	known->resource = resource ? resource->name : "";
	known->caller[0] = '\0';
	if (area->caller &&
	    kernel_symbol_at(kernel, area->caller, &symbol, NULL))
		snprintf(known->caller, sizeof(known->caller), "%s+0x%" PRIx64,
			 symbol.name, area->caller - symbol.address);
}

static void output_flags(struct session *session,
			 const struct vmalloc_area *area)
{
	struct output *output = session->output;
	const struct region *pages =
		area->pages ?
			kernel_region(session->kernel, area->pages, NULL) :
			NULL;

	output_list_begin(output, "flags");
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (area->flags & flags[i].flag)
			output_string(output, NULL, flags[i].name);
	/* The array of its struct page pointers is in vmalloc memory, too. */
	if (pages && pages->kind == REGION_VMALLOC)
		output_string(output, NULL, "vpages");
	output_list_end(output);
}

static void output_physical(struct session *session,
			    const struct vmalloc_area *area)
{
	struct output *output = session->output;
	uint64_t last = vmalloc_area_used_last(session->kernel, area);

	if (!area->physical) {
		output_no_hex(output, "physical");
		return;
	}
	output_hex(output, "physical", area->physical);
	if (output_json(output))
		output_hex(output, "physical_end",
			   area->physical + (last - area->first));
}

/* Omitted from JSON if empty; text keeps the column. */
static void output_known(struct output *output, const char *name,
			 const char *value)
{
	if (*value || !output_json(output))
		output_string(output, name, value);
}

static void output_caller(struct output *output, const struct known_area *known)
{
	char address[17] = "";

	if (known->area->caller && !output_json(output))
		snprintf(address, sizeof(address), "%" PRIx64,
			 known->area->caller);
	output_known(output, "caller",
		     *known->caller ? known->caller : address);
	if (known->area->caller && output_json(output))
		output_hex(output, "caller_address", known->area->caller);
}

static void output_known_area(struct session *session,
			      const struct known_area *known)
{
	const struct vmalloc_area *area = known->area;
	struct output *output = session->output;

	output_hex(output, "start", area->first);
	output_hex(output, "end", area->last);
	output_count(output, "size", area->last - area->first + 1);
	output_known(output, "kind", known->kind);
	output_physical(session, area);
	if (area->nr_pages)
		output_count(output, "pages", area->nr_pages);
	else
		output_no_count(output, "pages");
	output_caller(output, known);
	if (output_json(output)) {
		output_known(output, "resource", known->resource);
		output_known(output, "module", known->module);
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

	look_up(session, area, area->first, &known);
	output_known_area(session, &known);
}

/* --- the area at an address --- */

static void output_found(struct session *session,
			 const struct vmalloc_area *area, uint64_t vaddr,
			 struct notes *notes)
{
	struct output *output = session->output;
	bool in_guard = vaddr > vmalloc_area_used_last(session->kernel, area);
	struct known_area known;

	look_up(session, area, vaddr, &known);
	output_object_begin(output, "area");
	output_known_area(session, &known);
	if (in_guard)
		output_boolean(output, "guard", true);
	output_object_end(output);
	notes_add(notes, "AREA: %s%s%s%s%" PRIx64 " to %" PRIx64, known.kind,
		  *known.module ? " " : "", known.module,
		  in_guard ? ", guard page of " : ", ", area->first,
		  area->last);
	if (area->physical)
		notes_append(notes, ", of %" PRIx64, area->physical);
	if (*known.resource)
		notes_append(notes, " (%s)", known.resource);
	if (*known.caller)
		notes_append(notes, ", by %s", known.caller);
}

/* The gap around vaddr, within the region. */
static void output_free(struct session *session, const struct region *region,
			const struct vmalloc_list *list, uint64_t vaddr,
			struct notes *notes)
{
	struct output *output = session->output;
	uint64_t start = region->first, last = region->last;

	for (size_t i = 0; i < list->nr; i++) {
		const struct vmalloc_area *area = &list->area[i];

		if (area->last < vaddr && area->last >= start)
			start = area->last + 1;
		if (area->first > vaddr && area->first <= last)
			last = area->first - 1;
	}
	notes_add(notes, "AREA: free, %" PRIx64 " to %" PRIx64, start, last);
	output_object_begin(output, "area");
	output_hex(output, "start", start);
	output_hex(output, "end", last);
	output_count(output, "size", last - start + 1);
	output_string(output, "kind", "free");
	output_object_end(output);
}

static void output_module(struct session *session, uint64_t vaddr)
{
	const struct module_range *module =
		kernel_module_range(session->kernel, vaddr);

	if (!module)
		return;
	if (output_json(session->output))
		output_string(session->output, "module", module->name);
	output_string(session->output, "section", module->part);
}

void show_area_at(struct session *session, const struct region *region,
		  uint64_t vaddr, struct notes *notes)
{
	const struct vmalloc_list *list;
	const struct vmalloc_area *area;

	if (!region_has_areas(region))
		return;
	output_module(session, vaddr);
	list = kernel_vmalloc(session->kernel, NULL);
	if (!list)
		return;
	area = vmalloc_area_at(list, vaddr);
	if (area)
		output_found(session, area, vaddr, notes);
	else if (!list->damages.nr)
		output_free(session, region, list, vaddr, notes);
}
