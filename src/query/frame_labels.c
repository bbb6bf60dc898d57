/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/frame_labels.h"

#include <stdlib.h>

#include "base/ranges.h"
#include "base/sort.h"
#include "base/text.h"
#include "linux/crash_members.h"
#include "linux/percpu_area.h"
#include "linux/region.h"
#include "linux/resource.h"
#include "linux/task/mm.h"
#include "linux/task/stack.h"
#include "linux/task_members.h"
#include "linux/vmalloc.h"
#include "paging/scan.h"

/* --- resources --- */

/* Labels for reserved frames that are the kernel's image, firmware or holes. The resources in
 * /proc/iomem show this. */

// clang-format off
/* Names of resources that are memory, but not "System RAM". They are from e820_type_to_string() in
 * arch/x86/kernel/e820.c and from arch/x86/kernel/probe_roms.c. */
static const char memory_names[] =
	"ACPI |Reserved|reserved|Persistent Memory|Soft Reserved|System ROM|Video ROM|Adapter ROM";
// clang-format on

static bool frame_labels_is_firmware(const struct resource *resource)
{
	return after_any(resource->name, memory_names);
}

/* Finds the use of a resource by its name. "Kernel code", "Kernel rodata", "Kernel data" and
 * "Kernel bss" are from arch/x86/kernel/setup.c, "Crash kernel" is from kernel/crash_core.c. */
static bool find_resource_use(const struct resource *resource, enum page_use_kind *use)
{
	if (starts_with(resource->name, "Kernel "))
		*use = PAGE_USE_IMAGE;
	else if (starts_with(resource->name, "Crash kernel"))
		*use = PAGE_USE_CRASH_KERNEL;
	else if (frame_labels_is_firmware(resource))
		*use = PAGE_USE_FIRMWARE;
	else
		return false;
	return true;
}

/* Labels the frames of a resource that is memory. Includes frames of which only a part is in the
 * resource. */
static void frame_labels_add_resource(struct frame_labels *labels, const struct kernel *kernel,
				      const struct resource *resource)
{
	struct frame_label label = {
		.first = kernel_pfn(kernel, resource->start),
		.last = kernel_pfn(kernel, resource->end),
	};

	if (resource->end >= resource->start && find_resource_use(resource, &label.use))
		frame_labels_add(labels, LAYER_RESOURCES, label);
}

/* Labels the frames that are entirely in a hole. `last` is inclusive. */
static void frame_labels_add_hole(struct frame_labels *labels, const struct kernel *kernel,
				  uint64_t start, uint64_t last)
{
	uint64_t size = kernel_page_size(kernel);
	uint64_t first = kernel_page_first(kernel, start + size - 1);

	if (first >= start && first <= last && last - first >= size - 1)
		frame_labels_add(labels, LAYER_RESOURCES,
				 (struct frame_label){
					 .first = kernel_pfn(kernel, first),
					 .last = kernel_pfn(kernel, last - (last + 1) % size),
					 .use = PAGE_USE_HOLE,
				 });
}

/* Labels holes in memory, which may have struct pages. If the resource tree contains no memory, or
 * if it is damaged, the holes are unknown, and nothing is labelled. */
static void frame_labels_add_holes(struct frame_labels *labels, struct kernel *kernel,
				   const struct resource_tree *tree)
{
	uint64_t from = 0;

	for (size_t i = 0; !tree->nr_damages && i < tree->nr; i++) {
		const struct resource *resource = &tree->resource[i];

		if ((!resource_is_ram(resource) && !frame_labels_is_firmware(resource)) ||
		    resource->end < resource->start)
			continue;
		if (resource->start > from)
			frame_labels_add_hole(labels, kernel, from, resource->start - 1);
		if (resource->end >= from)
			from = resource->end + 1;
	}
	if (from)
		frame_labels_add_hole(labels, kernel, from, tree->root_end);
}

/* For frame_labels.c: adds the labels for resources. */
static void frame_labels_add_resources(struct frame_labels *labels, struct kernel *kernel)
{
	const struct resource_tree *tree = resource_all(kernel, RESOURCE_MEMORY, NULL);

	for (size_t i = 0; tree && i < tree->nr; i++)
		frame_labels_add_resource(labels, kernel, &tree->resource[i]);
	if (tree)
		frame_labels_add_holes(labels, kernel, tree);
}

/* --- labels --- */

enum { MOST_CMA_AREAS = 1 << 10 /* limit; CONFIG_CMA_AREAS is at most 19 */ };

/* --- mappings in page tables --- */

struct labelled_region {
	struct frame_labels *labels;
	struct kernel *kernel;
	const struct vmalloc_list *areas; /* NULL: unknown */
	enum page_use_kind use; /* the use of frames that are mapped outside of areas */
	const struct vmalloc_area *area; /* found by the last look-up; its use is area_use */
	enum page_use_kind area_use;
	/* First address and end (exclusive) of pcpu_get_vm_areas(). 0: unknown. */
	uint64_t chunk_caller, chunk_caller_end;
};

/* Returns the use of frames that are mapped in an area. An area of per-CPU memory is recognised by
 * its caller, pcpu_get_vm_areas(), and has no list of pages. */
static enum page_use_kind use_of_area(const struct labelled_region *region,
				      const struct vmalloc_area *area)
{
	struct stack stack;

	if (area->state != VMALLOC_OWNED || !(area->flags & VMALLOC_ALLOC))
		return PAGE_USE_VMAP;
	if (task_stack_at(region->kernel, area->first, &stack))
		return PAGE_USE_STACK;
	if (!area->nr_pages && area->caller >= region->chunk_caller &&
	    area->caller < region->chunk_caller_end)
		return PAGE_USE_PERCPU;
	return PAGE_USE_VMALLOC;
}

static enum page_use_kind label_use_at(struct labelled_region *region, uint64_t vaddr)
{
	const struct vmalloc_area *area = region->area;

	if (area && vaddr >= area->first && vaddr <= area->last)
		return region->area_use;
	area = region->areas ? vmalloc_area_at(region->areas, vaddr) : NULL;
	if (!area)
		return region->use;
	region->area = area;
	region->area_use = use_of_area(region, area);
	return region->area_use;
}

static void label_region(struct labelled_region *region, const struct region *range,
			 struct scan *scan)
{
	struct kernel *kernel = region->kernel;
	struct scanned scanned;

	scan_start(scan, kernel_space(kernel, NULL), range->first, range->last, false);
	scan->listener = kernel->listener;
	while (scan_next(scan, &scanned))
		if (scanned.outcome == WALK_MAPPED)
			frame_labels_add(region->labels, LAYER_OWNERS,
					 (struct frame_label){
						 .first = kernel_pfn(kernel, scanned.paddr),
						 .last = kernel_pfn(kernel,
								    scanned.paddr +
									    scanned.page_size - 1),
						 .vaddr = scanned.repeated ? 0 : scanned.first,
						 .use = label_use_at(region, scanned.first),
					 });
	scan_release(scan);
}

static void label_regions(struct frame_labels *labels, struct kernel *kernel)
{
	const struct region_list *regions = region_all(kernel, NULL);
	struct labelled_region region = { .labels = labels, .kernel = kernel };
	struct scan *scan = malloc(sizeof(*scan));
	struct kernel_symbol caller;

	region.areas = vmalloc_areas(kernel, NULL);
	if (kernel_image_symbol(kernel, "pcpu_get_vm_areas", &caller, NULL)) {
		region.chunk_caller = caller.address;
		region.chunk_caller_end = caller.address + (caller.size ? caller.size : 1 << 14);
	}
	for (size_t i = 0; scan && kernel_space(kernel, NULL) && regions && i < regions->nr; i++) {
		const struct region *range = &regions->region[i];

		region.use = range->kind == REGION_VMEMMAP ? PAGE_USE_MEMMAP : PAGE_USE_VMALLOC;
		if (region_has_areas(range) || region_has_modules(kernel, range) ||
		    range->kind == REGION_VMEMMAP)
			label_region(&region, range, scan);
	}
	free(scan);
}

/* --- addresses in the direct map --- */

/* Labels the frames of the virtual addresses from first to last, both inclusive. Ends at an address
 * that is not in the direct map. */
static void label_addresses(struct frame_labels *labels, struct kernel *kernel, uint64_t first,
			    uint64_t last, enum page_use_kind use)
{
	uint64_t size = kernel_page_size(kernel), paddr;

	for (uint64_t at = kernel_page_first(kernel, first); at <= last && !kernel_stopped(kernel);
	     at += size) {
		if (!region_linear(kernel, at, &paddr))
			return;
		frame_labels_add(labels, LAYER_OWNERS,
				 (struct frame_label){
					 .first = kernel_pfn(kernel, paddr),
					 .last = kernel_pfn(kernel, paddr),
					 .use = use,
				 });
		if (at > UINT64_MAX - size)
			return;
	}
}

static void label_stacks(struct frame_labels *labels, struct kernel *kernel)
{
	const struct task_list *list = task_all(kernel, NULL);
	struct stack stack;
	uint64_t start;

	for (size_t i = 0; list && i < list->nr && !listener_stops_at(kernel->listener, i + 1); i++)
		if (kernel_read_member(kernel, list->task[i].address, TASK_STACK, &start, NULL) &&
		    start && task_stack_at(kernel, start, &stack))
			label_addresses(labels, kernel, stack.first, stack.last, PAGE_USE_STACK);
}

/* Labels the top-level tables of processes. With page table isolation, the table of a process has
 * two frames: the second one is the table for user mode. So labels both frames. */
static void label_tables(struct frame_labels *labels, struct kernel *kernel)
{
	struct mm_pass pass;
	const struct task *task;
	uint64_t root;

	if (!mm_pass_start(&pass, kernel, NULL))
		return;
	while ((task = mm_pass_next(&pass)))
		if (task_mm_root(kernel, task->mm, &root, NULL))
			frame_labels_add(labels, LAYER_OWNERS,
					 (struct frame_label){
						 .first = kernel_pfn(kernel, root),
						 .last = kernel_pfn(kernel, root) | 1,
						 .use = PAGE_USE_PGD,
					 });
	mm_pass_release(&pass);
}

struct labelled_percpu {
	struct frame_labels *labels;
	struct kernel *kernel;
};

static bool label_percpu(uint64_t first, uint64_t last, void *arg)
{
	const struct labelled_percpu *percpu = arg;

	label_addresses(percpu->labels, percpu->kernel, first, last, PAGE_USE_FIRST_PERCPU);
	return !kernel_stopped(percpu->kernel);
}

/* --- CMA --- */

static void frame_labels_add_cma(struct frame_labels *labels, struct kernel *kernel, uint64_t area,
				 unsigned int base, unsigned int count)
{
	uint64_t first, nr;

	if (kernel_read_member(kernel, area, base, &first, NULL) &&
	    kernel_read_member(kernel, area, count, &nr, NULL) && nr &&
	    nr <= kernel_pfn(kernel, MOST_MEMORY) && first <= kernel_pfn(kernel, MOST_MEMORY))
		frame_labels_add(labels, LAYER_CMA,
				 (struct frame_label){ .first = first,
						       .last = first + nr - 1,
						       .use = PAGE_USE_CMA });
}

/* Labels the areas of CMA. Since 6.15 (c009da4258f9) an area can have several ranges. */
static void label_cma(struct frame_labels *labels, struct kernel *kernel)
{
	const struct member *ranges = kernel_member(kernel, CMA_RANGES, NULL);
	uint64_t areas, counter, nr, size, range_size = 0;

	if (!kernel_symbol(kernel, "cma_areas", &areas, NULL) ||
	    !kernel_symbol(kernel, "cma_area_count", &counter, NULL) ||
	    !kernel_read_number(kernel, counter, 4, &nr, NULL) || nr > MOST_CMA_AREAS ||
	    !kernel_type_size(kernel, "cma", &size))
		return;
	if (ranges && (!kernel_type_size(kernel, "cma_memrange", &range_size) || !range_size))
		return;
	for (uint64_t i = 0; i < nr; i++, areas += size) {
		if (!ranges)
			frame_labels_add_cma(labels, kernel, areas, CMA_BASE, CMA_COUNT);
		for (uint64_t at = 0; ranges && at + range_size <= ranges->size; at += range_size)
			frame_labels_add_cma(labels, kernel, areas + ranges->offset + at,
					     CMA_RANGE_BASE, CMA_RANGE_COUNT);
	}
}

/* --- all labels --- */

/* Of sorted labels, removes those that end within the labels before them. The remaining labels are
 * sorted by their last frames, too, so a look-up finds the first label that contains a frame. */
static void frame_labels_remove_covered(struct label_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->nr; i++)
		if (!kept || list->label[i].last > list->label[kept - 1].last)
			list->label[kept++] = list->label[i];
	list->nr = kept;
}

static bool frame_labels_learn(struct kernel *kernel, void *state, struct error *err)
{
	struct frame_labels *labels = state;
	struct labelled_percpu percpu = { labels, kernel };

	labels->page_shift = kernel_page_shift(kernel);
	label_regions(labels, kernel);
	label_stacks(labels, kernel);
	percpu_each_range(kernel, label_percpu, &percpu);
	label_tables(labels, kernel);
	frame_labels_add_resources(labels, kernel);
	label_cma(labels, kernel);
	for (int i = 0; i < NR_LABEL_LAYERS; i++) {
		struct label_list *list = &labels->layer[i];

		if (!sort_items(list->label, list->nr, sizeof(*list->label), ranges_compare,
				kernel->listener))
			return fail(err, ERROR_INTERRUPTED, "interrupted");
		frame_labels_remove_covered(list);
	}
	return true;
}

static void frame_labels_release(void *state)
{
	struct frame_labels *labels = state;

	for (int i = 0; i < NR_LABEL_LAYERS; i++)
		free(labels->layer[i].label);
}

static const struct state_type state_frame_labels = {
	.size = sizeof(struct frame_labels),
	.learn = frame_labels_learn,
	.release = frame_labels_release,
};

const struct frame_labels *query_frame_labels(struct kernel *kernel)
{
	return kernel_learnt(kernel, &state_frame_labels, NULL);
}

/* Can a frame have this label if its struct page shows this use? */
static bool describes(enum page_use_kind label, enum page_use_kind use)
{
	bool nameless = use == PAGE_USE_OTHER || use == PAGE_USE_UNKNOWN;

	switch (label) {
	case PAGE_USE_CMA: return nameless || use == PAGE_USE_FREE;
	case PAGE_USE_MEMMAP:
	case PAGE_USE_FIRST_PERCPU: return use == PAGE_USE_RESERVED;
	default:
		return page_use_whole(label) == PAGE_USE_RESERVED ? use == PAGE_USE_RESERVED :
								    nameless;
	}
}

enum page_use_kind frame_labels_cut(const struct frame_labels *labels, struct label_cursor *cursor,
				    enum page_use_kind use, uint64_t first, uint64_t *last)
{
	enum page_use_kind found = PAGE_USE_NONE;

	for (int i = 0; i < NR_LABEL_LAYERS; i++) {
		const struct label_list *list = &labels->layer[i];
		const struct frame_label *label;
		size_t at = cursor->at[i];

		if (at < list->nr && list->label[at].last < first)
			at = at + 1 < list->nr && list->label[at + 1].last >= first ?
				     at + 1 :
				     RANGES_SEARCH(list->label, list->nr, first);
		cursor->at[i] = at;
		label = at < list->nr ? &list->label[at] : NULL;
		if (!label || label->first > *last)
			continue;
		if (label->first > first) {
			*last = label->first - 1;
			continue;
		}
		*last = label->last < *last ? label->last : *last;
		if (found == PAGE_USE_NONE && describes(label->use, use))
			found = label->use;
	}
	if (found == PAGE_USE_CMA && use == PAGE_USE_FREE)
		return PAGE_USE_CMA_FREE;
	if (found == PAGE_USE_NONE)
		return use == PAGE_USE_RESERVED ? PAGE_USE_MEMBLOCK : use;
	return found;
}

bool frame_labels_address(const struct frame_labels *labels, uint64_t pfn, uint64_t *vaddr)
{
	const struct label_list *list = labels ? &labels->layer[LAYER_OWNERS] : NULL;
	size_t at = list ? RANGES_SEARCH(list->label, list->nr, pfn) : 0;
	const struct frame_label *label;

	if (!list || at == list->nr)
		return false;
	label = &list->label[at];
	if (label->first > pfn || !label->vaddr || label->use == PAGE_USE_MEMMAP)
		return false;
	*vaddr = label->vaddr + ((pfn - label->first) << labels->page_shift);
	return true;
}
