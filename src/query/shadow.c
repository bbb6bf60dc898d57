/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/shadow.h"

#include "kernel/kernel.h"
#include "paging/scan.h"
#include "query/translate.h"

/* Sets the number of bytes that a byte of the shadow describes: 8 with generic KASAN, 16 with software
 * tags (KASAN_SHADOW_SCALE_SHIFT, asm/kasan.h and arch/arm64/Makefile). The shadow is for the whole
 * upper half, so its size shows the scale. The last byte of the shadow is for the last address, so its
 * end shows the offset: kasan_mem_to_shadow() in include/linux/kasan.h. */
static void decode_shadow(const struct space *space, const struct region *region, uint64_t vaddr,
			  struct shadowed *shadowed)
{
	uint64_t half = -paging_upper_half(space->paging);

	shadowed->nr = (half - 1) / (region->last - region->first) >= 16 ? 16 : 8;
	shadowed->first = (vaddr - (region->last + 1)) * shadowed->nr;
}

bool query_shadowed(struct kernel *kernel, const struct region *region, uint64_t vaddr,
		    struct shadowed *shadowed)
{
	const struct space *space = kernel_space(kernel, NULL);

	if (!space || region->kind != REGION_KASAN_SHADOW)
		return false;
	decode_shadow(space, region, vaddr, shadowed);
	return true;
}

bool query_shadowed_user(struct kernel *kernel, uint64_t vaddr, struct shadowed *shadowed)
{
	const struct space *space = kernel_space(kernel, NULL);
	const struct region_list *list =
		kernel_has_symbol(kernel, "kasan_init") == NO ? NULL : region_all(kernel, NULL);
	const struct region *region = list ? list->region : NULL;

	while (region && region < list->region + list->nr && region->kind != REGION_KASAN_SHADOW)
		region++;
	if (!space || !region || region == list->region + list->nr)
		return false;
	decode_shadow(space, region, vaddr, shadowed);
	/* The shadow of all addresses, also those that are not canonical, ends with the region. */
	return vaddr < region->first && region->last - vaddr <= UINT64_MAX / shadowed->nr &&
	       query_is_user_address(kernel, shadowed->first) &&
	       paging_canonical(space->paging, shadowed->first);
}
