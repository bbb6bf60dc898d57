/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Labels for reserved frames that are the kernel's image, firmware or holes. The resources in
 * /proc/iomem show this. */
#include "query/frame_labels.h"

#include "base/text.h"
#include "linux/resource.h"

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

void frame_labels_add_resources(struct frame_labels *labels, struct kernel *kernel)
{
	const struct resource_tree *tree = resource_all(kernel, RESOURCE_MEMORY, NULL);

	for (size_t i = 0; tree && i < tree->nr; i++)
		frame_labels_add_resource(labels, kernel, &tree->resource[i]);
	if (tree)
		frame_labels_add_holes(labels, kernel, tree);
}
