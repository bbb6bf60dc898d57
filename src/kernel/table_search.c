/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/table_search.h"

#include "kernel/arch.h"

enum { PAGE_BYTES = 4096 };

/* How far from its banner an image may reach: more than any has. */
#define REACH (UINT64_C(256) << 20)

bool table_search_wants(const struct table_search *search,
			enum kernel_mode mode, unsigned int levels)
{
	const struct found_table *wanted = search->wanted;

	return (!wanted->known || wanted->mode == mode) &&
	       (!wanted->levels || wanted->levels == levels);
}

bool table_search_banners(const struct table_search *search,
			  const struct space *space, uint64_t offset,
			  struct found_table *table)
{
	for (size_t i = 0; i < search->nr_banners &&
			   table->nr_banners < MOST_BANNERS_IN_IMAGE; i++) {
		uint64_t banner = search->banners[i];

		if (banner + REACH >= table->root &&
		    banner <= table->root + REACH &&
		    space_maps(space, banner + offset, banner))
			table->banner_vaddr[table->nr_banners++] =
				banner + offset;
	}
	return table->nr_banners != 0;
}

void table_search_add(struct table_search *search,
		      const struct found_table *table)
{
	for (size_t i = 0; i < search->nr_found; i++)
		if (search->found[i].root == table->root)
			return;
	if (search->nr_found < MOST_TABLES)
		search->found[search->nr_found++] = *table;
}

static void ask(struct table_search *search, const struct arch *arch,
		uint64_t paddr)
{
	// clang-format off
#define ASK(NAME) \
	if (!arch || arch == &arch_##NAME) \
		arch_##NAME.try_table(search, paddr);
	FOR_EACH_ARCH(ASK)
#undef ASK
	// clang-format on
}

/* Asks about the pages of [next, last) that are there; returns where to go on. */
static uint64_t ask_range(struct table_search *search, const struct arch *arch,
			  uint64_t next, uint64_t last)
{
	struct extent extent;

	while (next < last && search->proofs < MOST_PROOFS) {
		dump_find(search->dump, next, &extent);
		if (extent.last > last)
			extent.last = last;
		if (!extent.data) /* the first page that begins behind it */
			next = (extent.last | (PAGE_BYTES - 1)) + 1;
		for (; extent.data && next <= extent.last &&
		       search->proofs < MOST_PROOFS;
		     next += PAGE_BYTES)
			ask(search, arch, next);
	}
	return next;
}

void table_search(struct table_search *search, const struct arch *arch)
{
	uint64_t next = 0; /* the first page that was not looked at */

	for (size_t i = 0; i < search->nr_banners; i++) {
		uint64_t banner = search->banners[i] & ~(uint64_t)(PAGE_BYTES - 1);
		uint64_t first = banner > REACH ? banner - REACH : 0;
		uint64_t last = search->last_paddr - banner > REACH ?
					banner + REACH : search->last_paddr;

		if (last > UINT64_MAX - PAGE_BYTES) /* beyond is nothing to go on at */
			last = UINT64_MAX - PAGE_BYTES;
		next = ask_range(search, arch, next < first ? first : next, last);
	}
}
