/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/nowhere.h"

#include <inttypes.h>
#include <stdlib.h>

#include "linux/region.h"
#include "linux/resource.h"
#include "base/text.h"
#include "dump/dump.h"
#include "linux/page/page.h"
#include "linux/vmalloc.h"
#include "kernel/kernel.h"
#include "paging/scan.h"

/* ADDRESS_BITS: a physical address has at most 52 bits (Intel SDM Vol. 3A, 4.1.4). */
enum { ADDRESS_BITS = 52, MOST_NEIGHBOURS = 2 };

static bool has_memory(struct kernel *kernel, uint64_t paddr)
{
	return dump_range_state(kernel->dump, kernel_page_first(kernel, paddr),
				kernel_page_size(kernel)) != PAGE_ABSENT;
}

static bool is_listed(struct kernel *kernel, uint64_t paddr)
{
	const struct resource *chain[MAX_RESOURCE_DEPTH];
	const struct resource_tree *tree = resource_all(kernel, RESOURCE_MEMORY, NULL);

	return !tree || !tree->nr || tree->nr_damages || resource_in_isa_hole(paddr) ||
	       resource_in_chipset_hole(paddr) || resource_chain(tree, paddr, chain);
}

/* Did a driver map paddr by ioremap()? Some drivers add no resource to the tree, for example the
 * driver of arm64's interrupt controller (drivers/irqchip/irq-gic-v3-its.c). */
static bool is_remapped(struct kernel *kernel, uint64_t paddr)
{
	const struct vmalloc_list *list = vmalloc_areas(kernel, NULL);

	for (size_t i = 0; list && i < list->nr; i++) {
		const struct vmalloc_area *area = &list->area[i];

		if (area->physical && paddr >= area->physical &&
		    paddr - area->physical <= vmalloc_area_used_last(kernel, area) - area->first)
			return true;
	}
	return false;
}

/* Is paddr mapped for the ports of a PCI bus? pci_remap_iospace() adds neither a resource of memory nor
 * an area of vmalloc. */
static bool is_ports(struct kernel *kernel, uint64_t paddr)
{
	const struct region_list *list = region_all(kernel, NULL);
	const struct space *space = kernel_space(kernel, NULL);
	struct scan *scan = list && space ? malloc(sizeof(*scan)) : NULL;
	struct scanned ports;
	bool found = false;

	for (size_t i = 0; scan && i < list->nr && !found; i++) {
		if (list->region[i].kind != REGION_PCI_IO)
			continue;
		scan_start(scan, space, list->region[i].first, list->region[i].last, false);
		scan->listener = kernel->listener;
		while (!found && scan_next(scan, &ports))
			found = ports.outcome == WALK_MAPPED && paddr >= ports.paddr &&
				paddr - ports.paddr <= ports.last - ports.first;
		scan_release(scan);
	}
	free(scan);
	return found;
}

bool query_is_nowhere(struct kernel *kernel, uint64_t paddr)
{
	return !has_memory(kernel, paddr) && !is_listed(kernel, paddr) &&
	       !is_remapped(kernel, paddr) && !is_ports(kernel, paddr);
}

/* Finds the single bits that, if flipped, change paddr to an address of memory with a struct page.
 * Returns their number. */
static unsigned int find_bits(struct kernel *kernel, uint64_t paddr,
			      unsigned int bits[ADDRESS_BITS])
{
	unsigned int nr = 0;
	uint64_t page;

	for (unsigned int bit = kernel_page_shift(kernel); bit < ADDRESS_BITS; bit++) {
		uint64_t other = paddr ^ UINT64_C(1) << bit;

		if (has_memory(kernel, other) &&
		    page_of_pfn(kernel, kernel_pfn(kernel, other), &page, NULL))
			bits[nr++] = bit;
	}
	return nr;
}

void query_neighbours(struct kernel *kernel, uint64_t paddr, char text[NOWHERE_TEXT])
{
	unsigned int bits[ADDRESS_BITS], nr = find_bits(kernel, paddr, bits);
	struct frame_use use;
	char what[USE_TEXT];

	for (unsigned int i = 0; i < nr && nr <= MOST_NEIGHBOURS; i++) {
		uint64_t bit = UINT64_C(1) << bits[i];
		uint64_t pfn = kernel_pfn(kernel, paddr ^ bit);

		query_frame_use(kernel, pfn, true, &use);
		frame_use_text(&use, what);
		text_append(text, NOWHERE_TEXT,
			    "; with bit %u flipped, the address would be in frame %" PRIx64,
			    bits[i], pfn);
		if (use.known)
			text_append(text, NOWHERE_TEXT, ", %s", what);
	}
}

bool query_nowhere(struct kernel *kernel, uint64_t paddr, char text[NOWHERE_TEXT])
{
	if (!query_is_nowhere(kernel, paddr))
		return false;
	*text = '\0';
	text_append(text, NOWHERE_TEXT,
		    "%" PRIx64 " is neither memory nor a device that the kernel lists", paddr);
	query_neighbours(kernel, paddr, text);
	return true;
}
