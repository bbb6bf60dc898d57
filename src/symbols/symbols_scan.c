/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds symbols by name without an index, because an index of all symbols would take 16 bits for
 * each symbol. */
#include <stdlib.h>

#include "symbols/symbols_table.h"

/* The names that most sessions look up first. One scan of the table finds all names of a list. The
 * lists affect only speed: look-ups of other names take longer. */
enum { NAME_SIZE = 28 };
static const char common[][NAME_SIZE] = {
	/* page tables and entries */
	"init_top_pgt",
	"init_level4_pgt",
	"swapper_pg_dir",
	"phys_base",
	"__pgtable_l5_enabled",
	"sme_me_mask",
	"physical_mask",
	"__pte2cachemode_tbl",
	"l1tf_mitigation",
	"swap_info",
	"migrate_pages",
	"memory_failure",
	/* the address space */
	"page_offset_base",
	"vmalloc_base",
	"vmemmap_base",
	"physmem_end",
	"direct_map_physmem_end",
	"max_pfn",
	"high_memory",
	"pkmap_count",
	"pkmap_page_table",
	"__FIXADDR_TOP",
	"setup_cpu_entry_areas",
	"kasan_init",
	"efi_map_region",
	"kaslr_get_random_long",
	"module_load_offset",
	"_text",
	"_stext",
	"_end",
	"linux_banner",
	"boot_params",
	"asm_exc_divide_error",
	"divide_error",
	/* page frames */
	"mem_section",
	"mem_map",
	"node_data",
	"contig_page_data",
	"nr_node_ids",
	"vmemmap_populate",
	/* CPUs, tasks, modules */
	"__per_cpu_offset",
	"__per_cpu_start",
	"__per_cpu_end",
	"__cpu_possible_mask",
	"runqueues",
	"idle_threads",
	"init_task",
	"modules",
	"__start_init_stack",
	"__end_init_stack",
	"pcpu_hot",
	"hardirq_stack_ptr",
	"per_cpu__hardirq_stack_ptr", /* looked up in each kernel without hardirq_stack_ptr */
	"irq_stack_ptr",
	"per_cpu__irq_stack_ptr",
	"orig_ist",
	"per_cpu__orig_ist",
	/* what an address belongs to */
	"slab_caches",
	"kasan_quarantine_put",
	"quarantine_put",
	"iomem_resource",
	"pci_root_buses",
	"dmar_drhd_units",
	"amd_iommu_list",
	"amd_iommu_dev_table",
};

/* The names of parts of the image, from linux/region/image_part.c. */
static const char parts_of_image[][NAME_SIZE] = {
	"_etext",
	"__start_rodata",
	"__end_rodata",
	"_sdata",
	"_edata",
	"__init_begin",
	"__init_end",
	"__bss_start",
	"__bss_stop",
	"__irqentry_text_start",
	"__irqentry_text_end",
	"__softirqentry_text_start",
	"__softirqentry_text_end",
	"__entry_text_start",
	"__entry_text_end",
	"__cpuidle_text_start",
	"__cpuidle_text_end",
	"__noinstr_text_start",
	"__noinstr_text_end",
	"__sched_text_start",
	"__sched_text_end",
	"__lock_text_start",
	"__lock_text_end",
	"__kprobes_text_start",
	"__kprobes_text_end",
	"__static_call_text_start",
	"__static_call_text_end",
	"__indirect_thunk_start",
	"__indirect_thunk_end",
	"__start___jump_table",
	"__stop___jump_table",
	"__start_ro_after_init",
	"__end_ro_after_init",
	"__start___ksymtab",
	"__stop___ksymtab",
	"__start___ksymtab_gpl",
	"__stop___ksymtab_gpl",
	"__start___param",
	"__stop___param",
	"__start___ex_table",
	"__stop___ex_table",
	"__start_notes",
	"__stop_notes",
	"__start_BTF",
	"__stop_BTF",
	"__start_init_task",
	"__end_init_task",
	"__nosave_begin",
	"__nosave_end",
	"__start___bug_table",
	"__stop___bug_table",
	"__start_orc_unwind_ip",
	"__stop_orc_unwind_ip",
	"__start_orc_unwind",
	"__stop_orc_unwind",
	"_sinittext",
	"_einittext",
	"__initcall_start",
	"__initcall_end",
	"__alt_instructions",
	"__alt_instructions_end",
	"__smp_locks",
	"__smp_locks_end",
	"__start_bss_decrypted",
	"__end_bss_decrypted",
	"__brk_base",
	"__brk_limit",
	"__idmap_text_start",
	"__idmap_text_end",
	"__hyp_text_start",
	"__hyp_text_end",
	"__entry_tramp_text_start",
	"__entry_tramp_text_end",
	"__hibernate_exit_text_start",
	"__hibernate_exit_text_end",
	"__relocate_new_kernel_start",
	"__relocate_new_kernel_end",
	"idmap_pg_dir",
	"__mmuoff_data_start",
	"__mmuoff_data_end",
};

#define NUMBER(list) (sizeof(list) / sizeof(list[0]))

static const struct name_list {
	const char (*names)[NAME_SIZE];
	size_t nr;
} lists[] = { { common, NUMBER(common) }, { parts_of_image, NUMBER(parts_of_image) } };
_Static_assert(NUMBER(lists) == NUMBER(((struct symbols *)NULL)->awaited),
	       "each list has its results");

enum {
	MOST_AWAITED = 96, /* no list has more names */
	START = 4, /* no awaited name has fewer characters */
	SLOT_BITS = 11,
	PART = 2048, /* the number of symbols that a scan reads at once */
};

/* Compares names by their first START bytes. The hash of these bytes selects a slot, and nearly all
 * symbols are rejected because their slot is empty. */
struct symbols_scan {
	const struct name_list *list;
	struct wanted {
		uint64_t head;
		struct awaited_symbol found; /* the best symbol found so far */
		enum name_rank rank;
		/* The number of the next name in this slot, plus 1; 0: no further name. */
		uint8_t next;
	} wanted[MOST_AWAITED];
	/* The number of the first name in the slot, plus 1; 0: no name. */
	uint8_t slot[1 << SLOT_BITS];
};

_Static_assert(NUMBER(common) <= MOST_AWAITED && NUMBER(parts_of_image) <= MOST_AWAITED &&
		       MOST_AWAITED < UINT8_MAX,
	       "slots are bytes");

const char *symbols_name_of(void *table, uint32_t nr, enum name_rank *rank)
{
	struct symbols *symbols = table;
	Elf64_Sym entry = symbol_entry(symbols, nr);
	const char *name =
		strings_peek(&symbols->strings, symbol_name_offset(symbols, nr), symbols->text);

	*rank = symbol_is_local(&entry) ? NAME_LOCAL : NAME_GLOBAL;
	return nr && *name && symbol_is_defined(&entry) && !symbol_is_mark(name) ? name : NULL;
}

/* Returns the slot for the first START bytes of a name, loaded using load_le32(). */
static inline unsigned int symbols_scan_slot_of(uint32_t start)
{
	return start * 0x9e3779b1 >> (32 - SLOT_BITS);
}

static void scan_init(struct symbols_scan *scan, const struct name_list *list)
{
	memset(scan, 0, sizeof(*scan));
	scan->list = list;
	for (uint8_t i = 0; i < list->nr; i++) {
		struct wanted *wanted = &scan->wanted[i];
		uint8_t *slot;

		wanted->head = name_head_of(list->names[i]);
		slot = &scan->slot[symbols_scan_slot_of((uint32_t)wanted->head)];
		wanted->next = *slot;
		*slot = i + 1;
	}
}

/* first: the number of symbol 0 */
static void symbols_scan_take(struct symbols *symbols, struct symbols_scan *scan, uint32_t nr,
			      uint32_t first)
{
	uint64_t head = name_head(strings_head(&symbols->strings, symbol_name_offset(symbols, nr)));
	uint8_t slot = scan->slot[symbols_scan_slot_of((uint32_t)head)];
	const char *name = NULL;
	enum name_rank rank;

	for (; slot; slot = scan->wanted[slot - 1].next) {
		struct wanted *wanted = &scan->wanted[slot - 1];

		if (wanted->head != head)
			continue;
		if (!name)
			name = symbols_name_of(symbols, nr, &rank);
		if (!name)
			return;
		if (strcmp(scan->list->names[slot - 1], name) != 0)
			continue;
		wanted->found.several = wanted->found.nr;
		if (rank > wanted->rank) {
			wanted->found.nr = first + nr;
			wanted->found.entry = symbol_entry(symbols, nr);
			wanted->rank = rank;
		}
	}
}

/* Returns the number of the first symbol from nr on whose slot is in use, or the number of symbols if
 * there is none. The function writes no memory, so that the compiler can keep constant values in
 * registers. */
static uint32_t next_candidate(const struct symbols *symbols, const struct symbols_scan *scan,
			       uint32_t nr)
{
	uint32_t last = symbols->nr_entries - 1;

	for (; nr <= last; nr++) {
		strings_soon(&symbols->strings,
			     symbol_name_offset(symbols, last - nr > SOON ? nr + SOON : last));
		if (scan->slot[symbols_scan_slot_of(
			    strings_start(&symbols->strings, symbol_name_offset(symbols, nr)))])
			break;
	}
	return nr;
}

/* Returns nr entries of the table, beginning with number `first`. They are read into buffer, because
 * pages of the mapping would take memory, and much more time than copies of them, although they are
 * needed only once. */
static const uint8_t *read_table_part(const struct symbols *symbols, uint32_t first, uint32_t nr,
				      uint8_t *buffer)
{
	const uint8_t *at = symbols->entries + first * symbols->entry_size;
	const struct file *file = symbols->file;

	if (file && buffer &&
	    file_read(file, (uint64_t)(at - file->bytes.data), buffer, nr * symbols->entry_size))
		return buffer;
	return at;
}

/* Scans the whole table, part by part. Entry 0 of each part is skipped: it is the last entry of the
 * part before, or the reserved entry. Returns false if the listener stopped the scan. */
static bool scan_parts(const struct symbols *symbols, struct symbols_scan *scan, uint8_t *buffer)
{
	struct symbols part = *symbols;
	uint32_t nr;

	for (uint32_t first = 0; first + 1 < symbols->nr_entries; first += part.nr_entries - 1) {
		if (listener_stops(symbols->names.listener))
			return false;
		part.nr_entries = (uint32_t)smaller_of(PART, symbols->nr_entries - first);
		part.entries = read_table_part(symbols, first, part.nr_entries, buffer);
		for (nr = 1; (nr = next_candidate(&part, scan, nr)) < part.nr_entries; nr++)
			symbols_scan_take(&part, scan, nr, first);
	}
	return true;
}

static bool symbols_scan_run(const struct symbols *symbols, struct symbols_scan *scan)
{
	uint8_t *buffer = symbols->file ? malloc(PART * symbols->entry_size) : NULL;
	bool done = scan_parts(symbols, scan, buffer);

	free(buffer);
	return done;
}

/* Sets *awaited to the results for this list. If memory runs out or the listener stops the scan, it
 * remains NULL, and the next look-up repeats the scan. */
static void find_awaited(const struct symbols *symbols, const struct name_list *list,
			 struct awaited_symbol **awaited)
{
	struct symbols_scan scan;

	scan_init(&scan, list);
	if (!symbols_scan_run(symbols, &scan))
		return;
	*awaited = calloc(list->nr, sizeof(**awaited));
	for (size_t i = 0; *awaited && i < list->nr; i++)
		(*awaited)[i] = scan.wanted[i].found;
}

static bool is_in_list(const struct name_list *list, const char *name, size_t *i)
{
	for (*i = 0; *i < list->nr; ++*i)
		if (!strcmp(list->names[*i], name))
			return true;
	return false;
}

bool symbols_awaited(struct symbols *symbols, const char *name, struct awaited_symbol *found)
{
	struct awaited_symbol **awaited = symbols->awaited;
	const struct name_list *list = lists;
	size_t i;

	for (; !is_in_list(list, name, &i); list++, awaited++)
		if (list == lists + NUMBER(lists) - 1)
			return false;
	if (!*awaited && symbols->names.mark)
		return false;
	if (!*awaited)
		find_awaited(symbols, list, awaited);
	*found = *awaited ? (*awaited)[i] : (struct awaited_symbol){ 0 };
	return true;
}
