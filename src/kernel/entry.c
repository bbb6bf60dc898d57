/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "kernel/entry.h"

#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "paging/scan.h"

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
