/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/tag.h"

#include "kernel/arch.h"
#include "paging/family.h"
#include "query/shadow.h"
#include "query/translate.h"

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
