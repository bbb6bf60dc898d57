/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>

#include "answers/translate.h"
#include "answers/validity.h"
#include "areas/percpu_area.h"
#include "areas/region.h"
#include "areas/resource.h"
#include "areas/slots.h"
#include "base/page.h"
#include "frames/page.h"
#include "frames/page_info.h"
#include "frames/slab.h"
#include "kernel/arch.h"
#include "show/show_area.h"

/* --- slots of fixmap, kmap and espfix --- */

static void show_fixmap(struct session *session, uint64_t vaddr)
{
	struct kernel *kernel = session->kernel;
	struct output *output = session->output;
	struct fixmap_slot slot;
	char name[128];

	if (!kernel->arch->fixmap_slot(kernel, vaddr, &slot))
		return;
	output_note(output, "FIXMAP: slot %" PRIu64, slot.index);
	if (slot.name) {
		snprintf(name, sizeof(name), slot.offset ? "%s+%" PRIu64 : "%s",
			 slot.name, slot.offset);
		output_string(output, "slot", name);
	}
	output_note_more(output, ", %s", slot.name ? name : "of no use");
	output_count(output, "slot_index", slot.index);
	if (!slot.is_kmap)
		return;
	output_note_more(output, ", kmap_local %u of CPU %u", slot.kmap_index,
			 slot.cpu);
	output_count(output, "cpu", slot.cpu);
	output_count(output, "kmap_index", slot.kmap_index);
}

/* pkmap_count (mm/highmem.c) of a slot: 0 free, 1 unused but perhaps still in a TLB,
 * more: one and the number of users. */
static bool read_kmap_count(struct kernel *kernel, uint64_t index,
			    uint64_t *count)
{
	struct kernel_symbol counts;

	return kernel_image_symbol(kernel, "pkmap_count", &counts, NULL) &&
	       index < counts.size / 4 &&
	       kernel_read_number(kernel, counts.address + 4 * index, 4, count,
				  NULL);
}

static void show_kmap(struct session *session, uint64_t index)
{
	struct output *output = session->output;
	uint64_t count;

	output_note(output, "KMAP: slot %" PRIu64, index);
	output_count(output, "slot_index", index);
	if (!read_kmap_count(session->kernel, index, &count))
		return;
	output_note_more(output, count ? ", count %" PRIu64 : ", free", count);
	output_count(output, "kmap_count", count);
}

/* --- stacks --- */

static void show_stack(struct output *output, const struct stack *stack)
{
	const struct task *task = stack->task;

	output_string(output, "stack", stack->kind);
	output_string_if(output, "exception", stack->exception);
	output_hex(output, "stack_start", stack->first);
	output_hex(output, "stack_end", stack->last);
	if (stack->guard)
		output_boolean(output, "guard", true);
	if (task) {
		output_integer(output, "pid", task->pid);
		output_string(output, "comm", task->comm);
		output_hex(output, "task", task->address);
		output_note(output, "STACK: task %d (%s)", (int)task->pid,
			    task->comm);
	} else {
		output_count(output, "cpu", stack->cpu);
		output_note(output, "STACK: %sCPU %u, %s%s%s",
			    stack->guard ? "guard page of " : "", stack->cpu,
			    stack->kind, stack->exception[0] ? " " : "",
			    stack->exception);
	}
	output_note_more(output, ", %" PRIx64 " to %" PRIx64, stack->first,
			 stack->last);
}

static void show_slot(struct session *session, const struct region *region,
		      uint64_t vaddr)
{
	struct kernel *kernel = session->kernel;
	struct stack stack;

	if (region_may_hold_fixmap(region))
		show_fixmap(session, vaddr);
	else if (region->kind == REGION_KMAP)
		show_kmap(session, (vaddr - region->first) >> PAGE_SHIFT);
	else if (region->kind == REGION_ESPFIX && kernel->arch->espfix_stack &&
		 kernel->arch->espfix_stack(kernel, vaddr, &stack))
		show_stack(session->output, &stack);
}

/* --- memory of CPUs --- */

static bool show_cpu_entry(struct session *session, const struct region *region,
			   uint64_t vaddr)
{
	struct output *output = session->output;
	struct kernel *kernel = session->kernel;
	struct cpu_entry_place place;
	char member[64];

	if (!kernel->arch->cpu_entry_at(kernel, region, vaddr, &place))
		return false;
	snprintf(member, sizeof(member), "%s+0x%" PRIx64, place.member,
		 vaddr - place.first);
	output_string(output, "member", member);
	if (place.has_cpu)
		output_note(output, "CPU ENTRY AREA: CPU %u, %s", place.cpu,
			    member);
	else
		output_note(output, "CPU ENTRY AREA: of all CPUs, %s", member);
	if (place.stack.kind) {
		/* Before 5.2 (3f5ab0ed3a35) all exception stacks are one member:
		 * the list of stacks tells which one vaddr is in. */
		if (!place.stack.exception[0])
			kernel_stack_at(kernel, vaddr, &place.stack);
		show_stack(output, &place.stack);
	} else if (place.has_cpu) {
		output_count(output, "cpu", place.cpu);
	}
	return true;
}

static void show_percpu(struct session *session, uint64_t vaddr)
{
	struct output *output = session->output;
	struct percpu_place place;
	char name[512];

	if (!kernel_percpu_at(session->kernel, vaddr, &place))
		return;
	output_string(output, "percpu", place.kind);
	output_count(output, "cpu", place.cpu);
	output_hex(output, "percpu_pointer", place.pointer);
	output_note(output, "PER CPU: CPU %u, %s, pointer %" PRIx64, place.cpu,
		    place.kind, place.pointer);
	if (!place.symbol)
		return;
	snprintf(name, sizeof(name), "%s+0x%" PRIx64, place.symbol,
		 place.symbol_offset);
	output_string(output, "percpu_symbol", name);
	output_note_more(output, ", %s", name);
}

/* --- pages --- */

static bool show_slab(struct session *session, uint64_t vaddr, uint64_t paddr)
{
	struct output *output = session->output;
	struct slab_place place;

	if (!kernel_slab_at(session->kernel, vaddr, paddr, &place))
		return false;
	output_string(output, "slab_cache", place.cache);
	output_hex(output, "slab", place.slab);
	output_note(output, "SLAB: cache %s, slab %" PRIx64, place.cache,
		    place.slab);
	if (!place.has_object) {
		output_note_more(output, ", no object");
		return true;
	}
	output_hex(output, "object", place.object);
	output_count(output, "object_index", place.index);
	output_count(output, "object_size", place.size);
	output_note_more(
		output, ", object %" PRIu64 " of %" PRIu64 " bytes at %" PRIx64,
		place.index, place.size, place.object);
	return true;
}

/* What the address is used for; the costliest question comes last. */
static void show_holder(struct session *session, const struct region *region,
			uint64_t vaddr, const uint64_t *paddr)
{
	unsigned int uses = region_uses(region, paddr != NULL);
	struct stack stack;

	if (show_cpu_entry(session, region, vaddr) ||
	    (uses & REGION_HOLDS_SLABS && show_slab(session, vaddr, *paddr)))
		return;
	if (uses & REGION_HOLDS_STACKS &&
	    kernel_stack_at(session->kernel, vaddr, &stack))
		show_stack(session->output, &stack);
	else if (uses & REGION_HOLDS_PERCPU)
		show_percpu(session, vaddr);
}

static const char *zone_of(struct kernel *kernel, uint64_t paddr)
{
	struct page_info info;
	uint64_t page;

	if (!kernel_pfn_to_page(kernel, paddr >> PAGE_SHIFT, &page, NULL) ||
	    !kernel_page_info(kernel, page, &info, NULL))
		return NULL;
	return info.zone;
}

/* The memory mapped at vaddr: physical address, zone, resource, ISA hole. */
static void show_memory(struct session *session, uint64_t vaddr)
{
	const struct space *space = kernel_space(session->kernel, NULL);
	struct output *output = session->output;
	const struct resource *resource;
	struct walk walk;
	const char *zone, *name;
	bool isa_hole;

	if (!space || kernel_is_user_address(session->kernel, vaddr))
		return;
	walk = walk_page_table(space, vaddr);
	if (walk.outcome != WALK_MAPPED)
		return;
	zone = zone_of(session->kernel, walk.paddr);
	resource = kernel_resource_at(session->kernel, RESOURCE_MEMORY,
				      walk.paddr);
	name = resource && resource->name[0] ? resource->name : NULL;
	isa_hole = resource_in_isa_hole(walk.paddr);
	output_string(output, "zone", zone);
	output_string(output, "resource", name);
	if (isa_hole)
		output_boolean(output, "isa_hole", true);
	if (zone || name || isa_hole)
		output_note(output, "MEMORY: %" PRIx64 "%s%s%s%s%s", walk.paddr,
			    zone ? ", zone " : "", zone ? zone : "",
			    name ? ", " : "", name ? name : "",
			    isa_hole ? ", in the ISA hole" : "");
}

static void output_certain(struct output *output, const char *name,
			   enum certainty certainty)
{
	if (certainty != UNSURE)
		output_boolean(output, name, certainty == YES);
}

/* Whether the kernel's virt_to_phys() and virt_to_page() are valid for vaddr. */
static void show_validity(struct session *session, const struct region *region,
			  uint64_t vaddr)
{
	struct validity validity =
		kernel_validity(session->kernel, region, vaddr);
	struct output *output = session->output;

	output_certain(output, "virt_to_phys", validity.virt_to_phys);
	output_certain(output, "virt_to_page", validity.virt_to_page);
	if (!validity.why_not.code)
		return;
	output_string(output, "why_not", validity.why_not.message);
	output_note(output, "NOT VALID: %svirt_to_page(): %s",
		    validity.virt_to_phys == YES ? "" : "virt_to_phys(), ",
		    validity.why_not.message);
}

void show_purpose(struct session *session, const struct region *region,
		  uint64_t vaddr, const uint64_t *paddr)
{
	output_json_only_begin(session->output);
	show_slot(session, region, vaddr);
	show_holder(session, region, vaddr, paddr);
	show_memory(session, vaddr);
	show_validity(session, region, vaddr);
	output_json_only_end(session->output);
}
