/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/module_ranges.h"

#include <stdlib.h>

#include "base/address_set.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"

enum { MOST_MODULES = 4096, MOST_RANGES = 8 * MOST_MODULES };

struct module_ranges {
	struct module_range *range; /* owned; by address */
	size_t nr, room;
};

static bool add(struct module_ranges *ranges, const char *name,
		const char *part, uint64_t start, uint64_t end)
{
	size_t room = ranges->room ? 2 * ranges->room : 64;
	struct module_range *more = ranges->range, *range;

	if (end <= start)
		return true; /* it has no such part */
	if (ranges->nr == ranges->room) {
		if (ranges->nr < MOST_RANGES)
			more = reallocarray(more, room, sizeof(*more));
		if (!more || ranges->nr >= MOST_RANGES)
			return false;
		ranges->range = more;
		ranges->room = room;
	}
	range = &ranges->range[ranges->nr++];
	*range = (struct module_range){ start, end - 1, "", part };
	for (size_t i = 0; i < sizeof(range->name) - 1 && name[i]; i++)
		range->name[i] =
			name[i] > 0x20 && name[i] < 0x7f ? name[i] : '?';
	return true;
}

/* Since 6.4 (ac3b43283923): mem[], one element for each of these types. */
static const struct {
	const char *type, *part;
} memory_types[] = {
	{ "MOD_TEXT", "text" },
	{ "MOD_DATA", "data" },
	{ "MOD_RODATA", "rodata" },
	{ "MOD_RO_AFTER_INIT", "ro-after-init" },
	{ "MOD_INIT_TEXT", "init-text" },
	{ "MOD_INIT_DATA", "init-data" },
	{ "MOD_INIT_RODATA", "init-rodata" },
};

static void add_memories(struct kernel *kernel, struct module_ranges *ranges,
			 uint64_t module, const char *name)
{
	const struct member *mem = kernel_member(kernel, MODULE_MEM, NULL);
	struct types *types = kernel_types(kernel);
	uint64_t element, base, size;
	int64_t nr;

	if (!mem || !kernel_type_size(kernel, "module_memory", &element))
		return;
	for (size_t i = 0; i < sizeof(memory_types) / sizeof(memory_types[0]);
	     i++) {
		if (!types_enumerator(types, "mod_mem_type",
				      memory_types[i].type, &nr) ||
		    nr < 0 || (uint64_t)nr >= mem->size / element)
			continue;
		if (kernel_read_member(kernel,
				       module + mem->offset + nr * element,
				       MODULE_MEMORY_BASE, &base, NULL) &&
		    kernel_read_member(kernel,
				       module + mem->offset + nr * element,
				       MODULE_MEMORY_SIZE, &size, NULL))
			add(ranges, name, memory_types[i].part, base,
			    base + size);
	}
}

/* Members of the two layouts before that: core_layout since 4.5
 * (7523e4dc5057), module_core before. */
struct layout {
	enum member_id base, size, text_size, ro_size;
	bool init;
};

static const struct layout layouts[] = {
	{ MODULE_CORE_BASE, MODULE_CORE_SIZE, MODULE_CORE_TEXT_SIZE,
	  MODULE_CORE_RO_SIZE, false },
	{ MODULE_INIT_BASE, MODULE_INIT_SIZE, MODULE_INIT_TEXT_SIZE,
	  MODULE_INIT_RO_SIZE, true },
	{ MODULE_OLD_CORE, MODULE_OLD_CORE_SIZE, MODULE_OLD_CORE_TEXT_SIZE,
	  MODULE_OLD_CORE_RO_SIZE, false },
	{ MODULE_OLD_INIT, MODULE_OLD_INIT_SIZE, MODULE_OLD_INIT_TEXT_SIZE,
	  MODULE_OLD_INIT_RO_SIZE, true },
};

/* Text, then what is read-only, then the rest. */
static void add_layout(struct kernel *kernel, struct module_ranges *ranges,
		       const struct layout *layout, uint64_t module,
		       const char *name)
{
	uint64_t base, size, text, ro;

	if (!kernel_read_member(kernel, module, layout->base, &base, NULL) ||
	    !kernel_read_member(kernel, module, layout->size, &size, NULL) ||
	    !kernel_read_member(kernel, module, layout->text_size, &text, NULL))
		return;
	if (text > size)
		text = size;
	/* 2.6.39 (84e1c6bb38eb) */
	if (!kernel_read_member(kernel, module, layout->ro_size, &ro, NULL) ||
	    ro < text || ro > size)
		ro = text;
	add(ranges, name, layout->init ? "init-text" : "text", base,
	    base + text);
	add(ranges, name, layout->init ? "init-rodata" : "rodata", base + text,
	    base + ro);
	add(ranges, name, layout->init ? "init-data" : "data", base + ro,
	    base + size);
}

static void add_module(struct kernel *kernel, struct module_ranges *ranges,
		       uint64_t module)
{
	const struct member *member = kernel_member(kernel, MODULE_NAME, NULL);
	char name[64] = "";

	if (!member ||
	    !kernel_read(kernel, module + member->offset, name,
			 member->size < sizeof(name) ? member->size :
						       sizeof(name) - 1,
			 NULL))
		return;
	name[sizeof(name) - 1] = '\0';
	add_memories(kernel, ranges, module, name);
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++)
		if (kernel_member(kernel, layouts[i].base, NULL))
			add_layout(kernel, ranges, &layouts[i], module, name);
}

static int by_address(const void *a, const void *b)
{
	const struct module_range *left = a, *right = b;

	return (left->start > right->start) - (left->start < right->start);
}

static void read_list(struct kernel *kernel, struct module_ranges *ranges)
{
	const struct member *list = kernel_member(kernel, MODULE_LIST, NULL);
	struct address_set seen = { 0 };
	uint64_t head, at;

	if (!list || !kernel_symbol(kernel, "modules", &head, NULL) ||
	    !kernel_read_pointer(kernel, head, &at, NULL))
		return;
	while (at && at != head && seen.nr < MOST_MODULES &&
	       address_set_add(&seen, at) == ADDRESS_NEW) {
		add_module(kernel, ranges,
			   (at - list->offset) & kernel->arch->address_mask);
		if (!kernel_read_pointer(kernel, at, &at, NULL))
			break;
	}
	address_set_release(&seen);
	if (ranges->nr)
		qsort(ranges->range, ranges->nr, sizeof(*ranges->range),
		      by_address);
}

const struct module_range *kernel_module_range(struct kernel *kernel,
					       uint64_t vaddr)
{
	struct module_ranges *ranges = kernel->module_ranges;
	size_t low = 0, high;

	if (!ranges) {
		ranges = kernel->module_ranges = calloc(1, sizeof(*ranges));
		if (!ranges)
			return NULL;
		read_list(kernel, ranges);
	}
	high = ranges->nr;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ranges->range[middle].last < vaddr)
			low = middle + 1;
		else
			high = middle;
	}
	return low < ranges->nr && ranges->range[low].start <= vaddr ?
		       &ranges->range[low] :
		       NULL;
}

void module_ranges_destroy(struct module_ranges *ranges)
{
	if (ranges)
		free(ranges->range);
	free(ranges);
}
