/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/entry_text.h"

#include <inttypes.h>
#include <strings.h>

#include "base/text.h"
#include "kernel/entry.h"
#include "kernel/kernel.h"
#include "paging/entries.h"
#include "query/nowhere.h"

#define put(text, ...) text_append(text, WHATIS_TEXT, __VA_ARGS__)

/* Returns the index of the level with this name. dump_pagetable() in arch/x86/mm/fault.c prints
 * Linux's names of five levels. Several of the upper names may stand for the same level of the CPU.
 * A 32-bit kernel prints Intel's names of the last two levels, and of the first level of PAE. */
static unsigned int entry_text_find_level(const struct paging *paging, const char *name)
{
	static const struct {
		const char *name;
		unsigned int height;
	} levels[] = { { "pmd", 1 }, { "pde", 1 }, { "pud", 2 },
		       { "p4d", 3 }, { "pgd", 4 }, { "pdpt", 4 } };
	unsigned int lowest = paging->nr_levels - 1u;

	for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++)
		if (!strcasecmp(name, levels[i].name))
			return lowest > levels[i].height ? lowest - levels[i].height : 0;
	return lowest;
}

/* Appends a text about the page table to which an entry points. wanted: the level that this table
 * should have. */
static void entry_text_put_table(char *text, const struct table_owner *table, unsigned int wanted)
{
	put(text, "points to the %s page table", table_level_name(table));
	table_owner_text(table, text, WHATIS_TEXT);
	put(text, ", for %" PRIx64 " to %" PRIx64, table->first, table->last);
	if (table->level != wanted)
		put(text, ", not to a %s page table", table->paging->level[wanted].name);
}

/* Appends a text about the memory to which an entry points. table: level of the page table at
 * paddr; 0: a page is at paddr. */
static void put_target(struct kernel *kernel, uint64_t paddr, unsigned int table,
		       struct whatis_list *list, char *text)
{
	const struct whatis *found = &list->item[0];
	char what[WHATIS_TEXT];

	if (query_is_nowhere(kernel, paddr)) {
		put(text, "%" PRIx64 " is neither memory nor a device that the kernel lists",
		    paddr);
		return;
	}
	query_whatis(kernel, paddr, 1 << AS_PHYSICAL, NULL, list);
	if (table && found->kind == WHATIS_PAGE_TABLE) {
		entry_text_put_table(text, &found->use.table, table);
		return;
	}
	whatis_text(kernel, found, what);
	put(text, "%s%s", table ? "points to a table; " : "", what);
}

bool entry_text(struct kernel *kernel, const char *level, uint64_t entry, bool of_kernel,
		struct whatis_list *list, char text[WHATIS_TEXT])
{
	const struct paging *paging = kernel_paging(kernel, NULL);
	struct entry_meaning meaning;
	unsigned int at;

	*text = '\0';
	list->nr = 0;
	if (!paging)
		return false;
	at = entry_text_find_level(paging, level);
	meaning = kernel_describe_entry(kernel, paging, at, entry);
	if (meaning.kind == ENTRY_EMPTY)
		return false;
	if (of_kernel && meaning.has_swap) {
		put(text,
		    "not present; memory of the kernel is not swapped, so this is frame %" PRIx64
		    " if only the present bit was removed (DEBUG_PAGEALLOC, KFENCE)",
		    kernel_pfn(kernel, entry & ENTRY_FRAME));
		return true;
	}
	if (meaning.kind != ENTRY_PAGE && meaning.kind != ENTRY_TABLE)
		put(text, "%s%s", entry_kind_names[meaning.kind], meaning.has_physical ? ", " : "");
	if (meaning.has_swap)
		put(text, ", swap %" PRIu64 ":%" PRIu64, meaning.swap_type, meaning.swap_offset);
	if (meaning.has_physical)
		put_target(kernel, meaning.physical, meaning.kind == ENTRY_TABLE ? at + 1 : 0, list,
			   text);
	if (meaning.doubt)
		put(text, "; doubtful: %s", meaning.doubt);
	return true;
}
