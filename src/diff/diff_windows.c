/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "diff/diff.h"

#include <string.h>

#include "linux/module/modules.h"
#include "base/array.h"
#include "base/sort.h"
#include "paging/scan.h"
#include "linux/task/mm.h"
#include "kernel/arch.h"

static bool diff_windows_add(struct windows *windows, const struct window *window,
			     struct error *err)
{
	return array_add(&windows->window, &windows->nr, &windows->room, window, sizeof(*window)) ||
	       out_of_memory(err);
}

/* --- one boot --- */

static bool add_half(struct windows *windows, const struct pair *pair, struct error *err)
{
	const struct paging *paging = kernel_paging(pair->kernel[THIS], err);
	struct window window = { 0 };

	if (!paging)
		return false;
	for (enum pair_side side = 0; side < NR_SIDES; side++) {
		if (!task_kernel_half(pair->kernel[side], &window.first[side], err))
			return false;
		window.last[side] = paging_last_address(paging);
	}
	/* On i386, PAGE_OFFSET is chosen when the kernel is built, so it can differ. */
	if (window.first[THIS] != window.first[OTHER])
		return fail(err, ERROR_NO_ANSWER,
			    "the kernel's half begins at another address in the other dump");
	return diff_windows_add(windows, &window, err);
}

/* --- two boots: regions --- */

/* Returns true if the content of a region of this kind is at the same distances from the region's
 * start in each boot. All other regions differ in each boot: in vmalloc and similar regions,
 * addresses depend on earlier allocations, and in the direct map, access rights depend on the use
 * of frames. KASLR shuffles the CPU entry areas. */
static bool is_laid_out(enum region_kind kind)
{
	return kind == REGION_VMEMMAP || kind == REGION_KERNEL_IMAGE || kind == REGION_FIXMAP ||
	       kind == REGION_VSYSCALL;
}

/* Cuts the window to the kernel's image, which begins at the first linked address. On some
 * architectures, KASLR moves the image within its region, by FACT_KASLR_OFFSET. On others
 * (image_is_apart), it moves the whole region, so nothing is cut. */
static bool diff_windows_find_image(const struct pair *pair, struct window *window)
{
	uint64_t offset;

	for (enum pair_side side = 0; side < NR_SIDES; side++) {
		if (pair->kernel[side]->arch->image_is_apart)
			continue;
		if (!kernel_fact(pair->kernel[side], FACT_KASLR_OFFSET, &offset) ||
		    offset >= window->last[side] - window->first[side])
			return false;
		window->first[side] += offset;
	}
	return true;
}

static bool add_regions(struct windows *windows, const struct pair *pair, struct error *err)
{
	const struct region_list *list[NR_SIDES];

	for (enum pair_side side = 0; side < NR_SIDES; side++) {
		list[side] = region_all(pair->kernel[side], err);
		if (!list[side])
			return false;
	}
	for (size_t i = 0; i < list[THIS]->nr; i++) {
		const struct region *this = &list[THIS]->region[i];
		const struct region *other = diff_region_counterpart(list[THIS], i, list[OTHER]);
		struct window window = { .region = region_names[this->kind] };

		if (!is_laid_out(this->kind) || !other)
			continue;
		window.first[THIS] = this->first;
		window.last[THIS] = this->last;
		window.first[OTHER] = other->first;
		window.last[OTHER] = other->last;
		if (this->kind == REGION_KERNEL_IMAGE && !diff_windows_find_image(pair, &window))
			continue;
		if (!diff_windows_add(windows, &window, err))
			return false;
	}
	return true;
}

/* --- two boots: modules --- */

static int compare_parts(const void *one, const void *two)
{
	const struct module_range *a = one, *b = two;

	return strcmp(a->name, b->name) ?:
		       strcmp(module_part_names[a->part], module_part_names[b->part]);
}

/* Returns the parts of all modules, sorted by name. The caller frees the array. Returns NULL and
 * sets *nr to 0 if there are no parts, or after an error, which is in err. */
static struct module_range *sorted_parts(struct kernel *kernel, size_t *nr, struct error *err)
{
	const struct module_range *all = module_all_ranges(kernel, 0, UINT64_MAX, nr);
	struct module_range *parts = *nr ? calloc(*nr, sizeof(*parts)) : NULL;

	if (!*nr)
		return NULL;
	if (parts)
		memcpy(parts, all, *nr * sizeof(*parts));
	if (parts && sort_items(parts, *nr, sizeof(*parts), compare_parts, kernel->listener))
		return parts;
	free(parts);
	*nr = 0;
	fail(err, ERROR_SYSTEM, "the modules could not be sorted");
	return NULL;
}

static bool diff_windows_add_part(struct windows *windows, const struct pair *pair,
				  const void *const parts[NR_SIDES], struct error *err)
{
	const struct module_range *const part[NR_SIDES] = { parts[THIS], parts[OTHER] };
	struct window window = {
		.region = region_names[REGION_MODULES],
		.part = module_part_names[part[THIS]->part],
	};

	memcpy(window.module, part[THIS]->name, sizeof(window.module));
	for (enum pair_side side = 0; side < NR_SIDES; side++) {
		window.first[side] = kernel_page_first(pair->kernel[side], part[side]->first);
		window.last[side] = kernel_page_last(pair->kernel[side], part[side]->last);
	}
	return diff_windows_add(windows, &window, err);
}

/* Adds the kernel's image on i386, where the image has no separate region, but is in the direct
 * map. */
static bool add_low_image(struct windows *windows, const struct pair *pair, struct error *err)
{
	struct window window = { .region = region_names[REGION_DIRECT_MAP], .part = "image" };
	uint64_t start, end;

	for (enum pair_side side = 0; side < NR_SIDES; side++) {
		const struct region *region;

		if (!kernel_symbol(pair->kernel[side], "_text", &start, NULL) ||
		    !kernel_symbol(pair->kernel[side], "_end", &end, NULL) || end <= start)
			return true;
		region = region_of(pair->kernel[side], start, NULL);
		if (!region || region->kind != REGION_DIRECT_MAP)
			return true;
		window.first[side] = kernel_page_first(pair->kernel[side], start);
		window.last[side] = kernel_page_last(pair->kernel[side], end - 1);
	}
	return diff_windows_add(windows, &window, err);
}

static bool add_modules(struct windows *windows, const struct pair *pair, struct error *err)
{
	struct module_range *parts[NR_SIDES] = { NULL };
	struct error why = { .code = ERROR_NONE };
	struct pair_merge merge = { .size = sizeof(**parts), .compare = compare_parts };
	const void *part[NR_SIDES];

	for (enum pair_side side = 0; side < NR_SIDES; side++) {
		parts[side] = sorted_parts(pair->kernel[side], &merge.nr[side], &why);
		merge.items[side] = parts[side];
	}
	while (!why.code && pair_next(&merge, part))
		if (part[THIS] && part[OTHER])
			diff_windows_add_part(windows, pair, part, &why);
	free(parts[THIS]);
	free(parts[OTHER]);
	return !why.code || fail(err, why.code, "%s", why.message);
}

/* --- all windows --- */

bool windows_find(struct windows *windows, const struct pair *pair, struct error *err)
{
	*windows = (struct windows){ 0 };
	if (!pair_require_paging(pair, err))
		return false;
	if (pair->build == BUILD_DIFFERENT)
		return fail(
			err, ERROR_NO_ANSWER,
			"these are dumps of different kernels (%s), which have no corresponding addresses",
			pair->build_proof);
	if (pair->same_boot != NO)
		return add_half(windows, pair, err);
	return add_regions(windows, pair, err) && add_low_image(windows, pair, err) &&
	       add_modules(windows, pair, err);
}

void windows_release(struct windows *windows)
{
	free(windows->window);
	*windows = (struct windows){ 0 };
}
