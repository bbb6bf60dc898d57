/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/symbols.h"

#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>

#include "kernel/symbols_table.h"

/*
 * Names that nearly every session asks: the first scan answers all of them.
 * Those that a kernel does not have are then known to be absent.
 */
const char *const common_symbols[] = {
	"linux_banner", "init_task", "init_uts_ns",
	/* page tables */
	"init_top_pgt", "init_level4_pgt", "swapper_pg_dir", "init_mm",
	"__pgtable_l5_enabled", "pgdir_shift", "ptrs_per_p4d", "sme_me_mask",
	"physical_mask", "__pte2cachemode_tbl", "l1tf_mitigation",
	"__default_kernel_pte_mask", "__supported_pte_mask",
	"__FIXADDR_TOP", "__VMALLOC_RESERVE",
	/* layout of the address space */
	"page_offset_base", "vmalloc_base", "vmemmap_base", "phys_base",
	"direct_map_physmem_end", "physmem_end", "high_memory", "max_pfn",
	"max_low_pfn", "max_mapnr", "pkmap_count", "pkmap_page_table",
	"cpu_entry_area", "setup_cpu_entry_areas", "init_espfix_ap",
	"kasan_init", "efi_map_region", "kaslr_get_random_long",
	"module_load_offset",
	/* sections */
	"_text", "_stext", "_etext", "_sdata", "_edata", "_end",
	"__start_rodata", "__end_rodata", "__bss_start", "__bss_stop",
	"__init_begin", "__init_end", "_brk_start", "_brk_end", "__brk_base",
	"__per_cpu_start", "__per_cpu_end", "__per_cpu_load",
	"__per_cpu_offset",
	/* page frames, swap, modules */
	"mem_section", "mem_map", "node_data", "contig_page_data",
	"nr_node_ids", "swap_info", "nr_swapfiles", "memory_failure",
	"migrate_pages", "modules", "mod_tree",
	/* where an interrupt table points: tells the KASLR offset */
	"asm_exc_divide_error", "divide_error", "idt_table",
	/* what else the kernel says of itself */
	"boot_params", "vmcoreinfo_data", "__start_BTF", "__stop_BTF", "vmemmap_populate",
};
const unsigned int nr_common_symbols =
	sizeof(common_symbols) / sizeof(common_symbols[0]);

enum {
	NR_COMMON = sizeof(common_symbols) / sizeof(common_symbols[0]),
	FILTER_BITS = 11,
	WORD = sizeof(uint64_t),
};

/* Symbol 0 of a table is never a symbol. */
static const uint32_t NONE = 0;

_Static_assert((int)NR_COMMON <= (int)MAX_COMMON_SYMBOLS, "room for answers");

/* --- names --- */

/* Of two symbols of one name; one is found earlier in the table than two. */
static uint32_t better_of(const struct symbols *symbols, uint32_t one,
			  uint32_t two)
{
	Elf64_Sym first, second = symbol_entry(symbols, two);

	if (!symbol_is_thing(&second))
		return one;
	if (one == NONE)
		return two;
	first = symbol_entry(symbols, one);
	return symbol_is_local(&first) && !symbol_is_local(&second) ? two : one;
}

/* The next eight characters of a string, zeroes after its end. */
static inline uint64_t name_word(const char *at, size_t room)
{
	uint64_t word = 0, zero;

	if (room >= WORD)
		memcpy(&word, at, WORD);
	else
		memcpy(&word, at, room);
	word = le64toh(word);
	/* The lowest bit of this is set at the first zero byte. */
	zero = (word - 0x0101010101010101) & ~word & 0x8080808080808080;
	if (!zero)
		return word;
	return word & (((zero & -zero) >> 7) - 1);
}

static inline uint64_t mix(uint64_t value)
{
	return value * 0x9e3779b97f4a7c15;
}

/* room: bytes from name to the end of what may be read, its NUL included. */
static uint64_t name_hash(const char *name, size_t room)
{
	uint64_t hash = 0;

	for (;;) {
		uint64_t word = name_word(name, room);

		hash = mix(hash ^ word);
		hash ^= hash >> 32;
		if (word >> 56 == 0)
			return mix(hash);
		name += WORD;
		room -= WORD;
	}
}

/* --- open and close --- */

static bool find_table(Elf *elf, GElf_Shdr *header, Elf_Scn **section)
{
	*section = NULL;
	while ((*section = elf_nextscn(elf, *section))) {
		if (gelf_getshdr(*section, header) &&
		    header->sh_type == SHT_SYMTAB &&
		    !(header->sh_flags & SHF_COMPRESSED))
			return true;
	}
	return false;
}

/* Strings up to the last NUL. */
static bool load_strings(Elf *elf, size_t section, struct bytes *strings)
{
	Elf_Scn *scn = elf_getscn(elf, section);
	GElf_Shdr header;
	Elf_Data *data;

	if (!scn || !gelf_getshdr(scn, &header) ||
	    header.sh_type != SHT_STRTAB || header.sh_flags & SHF_COMPRESSED)
		return false;
	data = elf_rawdata(scn, NULL);
	if (!data || !data->d_buf)
		return false;
	*strings = (struct bytes){ data->d_buf, data->d_size };
	while (strings->size && strings->data[strings->size - 1])
		strings->size--;
	return strings->size > 0;
}

static bool load_table(struct symbols *symbols, struct error *err)
{
	GElf_Shdr header;
	Elf_Scn *section;
	Elf_Data *data;
	size_t count;

	if (!find_table(symbols->elf, &header, &section))
		return fail(err, ERROR_FORMAT, "no symbol table");
	symbols->entry_size = gelf_fsize(symbols->elf, ELF_T_SYM, 1, EV_CURRENT);
	data = elf_getdata(section, NULL);
	if (!symbols->entry_size || !data || !data->d_buf ||
	    data->d_type != ELF_T_SYM)
		return fail(err, ERROR_FORMAT, "symbol table is damaged");
	count = data->d_size / symbols->entry_size;
	symbols->entries = data->d_buf;
	symbols->nr_entries = count < UINT32_MAX ? count : UINT32_MAX;
	if (!load_strings(symbols->elf, header.sh_link, &symbols->strings))
		return fail(err, ERROR_FORMAT,
			    "names of the symbol table are damaged");
	return true;
}

struct symbols *symbols_open(Elf *elf, struct error *err)
{
	struct symbols *symbols = calloc(1, sizeof(*symbols));

	if (!symbols) {
		fail(err, ERROR_SYSTEM, "out of memory");
		return NULL;
	}
	symbols->elf = elf;
	if (!load_table(symbols, err)) {
		free(symbols);
		return NULL;
	}
	return symbols;
}

void symbols_close(struct symbols *symbols)
{
	if (!symbols)
		return;
	for (unsigned int i = 0; i < symbols->nr_asked; i++)
		free(symbols->asked[i].name);
	free(symbols->bucket);
	free(symbols->next);
	free(symbols->by_address);
	free(symbols->own_entries);
	free(symbols->own_strings);
	free(symbols);
}

size_t symbols_count(const struct symbols *symbols)
{
	return symbols->nr_entries;
}

/* --- by name: scan --- */

/*
 * Names looked for in one pass. The slot of a hash of a name's first eight
 * characters leads to the names that may be it, so that all but a few
 * symbols are done with after one load and one multiplication.
 */
struct scan {
	struct {
		const char *name;
		uint64_t head;
		uint32_t symbol;
		uint8_t next; /* 1 + number of the next name in this slot */
	} wanted[NR_COMMON + 1];
	unsigned int nr_wanted;
	uint8_t slot[1 << FILTER_BITS]; /* 1 + number of a name */
};

_Static_assert(NR_COMMON + 1 < UINT8_MAX, "slots of a scan are bytes");

static void scan_want(struct scan *scan, const char *name)
{
	unsigned int nr = scan->nr_wanted++;
	uint64_t head = name_word(name, strlen(name) + 1);
	uint8_t *slot = &scan->slot[mix(head) >> (64 - FILTER_BITS)];

	scan->wanted[nr].name = name;
	scan->wanted[nr].head = head;
	scan->wanted[nr].symbol = NONE;
	scan->wanted[nr].next = *slot;
	*slot = nr + 1;
}

static void scan_check(const struct symbols *symbols, struct scan *scan,
		       unsigned int slot, uint64_t head, uint32_t nr)
{
	for (; slot; slot = scan->wanted[slot - 1].next) {
		uint32_t *found = &scan->wanted[slot - 1].symbol;

		if (scan->wanted[slot - 1].head == head &&
		    !strcmp(scan->wanted[slot - 1].name, symbol_name(symbols, nr)))
			*found = better_of(symbols, *found, nr);
	}
}

static void scan_run(const struct symbols *symbols, struct scan *scan)
{
	const char *strings = (const char *)symbols->strings.data;
	size_t size = symbols->strings.size;

	for (uint32_t nr = 1; nr < symbols->nr_entries; nr++) {
		uint32_t offset = symbol_name_offset(symbols, nr);
		unsigned int slot;
		uint64_t head;

		if (offset >= size)
			continue;
		head = name_word(strings + offset, size - offset);
		slot = scan->slot[mix(head) >> (64 - FILTER_BITS)];
		if (slot)
			scan_check(symbols, scan, slot, head, nr);
	}
}

/* Looks for name (NULL: none), and the first time for the common names. */
static uint32_t scan_for(struct symbols *symbols, const char *name)
{
	bool with_common = !symbols->common_known;
	struct scan scan;

	scan.nr_wanted = 0;
	memset(scan.slot, 0, sizeof(scan.slot));
	for (unsigned int i = 0; with_common && i < NR_COMMON; i++)
		scan_want(&scan, common_symbols[i]);
	if (name)
		scan_want(&scan, name);
	scan_run(symbols, &scan);
	for (unsigned int i = 0; with_common && i < NR_COMMON; i++)
		symbols->common[i] = scan.wanted[i].symbol;
	symbols->common_known = true;
	return name ? scan.wanted[scan.nr_wanted - 1].symbol : NONE;
}

/* --- by name: index --- */

static uint32_t *bucket_of(const struct symbols *symbols, const char *name,
			   size_t room)
{
	return &symbols->bucket[name_hash(name, room) >>
				(64 - symbols->bucket_bits)];
}

static void index_fill(struct symbols *symbols)
{
	const char *strings = (const char *)symbols->strings.data;
	size_t size = symbols->strings.size;

	/* Backwards, so that chains run in the order of the table. */
	for (uint32_t nr = symbols->nr_entries - 1; nr > 0; nr--) {
		uint32_t offset = symbol_name_offset(symbols, nr);
		uint32_t *bucket;

		if (offset >= size || !strings[offset])
			continue;
		bucket = bucket_of(symbols, strings + offset, size - offset);
		symbols->next[nr] = *bucket;
		*bucket = nr;
	}
}

static bool index_build(struct symbols *symbols)
{
	unsigned int bits = 8;

	if (symbols->nr_entries == 0)
		return false;
	while (bits < 31 && UINT32_C(1) << bits < symbols->nr_entries)
		bits++;
	symbols->bucket_bits = bits;
	symbols->bucket = calloc((size_t)1 << bits, sizeof(*symbols->bucket));
	symbols->next = calloc(symbols->nr_entries, sizeof(*symbols->next));
	if (!symbols->bucket || !symbols->next) {
		free(symbols->bucket);
		free(symbols->next);
		symbols->bucket = NULL;
		symbols->next = NULL;
		return false;
	}
	index_fill(symbols);
	return true;
}

static uint32_t index_find(const struct symbols *symbols, const char *name)
{
	uint32_t nr = *bucket_of(symbols, name, strlen(name) + 1);
	uint32_t found = NONE;

	for (; nr; nr = symbols->next[nr]) {
		if (!strcmp(symbol_name(symbols, nr), name))
			found = better_of(symbols, found, nr);
	}
	return found;
}

/* --- by name: the question --- */

bool symbol_is_common(const char *name, unsigned int *nr)
{
	for (unsigned int i = 0; i < NR_COMMON; i++) {
		if (!strcmp(common_symbols[i], name)) {
			*nr = i;
			return true;
		}
	}
	return false;
}

static void remember(struct symbols *symbols, const char *name, uint32_t nr)
{
	char *copy = strdup(name);

	if (copy)
		symbols->asked[symbols->nr_asked++] =
			(struct asked_symbol){ copy, nr };
}

static uint32_t find_other(struct symbols *symbols, const char *name)
{
	uint32_t nr;

	for (unsigned int i = 0; i < symbols->nr_asked; i++) {
		if (!strcmp(symbols->asked[i].name, name))
			return symbols->asked[i].nr;
	}
	if (symbols->nr_asked < MAX_SYMBOL_SCANS) {
		nr = scan_for(symbols, name);
		remember(symbols, name, nr);
		return nr;
	}
	if (symbols->bucket || index_build(symbols))
		return index_find(symbols, name);
	return scan_for(symbols, name);
}

static uint32_t find_number(struct symbols *symbols, const char *name)
{
	unsigned int common;

	if (!symbol_is_common(name, &common))
		return find_other(symbols, name);
	if (!symbols->common_known)
		scan_for(symbols, NULL);
	return symbols->common[common];
}

bool symbols_find(struct symbols *symbols, const char *name,
		  struct symbol *symbol)
{
	uint32_t nr = *name ? find_number(symbols, name) : NONE;

	if (nr == NONE)
		return false;
	symbol_fill(symbols, nr, symbol);
	return true;
}
