/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>

#include "query/validity.h"
#include "base/text.h"
#include "cli/show_area.h"

/* --- slots of fixmap, kmap and espfix --- */

static void show_fixmap(struct output *output, const struct fixmap_slot *slot)
{
	char name[128];

	if (slot->name) {
		snprintf(name, sizeof(name), slot->offset ? "%s+%" PRIu64 : "%s", slot->name,
			 slot->offset);
		output_string(output, "slot", name);
	}
	output_remarkf(output, "fixmap", "slot %" PRIu64 "%s", slot->index,
		       slot->name ? "" : ", unused");
	output_count(output, "slot_index", slot->index);
	if (!slot->is_kmap)
		return;
	output_remarkf(output, "kmap_local", "%u of CPU %u", slot->kmap_index, slot->cpu);
	output_count(output, "cpu", slot->cpu);
	output_count(output, "kmap_index", slot->kmap_index);
}

static void show_kmap(struct output *output, const struct place *place)
{
	output_remarkf(output, "kmap", "slot %" PRIu64, place->kmap_index);
	output_count(output, "slot_index", place->kmap_index);
	if (!place->has_kmap_count)
		return;
	output_remarkf(output, "kmap", place->kmap_count ? "count %" PRIu64 : "free",
		       place->kmap_count);
	output_count(output, "kmap_count", place->kmap_count);
}

/* --- stacks --- */

static void show_stack(struct output *output, const struct stack *stack)
{
	const struct task *task = stack->task;

	output_string(output, "stack", stack_kinds[stack->kind].name);
	output_string_if(output, "exception", stack->exception);
	output_hex(output, "stack_start", stack->first);
	output_hex(output, "stack_end", stack->last);
	if (stack->guard)
		output_boolean(output, "guard", true);
	if (task) {
		output_pid(output, task->pid, task->comm);
		output_hex(output, "task", task->address);
		output_remarkf(output, "stack_of", "task %d (%s)", (int)task->pid, task->comm);
	} else {
		output_count(output, "cpu", stack->cpu);
		output_remarkf(output, "stack_of", "%sCPU %u, %s%s%s",
			       stack->guard ? "guard page of " : "", stack->cpu,
			       stack_kinds[stack->kind].name, stack->exception ? " " : "",
			       stack->exception ? stack->exception : "");
	}
}

/* Shows that the place is directly below a stack. When the stack overflows, the kernel writes to
 * this place, or a page fault occurs there. */
static void show_below_stack(struct output *output, const struct place *place)
{
	const struct stack *stack = &place->stack;
	uint64_t below = stack->first - place->vaddr;

	output_boolean(output, "below_stack", true);
	if (stack->task)
		output_remarkf(output, "below_a_stack",
			       "%" PRIu64 " byte%s below the stack of task %d (%s)", below,
			       plural_s(below), (int)stack->task->pid, stack->task->comm);
	else
		output_remarkf(output, "below_a_stack",
			       "%" PRIu64 " byte%s below the stack of CPU %u (%s)", below,
			       plural_s(below), stack->cpu, stack_kinds[stack->kind].name);
}

/* --- memory of CPUs --- */

static void show_cpu_entry(struct output *output, const struct place *place)
{
	const struct cpu_entry_place *entry = &place->entry;
	char member[64];

	snprintf(member, sizeof(member), "%s+0x%" PRIx64, entry->member,
		 place->vaddr - entry->first);
	output_string(output, "member", member);
	output_remarkf(output, "entry_area_of", entry->has_cpu ? "CPU %u" : "of all CPUs",
		       entry->cpu);
	if (place->has_stack)
		show_stack(output, &place->stack);
	else if (entry->has_cpu)
		output_count(output, "cpu", entry->cpu);
}

static void show_percpu(struct output *output, const struct percpu_place *place)
{
	char name[512];

	output_string(output, "percpu", place->kind);
	output_count(output, "cpu", place->cpu);
	output_hex(output, "percpu_pointer", place->pointer);
	output_remarkf(output, "percpu_of", "CPU %u", place->cpu);
	if (!place->symbol)
		return;
	snprintf(name, sizeof(name), "%s+0x%" PRIx64, place->symbol, place->symbol_offset);
	output_string(output, "percpu_symbol", name);
}

/* --- pages --- */

static void show_object(struct output *output, const struct slab_object *object)
{
	if (object->state == SLAB_STATE_UNKNOWN) {
		output_remarkf(output, "object_state", "allocated or free: not known: %s",
			       object->why.message);
		return;
	}
	output_boolean(output, "allocated", object->state == SLAB_STATE_ALLOCATED);
	if (object->has_cpu)
		output_remarkf(output, "object_state", "kept for CPU %u", object->cpu);
}

static void show_slab(struct output *output, const struct place *place)
{
	const struct slab_place *slab = &place->slab;

	output_string(output, "slab_cache", slab->cache);
	output_hex(output, "slab", slab->slab);
	if (!slab->has_object) {
		output_remark(output, "object_state", "no object", STYLE_PLAIN);
		return;
	}
	output_hex(output, "object", slab->object);
	output_count(output, "object_index", slab->index);
	output_count(output, "object_size", slab->size);
	show_object(output, &place->object);
}

void show_holder(struct output *output, const struct place *place)
{
	if (place->has_fixmap)
		show_fixmap(output, &place->fixmap);
	if (place->has_kmap)
		show_kmap(output, place);
	if (place->has_entry)
		show_cpu_entry(output, place);
	else if (place->has_slab)
		show_slab(output, place);
	else if (place->has_stack)
		show_stack(output, &place->stack);
	else if (place->has_percpu)
		show_percpu(output, &place->percpu);
	if (place->below_stack)
		show_below_stack(output, place);
}

/* Shows the memory to which the place is mapped: its physical address, its zone, its resource, and
 * whether it is in the ISA hole. */
static void show_memory(struct session *session, const struct place *place)
{
	struct output *output = session->output;
	struct memory_place memory;

	if (!place->mapped)
		return;
	query_memory_place(session->kernel, place->physical, &memory);
	output_string(output, "zone", memory.zone);
	if (memory.zeroed)
		output_boolean(output, "struct_page_zero", true);
	output_string(output, "resource", memory.resource);
	if (memory.isa_hole)
		output_boolean(output, "isa_hole", true);
	if (memory.zone || memory.resource || memory.isa_hole)
		output_remarkf(output, "memory", "%" PRIx64, place->physical);
}

static void output_certain(struct output *output, const char *name, enum certainty certainty)
{
	if (certainty != UNSURE)
		output_boolean(output, name, certainty == YES);
}

/* Shows whether the kernel's virt_to_phys() and virt_to_page() are valid for vaddr. */
static void show_validity(struct session *session, const struct region *region, uint64_t vaddr)
{
	struct validity validity = query_validity(session->kernel, region, vaddr);
	struct output *output = session->output;

	output_certain(output, "virt_to_phys", validity.virt_to_phys);
	output_certain(output, "virt_to_page", validity.virt_to_page);
	if (!validity.why_not.code)
		return;
	output_string(output, "why_not", validity.why_not.message);
	output_remarkf(output, "not_valid", "%svirt_to_page()",
		       validity.virt_to_phys == YES ? "" : "virt_to_phys(), ");
}

void show_purpose(struct session *session, const struct place *place)
{
	show_holder(session->output, place);
	show_memory(session, place);
	show_validity(session, place->region, place->vaddr);
}
