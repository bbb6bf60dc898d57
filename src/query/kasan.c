/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/kasan.h"

#include "kernel/kernel.h"
#include "paging/scan.h"
#include "query/translate.h"
#include "kernel/arch.h"
#include "paging/family.h"

/* --- shadow --- */

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

static bool is_place_of_shadow(struct kernel *kernel, const struct space *space, uint64_t value,
			       uint64_t address)
{
	struct shadowed shadowed;

	return walk_page_table(space, address).outcome != WALK_MAPPED &&
	       query_shadowed_user(kernel, value, &shadowed);
}

uint64_t query_untag(struct kernel *kernel, uint64_t value, struct pointer_tag *tag)
{
	const struct space *space;
	uint64_t address;

	tag->has_tag = false;
	if (!kernel->arch->tags_pointers || value >> 56 == 0 || value >> 56 == 0xff)
		return value;
	space = kernel_space(kernel, NULL);
	address = space ? family_address(space->paging->family, value) : value;
	if (address == value || !paging_canonical(space->paging, address) ||
	    is_place_of_shadow(kernel, space, value, address))
		return value;
	tag->has_tag = true;
	tag->tag = (uint8_t)(value >> 56);
	tag->ignored =
		query_is_user_address(kernel, address) ? YES : kernel->arch->tags_pointers(kernel);
	return address;
}
