/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads root tables and device tables, whose formats are described in vtd.c and amd_iommu.c. To
 * recognise such a table, rejects values that the kernel never writes. These are reserved bits that
 * are set, and entries that are neither present nor empty (drivers/iommu/intel/iommu.c,
 * context_clear_entry()). In AMD's device table every entry is valid (drivers/iommu/amd/init.c,
 * init_device_table_dma()). */
#include "devices/io_root.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/address_set.h"
#include "base/array.h"
#include "base/bytes.h"
#include "kernel/kernel.h"
#include "kernel/links.h"
#include "paging/entries.h"

struct io_root_reading {
	struct kernel *kernel;
	const struct request_set *allowed; /* NULL: all requests are allowed */
	uint64_t last_paddr;
	struct io_root *root;
	struct error *err;
};

void request_add(struct request_set *set, unsigned int id)
{
	if (request_has(set, id))
		return;
	set->word[id / 64] |= UINT64_C(1) << id % 64;
	set->nr++;
}

bool request_has(const struct request_set *set, unsigned int id)
{
	return set->word[id / 64] >> id % 64 & 1;
}

void io_root_enter(struct kernel *kernel, const struct io_root *root, unsigned int request,
		   struct dma_entrance *entrance)
{
	enum { DEVICE_ENTRY = 4 * IO_WORD };

	if (root->kind == IO_AMD)
		amd_iommu_enter(kernel, root->paddr + DEVICE_ENTRY * request, entrance);
	else
		vtd_enter(kernel, root->paddr, root->kind == IO_VTD_SCALABLE, (uint16_t)request,
			  entrance);
}

static bool io_root_load(const struct io_root_reading *reading, uint64_t paddr,
			 unsigned int nr_words, uint64_t *words)
{
	for (unsigned int i = 0; i < nr_words; i++) {
		enum page_state state =
			dump_load(reading->kernel->dump, paddr + IO_WORD * i, IO_WORD, &words[i]);

		if (state != PAGE_PRESENT)
			return fail(reading->err, ERROR_UNREADABLE,
				    "its entry at %" PRIx64 " is not in the dump: %s", paddr,
				    page_state_names[state]);
	}
	return true;
}

static bool malformed(const struct io_root_reading *reading, uint64_t paddr)
{
	return fail(reading->err, ERROR_FORMAT,
		    "its entry at %" PRIx64 " has a form that no kernel uses", paddr);
}

/* --- page tables that entries point to --- */

/* Is this a page table? Searches it for the first mapped page. Returns true if all tables read in
 * this search are valid. A valid page table may map no page. */
static bool io_root_is_table(const struct io_root_reading *reading, const struct space *space)
{
	/* MOST_STEPS limits the steps in one page table. Each level may have a gap before its first
	 * present entry. MOST_OF_ROOT limits the steps in all page tables of the root. */
	enum { MOST_STEPS = MAX_LEVELS * 512, MOST_OF_ROOT = 1 << 22 };
	unsigned int bits = space->paging->address_bits - space->paging->sign_extends;
	uint64_t most = UINT64_MAX >> (64 - bits);
	struct walk walk = walk_page_table(space, 0);
	unsigned int steps = 0;

	while (walk.outcome == WALK_NOT_PRESENT && steps < MOST_STEPS &&
	       walk_on(space, &walk, most))
		steps++;
	reading->root->steps += steps + 1;
	if (reading->root->steps > MOST_OF_ROOT)
		return false;
	if (walk.outcome == WALK_NOT_PRESENT)
		return steps < MOST_STEPS;
	if (walk.outcome != WALK_MAPPED)
		return false;
	reading->root->nr_mapping++;
	if (dump_range_state(space->dump, walk.paddr, 1) != PAGE_ABSENT)
		reading->root->nr_in_memory++;
	return true;
}

/* Checks the entry for the request id `request`. paddr: physical address of the entry. */
static bool io_root_add_request(const struct io_root_reading *reading, unsigned int request,
				uint64_t paddr)
{
	struct dma_entrance entrance;

	if (kernel_stopped(reading->kernel))
		return fail(reading->err, ERROR_INTERRUPTED, "interrupted");
	if (reading->allowed && !request_has(reading->allowed, request))
		return fail(reading->err, ERROR_FORMAT,
			    "its entry at %" PRIx64
			    " is for %02x:%02x.%x, which is not a device that the kernel knows",
			    paddr, request >> 8, request >> 3 & 0x1f, request & 7);
	request_add(&reading->root->requests, request);
	io_root_enter(reading->kernel, reading->root, request, &entrance);
	if (entrance.reach == DMA_PASS_THROUGH)
		return true;
	if (entrance.reach != DMA_TRANSLATED)
		return fail(reading->err, ERROR_FORMAT, "%s", entrance.trouble.message);
	if (!io_root_is_table(reading, &entrance.space))
		return fail(reading->err, ERROR_FORMAT,
			    "its entry at %" PRIx64
			    " points to no page table, or to a damaged page table",
			    paddr);
	return true;
}

/* --- Intel --- */

/* Reserved bits of an entry in legacy mode (9.3). Low word: all bits except P, FPD, T and the
 * address. High word: all bits except AW, the domain and the bits for software. */
#define LEGACY_LOW_RESERVED (~ENTRY_FRAME & ~UINT64_C(0xf))
#define LEGACY_HIGH_RESERVED (~UINT64_C(0xffff7f))
/* Reserved bits of an entry in scalable mode (9.4). Low word: all bits except P, FPD, DTE, PASIDE,
 * PRE, PDTS and the address. High word: all bits except the PASID and its privilege. */
#define SCALABLE_LOW_RESERVED (~ENTRY_FRAME & ~UINT64_C(0xe1f))
#define SCALABLE_HIGH_RESERVED (~UINT64_C(0x1fffff))

static bool is_context(bool scalable, const uint64_t *words)
{
	if (!(words[0] & IO_PRESENT))
		return false;
	if (scalable)
		return !(words[0] & SCALABLE_LOW_RESERVED) &&
		       !(words[1] & SCALABLE_HIGH_RESERVED) && !words[2] && !words[3];
	return !(words[0] & LEGACY_LOW_RESERVED) && !(words[1] & LEGACY_HIGH_RESERVED);
}

/* Reads a page of contexts. first: request id of the first context in the page. */
static bool read_contexts(const struct io_root_reading *reading, uint64_t table, unsigned int first)
{
	bool scalable = reading->root->kind == IO_VTD_SCALABLE;
	unsigned int nr_words = scalable ? 4 : 2;
	uint64_t words[4] = { 0 };

	for (unsigned int i = 0; i < IO_TABLE / IO_WORD / nr_words; i++) {
		uint64_t paddr = table + IO_WORD * nr_words * i;

		if (!io_root_load(reading, paddr, nr_words, words))
			return false;
		if (!(words[0] | words[1] | words[2] | words[3]))
			continue;
		if (!is_context(scalable, words))
			return malformed(reading, paddr);
		if (!io_root_add_request(reading, first + i, paddr))
			return false;
	}
	return true;
}

/* Reads a root table (9.1, 9.2). A root entry points to a page of contexts. In scalable mode a root
 * entry contains two pointers, one for each half of the bus. */
static bool read_root(const struct io_root_reading *reading)
{
	enum { NR_WORDS = IO_TABLE / IO_WORD };
	bool scalable = reading->root->kind == IO_VTD_SCALABLE;

	for (unsigned int i = 0; i < NR_WORDS; i++) {
		uint64_t paddr = reading->root->paddr + IO_WORD * i, word, table;

		if (!io_root_load(reading, paddr, 1, &word))
			return false;
		if (!word)
			continue;
		table = kernel_entry_address(reading->kernel, word);
		if ((word & ~ENTRY_FRAME) != IO_PRESENT || (i % 2 && !scalable) || !table ||
		    table > reading->last_paddr)
			return malformed(reading, paddr);
		if (!read_contexts(reading, table, i * 128))
			return false;
	}
	return true;
}

/* --- AMD --- */

/* Reserved bits in word 0 of a device table entry (2.2.2.1): bits 2 to 6 and bit 63. */
#define DEVICE_RESERVED (UINT64_C(1) << 63 | 0x7c)

/* Reads a device table. Its size is not known. All entries after the highest request id that the
 * firmware reported are empty, so the table ends at the first empty entry. */
static bool read_device_table(const struct io_root_reading *reading)
{
	enum { NR_WORDS = 4 };

	for (unsigned int i = 0; i < NR_REQUESTS; i++) {
		uint64_t paddr = reading->root->paddr + IO_WORD * NR_WORDS * i;
		uint64_t word;

		if (!io_root_load(reading, paddr, 1, &word))
			return false;
		if (!(word & IO_VALID))
			break;
		if (word & DEVICE_RESERVED)
			return malformed(reading, paddr);
		if ((word & ~(uint64_t)IO_TRANSLATION) != IO_VALID &&
		    !io_root_add_request(reading, i, paddr))
			return false;
	}
	return true;
}

/* --- Intel and AMD --- */

/* May the page be a root table? Each word must be 0 or a pointer, and at least one word must be a
 * pointer. */
static bool may_be_root(const uint8_t *page)
{
	uint64_t any = 0;

	for (unsigned int i = 0; i < IO_TABLE; i += IO_WORD) {
		uint64_t word = load_le64(page + i);

		if (word && (word & ~ENTRY_FRAME) != IO_PRESENT)
			return false;
		any |= word;
	}
	return any;
}

bool io_root_may_be(enum io_kind kind, const uint8_t *page)
{
	uint64_t first = load_le64(page);

	if (kind != IO_AMD)
		return may_be_root(page);
	return (first & IO_VALID) && !(first & DEVICE_RESERVED);
}

/* Reads the table at root->paddr, and fills *root. root->kind and root->paddr must be set. Only
 * requests in `allowed` may have an entry (NULL: all requests). Returns false and sets err (if not
 * NULL) if there is no table of this kind at root->paddr: the table has no entries, has an entry
 * for another request, or maps no memory. The same applies if an entry, or a table to which an
 * entry points, is invalid or missing. */
static bool io_root_read(struct kernel *kernel, const struct request_set *allowed,
			 struct io_root *root, struct error *err)
{
	const struct io_root_reading reading = {
		.kernel = kernel,
		.allowed = allowed,
		.last_paddr = dump_last_paddr(kernel->dump),
		.root = root,
		.err = err,
	};

	*root = (struct io_root){ .kind = root->kind, .paddr = root->paddr };
	if (root->paddr % IO_TABLE)
		return fail(err, ERROR_FORMAT, "it is not aligned to a page");
	if (root->kind == IO_AMD ? !read_device_table(&reading) : !read_root(&reading))
		return false;
	if (!root->requests.nr)
		return fail(err, ERROR_FORMAT, "it has no entry for a device");
	if (root->nr_mapping && !root->nr_in_memory)
		return fail(err, ERROR_FORMAT, "its page tables map no memory");
	return true;
}

/* --- lists --- */

bool io_root_add(struct io_root_list *list, const struct io_root *root)
{
	return list->nr < MOST_ROOTS &&
	       array_add(&list->root, &list->nr, &list->room, root, sizeof(*root));
}

void io_root_try(struct io_root_search *search, enum io_kind kind, uint64_t paddr)
{
	const uint64_t MOST_STEPS = UINT64_C(1) << 26;
	struct io_root root = { .kind = kind, .paddr = paddr };
	bool is_one = io_root_read(search->kernel, search->allowed, &root, NULL);

	search->steps += root.steps;
	search->full |= search->steps > MOST_STEPS;
	if (search->whole && kind == IO_AMD && root.requests.nr != search->allowed->nr)
		return;
	if (is_one && !io_root_add(search->list, &root))
		search->full = true;
}

void io_root_clear(struct io_root_list *list)
{
	free(list->root);
	*list = (struct io_root_list){ 0 };
}

size_t io_root_count(const struct io_root_list *list, unsigned int request)
{
	size_t nr = 0;

	for (size_t i = 0; i < list->nr; i++)
		nr += request_has(&list->root[i].requests, request);
	return nr;
}

void io_root_reread(struct kernel *kernel, const struct io_root_list *list)
{
	for (size_t i = 0; i < list->nr; i++) {
		struct io_root again = list->root[i];

		io_root_read(kernel, NULL, &again, NULL);
	}
}

/* --- tables given by the user --- */

bool io_root_is_named(const struct kernel *kernel)
{
	return kernel->facts->fact[FACT_VTD_ROOT].given ||
	       kernel->facts->fact[FACT_AMD_DEVICE_TABLE].given;
}

/* Reads an Intel root table that may be in legacy mode or in scalable mode. The format of the
 * contexts shows the mode. Fails if the contexts are valid in both modes. */
static bool is_either(struct kernel *kernel, const struct request_set *allowed,
		      struct io_root *root, struct error *err)
{
	struct io_root other = { .kind = IO_VTD_SCALABLE, .paddr = root->paddr };
	bool legacy = io_root_read(kernel, allowed, root, err);
	bool scalable = io_root_read(kernel, allowed, &other, NULL);

	if (legacy && scalable)
		return fail(err, ERROR_FORMAT,
			    "it could be a root table of scalable mode or of legacy mode");
	if (scalable)
		*root = other;
	return legacy || scalable;
}

bool io_root_named(struct kernel *kernel, const struct request_set *allowed, struct io_root *root,
		   struct error *err)
{
	bool intel = kernel->facts->fact[FACT_VTD_ROOT].given;
	enum fact_id id = intel ? FACT_VTD_ROOT : FACT_AMD_DEVICE_TABLE;
	struct error why;

	*root = (struct io_root){
		.kind = intel ? IO_VTD : IO_AMD,
		.paddr = kernel->facts->fact[id].value,
	};
	return (intel ? is_either : io_root_read)(kernel, allowed, root, &why) ||
	       fail(err, ERROR_FORMAT, "%s: there is no such table at %" PRIx64 ": %s",
		    fact_name(id), root->paddr, why.message);
}

/* --- tables that structs of the kernel point to --- */

/* Finds tables of IOMMUs without types: starts at a symbol, and tries all pointers in the structs.
 * Intel (drivers/iommu/intel/dmar.c): the list dmar_drhd_units contains structs dmar_drhd_unit.
 * Each points to a struct intel_iommu, which points to the root table.
 * AMD (drivers/iommu/amd/init.c): since 6.0 (04230c119930) the list amd_iommu_list contains structs
 * amd_iommu. Each points to a struct amd_iommu_pci_seg, which points to the device table. Before
 * 6.0 the variable amd_iommu_dev_table points to the device table.
 * The structs in both lists begin with their list_head. */

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
