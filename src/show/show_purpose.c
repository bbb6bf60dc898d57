/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "show/show_purpose.h"

#include <inttypes.h>
#include <stdio.h>

#include "answers/translate.h"
#include "answers/validity.h"
#include "areas/percpu_area.h"
#include "areas/resource.h"
#include "areas/slots.h"
#include "base/page.h"
#include "frames/page.h"
#include "frames/page_info.h"
#include "frames/slab.h"
#include "kernel/arch.h"
#include "session/command.h"

/* --- stacks --- */

static void stack_fields(struct output *output, const struct stack *stack)
{
	output_string(output, "stack", stack->kind);
	if (stack->exception[0])
		output_string(output, "exception", stack->exception);
	output_hex(output, "stack_start", stack->first);
	output_hex(output, "stack_end", stack->last);
	if (stack->guard)
		output_boolean(output, "guard", true);
	if (stack->task) {
		output_integer(output, "pid", stack->task->pid);
		output_string(output, "comm", stack->task->comm);
		output_hex(output, "task", stack->task->address);
	} else {
		output_count(output, "cpu", stack->cpu);
	}
}

static void stack_note(const struct stack *stack, struct notes *notes)
{
	const char *before = stack->guard ? "guard page of " : "";

	if (stack->task)
		notes_add(notes, "STACK: task %d (%s), %" PRIx64 " to %" PRIx64,
			  (int)stack->task->pid, stack->task->comm, stack->first,
			  stack->last);
	else
		notes_add(notes,
			  "STACK: %sCPU %u, %s%s%s, %" PRIx64 " to %" PRIx64,
			  before, stack->cpu, stack->kind,
			  stack->exception[0] ? " " : "", stack->exception,
			  stack->first, stack->last);
}

static void output_stack(struct session *session, const struct stack *stack,
			 struct notes *notes)
{
	if (output_json(session->output))
		stack_fields(session->output, stack);
	stack_note(stack, notes);
}

bool show_stack(struct session *session, uint64_t vaddr, struct notes *notes)
{
	struct stack stack;

	if (!kernel_stack_at(session->kernel, vaddr, &stack))
		return false;
	output_stack(session, &stack, notes);
	return true;
}

void show_espfix(struct session *session, uint64_t vaddr, struct notes *notes)
{
	struct kernel *kernel = session->kernel;
	struct stack stack;

	if (kernel->arch->espfix_stack &&
	    kernel->arch->espfix_stack(kernel, vaddr, &stack))
		output_stack(session, &stack, notes);
}

/* --- memory of CPUs --- */

bool show_cpu_entry(struct session *session, const struct region *region,
		    uint64_t vaddr, struct notes *notes)
{
	struct output *output = session->output;
	struct kernel *kernel = session->kernel;
	struct cpu_entry_place place;
	char member[64];

	if (!kernel->arch->cpu_entry_at(kernel, region, vaddr, &place))
		return false;
	snprintf(member, sizeof(member), "%s+0x%" PRIx64, place.member,
		 vaddr - place.first);
	if (output_json(output))
		output_string(output, "member", member);
	if (place.has_cpu)
		notes_add(notes, "CPU ENTRY AREA: CPU %u, %s", place.cpu,
			  member);
	else
		notes_add(notes, "CPU ENTRY AREA: of all CPUs, %s", member);
	if (place.stack.kind) {
		/* Before 5.2 (3f5ab0ed3a35) all exception stacks are one member:
		 * the list of stacks tells which one vaddr is in. */
		if (!place.stack.exception[0])
			kernel_stack_at(kernel, vaddr, &place.stack);
		output_stack(session, &place.stack, notes);
	} else if (place.has_cpu && output_json(output)) {
		output_count(output, "cpu", place.cpu);
	}
	return true;
}

bool show_percpu(struct session *session, uint64_t vaddr, struct notes *notes)
{
	struct output *output = session->output;
	struct percpu_place place;
	char name[512] = "";

	if (!kernel_percpu_at(session->kernel, vaddr, &place))
		return false;
	if (place.symbol)
		snprintf(name, sizeof(name), "%s+0x%" PRIx64, place.symbol,
			 place.symbol_offset);
	if (output_json(output)) {
		output_string(output, "percpu", place.kind);
		output_count(output, "cpu", place.cpu);
		output_hex(output, "percpu_pointer", place.pointer);
		if (place.symbol)
			output_string(output, "percpu_symbol", name);
	}
	notes_add(notes, "PER CPU: CPU %u, %s, pointer %" PRIx64 "%s%s",
		  place.cpu, place.kind, place.pointer, name[0] ? ", " : "",
		  name);
	return true;
}

/* --- pages --- */

bool show_slab(struct session *session, uint64_t vaddr, uint64_t paddr,
	       struct notes *notes)
{
	struct output *output = session->output;
	struct slab_place place;

	if (!kernel_slab_at(session->kernel, vaddr, paddr, &place))
		return false;
	if (output_json(output)) {
		output_string(output, "slab_cache", place.cache);
		output_hex(output, "slab", place.slab);
		if (place.has_object) {
			output_hex(output, "object", place.object);
			output_count(output, "object_index", place.index);
			output_count(output, "object_size", place.size);
		}
	}
	if (place.has_object)
		notes_add(notes,
			  "SLAB: cache %s, slab %" PRIx64 ", object %" PRIu64
			  " of %" PRIu64 " bytes at %" PRIx64,
			  place.cache, place.slab, place.index, place.size,
			  place.object);
	else
		notes_add(notes, "SLAB: cache %s, slab %" PRIx64 ", no object",
			  place.cache, place.slab);
	return true;
}

static const char *zone_of(struct kernel *kernel, uint64_t paddr)
{
	struct page_info info;
	uint64_t page;

	return kernel_pfn_to_page(kernel, paddr >> PAGE_SHIFT, &page, NULL) &&
			       kernel_page_info(kernel, page, &info, NULL) ?
		       info.zone : NULL;
}

void show_memory(struct session *session, uint64_t vaddr, struct notes *notes)
{
	const struct space *space = kernel_space(session->kernel, NULL);
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
	if (output_json(session->output)) {
		if (zone)
			output_string(session->output, "zone", zone);
		if (name)
			output_string(session->output, "resource", name);
		if (isa_hole)
			output_boolean(session->output, "isa_hole", true);
	}
	if (zone || name || isa_hole)
		notes_add(notes, "MEMORY: %" PRIx64 "%s%s%s%s%s", walk.paddr,
			  zone ? ", zone " : "", zone ? zone : "",
			  name ? ", " : "", name ? name : "",
			  isa_hole ? ", in the ISA hole" : "");
}

/* --- validity of the kernel's own arithmetic --- */

static void output_certain(struct output *output, const char *name,
			   enum certainty certainty)
{
	if (certainty != UNSURE)
		output_boolean(output, name, certainty == YES);
}

void show_validity(struct session *session, const struct region *region,
		   uint64_t vaddr, struct notes *notes)
{
	struct validity validity =
		kernel_validity(session->kernel, region, vaddr);
	struct output *output = session->output;

	if (output_json(output)) {
		output_certain(output, "virt_to_phys", validity.virt_to_phys);
		output_certain(output, "virt_to_page", validity.virt_to_page);
		if (validity.why_not.code)
			output_string(output, "why_not",
				      validity.why_not.message);
	} else if (validity.why_not.code) {
		notes_add(notes, "NOT VALID: %svirt_to_page(): %s",
			  validity.virt_to_phys == YES ? "" :
							 "virt_to_phys(), ",
			  validity.why_not.message);
	}
}
