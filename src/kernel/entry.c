/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "kernel/entry.h"

#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "paging/scan.h"
#include "types/types.h"

// clang-format off
const char *const entry_kind_names[NR_ENTRY_KINDS] = {
	[ENTRY_EMPTY] = "empty", [ENTRY_PAGE] = "page",
	[ENTRY_TABLE] = "table", [ENTRY_PROT_NONE] = "prot-none",
	[ENTRY_SWAPPED] = "swapped",
	[ENTRY_MIGRATION] = "migration", [ENTRY_HWPOISON] = "hwpoison",
	[ENTRY_DEVICE] = "device", [ENTRY_MARKER] = "marker",
	[ENTRY_NONLINEAR] = "nonlinear", [ENTRY_SPECIAL] = "special",
};

const char *const cache_type_names[NR_CACHE_TYPES] = {
	[CACHE_WB] = "WB", [CACHE_WC] = "WC", [CACHE_UC_MINUS] = "UC-",
	[CACHE_UC] = "UC", [CACHE_WT] = "WT", [CACHE_WP] = "WP",
	[CACHE_NC] = "NC",
};
// clang-format on

static bool entry_learn(struct kernel *kernel, void *rules, struct error *err)
{
	(void)err;
	kernel->arch->entry_rules(kernel, rules);
	return true;
}

static const struct state_type state_entry_rules = {
	.size = sizeof(struct entry_rules),
	.learn = entry_learn,
};

const struct entry_rules *kernel_entry_rules(struct kernel *kernel)
{
	static const struct entry_rules unknown;
	const struct entry_rules *rules = kernel_learnt(kernel, &state_entry_rules, NULL);

	return rules ? rules : &unknown;
}

void kernel_range_start(struct kernel *kernel, struct range_scan *ranges, const struct space *space,
			uint64_t first, uint64_t last)
{
	const struct entry_rules *rules = kernel_entry_rules(kernel);

	range_start(ranges, space, first, last);
	ranges->scan.listener = kernel->listener;
	for (unsigned int i = 0; i < 8 && rules->cache_known; i++)
		ranges->cache_class[i] = (uint8_t)rules->cache[i];
}

struct entry_meaning kernel_describe_entry(struct kernel *kernel, const struct paging *paging,
					   unsigned int level, uint64_t entry)
{
	return kernel->arch->describe_entry(kernel_entry_rules(kernel), paging, level, entry);
}

/* --- entries that are not present --- */

/* Swap entries. Each architecture has its own layouts, but all architectures reserve the same swap
 * types for special entries. */

uint64_t entry_field_value(const struct entry_field *field, uint64_t entry)
{
	if (field->inverted)
		entry = ~entry;
	return entry >> field->shift & ((UINT64_C(1) << field->bits) - 1);
}

/* Returns the kind of an entry with this swap type. The types from MAX_SWAPFILES up are reserved,
 * in this order: hwpoison, migration, device, markers. */
static enum entry_kind entry_swap_kind(const struct entry_rules *rules, uint64_t type)
{
	/* 1 + 3 + 4 + 2: the sum of the largest numbers that any release reserves. */
	enum { MOST_SPECIAL_TYPES = 10 };
	const struct special_types *special = &rules->special;
	const struct {
		uint8_t nr;
		enum entry_kind kind;
	} kinds[] = {
		{ special->markers, ENTRY_MARKER },
		{ special->devices, ENTRY_DEVICE },
		{ special->migrations, ENTRY_MIGRATION },
		{ special->hwpoisons, ENTRY_HWPOISON },
	};
	unsigned int from_top = NR_SWAP_TYPES - 1u - (unsigned int)type;

	if (!rules->special_known)
		return from_top < MOST_SPECIAL_TYPES ? ENTRY_SPECIAL : ENTRY_SWAPPED;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (from_top < kinds[i].nr)
			return kinds[i].kind;
		from_top -= kinds[i].nr;
	}
	return ENTRY_SWAPPED;
}

void entry_describe_swap(const struct entry_rules *rules, const struct swap_layout *layout,
			 uint64_t entry, unsigned int page_shift, struct entry_meaning *meaning)
{
	meaning->has_swap = true;
	meaning->swap_type = entry_field_value(&layout->type, entry);
	meaning->swap_offset = entry_field_value(&layout->offset, entry);
	meaning->kind = entry_swap_kind(rules, meaning->swap_type);
	if (meaning->kind == ENTRY_MIGRATION || meaning->kind == ENTRY_HWPOISON ||
	    meaning->kind == ENTRY_DEVICE) {
		uint64_t pfn = meaning->swap_offset & ((UINT64_C(1) << rules->pfn_bits) - 1);

		meaning->has_physical = true;
		meaning->physical = pfn << page_shift;
	}
}

/* Returns the number of marker types. `both` is the number of marker types plus the number of
 * device types. Kernels that have marker types have 0, 3 or 4 device types. */
static uint8_t nr_markers(unsigned int both)
{
	enum { MOST_MARKERS = 2, MOST_DEVICES = 4 };

	if (both <= MOST_MARKERS)
		return (uint8_t)both;
	return both == MOST_MARKERS + MOST_DEVICES ? MOST_MARKERS : 1;
}

/* Does the kernel have a third migration type? 5.19 added it together with PG_anon_exclusive
 * (6c287605fd56, 78fbe906cc90). In the kernel of a distribution, enumerators show whether it was
 * backported. */
static enum certainty has_exclusive_migrations(struct kernel *kernel)
{
	struct types *types;
	int64_t bit;

	if (kernel_version(kernel) >= KERNEL_VERSION(5, 19, 0))
		return YES;
	if (!kernel_is_distribution(kernel))
		return NO;
	types = kernel_types(kernel);
	if (!types || !types_enumerator(types, "pageflags", "PG_locked", &bit))
		return UNSURE;
	return types_enumerator(types, "pageflags", "PG_anon_exclusive", &bit) ? YES : NO;
}

void entry_choose_layout(const struct entry_layout *newest, unsigned int version,
			 struct entry_rules *rules)
{
	if (!version)
		return;
	while (newest->since > version)
		newest++;
	rules->swap_known = true;
	rules->prot_none_bit = newest->prot_none;
	rules->split_bit = newest->split;
	rules->file_bit = newest->file;
	rules->swap = newest->swap;
}

/* Finds the number of swap types that are reserved for each kind of special entry. These numbers
 * depend on the configuration. The length of swap_info[MAX_SWAPFILES] gives their sum. Symbols and
 * the release give the parts: migration has two types, or three since 5.19. Markers have one or two
 * types, since 5.19. Devices have two types, since 5.14 four types, and since 6.14 three types. */
void entry_find_special_types(struct kernel *kernel, struct entry_rules *rules)
{
	enum { FEWEST_MIGRATIONS = 2 };
	struct special_types *special = &rules->special;
	enum certainty exclusive = NO;
	struct kernel_symbol swap_info;
	unsigned int rest;

	if (!kernel_version(kernel) || !kernel_linked_symbol(kernel, "swap_info", &swap_info))
		return;
	rest = (unsigned int)(swap_info.size / kernel_pointer_size(kernel));
	if (rest == 0 || rest > NR_SWAP_TYPES)
		return;
	rest = NR_SWAP_TYPES - rest;
	special->hwpoisons = kernel_has_symbol(kernel, "memory_failure") == YES;
	if (kernel_has_symbol(kernel, "migrate_pages") == YES)
		special->migrations = FEWEST_MIGRATIONS;
	if (rest > special->hwpoisons + special->migrations ||
	    kernel_version(kernel) >= KERNEL_VERSION(5, 19, 0))
		exclusive = has_exclusive_migrations(kernel);
	if (exclusive == YES && special->migrations)
		special->migrations++;
	if (exclusive == UNSURE || rest < special->hwpoisons + special->migrations)
		return;
	rest -= special->hwpoisons + special->migrations;
	if (exclusive == YES)
		special->markers = nr_markers(rest);
	special->devices = (uint8_t)(rest - special->markers);
	rules->special_known = special->devices <= 4;
}
