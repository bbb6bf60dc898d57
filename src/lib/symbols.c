/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Symbols, regions, and possible meanings of numbers. */
#include "symbols/symbol_lookup.h"

#include <stdio.h>
#include <stdlib.h>

#include "linux/region.h"
#include "lib/handle.h"
#include "query/whatis.h"

static bool give_symbol(struct call *call, const struct kernel_symbol *symbol, uint64_t offset,
			struct kwalk_symbol *to)
{
	struct kwalk_symbol found = { 0 };
	size_t used = 0;

	found.type = symbol->type;
	found.name = handle_text(call->handle, &used, symbol->name);
	found.module = handle_text(call->handle, &used, symbol->module);
	found.source = symbol_origin_names[symbol->origin];
	found.address = symbol->address;
	found.length = symbol->size;
	found.offset = offset;
	return call_give(call, to, &found, sizeof(found));
}

int kwalk_symbol_find(kwalk_kernel *kernel, const char *name, struct kwalk_symbol *symbol,
		      struct kwalk_error *error)
{
	struct kernel_symbol inner;
	struct call call;

	if (!call_begin(&call, kernel, READS_ALL, error))
		return call.refused;
	return call_end(&call,
			call_wants(&call, name, "the name") &&
				symbol_lookup_find(call.kernel->symbols, name, &inner, &call.err) &&
				give_symbol(&call, &inner, 0, symbol));
}

int kwalk_symbol_at(kwalk_kernel *kernel, uint64_t vaddr, struct kwalk_symbol *symbol,
		    struct kwalk_error *error)
{
	struct kernel_symbol inner;
	struct pointer_tag tag;
	struct call call;

	if (!call_begin(&call, kernel, READS_ALL, error))
		return call.refused;
	vaddr = query_untag(call.kernel, vaddr, &tag);
	return call_end(&call, symbol_lookup_at(call.kernel->symbols, vaddr, &inner, &call.err) &&
				       give_symbol(&call, &inner, vaddr - inner.address, symbol));
}

/* --- regions --- */

static bool give_region(struct call *call, uint64_t vaddr, const struct region *region,
			struct kwalk_region *to)
{
	struct kwalk_region found = { 0 };
	struct image_place image;

	found.first = region->first;
	found.last = region->last;
	found.name = region_names[region->kind];
	found.linear = region_linear(call->kernel, vaddr, &found.paddr);
	if (!found.linear)
		found.paddr = 0;
	if (region_image_at(call->kernel, region, vaddr, &image))
		found.section = image_section_names[image.section];
	return call_give(call, to, &found, sizeof(found));
}

int kwalk_find_region(kwalk_kernel *kernel, uint64_t vaddr, struct kwalk_region *region,
		      struct kwalk_error *error)
{
	const struct region *inner;
	struct pointer_tag tag;
	struct call call;

	if (!call_begin(&call, kernel, READS_ALL, error))
		return call.refused;
	vaddr = query_untag(call.kernel, vaddr, &tag);
	inner = region_of(call.kernel, vaddr, &call.err);
	return call_end(&call, inner && give_region(&call, vaddr, inner, region));
}

/* --- meanings of a number --- */

/* A meaning, and the texts to which it points. */
struct symbols_shown {
	struct kwalk_meaning meaning;
	char text[WHATIS_TEXT];
	char symbol[512];
};

struct meanings {
	struct whatis_list list;
	struct symbols_shown shown[MOST_MEANINGS];
};

static void symbols_describe(struct kernel *kernel, const struct whatis *whatis,
			     struct symbols_shown *shown)
{
	struct kwalk_meaning *meaning = &shown->meaning;
	const struct kernel_symbol *symbol = &whatis->place.symbol;

	*meaning = KWALK_INIT(struct kwalk_meaning);
	whatis_text(kernel, whatis, shown->text);
	meaning->kind = whatis_kind_names[whatis->kind];
	meaning->as = whatis_as_names[whatis->as];
	meaning->text = shown->text;
	meaning->value = whatis->value;
	meaning->has_paddr = whatis->has_physical;
	meaning->paddr = whatis->has_physical ? whatis->physical : 0;
	meaning->has_page = whatis->has_frame;
	meaning->pfn = whatis->has_frame ? whatis->pfn : 0;
	meaning->page = whatis->has_frame ? whatis->page : 0;
	if (whatis->has_place && whatis->place.has_symbol) {
		snprintf(shown->symbol, sizeof(shown->symbol), "%s", symbol->name);
		meaning->symbol = shown->symbol;
		meaning->symbol_offset = whatis->place.vaddr - symbol->address;
	}
	meaning->has_pid = whatis->kind == WHATIS_USER && whatis->has_process;
	meaning->pid = meaning->has_pid ? whatis->task.pid : 0;
}

/* Finds all meanings of a value. Returns NULL if memory is exhausted. */
static struct meanings *find_meanings(struct kernel *kernel, const struct kwalk_space *space,
				      uint64_t value)
{
	struct meanings *meanings = malloc(sizeof(*meanings));
	const struct process *process = space && space->process.user_last ? &space->process : NULL;

	if (!meanings)
		return NULL;
	query_whatis(kernel, value, AS_ANY, process, &meanings->list);
	for (size_t i = 0; i < meanings->list.nr; i++)
		symbols_describe(kernel, &meanings->list.item[i], &meanings->shown[i]);
	return meanings;
}

int kwalk_whatis(kwalk_kernel *kernel, kwalk_space *space, uint64_t value,
		 bool (*visit)(void *arg, const struct kwalk_meaning *meaning), void *arg,
		 struct kwalk_error *error)
{
	struct meanings *meanings = NULL;
	struct call call;
	bool wanted;
	int code;

	if (!call_begin(&call, kernel, READS_ALL, error))
		return call.refused;
	wanted = call_wants(&call, (void *)visit, "visit");
	if (wanted && space && space->handle != kernel)
		wanted = fail(&call.err, ERROR_USAGE, "the space is of another kernel");
	if (wanted)
		meanings = find_meanings(call.kernel, space, value);
	code = call_end(&call, wanted);
	for (size_t i = 0; meanings && status_shows(code) && i < meanings->list.nr; i++)
		if (!visit(arg, &meanings->shown[i].meaning))
			break;
	free(meanings);
	return code;
}
