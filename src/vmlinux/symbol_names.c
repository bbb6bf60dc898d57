/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vmlinux/symbol_names.h"

#include <stdlib.h>

/* Names that most runs ask for. The first pass looks up all of them. */
// clang-format off
static const char *const common_names[] = {
	"linux_banner", "init_task", "init_uts_ns",
	/* page tables */
	"init_top_pgt", "init_level4_pgt", "swapper_pg_dir",
	"__pgtable_l5_enabled", "sme_me_mask", "physical_mask",
	"__pte2cachemode_tbl", "l1tf_mitigation", "__FIXADDR_TOP",
	/* layout of the address space */
	"page_offset_base", "vmalloc_base", "vmemmap_base", "phys_base",
	"direct_map_physmem_end", "physmem_end", "high_memory", "max_pfn",
	"pkmap_count", "pkmap_page_table", "setup_cpu_entry_areas",
	"init_espfix_ap", "kasan_init", "efi_map_region",
	"kaslr_get_random_long", "module_load_offset",
	/* sections */
	"_text", "_stext", "_etext", "_sdata", "_edata", "_end",
	"__start_rodata", "__end_rodata", "__bss_start", "__bss_stop",
	"__init_begin", "__init_end", "__brk_base", "__per_cpu_start",
	"__per_cpu_end", "__per_cpu_offset",
	/* page frames, swap, modules */
	"mem_section", "mem_map", "node_data", "contig_page_data",
	"nr_node_ids", "swap_info", "memory_failure", "migrate_pages",
	"modules",
	/* targets of interrupt gates, to find the KASLR offset */
	"asm_exc_divide_error", "divide_error",
	/* others */
	"boot_params", "vmcoreinfo_data", "__start_BTF", "__stop_BTF",
	"vmemmap_populate", "iomem_resource", "ioport_resource",
	"__cpu_possible_mask", "idle_threads", "vmap_nodes", "nr_vmap_nodes",
	"vmap_area_list", "purge_vmap_area_list", "vmap_purge_list",
};
// clang-format on

enum {
	NR_COMMON = sizeof(common_names) / sizeof(common_names[0]),
	/* Other names answered by a pass each; an index costs more than these. */
	MAX_OTHERS = 4,
};

_Static_assert((int)NR_COMMON + (int)MAX_OTHERS < (int)MAX_KNOWN_NAMES,
	       "room for all known names and one more");
_Static_assert((int)MAX_KNOWN_NAMES < UINT8_MAX, "slots of a scan are bytes");

void symbol_names_free(struct symbol_names *names)
{
	for (unsigned int i = NR_COMMON; i < names->nr_known; i++)
		free((char *)names->known[i].name);
	free(names->bucket);
	free(names->next);
}

/* --- scan --- */

static struct known_name *add_known(struct symbol_names *names,
				    const char *name)
{
	struct known_name *known = &names->known[names->nr_known++];

	*known = (struct known_name){
		.name = name,
		.head = name_word(name, strlen(name) + 1),
	};
	return known;
}

void name_scan_found(struct name_scan *scan, uint64_t head, const char *name,
		     enum name_rank rank, uint32_t nr)
{
	unsigned int at = scan->slot[name_mix(head) >> (64 - NAME_SLOT_BITS)];

	for (; at; at = scan->known[at - 1].next) {
		struct known_name *known = &scan->known[at - 1];

		if (rank > known->rank && !strcmp(known->name, name)) {
			known->rank = rank;
			known->nr = nr;
		}
	}
}

/* Answers the known names from index first on. */
static void scan_known(struct symbol_names *names, unsigned int first)
{
	struct name_scan scan = { .known = names->known };

	for (unsigned int i = first; i < names->nr_known; i++) {
		uint8_t *slot = &scan.slot[name_mix(names->known[i].head) >>
					   (64 - NAME_SLOT_BITS)];

		names->known[i].next = *slot;
		*slot = (uint8_t)(i + 1);
	}
	names->functions->scan(names->table, &scan);
}

/* --- index --- */

static uint32_t *bucket_of(const struct symbol_names *names, const char *name)
{
	size_t room = strlen(name) + 1;
	uint64_t hash = 0;

	for (;; name += sizeof(hash), room -= sizeof(hash)) {
		hash = name_mix(hash ^ name_word(name, room));
		hash ^= hash >> 32;
		if (room <= sizeof(hash))
			break;
	}
	return &names->bucket[name_mix(hash) >> (64 - names->bucket_bits)];
}

static bool index_build(struct symbol_names *names)
{
	unsigned int bits = 8;

	while (bits < 31 && UINT32_C(1) << bits < names->count)
		bits++;
	names->bucket_bits = bits;
	names->bucket = calloc((size_t)1 << bits, sizeof(*names->bucket));
	names->next = calloc(names->count + (size_t)1, sizeof(*names->next));
	if (!names->bucket || !names->next) {
		free(names->bucket);
		free(names->next);
		names->bucket = names->next = NULL;
		return false;
	}
	/* Backwards, so that chains run in the order of the table. */
	for (uint32_t nr = names->count; nr-- > 0;) {
		const char *name = names->functions->name(names->table, nr);
		uint32_t *bucket;

		if (!name || !*name)
			continue;
		bucket = bucket_of(names, name);
		names->next[nr] = *bucket;
		*bucket = nr + 1;
	}
	return true;
}

static bool index_find(const struct symbol_names *names, const char *wanted,
		       uint32_t *nr)
{
	enum name_rank best = NAME_OF_NOTHING;

	for (uint32_t at = *bucket_of(names, wanted); at;
	     at = names->next[at - 1]) {
		const char *name = names->functions->name(names->table, at - 1);
		enum name_rank rank;

		if (!name || strcmp(name, wanted) != 0)
			continue;
		rank = names->functions->rank(names->table, at - 1);
		if (rank > best) {
			best = rank;
			*nr = at - 1;
		}
	}
	return best != NAME_OF_NOTHING;
}

/* --- find --- */

static struct known_name *find_known(struct symbol_names *names,
				     const char *name)
{
	for (unsigned int i = 0; i < names->nr_known; i++)
		if (!strcmp(names->known[i].name, name))
			return &names->known[i];
	return NULL;
}

/* Answers name by a scan; the first scan answers the common names as well.
 * Without room or memory for name the answer is not kept for the next call. */
static const struct known_name *scan_for(struct symbol_names *names,
					 const char *name)
{
	unsigned int first = names->nr_known;
	struct known_name *known;
	char *copy;

	for (unsigned int i = 0; first == 0 && i < NR_COMMON; i++)
		add_known(names, common_names[i]);
	known = find_known(names, name);
	if (known) {
		scan_known(names, first);
		return known;
	}
	known = add_known(names, name);
	scan_known(names, first);
	copy = names->nr_known <= NR_COMMON + MAX_OTHERS ? strdup(name) : NULL;
	if (copy)
		known->name = copy;
	else
		names->nr_known--;
	return known;
}

bool symbol_names_find(struct symbol_names *names, const char *name,
		       uint32_t *nr)
{
	const struct known_name *found = find_known(names, name);

	if (!*name)
		return false;
	if (!found && names->nr_known == NR_COMMON + MAX_OTHERS &&
	    (names->bucket || index_build(names)))
		return index_find(names, name, nr);
	if (!found)
		found = scan_for(names, name);
	*nr = found->nr;
	return found->rank != NAME_OF_NOTHING;
}

/* --- completion --- */

static int compare_names(const void *one, const void *two)
{
	return strcmp(*(const char *const *)one, *(const char *const *)two);
}

/* Owned by the caller. */
static const char **names_with(const struct symbol_names *names,
			       const char *prefix, size_t *count)
{
	size_t length = strlen(prefix), room = 0;
	const char **list = NULL;

	*count = 0;
	for (uint32_t nr = 0; nr < names->count; nr++) {
		const char *name = names->functions->name(names->table, nr);

		if (!name || !*name || strncmp(name, prefix, length) != 0 ||
		    names->functions->rank(names->table, nr) == NAME_OF_NOTHING)
			continue;
		if (*count == room) {
			const char **more;

			room = room ? 2 * room : 64;
			more = reallocarray(list, room, sizeof(*list));
			if (!more)
				break;
			list = more;
		}
		list[(*count)++] = name;
	}
	return list;
}

void symbol_names_complete(const struct symbol_names *names, const char *prefix,
			   bool (*visit)(const char *name, void *arg),
			   void *arg)
{
	size_t count;
	const char **list = names_with(names, prefix, &count);

	if (count)
		qsort(list, count, sizeof(*list), compare_names);
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && !strcmp(list[i - 1], list[i]))
			continue;
		if (!visit(list[i], arg))
			break;
	}
	free(list);
}
