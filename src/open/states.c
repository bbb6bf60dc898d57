/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "open/opened.h"

extern const struct state_type state_space, state_entry_rules, state_members,
	state_kallsyms, state_btf, state_module_types, state_lines, state_sections, state_page_layout,
	state_cpu_lists, state_slab_caches, state_tasks, state_regions, state_modules,
	state_module_ranges, state_vmalloc, state_stacks, state_percpu_areas,
	state_resources, state_zero_pages, state_task_objects,
	state_table_owners, state_pci, state_guests,
	state_bounce, state_io_roots;

// clang-format off
static const struct state_type *const types[] = {
	[STATE_SPACE]         = &state_space,
	[STATE_ENTRY_RULES]   = &state_entry_rules,
	[STATE_MEMBERS]       = &state_members,
	[STATE_KALLSYMS]      = &state_kallsyms,
	[STATE_BTF]           = &state_btf,
	[STATE_MODULE_TYPES]  = &state_module_types,
	[STATE_LINES]         = &state_lines,
	[STATE_SECTIONS]      = &state_sections,
	[STATE_PAGE_LAYOUT]   = &state_page_layout,
	[STATE_CPU_LISTS]     = &state_cpu_lists,
	[STATE_SLAB_CACHES]   = &state_slab_caches,
	[STATE_TASKS]         = &state_tasks,
	[STATE_REGIONS]       = &state_regions,
	[STATE_MODULES]       = &state_modules,
	[STATE_MODULE_RANGES] = &state_module_ranges,
	[STATE_VMALLOC]       = &state_vmalloc,
	[STATE_STACKS]        = &state_stacks,
	[STATE_PERCPU_AREAS]  = &state_percpu_areas,
	[STATE_RESOURCES]     = &state_resources,
	[STATE_ZERO_PAGES]    = &state_zero_pages,
	[STATE_TASK_OBJECTS]  = &state_task_objects,
	[STATE_TABLE_OWNERS]  = &state_table_owners,
	[STATE_PCI]           = &state_pci,
	[STATE_GUESTS]        = &state_guests,
	[STATE_BOUNCE]        = &state_bounce,
	[STATE_IO_ROOTS]      = &state_io_roots,
};
// clang-format on
_Static_assert(sizeof(types) / sizeof(types[0]) == NR_STATES,
	       "every state has a type");

bool states_create(void *states[NR_STATES])
{
	for (enum state_id id = 0; id < NR_STATES; id++) {
		states[id] = calloc(1, types[id]->size);
		if (!states[id])
			return false;
	}
	return true;
}

static void release(void *states[NR_STATES], enum state_id id)
{
	if (states[id] && types[id]->release)
		types[id]->release(states[id]);
}

void states_forget(void *states[NR_STATES])
{
	for (enum state_id id = 0; id < NR_STATES; id++)
		if (!types[id]->stays || !types[id]->stays(states[id])) {
			release(states, id);
			memset(states[id], 0, types[id]->size);
		}
}

void states_destroy(void *states[NR_STATES])
{
	for (enum state_id id = 0; id < NR_STATES; id++) {
		release(states, id);
		free(states[id]);
	}
}
