/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The regions of the arm64 address space: Documentation/arch/arm64/memory.rst. arm64_layout.c finds
 * their addresses. */
#include <stdlib.h>

#include "arch/arm64/arm64.h"
#include "arch/arm64/arm64_layout.h"
#include "linux/module/fixmap.h"
#include "linux/region/region.h"
#include "paging/scan.h"

static int compare_regions(const void *one, const void *two)
{
	const struct region *a = one, *b = two;

	return (a->first > b->first) - (a->first < b->first);
}

/* `end` is exclusive; an end of 0 means the end of all addresses. An empty span is ignored. */
static void add_span(struct region_list *list, enum region_kind kind, uint64_t start, uint64_t end)
{
	if (start != end && end - 1 >= start && list->nr < MAX_REGIONS)
		list->region[list->nr++] = (struct region){ start, end - 1, kind };
}

/* Adds a span. If the image is in the span, adds the image as a region, and the parts before and
 * after the image as regions of the kind `kind`. If not, adds the whole span as a region of this
 * kind. The image is in vmalloc, at any address if KASLR moved it. */
static void add_around_image(struct region_list *list, const struct arm64_layout *layout,
			     enum region_kind kind, const struct arm64_span *span)
{
	const struct arm64_span *image = &layout->image;

	if (span->start == span->end)
		return;
	if (image->start < span->start || image->end - 1 > span->end - 1) {
		add_span(list, kind, span->start, span->end);
		return;
	}
	add_span(list, kind, span->start, image->start);
	add_span(list, REGION_KERNEL_IMAGE, image->start, image->end);
	add_span(list, kind, image->end, span->end);
}

/* Adds the fixmap, which is the last part of `room`. Its slots are numbered downwards from
 * FIXADDR_TOP, where the span ends. If the number of slots is unknown, the fixmap is assumed to
 * start at its first mapped page. The start may be lower, so the range below becomes an unknown
 * region. */
static void add_fixmap(struct kernel *kernel, bool exact, struct region_list *list,
		       const struct arm64_span *room)
{
	const struct space *space = kernel_space(kernel, NULL);
	uint64_t slots, start;

	if (room->start == room->end)
		return;
	if (!exact) {
		add_span(list, REGION_NEEDS_TYPES, room->start, room->end);
		return;
	}
	if (fixmap_number(kernel, "__end_of_fixed_addresses", &slots) &&
	    slots <= kernel_pfn(kernel, room->end - room->start)) {
		add_span(list, REGION_FIXMAP, room->end - kernel_frame(kernel, slots), room->end);
		return;
	}
	start = region_first_mapped(space, room->start, room->end - 1);
	add_span(list, REGION_UNKNOWN, room->start, start);
	add_span(list, REGION_FIXMAP, start, room->end);
}

bool arm64_regions(struct kernel *kernel, bool exact, struct region_list *list, struct error *err)
{
	const struct space *space = kernel_space(kernel, err);
	const struct arm64_layout *layout = space ? arm64_layout(kernel, err) : NULL;
	struct region_list parts = { .nr = 0 };
	uint64_t half;

	if (!layout)
		return false;
	half = -paging_upper_half(space->paging);
	add_span(&parts, REGION_DIRECT_MAP, layout->linear.start, layout->linear.end);
	add_span(&parts, REGION_KASAN_SHADOW, layout->kasan.start, layout->kasan.end);
	add_span(&parts, REGION_BPF_JIT, layout->bpf_jit.start, layout->bpf_jit.end);
	add_span(&parts, REGION_MODULES, layout->modules.start, layout->modules.end);
	add_around_image(&parts, layout, REGION_VMALLOC, &layout->vmalloc);
	add_around_image(&parts, layout, REGION_UNKNOWN, &layout->unknown);
	add_span(&parts, REGION_VMEMMAP, layout->vmemmap.start, layout->vmemmap.end);
	add_span(&parts, REGION_PCI_IO, layout->pci_io.start, layout->pci_io.end);
	add_fixmap(kernel, exact, &parts, &layout->fixmap);
	qsort(parts.region, parts.nr, sizeof(parts.region[0]), compare_regions);

	region_add(list, REGION_USER, 0, half - 1);
	region_add(list, REGION_NON_CANONICAL, half, -half - 1);
	for (size_t i = 0; i < parts.nr; i++)
		region_add(list, parts.region[i].kind, parts.region[i].first, parts.region[i].last);
	/* Addresses after the last region; a hole changes no region. */
	region_add(list, REGION_HOLE, 0, UINT64_MAX);
	return true;
}

/* Slot 0 is the page at FIXADDR_TOP. All used slots are below this page. */
bool arm64_fixmap_slot(struct kernel *kernel, uint64_t vaddr, struct fixmap_slot *slot)
{
	const struct arm64_layout *layout = arm64_layout(kernel, NULL);

	return layout && layout->fixmap.end && vaddr < layout->fixmap.end &&
	       fixmap_slot_at(kernel, layout->fixmap.end, vaddr, slot);
}
