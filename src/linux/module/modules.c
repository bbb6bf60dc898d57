/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/module/modules.h"

#include <inttypes.h>
#include <string.h>

#include "linux/area_members.h"
#include "linux/vmalloc.h"
#include "base/address_set.h"
#include "base/array.h"
#include "base/ranges.h"
#include "kernel/kernel.h"
#include "kernel/links.h"
#include "kernel/noted.h"
#include "types/types.h"

const char *const module_part_names[NR_MODULE_PARTS] = {
	[PART_TEXT] = "text",
	[PART_DATA] = "data",
	[PART_RODATA] = "rodata",
	[PART_RO_AFTER_INIT] = "ro-after-init",
	[PART_INIT_TEXT] = "init-text",
	[PART_INIT_DATA] = "init-data",
	[PART_INIT_RODATA] = "init-rodata",
};

enum { MOST_MODULES = 4096, MOST_RANGES = 8 * MOST_MODULES };

static bool modules_read_name(struct kernel *kernel, struct listed_module *module)
{
	const struct member *name = kernel_member_as(kernel, MODULE_NAME, MEMBER_TEXT, NULL);
	struct noted noted = {
		.kind = NOTED_MODULE,
		.size = sizeof(module->name) - 1,
		.module = module->address,
	};

	if (!name)
		return false;
	if (noted.size > name->size)
		noted.size = name->size;
	noted.vaddr = module->address + name->offset;
	module->name[noted.size] = '\0';
	return kernel_read_noted(kernel, noted, module->name, NULL);
}

static bool is_cut(uint64_t at, struct error *err)
{
	return fail(err, ERROR_FORMAT, "the list of modules is damaged after its entry at %" PRIx64,
		    at);
}

bool module_each(struct kernel *kernel,
		 bool (*visit)(struct kernel *kernel, const struct listed_module *module,
			       void *arg),
		 void *arg, struct error *err)
{
	const struct member *list = kernel_member_as(kernel, MODULE_LIST, MEMBER_LINKS, err);
	struct listed_module module;
	struct address_set seen = { 0 };
	struct links links;
	uint64_t head, first;
	bool whole = true, more = true;

	if (!list || !kernel_symbol(kernel, "modules", &head, err) ||
	    !kernel_read_pointer(kernel, head, &first, err))
		return false;
	links = links_from(kernel, head, list->offset, &seen, MOST_MODULES);
	while (more && links_next(&links, &module.address)) {
		if (modules_read_name(kernel, &module))
			more = visit(kernel, &module, arg);
		else
			whole = fail(err, ERROR_UNREADABLE,
				     "the name of the module at %" PRIx64 " cannot be read",
				     module.address);
	}
	if (links_damaged(&links))
		whole = is_cut(links.at, err);
	address_set_release(&seen);
	return whole;
}

struct module_ranges {
	struct module_range *range; /* owned; sorted by address */
	size_t nr, room;
};

/* Adds the range from start (inclusive) to end (exclusive). Adds nothing if the range is empty or
 * if there are MOST_RANGES ranges. */
static void modules_add_range(struct module_ranges *ranges, const struct listed_module *module,
			      enum module_part part, uint64_t start, uint64_t end)
{
	struct module_range range = { start, end - 1, module->address, "", part };
	const char *name = module->name;

	if (end <= start || ranges->nr == MOST_RANGES)
		return;
	for (size_t i = 0; i < sizeof(range.name) - 1 && name[i]; i++)
		range.name[i] = name[i] > 0x20 && name[i] < 0x7f ? name[i] : '?';
	array_add(&ranges->range, &ranges->nr, &ranges->room, &range, sizeof(range));
}

/* Since 6.4 (ac3b43283923) struct module contains the array mem[], which has an element for each
 * part. The index of the element is the value of the enumerator with this name. */
static const char *const memory_types[NR_MODULE_PARTS] = {
	[PART_TEXT] = "MOD_TEXT",
	[PART_DATA] = "MOD_DATA",
	[PART_RODATA] = "MOD_RODATA",
	[PART_RO_AFTER_INIT] = "MOD_RO_AFTER_INIT",
	[PART_INIT_TEXT] = "MOD_INIT_TEXT",
	[PART_INIT_DATA] = "MOD_INIT_DATA",
	[PART_INIT_RODATA] = "MOD_INIT_RODATA",
};

static void add_memories(struct kernel *kernel, struct module_ranges *ranges,
			 const struct listed_module *module)
{
	const struct member *mem = kernel_member(kernel, MODULE_MEM, NULL);
	struct types *types = kernel_types(kernel);
	uint64_t element, memory, base, size;
	int64_t nr;

	if (!mem || !kernel_type_size(kernel, "module_memory", &element) || !element)
		return;
	for (enum module_part part = 0; part < NR_MODULE_PARTS; part++) {
		if (!types_enumerator(types, "mod_mem_type", memory_types[part], &nr) || nr < 0 ||
		    (uint64_t)nr >= mem->size / element)
			continue;
		memory = module->address + mem->offset + (uint64_t)nr * element;
		if (kernel_read_member(kernel, memory, MODULE_MEMORY_BASE, &base, NULL) &&
		    kernel_read_member(kernel, memory, MODULE_MEMORY_SIZE, &size, NULL))
			modules_add_range(ranges, module, part, base, base + size);
	}
}

/* The members that describe the memory of a module before 6.4: members of core_layout since 4.5
 * (7523e4dc5057), members such as module_core in older kernels. */
struct modules_layout {
	unsigned int base, size, text_size, ro_size;
	bool init;
};

static const struct modules_layout layouts[] = {
	{ MODULE_CORE_BASE, MODULE_CORE_SIZE, MODULE_CORE_TEXT_SIZE, MODULE_CORE_RO_SIZE, false },
	{ MODULE_INIT_BASE, MODULE_INIT_SIZE, MODULE_INIT_TEXT_SIZE, MODULE_INIT_RO_SIZE, true },
	{ MODULE_OLD_CORE, MODULE_OLD_CORE_SIZE, MODULE_OLD_CORE_TEXT_SIZE, MODULE_OLD_CORE_RO_SIZE,
	  false },
	{ MODULE_OLD_INIT, MODULE_OLD_INIT_SIZE, MODULE_OLD_INIT_TEXT_SIZE, MODULE_OLD_INIT_RO_SIZE,
	  true },
};

/* Adds the parts of a layout: first text, then read-only data, then other data. */
static void add_layout(struct kernel *kernel, struct module_ranges *ranges,
		       const struct modules_layout *layout, const struct listed_module *listed)
{
	uint64_t module = listed->address, base, size, text, ro;

	if (!kernel_read_member(kernel, module, layout->base, &base, NULL) ||
	    !kernel_read_member(kernel, module, layout->size, &size, NULL) ||
	    !kernel_read_member(kernel, module, layout->text_size, &text, NULL))
		return;
	if (text > size)
		text = size;
	/* this member exists since 2.6.39 (84e1c6bb38eb) */
	if (!kernel_read_member(kernel, module, layout->ro_size, &ro, NULL) || ro < text ||
	    ro > size)
		ro = text;
	modules_add_range(ranges, listed, layout->init ? PART_INIT_TEXT : PART_TEXT, base,
			  base + text);
	modules_add_range(ranges, listed, layout->init ? PART_INIT_RODATA : PART_RODATA,
			  base + text, base + ro);
	modules_add_range(ranges, listed, layout->init ? PART_INIT_DATA : PART_DATA, base + ro,
			  base + size);
}

static bool modules_add_module(struct kernel *kernel, const struct listed_module *module, void *arg)
{
	struct module_ranges *ranges = arg;

	add_memories(kernel, ranges, module);
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++)
		if (kernel_member(kernel, layouts[i].base, NULL))
			add_layout(kernel, ranges, &layouts[i], module);
	return true;
}

static bool learn_ranges(struct kernel *kernel, void *state, struct error *err)
{
	struct module_ranges *ranges = state;

	module_each(kernel, modules_add_module, ranges, err);
	if (ranges->nr)
		qsort(ranges->range, ranges->nr, sizeof(*ranges->range), ranges_compare);
	return ranges->nr;
}

static const struct state_type state_module_ranges = {
	.size = sizeof(struct module_ranges),
	.learn = learn_ranges,
	.release = state_free_list,
};

const struct module_range *module_range_of(struct kernel *kernel, uint64_t vaddr)
{
	const struct module_ranges *ranges = kernel_learnt(kernel, &state_module_ranges, NULL);
	size_t at = ranges ? RANGES_SEARCH(ranges->range, ranges->nr, vaddr) : 0;

	return ranges && at < ranges->nr && ranges->range[at].first <= vaddr ? &ranges->range[at] :
									       NULL;
}

const struct module_range *module_all_ranges(struct kernel *kernel, uint64_t first, uint64_t last,
					     size_t *nr)
{
	const struct module_ranges *ranges = kernel_learnt(kernel, &state_module_ranges, NULL);
	size_t at;

	*nr = 0;
	if (!ranges)
		return NULL;
	at = RANGES_SEARCH(ranges->range, ranges->nr, first);
	if (at < ranges->nr && ranges->range[at].first < first)
		at++;
	while (at + *nr < ranges->nr && ranges->range[at + *nr].first <= last)
		++*nr;
	return *nr ? &ranges->range[at] : NULL;
}

/* Is each part within an area? Before 6.4 the parts of a layout are one after the other, and fill an area. */
static bool parts_agree(struct kernel *kernel, uint64_t module, struct error *err)
{
	const struct vmalloc_list *list = vmalloc_areas(kernel, NULL);
	const bool fills = !kernel_member(kernel, MODULE_MEM, NULL);
	size_t nr, nr_own = 0;
	const struct module_range *range = module_all_ranges(kernel, 0, UINT64_MAX, &nr);

	if (!list || list->damages.nr || list->locked)
		return true;
	for (size_t i = 0; i < nr; i++) {
		const struct vmalloc_area *area;
		const bool is_last = i + 1 == nr || range[i + 1].module != module ||
				     range[i + 1].first != range[i].last + 1;
		uint64_t last;

		if (range[i].module != module)
			continue;
		nr_own++;
		area = vmalloc_area_at(list, range[i].first);
		last = area ? vmalloc_area_used_last(kernel, area) : 0;
		if (range[i].last > last ||
		    (fills && is_last && kernel_page_last(kernel, range[i].last) != last))
			return fail(err, ERROR_FORMAT,
				    "the module at %" PRIx64 " has memory up to %" PRIx64
				    ", and vmalloc up to %" PRIx64,
				    module, range[i].last, last);
	}
	return nr_own || !kernel_member(kernel, MODULE_CORE_SIZE, NULL) ||
	       fail(err, ERROR_FORMAT, "the module at %" PRIx64 " has no memory", module);
}

bool module_agrees(struct kernel *kernel, const struct listed_module *module, struct error *err)
{
	char name[sizeof(module->name)];
	uint64_t text;

	/* mod_sysfs_init(); NULL before */
	if (kernel_read_member(kernel, module->address, MODULE_OBJECT_NAME, &text, NULL) && text &&
	    kernel_read_text(kernel, text, name, sizeof(name)) && strcmp(name, module->name) != 0)
		return fail(err, ERROR_FORMAT,
			    "the module at %" PRIx64 " has the name %s, but its kobject %s",
			    module->address, module->name, name);
	return parts_agree(kernel, module->address, err);
}
