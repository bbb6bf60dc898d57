/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/area.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "command/process.h"
#include "kernel/module_ranges.h"

/* In the order in which the first that is set tells the kind; as
 * /proc/vmallocinfo names them. */
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

/* NULL: of no kind that has a name. */
static const char *kind_of(const struct vmalloc_area *area,
			   const struct module_range *module)
{
	if (module)
		return "module";
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
	return NULL;
}

static const struct module_range *module_of(struct session *session,
					    const struct vmalloc_area *area)
{
	return area->state == VMALLOC_OWNED ?
		       kernel_module_range(session->kernel, area->start) :
		       NULL;
}

/* Device or memory that is mapped there; "" where nothing names it. */
static const char *resource_of(struct session *session,
			       const struct vmalloc_area *area)
{
	const struct resource *resource = NULL;

	if (area->physical)
		resource = kernel_resource_at(session->kernel, RESOURCE_MEMORY,
					      area->physical);
	return resource ? resource->name : "";
}

/* Symbol and offset; false where no symbol holds it. */
static bool caller_text(struct session *session,
			const struct vmalloc_area *area, char *text,
			size_t size)
{
	struct kernel_symbol symbol;

	if (!area->caller ||
	    !kernel_symbol_at(session->kernel, area->caller, &symbol, NULL))
		return false;
	snprintf(text, size, "%s+0x%llx", symbol.name,
		 (unsigned long long)(area->caller - symbol.address));
	return true;
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
	/* The array of its pages is such an area too. */
	if (pages && !strcmp(pages->name, "vmalloc"))
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
			   area->physical + (last - area->start));
}

/* In text an empty one holds the column. */
static void output_known(struct output *output, const char *name,
			 const char *value)
{
	if (*value || !output_json(output))
		output_string(output, name, value);
}

static void output_caller(struct session *session,
			  const struct vmalloc_area *area)
{
	struct output *output = session->output;
	char text[512] = "";
	bool known = caller_text(session, area, text, sizeof(text));

	if (!known && area->caller)
		snprintf(text, sizeof(text), "%llx",
			 (unsigned long long)area->caller);
	if (known || !output_json(output))
		output_string(output, "caller", text);
	if (area->caller && output_json(output))
		output_hex(output, "caller_address", area->caller);
}

static void output_names(struct session *session,
			 const struct vmalloc_area *area,
			 const struct module_range *module)
{
	struct output *output = session->output;
	const char *resource = resource_of(session, area);

	if (!output_json(output)) {
		output_string(output, "name", module ? module->name : resource);
		return;
	}
	output_known(output, "resource", resource);
	output_known(output, "module", module ? module->name : "");
}

void output_area(struct session *session, const struct vmalloc_area *area)
{
	struct output *output = session->output;
	const struct module_range *module = module_of(session, area);
	const char *kind = kind_of(area, module);

	output_hex(output, "start", area->start);
	output_hex(output, "end", area->last);
	output_count(output, "size", area->last - area->start + 1);
	output_known(output, "kind", kind ? kind : "");
	output_physical(session, area);
	if (area->nr_pages)
		output_count(output, "pages", area->nr_pages);
	else
		output_no_count(output, "pages");
	output_caller(session, area);
	output_names(session, area, module);
	if (area->state == VMALLOC_OWNED || !output_json(output))
		output_flags(session, area);
}

/* --- for region --- */

static void json_area(struct session *session, const struct vmalloc_area *area,
		      bool in_guard)
{
	struct output *output = session->output;

	output_member_begin(output, "area");
	output_area(session, area);
	if (in_guard)
		output_boolean(output, "guard", true);
	output_object_end(output);
}

static void text_area(struct session *session, const struct vmalloc_area *area,
		      bool in_guard, struct notes *notes)
{
	const struct module_range *module = module_of(session, area);
	const char *kind = kind_of(area, module);
	const char *resource = resource_of(session, area);
	char caller[512];

	notes_add(notes, "AREA: %s%s%s%s%" PRIx64 " to %" PRIx64,
		 kind ? kind : "", module ? " " : "",
		 module ? module->name : "",
		 in_guard ? ", guard page of " : ", ", area->start, area->last);
	if (area->physical)
		notes_append(notes, ", of %" PRIx64, area->physical);
	if (*resource)
		notes_append(notes, " (%s)", resource);
	if (caller_text(session, area, caller, sizeof(caller)))
		notes_append(notes, ", by %s", caller);
}

/* The gap that vaddr lies in, as far as the region reaches. */
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
		if (area->start > vaddr && area->start <= last)
			last = area->start - 1;
	}
	notes_add(notes, "AREA: free, %" PRIx64 " to %" PRIx64, start, last);
	output_member_begin(output, "area");
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

void output_area_at(struct session *session, const struct region *region,
		    uint64_t vaddr, struct notes *notes)
{
	struct watch watch = command_watch(session);
	const struct vmalloc_list *list;
	const struct vmalloc_area *area;
	bool in_guard;

	if (strcmp(region->name, "vmalloc") && strcmp(region->name, "modules"))
		return;
	output_module(session, vaddr);
	list = kernel_vmalloc(session->kernel, &watch, NULL);
	if (!list)
		return;
	area = vmalloc_area_at(list, vaddr);
	if (area) {
		in_guard =
			vaddr > vmalloc_area_used_last(session->kernel, area);
		json_area(session, area, in_guard);
		text_area(session, area, in_guard, notes);
	} else if (!list->damages.nr) {
		output_free(session, region, list, vaddr, notes);
	}
}
