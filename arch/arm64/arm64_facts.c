/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The sources of facts of arm64. The keys of the note are in arch/arm64/kernel/vmcore_info.c
 * (crash_core.c before 6.9, machine_kexec.c before 5.0). */
#include <string.h>

#include "arch/arm64/arm64.h"
#include "base/page.h"
#include "kernel/table_search.h"
#include "kernel/vmcoreinfo.h"
#include "linux/page/page.h"

/* --- the search for the kernel's top-level table --- */

/* Tests whether a page is the kernel's top-level table. swapper_pg_dir is part of the image: it
 * maps itself and linux_banner in the image, and maps the image's code as executable. Two
 * properties exclude other tables. swapper_pg_dir has no user mappings, unlike the tables of
 * processes. swapper_pg_dir has the linear map, unlike init_pg_dir and idmap_pg_dir. The page is
 * tried with each granule and each number of address bits. It is a table only if exactly one
 * combination fits. */

enum {
	WORDS = LEAST_PAGE / 8,
	MOST_TABLES_OF_HALF = 4096, /* limits the search for code in one half of a candidate */
	MOST_TABLES_IN_ALL = 1 << 18, /* limits the search for all candidates together */
};

/* Can this be an entry of the kernel's top-level table? In an entry that points to a table, the CPU
 * ignores bits 11:2 and 58:50. The kernel leaves these bits clear, except the accessed bit. Tables
 * are in memory. Blocks may also be memory of devices, at any address. */
static bool may_be_root_entry(const struct table_search *search, uint64_t entry)
{
	const uint64_t clear_in_tables = UINT64_C(0x07fc0000000008fc);
	uint64_t frame = entry & UINT64_C(0x0000fffffffff000);

	if (!(entry & ARM64_VALID))
		return false;
	if (entry & ARM64_TABLE)
		return frame && frame <= search->last_paddr && !(entry & clear_in_tables);
	return (entry & ARM64_ACCESSED) && !(entry & ARM64_USER);
}

/* A page that may be a table. Only its entries before the first implausible entry count. */
struct table_candidate {
	uint64_t paddr;
	unsigned int good; /* the number of entries before the first implausible entry */
	/* `nr`: the number of these entries that are not 0. `last`: the index of the last one. */
	unsigned int nr, last;
};

/* Does this part of the page contain only zeros? Such parts are skipped to save time, because most
 * pages of memory are empty, and a table may begin with empty entries. */
static bool is_empty_page(const struct table_search *search, uint64_t paddr)
{
	struct extent extent;

	dump_find(search->dump, paddr, &extent);
	return extent.data && extent.last - paddr >= LEAST_PAGE - 1 &&
	       !memcmp(extent.data + (paddr - extent.first), dump_zero_page, LEAST_PAGE);
}

static void read_candidate(const struct table_search *search, struct table_candidate *candidate,
			   unsigned int most)
{
	uint64_t entry;

	for (; candidate->good < most; candidate->good++) {
		if (candidate->good % WORDS == 0 &&
		    is_empty_page(search, candidate->paddr + 8 * candidate->good)) {
			candidate->good += WORDS - 1;
			continue;
		}
		if (dump_load(search->dump, candidate->paddr + 8 * candidate->good, 8, &entry) !=
		    PAGE_PRESENT)
			return;
		if (!entry)
			continue;
		if (!may_be_root_entry(search, entry))
			return;
		candidate->nr++;
		candidate->last = candidate->good;
	}
}

/* Does the page fit this paging mode? All entries must be plausible, and at least two must be used:
 * for the linear map and for the image. If the table is smaller than LEAST_PAGE, the rest of
 * LEAST_PAGE must be empty. */
static bool candidate_fits(const struct table_search *search, struct table_candidate *candidate,
			   const struct paging *paging)
{
	unsigned int nr = paging_entries(paging, 0);

	if (candidate->paddr & (paging_page_size(paging) - 1))
		return false;
	if (nr > WORDS && candidate->good >= WORDS)
		read_candidate(search, candidate, nr);
	return candidate->good >= (nr > WORDS ? nr : WORDS) && candidate->last < nr &&
	       candidate->nr >= 2;
}

/* --- code: pages that the kernel may execute, of the image or a module --- */

/* A search for code through the tables of one half. Tables that make all pages below them not
 * executable are skipped. */
struct code_search {
	struct table_search *search;
	const struct space *space;
	unsigned int level, left; /* left: the number of tables that may still be opened */
	struct {
		/* The table's physical address; the first virtual address that the table maps. */
		uint64_t paddr, base;
		unsigned int next, end; /* indexes: the next entry, and the end (exclusive) */
	} table[MAX_LEVELS];
};

/* Opens the table that an entry of the current table points to. */
static void code_search_open(struct code_search *code, uint64_t entry, uint64_t base)
{
	const struct paging *paging = code->space->paging;
	unsigned int level = ++code->level;

	code->table[level].paddr = entry_table(paging->family, paging, entry);
	code->table[level].base = base;
	code->table[level].next = 0;
	code->table[level].end = paging_entries(paging, level);
	code->left--;
	code->search->visits++;
}

/* Finds the next page that the kernel may execute. Returns false if no such page follows, or if the
 * tables cannot be the kernel's. Entries without the accessed bit are not the kernel's, which sets
 * this bit in all its entries (PROT_DEFAULT, asm/pgtable-prot.h). They are other words, in memory
 * that is no table: a table of 4K is read as one of 16K, for example. */
static bool next_code(struct code_search *code, uint64_t *vaddr, uint64_t *paddr)
{
	const struct paging *paging = code->space->paging;

	for (;;) {
		unsigned int level = code->level, index = code->table[level].next++;
		enum entry_class class;
		uint64_t entry, at;

		if (index >= code->table[level].end) {
			if (!level)
				return false;
			code->level--;
			continue;
		}
		at = code->table[level].base + ((uint64_t)index << paging->level[level].shift);
		if (dump_load(code->space->dump, code->table[level].paddr + 8 * index, 8, &entry) !=
		    PAGE_PRESENT)
			continue;
		class = entry_class(paging->family, paging, level, entry);
		if (class == CLASS_TABLE && !(entry & ARM64_PXN_TABLE)) {
			if (!code->left)
				return false;
			code_search_open(code, entry, at);
		} else if (class == CLASS_PAGE) {
			if (entry & ARM64_USER)
				return false;
			*vaddr = at;
			*paddr = entry_page(paging->family, paging, level, entry);
			if (!(entry & ARM64_PXN) && (entry & ARM64_ACCESSED))
				return true;
		}
	}
}

/* Prepares a search of the entries [first, end) of the top-level table. */
static struct code_search code_search_in(struct table_search *search, const struct space *space,
					 unsigned int first, unsigned int end)
{
	const struct paging *paging = space->paging;
	struct code_search code = { .search = search, .space = space, .left = MOST_TABLES_OF_HALF };

	code.table[0].paddr = space->upper_root;
	code.table[0].base = -(UINT64_C(1) << (paging->address_bits - 1));
	code.table[0].next = first;
	code.table[0].end = end;
	return code;
}

/* --- the proof --- */

/* Does the table have a linear map? A linear map maps all memory. Until 4.5 it includes the image;
 * since 4.6 it is separate from the image. */
static bool has_linear_map(const struct table_search *search, const struct space *space,
			   const struct found_table *table)
{
	const struct paging *paging = space->paging;
	unsigned int bits = paging->address_bits - 1u;
	uint64_t image = table->vaddr - table->root, offset;
	uint64_t least = -(UINT64_C(1) << bits);
	uint64_t middle = -(UINT64_C(1) << (bits - 1));
	uint64_t end = arm64_linear_map_end(least, bits, paging_page_size(paging));
	uint64_t last = search->last_paddr & -paging_page_size(paging);

	if (space_maps(space, last + image, last))
		return true;
	return (table->vaddr >= end ? arm64_linear_map(space, least, end - 1, &offset) :
				      arm64_linear_map(space, middle, UINT64_MAX, &offset)) &&
	       offset != image && space_maps(space, table->root + offset, table->root);
}

static bool is_swapper(struct table_search *search, const struct space *space,
		       struct found_table *table, uint64_t offset)
{
	table->vaddr = table->root + offset;
	table->nr_banners = 0;
	if (!space_maps(space, table->vaddr, table->root) ||
	    !table_search_banners(search, space, offset, table))
		return false;
	search->proofs++;
	return has_linear_map(search, space, table);
}

/* Searches for a page of code whose offset from its frame proves that the candidate is the kernel's
 * table. All pages of the image have the same offset, so an offset equal to the last one is not
 * tried again. */
static bool proves_table(struct code_search *code, struct found_table *table)
{
	uint64_t vaddr, paddr, tried = 0;

	while (next_code(code, &vaddr, &paddr)) {
		if (vaddr - paddr == tried)
			continue;
		tried = vaddr - paddr;
		if (is_swapper(code->search, code->space, table, tried))
			return true;
	}
	return false;
}

/* Searches both halves for code. The image is in the upper half of the kernel's addresses since
 * 5.4, and in the lower half before 5.4. */
static bool try_halves(struct table_search *search, const struct space *space,
		       struct found_table *table)
{
	unsigned int nr = paging_entries(space->paging, 0);
	/* With 52 bits, the image is at an address that 48 or 47 bits can reach, in the last
	 * sixteenth of the addresses. */
	unsigned int half = space->paging->address_bits > 49 ? nr - nr / 16 : nr / 2;
	struct code_search upper = code_search_in(search, space, half, nr);
	struct code_search lower = code_search_in(search, space, 0, half);

	return proves_table(&upper, table) || proves_table(&lower, table);
}

/* Sets the number of address bits in use. With 64K pages, a kernel that has tables for 52 bits but
 * runs with 48 bits uses only the last 64 entries. With other page sizes, a kernel with tables for
 * 48 or 47 bits may be configured for this number of bits, or for 52 bits. In this case
 * config_va_bits is set to 0, because it is unknown. */
static void set_bits_in_use(const struct table_search *search, const struct space *space,
			    struct paging_choice *choice)
{
	unsigned int nr = paging_entries(space->paging, 0), size = space->paging->entry_size;
	uint64_t entry;

	if (choice->page_size != ARM64_64K && (choice->va_bits == 47 || choice->va_bits == 48))
		choice->config_va_bits = 0;
	if (choice->page_size != ARM64_64K || choice->va_bits != 52)
		return;
	for (unsigned int i = 0; i < nr - nr / 16; i++)
		if (dump_load(search->dump, space->upper_root + size * i, size, &entry) ==
			    PAGE_PRESENT &&
		    entry)
			return;
	choice->va_bits = 48;
}

/* If the candidate is the kernel's table with this paging mode, sets *table and returns true. */
static bool try_paging(struct table_search *search, struct table_candidate *candidate,
		       const struct paging_choice *choice, struct found_table *table)
{
	struct space space = {
		.dump = search->dump,
		.paging = arm64_paging(choice),
		.root = NO_TABLE,
		.upper_root = candidate->paddr,
	};
	struct found_table tried = { .choice = *choice, .root = candidate->paddr };

	if (!candidate_fits(search, candidate, space.paging))
		return false;
	set_bits_in_use(search, &space, &tried.choice);
	tried.choice.levels = space.paging->nr_levels;
	if (!table_search_wants(search, &tried.choice) || !try_halves(search, &space, &tried))
		return false;
	*table = tried;
	return true;
}

/* If the page is a table in several paging modes, the function adds no table, because the right
 * mode is unknown. */
void arm64_try_table(struct table_search *search, uint64_t paddr)
{
	struct table_candidate candidate = { .paddr = paddr };
	struct found_table table;
	struct paging_choice choice;
	unsigned int nr = 0;

	read_candidate(search, &candidate, WORDS);
	if (candidate.good < WORDS)
		return;
	for (unsigned int i = 0; arm64_paging_at(i, &choice); i++)
		if (search->visits < MOST_TABLES_IN_ALL)
			nr += try_paging(search, &candidate, &choice, &table);
	if (nr == 1)
		table_search_add(search, &table);
}

/* --- the paging --- */

static bool find_page_size_in_note(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return vmcoreinfo_decimal(kernel->note, arg, value);
}

static bool find_page_size_in_table(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)arg;
	*value = kernel->table->choice.page_size;
	return kernel->table->known;
}

/* Finds the page size in the flags of the image's header (Documentation/arch/arm64/booting.rst):
 * bits 2:1 of the flags give the size. vmlinux has the flags as the value of an absolute symbol
 * (arch/arm64/kernel/image.h). */
static bool find_page_size_in_vmlinux(struct kernel *kernel, const char *arg, uint64_t *value)
{
	enum { LARGEST = 3 };
	uint64_t flags;

	if (!kernel_link_address(kernel, arg, &flags) || !(flags >> 1 & LARGEST))
		return false;
	*value = UINT64_C(1) << (10 + 2 * (flags >> 1 & LARGEST));
	return true;
}

/* Computes the number of address bits from TCR_EL1.T1SZ, which is the number of upper address bits
 * that are not translated. */
static bool find_bits_by_t1sz(struct kernel *kernel, const char *arg, uint64_t *value)
{
	uint64_t unused;

	if (!vmcoreinfo_number(kernel->note, arg, &unused) || unused >= 64)
		return false;
	*value = 64 - unused;
	return true;
}

static bool find_va_bits_in_table(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)arg;
	*value = kernel->table->choice.va_bits;
	return kernel->table->known;
}

static bool find_config_bits_in_table(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)arg;
	*value = kernel->table->choice.config_va_bits;
	return kernel->table->known && *value;
}

/* Reads a variable of the image without using a page table: kimage_voffset gives its physical
 * address. */
static bool arm64_read_image(struct kernel *kernel, fact_find *find_symbol, const char *name,
			     uint64_t *value)
{
	uint64_t address, offset;

	return kernel_fact(kernel, FACT_KIMAGE_VOFFSET, &offset) &&
	       find_symbol(kernel, name, &address) &&
	       dump_load_slow(kernel->dump, address - offset, 8, value) == PAGE_PRESENT;
}

/* Reads the number of address bits from vabits_actual, which exists from 5.4 (5383cc6efed1) to
 * 6.8. */
static bool find_bits_in_image(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return arm64_read_image(kernel, kernel_vmlinux_symbol, arg, value);
}

/* Uses the configured number of address bits. It is the number in use, except in kernels configured
 * for 52 bits, which may use fewer bits. */
static bool find_all_config_bits(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)arg;
	return kernel_fact(kernel, FACT_CONFIG_VA_BITS, value);
}

/* Finds the configured number of address bits, 52 or the number in use. PAGE_OFFSET is -(1 <<
 * configured bits). It is also the address at which the linear map would map the physical address
 * in memstart_addr. If the CPU has fewer bits, the linear map lacks the addresses that need more
 * bits, so PAGE_OFFSET itself may not be mapped. Therefore PAGE_OFFSET is computed from
 * memstart_addr and a mapped page of the linear map. */
static bool config_bits_by_memstart(struct kernel *kernel, fact_find *find_symbol, const char *name,
				    uint64_t *value)
{
	uint64_t bits[] = { 52, kernel->table->choice.va_bits }, memory, offset;
	struct space space;

	if (!kernel_table_space(kernel, &space) ||
	    !arm64_read_image(kernel, find_symbol, name, &memory) ||
	    !arm64_linear_map(&space, 0, UINT64_MAX, &offset))
		return false;
	for (size_t i = 0; i < 2; i++) {
		*value = bits[i];
		if (offset + memory == -(UINT64_C(1) << bits[i]))
			return true;
	}
	return false;
}

static bool find_config_bits_by_memstart(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return config_bits_by_memstart(kernel, kernel_vmlinux_symbol, arg, value);
}

static bool find_config_bits_by_kallsyms(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return config_bits_by_memstart(kernel, kernel_dump_symbol, arg, value);
}

/* Finds the configured number of address bits from the table that -o root= gives. With 64K pages and
 * 48 bits in use, a kernel for 52 bits uses only the last 64 of 1024 entries, and TTBR1_EL1 points
 * to these. A kernel for 48 bits has 64 entries. They are at the start of a page, and are not all
 * empty, because they map all memory. */
static bool find_config_bits_by_root(struct kernel *kernel, const char *arg, uint64_t *value)
{
	enum { NR_48 = 64, NR_52 = 1024 };
	const struct paging_choice wide = {
		.mode = MODE_ARM64,
		.page_size = ARM64_64K,
		.config_va_bits = 52,
		.pa_bits = 52,
	};
	struct space space = { .dump = kernel->dump, .paging = arm64_paging(&wide) };
	const struct fact *root = &kernel->facts->fact[FACT_ROOT];
	uint64_t page_size, bits, table = root->value, entry, size = space.paging->entry_size;

	(void)arg;
	*value = 52;
	if (!root->given || !kernel_fact(kernel, FACT_PAGE_SIZE, &page_size) ||
	    !kernel_fact(kernel, FACT_VA_BITS, &bits) || page_size != ARM64_64K || bits != 48 ||
	    !arm64_kernel_table(&space, &table))
		return false;
	if (root->value & (8 * (NR_52 - NR_48)))
		return true;
	for (uint64_t i = 0; i < NR_48; i++)
		if (dump_load(kernel->dump, table + size * i, size, &entry) != PAGE_PRESENT ||
		    entry)
			return false;
	return true;
}

static bool find_config_bits_in_use(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)arg;
	return kernel_fact(kernel, FACT_VA_BITS, value);
}

/* Finds the number of physical address bits that entries have. With 4K or 16K pages, the number is
 * 52 if virtual addresses have 52 bits (TCR_EL1.DS, 352b0395b505). With 64K pages, the number is
 * always 52: in entries of a kernel for 48 bits, the bits for address bits above 47 are zero, so
 * the entries can be read with 52 bits, too. */
static bool find_pa_bits(struct kernel *kernel, const char *arg, uint64_t *value)
{
	uint64_t page_size, va_bits;

	(void)arg;
	if (!kernel_fact(kernel, FACT_PAGE_SIZE, &page_size) ||
	    !kernel_fact(kernel, FACT_VA_BITS, &va_bits))
		return false;
	*value = page_size == ARM64_64K || va_bits == 52 ? 52 : 48;
	return true;
}

static bool arm64_find_levels(struct kernel *kernel, const char *arg, uint64_t *value)
{
	struct paging_choice choice = { .mode = MODE_ARM64 };
	const struct paging *paging;

	(void)arg;
	if (!kernel_fact(kernel, FACT_PAGE_SIZE, &choice.page_size) ||
	    !kernel_fact(kernel, FACT_VA_BITS, &choice.va_bits) ||
	    !kernel_fact(kernel, FACT_PA_BITS, &choice.pa_bits) ||
	    (arm64_needs_fact(&choice, FACT_CONFIG_VA_BITS) &&
	     !kernel_fact(kernel, FACT_CONFIG_VA_BITS, &choice.config_va_bits)))
		return false;
	paging = arm64_paging(&choice);
	if (!paging)
		return false;
	*value = paging->nr_levels;
	return true;
}

/* --- the linear map --- */

/* Is the image part of the linear map? Until 4.5 (a7f8de168ace: kimage_voffset) it was, and the
 * linear map was in the upper half of the kernel's addresses. From 4.6 to 5.3 the image was in the
 * lower half, and the linear map in the upper half. Since 5.4 (14c127c957c1) the halves are
 * exchanged. The linear map maps all memory. Therefore, if the last page of memory is mapped at the
 * image's offset, the image is part of the linear map. */
static bool image_is_linear(struct kernel *kernel, const struct space *space, uint64_t *offset)
{
	uint64_t last = dump_last_paddr(kernel->dump) & -(uint64_t)ARM64_64K;

	return kernel_fact(kernel, FACT_KIMAGE_VOFFSET, offset) &&
	       space_maps(space, last + *offset, last);
}

static bool find_page_offset(struct kernel *kernel, const char *arg, uint64_t *value)
{
	const struct space *space = kernel_space(kernel, NULL);
	uint64_t swapper, bits, offset;

	(void)arg;
	if (!space || !kernel_fact(kernel, FACT_SWAPPER_PG_DIR, &swapper) ||
	    !kernel_fact(kernel, FACT_CONFIG_VA_BITS, &bits))
		return false;
	*value = -(UINT64_C(1) << bits);
	if (!(swapper >> (bits - 1) & 1) || image_is_linear(kernel, space, &offset))
		*value = -(UINT64_C(1) << (bits - 1));
	return true;
}

uint64_t arm64_linear_map_end(uint64_t page_offset, uint64_t bits, uint64_t page_size)
{
	if (page_offset == -(UINT64_C(1) << (bits - 1)))
		return 0;
	if (bits > 48)
		bits = page_size == ARM64_16K ? 47 : 48;
	return -(UINT64_C(1) << (bits - 1));
}

bool arm64_linear_map(const struct space *space, uint64_t first, uint64_t last, uint64_t *offset)
{
	/* Limits the work; three tables have fewer entries, even with 64K pages. */
	enum { MOST_STEPS = 1 << 15 };
	uint64_t least = -(UINT64_C(1) << (space->paging->address_bits - 1));
	struct walk walk = walk_page_table(space, first < least ? least : first);
	int steps = 0;

	while (walk.outcome != WALK_MAPPED)
		if (++steps == MOST_STEPS || !walk_on(space, &walk, last))
			return false;
	*offset = walk.vaddr - walk.paddr;
	return true;
}

/* Computes PHYS_OFFSET from the first page that the table maps at or above PAGE_OFFSET. */
static bool find_phys_offset_in_linear_map(struct kernel *kernel, const char *arg, uint64_t *value)
{
	const struct space *space = kernel_space(kernel, NULL);
	uint64_t page_offset, bits, end, offset;

	(void)arg;
	if (!space || !kernel_fact(kernel, FACT_PAGE_OFFSET, &page_offset) ||
	    !kernel_fact(kernel, FACT_CONFIG_VA_BITS, &bits))
		return false;
	end = arm64_linear_map_end(page_offset, bits, paging_page_size(space->paging));
	if (!arm64_linear_map(space, page_offset, end - 1, &offset))
		return false;
	*value = page_offset - offset;
	return true;
}

/* Does the table confirm this value, or is the table unknown? From 5.4 to 5.10, the value of
 * memstart_addr may be wrong, because the kernel may have mapped the linear map using
 * physvirt_offset instead (7bc1a0f9e176). */
static bool is_phys_offset(struct kernel *kernel, uint64_t value)
{
	uint64_t mapped;

	return !find_phys_offset_in_linear_map(kernel, NULL, &mapped) || mapped == value;
}

static bool find_phys_offset_in_note(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return find_note_number(kernel, arg, value) && is_phys_offset(kernel, *value);
}

static bool find_memstart(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return find_variable(kernel, arg, value) && is_phys_offset(kernel, *value);
}

static bool find_memstart_of_kallsyms(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return find_dump_variable(kernel, arg, value) && is_phys_offset(kernel, *value);
}

/* Computes the address of the struct page of frame 0 from VMEMMAP_START. That key is the address of
 * the struct page for the physical address in memstart_addr: asm/pgtable.h. */
static bool find_vmemmap_by_start(struct kernel *kernel, const char *arg, uint64_t *value)
{
	uint64_t memory, page_size, size;

	if (!vmcoreinfo_number(kernel->note, arg, value) ||
	    !vmcoreinfo_number(kernel->note, "PHYS_OFFSET", &memory) ||
	    !kernel_fact(kernel, FACT_PAGE_SIZE, &page_size) ||
	    !kernel_fact(kernel, FACT_STRUCT_PAGE_SIZE, &size))
		return false;
	*value -= (uint64_t)((int64_t)memory / (int64_t)page_size) * size;
	return true;
}

// clang-format off
const struct fact_source arm64_sources[] = {
	{ FACT_MODE, SOURCE_CHEAP, OF_DUMP("page table found in memory"), find_mode_in_table, NULL },
	{ FACT_MODE, SOURCE_CHEAP, OF_DUMP("machine of the dump"), find_mode_of_arch, NULL },

	{ FACT_PAGE_SIZE, SOURCE_CHEAP, OF_DUMP("VMCOREINFO PAGESIZE"), find_page_size_in_note, "PAGESIZE" },
	{ FACT_PAGE_SIZE, SOURCE_CHEAP, OF_DUMP("page table found in memory"), find_page_size_in_table, NULL },
	{ FACT_PAGE_SIZE, SOURCE_COSTLY, OF_SYMBOL("_kernel_flags_le_lo32"), find_page_size_in_vmlinux, "_kernel_flags_le_lo32" },

	{ FACT_VA_BITS, SOURCE_CHEAP, OF_DUMP("VMCOREINFO NUMBER(TCR_EL1_T1SZ)"), find_bits_by_t1sz, "TCR_EL1_T1SZ" },
	{ FACT_VA_BITS, SOURCE_CHEAP, OF_DUMP("VMCOREINFO NUMBER(tcr_el1_t1sz)"), find_bits_by_t1sz, "tcr_el1_t1sz" },
	{ FACT_VA_BITS, SOURCE_CHEAP, OF_DUMP("page table found in memory"), find_va_bits_in_table, NULL },
	{ FACT_VA_BITS, SOURCE_COSTLY, OF_VARIABLE("vabits_actual"), find_bits_in_image, "vabits_actual" },
	{ FACT_VA_BITS, SOURCE_FALLBACK, OF_DUMP("config_va_bits"), find_all_config_bits, NULL },

	{ FACT_CONFIG_VA_BITS, SOURCE_CHEAP, OF_DUMP("VMCOREINFO NUMBER(VA_BITS)"), find_note_number, "VA_BITS" },
	{ FACT_CONFIG_VA_BITS, SOURCE_CHEAP, OF_DUMP("page table found in memory"), find_config_bits_in_table, NULL },
	{ FACT_CONFIG_VA_BITS, SOURCE_COSTLY, OF_SYMBOL("memstart_addr, its value in the dump, and the linear map"), find_config_bits_by_memstart, "memstart_addr" },
	{ FACT_CONFIG_VA_BITS, SOURCE_COSTLY, OF_DUMP("kallsyms symbol memstart_addr, its value in the dump, and the linear map"), find_config_bits_by_kallsyms, "memstart_addr" },
	{ FACT_CONFIG_VA_BITS, SOURCE_COSTLY, OF_DUMP("root and va_bits: the part of the table that is in use"), find_config_bits_by_root, NULL },
	{ FACT_CONFIG_VA_BITS, SOURCE_FALLBACK, OF_DUMP("va_bits"), find_config_bits_in_use, NULL },

	{ FACT_PA_BITS, SOURCE_CHEAP, OF_DUMP("page_size and va_bits"), find_pa_bits, NULL },
	{ FACT_LEVELS, SOURCE_CHEAP, OF_DUMP("page_size and va_bits"), arm64_find_levels, NULL },

	{ FACT_KASLR_OFFSET, SOURCE_CHEAP, OF_DUMP("VMCOREINFO KERNELOFFSET"), find_note_hex, "KERNELOFFSET" },
	{ FACT_KASLR_OFFSET, SOURCE_COSTLY, OF_SYMBOLS("VMCOREINFO SYMBOL(_stext) minus _stext of ", ""), find_kaslr_from_stext, "_stext" },
	{ FACT_KASLR_OFFSET, SOURCE_COSTLY, OF_VMLINUX("linux_banner found in memory minus its address in vmlinux"), find_kaslr_from_banner, "linux_banner" },

	{ FACT_KIMAGE_VOFFSET, SOURCE_CHEAP, OF_DUMP("VMCOREINFO NUMBER(kimage_voffset)"), find_note_number, "kimage_voffset" },
	{ FACT_KIMAGE_VOFFSET, SOURCE_CHEAP, OF_DUMP("page table found in memory"), find_kimage_voffset_in_table, NULL },

	{ FACT_SWAPPER_PG_DIR, SOURCE_CHEAP, OF_DUMP("VMCOREINFO SYMBOL(swapper_pg_dir)"), find_note_symbol, "swapper_pg_dir" },
	{ FACT_SWAPPER_PG_DIR, SOURCE_CHEAP, OF_DUMP("page table found in memory"), find_swapper_in_table, NULL },
	{ FACT_SWAPPER_PG_DIR, SOURCE_COSTLY, OF_SYMBOL("swapper_pg_dir"), kernel_vmlinux_symbol, "swapper_pg_dir" },
	{ FACT_SWAPPER_PG_DIR, SOURCE_COSTLY, OF_DUMP("kallsyms symbol swapper_pg_dir"), kernel_dump_symbol, "swapper_pg_dir" },

	{ FACT_ROOT, SOURCE_CHEAP, OF_DUMP("page table found in memory"), find_root_in_table, NULL },
	{ FACT_ROOT, SOURCE_COSTLY, OF_DUMP("swapper_pg_dir and kimage_voffset"), find_root_by_voffset, NULL },

	{ FACT_PAGE_OFFSET, SOURCE_COSTLY, OF_DUMP("config_va_bits, and the half of the kernel's addresses that has the image"), find_page_offset, NULL },

	{ FACT_PHYS_OFFSET, SOURCE_COSTLY, OF_DUMP("VMCOREINFO NUMBER(PHYS_OFFSET)"), find_phys_offset_in_note, "PHYS_OFFSET" },
	{ FACT_PHYS_OFFSET, SOURCE_COSTLY, OF_VARIABLE("memstart_addr"), find_memstart, "memstart_addr" },
	{ FACT_PHYS_OFFSET, SOURCE_COSTLY, OF_DUMP("kallsyms symbol memstart_addr, its value in the dump"), find_memstart_of_kallsyms, "memstart_addr" },
	{ FACT_PHYS_OFFSET, SOURCE_COSTLY, OF_DUMP("page table: the start of the linear map"), find_phys_offset_in_linear_map, NULL },

	{ FACT_VMALLOC_START, SOURCE_CHEAP, OF_DUMP("VMCOREINFO NUMBER(VMALLOC_START)"), find_note_number, "VMALLOC_START" },

	{ FACT_VMEMMAP, SOURCE_CHEAP, OF_DUMP("VMCOREINFO SYMBOL(vmemmap)"), find_note_symbol, "vmemmap" },
	{ FACT_VMEMMAP, SOURCE_CHEAP, OF_DUMP("VMCOREINFO NUMBER(VMEMMAP_START)"), find_vmemmap_by_start, "VMEMMAP_START" },
	{ FACT_VMEMMAP, SOURCE_COSTLY, OF_VARIABLE("vmemmap"), find_variable, "vmemmap" },
	{ FACT_VMEMMAP, SOURCE_COSTLY, OF_DUMP("section_mem_map of the first section"), find_vmemmap_in_sections, NULL },

	{ FACT_PAC_MASK, SOURCE_CHEAP, OF_DUMP("VMCOREINFO NUMBER(KERNELPACMASK)"), find_note_number, "KERNELPACMASK" },
	{ 0 }
};
// clang-format on
