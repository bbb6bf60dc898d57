/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/slot.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kernel/espfix.h"
#include "kernel/fixmap.h"

/* Slots used while booting lie below the region that the kernel calls fixmap. */
static bool may_be_fixmap(const struct region *region)
{
	return !strcmp(region->name, "fixmap") ||
	       !strcmp(region->name, "vsyscall") ||
	       !strcmp(region->name, "hole");
}

static void output_fixmap(struct session *session, uint64_t vaddr,
			  struct notes *notes)
{
	struct output *output = session->output;
	struct fixmap_slot slot;
	char name[128];

	if (!kernel_fixmap_slot(session->kernel, vaddr, &slot))
		return;
	notes_add(notes, "FIXMAP: slot %" PRIu64, slot.index);
	if (slot.name) {
		snprintf(name, sizeof(name), slot.offset ? "%s+%" PRIu64 : "%s",
			 slot.name, slot.offset);
		notes_append(notes, ", %s", name);
	} else {
		notes_append(notes, ", of no use");
	}
	if (slot.is_kmap)
		notes_append(notes, ", kmap_local %u of CPU %u", slot.kmap_index,
			 slot.cpu);
	if (!output_json(output))
		return;
	if (slot.name)
		output_string(output, "slot", name);
	output_count(output, "slot_index", slot.index);
	if (slot.is_kmap) {
		output_count(output, "cpu", slot.cpu);
		output_count(output, "kmap_index", slot.kmap_index);
	}
}

static void output_kmap(struct session *session, const struct region *region,
			uint64_t vaddr, struct notes *notes)
{
	struct output *output = session->output;
	uint64_t index = (vaddr - region->first) >> 12, count;
	bool known = kernel_kmap_count(session->kernel, index, &count);

	notes_add(notes, "KMAP: slot %" PRIu64, index);
	if (known)
		notes_append(notes, count ? ", count %" PRIu64 : ", free", count);
	if (!output_json(output))
		return;
	output_count(output, "slot_index", index);
	if (known)
		output_count(output, "kmap_count", count);
}

static void output_espfix(struct session *session, uint64_t vaddr,
			  struct notes *notes)
{
	struct output *output = session->output;
	struct espfix espfix;

	if (!kernel_espfix(session->kernel, vaddr, &espfix))
		return;
	notes_add(notes, "STACK: CPU %u, espfix, %" PRIx64 " to %" PRIx64,
		 espfix.cpu, espfix.start, espfix.last);
	if (!output_json(output))
		return;
	output_string(output, "stack", "espfix");
	output_hex(output, "stack_start", espfix.start);
	output_hex(output, "stack_end", espfix.last);
	output_count(output, "cpu", espfix.cpu);
}

void output_slot(struct session *session, const struct region *region,
		 uint64_t vaddr, struct notes *notes)
{
	if (may_be_fixmap(region))
		output_fixmap(session, vaddr, notes);
	else if (!strcmp(region->name, "kmap"))
		output_kmap(session, region, vaddr, notes);
	else if (!strcmp(region->name, "espfix"))
		output_espfix(session, vaddr, notes);
}
