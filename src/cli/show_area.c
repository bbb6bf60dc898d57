/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/show_area.h"

#include <inttypes.h>

#include "linux/module/modules.h"
#include "linux/region.h"
#include "base/address_set.h"

static void show_area_output_flags(struct session *session, const struct vmalloc_area *area)
{
	struct output *output = session->output;
	const struct region *pages = NULL;

	if (area->pages)
		pages = region_of(session->kernel, area->pages, NULL);
	output_list_begin(output, "flags");
	for (const struct area_flag *flag = area_flags; flag->name; flag++)
		if (area->flags & flag->flag)
			output_string(output, NULL, flag->name);
	/* "vpages": the array of pointers to the area's struct pages is in vmalloc memory, too. */
	if (pages && pages->kind == REGION_VMALLOC)
		output_string(output, NULL, "vpages");
	output_list_end(output);
}

/* Lists each module with a part in the area, but only once, even if several parts are there. */
static void output_modules(struct output *output, const struct area_info *known)
{
	struct address_set seen = { 0 };

	output_list_begin(output, "modules");
	for (size_t i = 0; i < known->nr_shared; i++)
		if (address_set_add(&seen, known->shared[i].module) == ADDRESS_NEW)
			output_string(output, NULL, known->shared[i].name);
	output_list_end(output);
	address_set_release(&seen);
}

struct area_caller {
	struct output *output;
	uint64_t address;
};

static void state_caller(const void *arg)
{
	const struct area_caller *caller = arg;

	output_hex(caller->output, "caller_address", caller->address);
}

/* Adds the caller. symbol: the symbol at the caller's address, or "" if it is unknown. */
static void output_caller(struct output *output, const char *symbol, uint64_t address)
{
	output_string_if(output, "caller", symbol);
	if (address && *symbol)
		output_in_records(output, state_caller, &(struct area_caller){ output, address });
	else if (address)
		output_hex(output, "caller_address", address);
}

/* Adds an area. Text has the same column for the names of areas of all kinds. If records leave out
 * the name, the column is empty. */
static void output_area(struct session *session, const struct vmalloc_area *area,
			const struct area_info *known)
{
	struct output *output = session->output;
	uint64_t used_last = vmalloc_area_used_last(session->kernel, area);

	output_range(output, area->first, area->last);
	output_count(output, "size", area->last - area->first + 1);
	output_string_if(output, "kind", known->kind);
	output_hex_if(output, "physical", area->physical, area->physical);
	if (area->physical)
		output_hex(output, "physical_end", area->physical + (used_last - area->first));
	output_count_if(output, "pages", area->nr_pages, area->nr_pages);
	output_caller(output, known->caller, area->caller);
	output_string_if(output, "resource", known->resource);
	output_string_if(output, "module", known->module);
	if (known->shared)
		output_modules(output, known);
	if (area->state == VMALLOC_OWNED)
		show_area_output_flags(session, area);
	else
		output_string_if(output, "flags", NULL);
}

void show_area(struct session *session, const struct vmalloc_area *area)
{
	struct area_info known;

	query_area_info(session->kernel, area, &known);
	output_area(session, area, &known);
}

void show_caller(struct session *session, const struct caller_sum *sum)
{
	struct output *output = session->output;
	char symbol[SYMBOL_TEXT] = "";

	if (sum->caller)
		query_symbol_text(session->kernel, sum->caller, symbol);
	output_caller(output, symbol, sum->caller);
	output_count(output, "areas", sum->nr);
	output_count(output, "size", sum->size);
	output_count_if(output, "pages", sum->nr_pages, sum->nr_pages);
}

/* --- the area at an address --- */

static void output_found(struct session *session, const struct place *place)
{
	const struct vmalloc_area *area = place->area;
	struct output *output = session->output;
	struct area_info known;

	query_area_info_at(session->kernel, area, place->vaddr, &known);
	output_object_begin(output, "area");
	output_area(session, area, &known);
	if (place->in_guard)
		output_boolean(output, "guard", true);
	output_object_end(output);
	output_remarkf(output, "area", "%s%s%s, %s%" PRIx64 " to %" PRIx64, known.kind,
		       *known.module ? " " : "", known.module,
		       place->in_guard ? "guard page of " : "", area->first, area->last);
	if (area->physical)
		output_remarkf(output, "area", "of %" PRIx64, area->physical);
	output_remark(output, "area_resource", known.resource, STYLE_PLAIN);
	output_remark(output, "area_caller", known.caller, STYLE_PLAIN);
}

/* Shows the gap that contains the place. The gap does not extend beyond the region. */
static void output_free(struct session *session, const struct place *place)
{
	const struct vmalloc_list *list = vmalloc_areas(session->kernel, NULL);
	uint64_t start = place->region->first, last = place->region->last;
	struct output *output = session->output;

	for (size_t i = 0; list && i < list->nr; i++) {
		const struct vmalloc_area *area = &list->area[i];

		if (area->last < place->vaddr && area->last >= start)
			start = area->last + 1;
		if (area->first > place->vaddr && area->first <= last)
			last = area->first - 1;
	}
	output_remarkf(output, "area", "free, %" PRIx64 " to %" PRIx64, start, last);
	output_object_begin(output, "area");
	output_range(output, start, last);
	output_count(output, "size", last - start + 1);
	output_string(output, "kind", "free");
	output_object_end(output);
}

void show_area_at(struct session *session, const struct place *place)
{
	struct output *output = session->output;

	if (place->module)
		output_string(output, "module", place->module->name);
	if (place->module)
		output_string(output, "section", module_part_names[place->module->part]);
	if (place->area)
		output_found(session, place);
	else if (place->has_areas)
		output_free(session, place);
}
