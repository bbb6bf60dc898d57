/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "kernel/table_search.h"

#include "base/page.h"
#include "kernel/arch.h"

/* All bytes of an image are less than this many bytes away from its banner. */
#define REACH (UINT64_C(256) << 20)

bool table_search_wants(const struct table_search *search, const struct paging_choice *choice)
{
	const struct paging_choice *wanted = &search->wanted->choice;

	return (!search->wanted->known || wanted->mode == choice->mode) &&
	       (!wanted->levels || wanted->levels == choice->levels) &&
	       (!wanted->page_size || wanted->page_size == choice->page_size) &&
	       (!wanted->va_bits || wanted->va_bits == choice->va_bits) &&
	       (!wanted->config_va_bits || wanted->config_va_bits == choice->config_va_bits) &&
	       (!wanted->pa_bits || wanted->pa_bits == choice->pa_bits);
}

bool table_search_banners(const struct table_search *search, const struct space *space,
			  uint64_t offset, struct found_table *table)
{
	for (size_t i = 0; i < search->nr_banners; i++) {
		uint64_t banner = search->banners[i];

		if (banner + REACH < table->root || banner > table->root + REACH ||
		    !space_maps(space, banner + offset, banner))
			continue;
		if (table->nr_banners < MOST_BANNERS_IN_IMAGE)
			table->banner_vaddr[table->nr_banners++] = banner + offset;
		if (!table->own_banner || banner < table->root)
			table->own_banner = banner;
	}
	return table->nr_banners != 0;
}

static bool are_of_one_image(const struct found_table *one, const struct found_table *other)
{
	return one->choice.mode == other->choice.mode &&
	       one->choice.levels == other->choice.levels &&
	       one->vaddr - one->root == other->vaddr - other->root &&
	       one->own_banner == other->own_banner;
}

void table_search_add(struct table_search *search, const struct found_table *table)
{
	for (size_t i = 0; i < search->nr_found; i++) {
		struct found_table *found = &search->found[i];

		if (found->root == table->root)
			return;
		if (search->one_per_image && are_of_one_image(found, table)) {
			found->nr_rivals++;
			return;
		}
	}
	if (search->nr_found < MOST_TABLES)
		search->found[search->nr_found++] = *table;
}

static void try_page(struct table_search *search, const struct arch *const *archs, uint64_t paddr)
{
	for (; *archs; archs++)
		(*archs)->try_table(search, paddr);
}

/* Tries each page from next to last (inclusive) that is in the dump. Returns the first page that
 * was not tried. */
static uint64_t try_range(struct table_search *search, const struct arch *const *archs,
			  uint64_t next, uint64_t last)
{
	struct extent extent;

	while (next <= last && search->proofs < MOST_PROOFS) {
		dump_find(search->dump, next, &extent);
		if (extent.last > last)
			extent.last = last;
		if (!extent.data) /* these pages are not in the dump */
			next = (extent.last | (LEAST_PAGE - 1)) + 1;
		for (; extent.data && next <= extent.last && search->proofs < MOST_PROOFS;
		     next += LEAST_PAGE)
			try_page(search, archs, next);
	}
	return next;
}

void table_search(struct table_search *search, const struct arch *const *archs)
{
	uint64_t next = 0; /* the first page that was not tried yet */

	for (size_t i = 0; i < search->nr_banners; i++) {
		uint64_t banner = search->banners[i] & -LEAST_PAGE;
		uint64_t first = banner > REACH ? banner - REACH : 0;
		uint64_t last =
			search->last_paddr - banner > REACH ? banner + REACH : search->last_paddr;

		if (last > UINT64_MAX - LEAST_PAGE) /* otherwise the next page would be page 0 */
			last = UINT64_MAX - LEAST_PAGE;
		next = try_range(search, archs, next < first ? first : next, last);
	}
}
