/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds tables of IOMMUs without types: starts at a symbol, and tries all pointers in the structs.
 * Intel (drivers/iommu/intel/dmar.c): the list dmar_drhd_units contains structs dmar_drhd_unit.
 * Each points to a struct intel_iommu, which points to the root table.
 * AMD (drivers/iommu/amd/init.c): since 6.0 (04230c119930) the list amd_iommu_list contains structs
 * amd_iommu. Each points to a struct amd_iommu_pci_seg, which points to the device table. Before
 * 6.0 the variable amd_iommu_dev_table points to the device table.
 * The structs in both lists begin with their list_head. */
#include "devices/io_roots.h"

#include <inttypes.h>

#include "base/address_set.h"
#include "kernel/kernel.h"
#include "kernel/links.h"

enum {
	MOST_UNITS = 4096,
	/* Number of words that are tried in a struct of the list (outer), and in a struct to which
	 * such a word points (inner). In 6.12 the wanted pointer is at offset 56 of the outer
	 * struct and 152 of the inner struct (Intel), or 96 and 40 (AMD). */
	OUTER_WORDS = 32,
	INNER_WORDS = 64,
};

struct chain {
	struct io_root_search search;
	bool is_amd;
	struct address_set seen; /* addresses of the tables that were tried */
};

/* --- one frame --- */

/* Checks whether there is a table at vaddr. The address must be aligned, and must be in the
 * kernel's half of the address space. */
static void try_table(struct chain *chain, uint64_t vaddr)
{
	uint64_t paddr;

	if (vaddr % IO_TABLE || !(vaddr >> 63) ||
	    !dma_physical(chain->search.kernel, vaddr, &paddr) ||
	    address_set_add(&chain->seen, paddr | 1) != ADDRESS_NEW)
		return;
	if (chain->is_amd) {
		io_root_try(&chain->search, IO_AMD, paddr);
		return;
	}
	io_root_try(&chain->search, IO_VTD, paddr);
	io_root_try(&chain->search, IO_VTD_SCALABLE, paddr);
}

/* --- from the list to the tables --- */

/* Calls visit for the first nr words of the struct at vaddr. Ends at a word that cannot be read. */
static void each_word(struct chain *chain, uint64_t vaddr, unsigned int nr,
		      void (*visit)(struct chain *chain, uint64_t word))
{
	uint64_t word;

	for (unsigned int i = 0; i < nr; i++) {
		if (chain->search.full || kernel_stopped(chain->search.kernel) ||
		    !kernel_read_pointer(chain->search.kernel, vaddr + 8 * i, &word, NULL))
			return;
		visit(chain, word);
	}
}

static void try_struct(struct chain *chain, uint64_t vaddr)
{
	if (vaddr && vaddr % 8 == 0 && vaddr >> 63)
		each_word(chain, vaddr, INNER_WORDS, try_table);
}

/* Tries the pointers in a struct of the list. Skips its first two words, which link it to other
 * structs of the list. */
static void try_unit(struct chain *chain, uint64_t unit)
{
	each_word(chain, unit + 16, OUTER_WORDS, try_struct);
}

static void try_units(struct chain *chain, const char *symbol)
{
	struct address_set met = { 0 };
	struct links links;
	uint64_t head, unit;

	if (!kernel_symbol(chain->search.kernel, symbol, &head, NULL))
		return;
	links = links_from(chain->search.kernel, head, 0, &met, MOST_UNITS);
	while (!chain->search.full && links_next(&links, &unit))
		try_unit(chain, unit);
	address_set_release(&met);
}

static void io_chain_try_all(struct chain *chain)
{
	uint64_t table;

	try_units(chain, "dmar_drhd_units");
	chain->is_amd = true;
	if (kernel_read_variable(chain->search.kernel, "amd_iommu_dev_table", &table))
		try_table(chain, table);
	else
		try_units(chain, "amd_iommu_list");
}

bool io_chain_find(struct kernel *kernel, struct io_root_list *list, struct error *err)
{
	struct chain chain = { .search = { .kernel = kernel, .list = list } };
	unsigned int id;

	if (kernel_pointer_size(kernel) != 8)
		return fail(err, ERROR_NO_ANSWER, "the kernel's pointers have 32 bits");
	kernel->dump->nr_searches++;
	io_chain_try_all(&chain);
	kernel->dump->nr_searches--;
	address_set_release(&chain.seen);
	if (kernel_stopped(kernel) || chain.search.full)
		return fail(err, ERROR_NO_ANSWER,
			    "the search was interrupted, or found too many tables");
	if (!list->nr)
		return fail(err, ERROR_NO_ANSWER,
			    "the kernel's list of IOMMUs does not contain such a table");
	for (id = 0; id < NR_REQUESTS; id++)
		if (io_root_count(list, id) > 1)
			return fail(
				err, ERROR_NO_ANSWER,
				"the kernel's list of IOMMUs contains two tables with an entry of %02x:%02x.%x, the first at %" PRIx64,
				id >> 8, id >> 3 & 0x1f, id & 7, list->root[0].paddr);
	io_root_reread(kernel, list);
	return true;
}
