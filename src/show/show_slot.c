/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "show/show_slot.h"

#include <inttypes.h>
#include <stdio.h>

#include "areas/region.h"
#include "areas/slots.h"
#include "base/page.h"
#include "kernel/arch.h"
#include "show/show_purpose.h"

static void output_fixmap(struct session *session, uint64_t vaddr,
			  struct notes *notes)
{
	struct kernel *kernel = session->kernel;
	struct output *output = session->output;
	struct fixmap_slot slot;
	char name[128];

	if (!kernel->arch->fixmap_slot(kernel, vaddr, &slot))
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

static void output_kmap(struct session *session, const struct region *region,
			uint64_t vaddr, struct notes *notes)
{
	struct output *output = session->output;
	uint64_t index = (vaddr - region->first) >> PAGE_SHIFT, count;
	bool known = read_kmap_count(session->kernel, index, &count);

	notes_add(notes, "KMAP: slot %" PRIu64, index);
	if (known)
		notes_append(notes, count ? ", count %" PRIu64 : ", free", count);
	if (!output_json(output))
		return;
	output_count(output, "slot_index", index);
	if (known)
		output_count(output, "kmap_count", count);
}

void show_slot(struct session *session, const struct region *region,
	       uint64_t vaddr, struct notes *notes)
{
	if (region_may_hold_fixmap(region))
		output_fixmap(session, vaddr, notes);
	else if (region->kind == REGION_KMAP)
		output_kmap(session, region, vaddr, notes);
	else if (region->kind == REGION_ESPFIX)
		show_espfix(session, vaddr, notes);
}
