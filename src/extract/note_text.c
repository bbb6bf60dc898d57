/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "extract/note_text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "linux/page/page.h"
#include "linux/page/page_layout.h"
#include "linux/page/page_use.h"
#include "kernel/vmcoreinfo.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "types/types.h"

enum { LONGEST_NOTE = 1 << 16, LONGEST_LINE = 256 };

/* --- lines --- */

static void note_text_append(struct note_text *note, const char *text, size_t size)
{
	if (!array_add_bytes(&note->text, &note->size, &note->room, text, size))
		note->failed = true;
}

bool note_text_find(const struct note_text *note, const char *key, struct bytes *value)
{
	const struct vmcoreinfo lines = {
		.text = { (const uint8_t *)note->text, note->size },
	};

	return note->size && vmcoreinfo_find(&lines, key, value);
}

void note_text_add(struct note_text *note, const char *key, const char *format, ...)
{
	char line[LONGEST_LINE];
	struct bytes value;
	va_list args;
	int length;

	if (note_text_find(note, key, &value))
		return;
	va_start(args, format);
	length = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (length < 0 || (size_t)length >= sizeof(line))
		return;
	note_text_append(note, key, strlen(key));
	note_text_append(note, "=", 1);
	note_text_append(note, line, (size_t)length);
	note_text_append(note, "\n", 1);
}

void note_text_remove(struct note_text *note, const char *key)
{
	size_t length = strlen(key), selection = 0;

	for (size_t at = 0, next; at < note->size; at = next) {
		const char *line = note->text + at;
		const char *end = memchr(line, '\n', note->size - at);

		next = end ? (size_t)(end - note->text) + 1 : note->size;
		if (next - at > length && !memcmp(line, key, length) && line[length] == '=')
			continue;
		memmove(note->text + selection, line, next - at);
		selection += next - at;
	}
	note->size = selection;
}

/* Adds a line whose key consists of a kind and a name, for example SYMBOL(_stext). */
static void note_text_add_named(struct note_text *note, const char *kind, const char *name,
				bool hex, uint64_t value)
{
	char key[2 * LONGEST_LINE];

	snprintf(key, sizeof(key), "%s(%s)", kind, name);
	if (hex)
		note_text_add(note, key, "%" PRIx64, value);
	else
		note_text_add(note, key, "%" PRId64, (int64_t)value);
}

/* Adds the kernel's text up to its NUL. If the last line has no newline, adds one. */
static void add_own(struct note_text *note, struct bytes text)
{
	size_t size = text.size < LONGEST_NOTE ? text.size : LONGEST_NOTE;

	if (!size)
		return;
	size = strnlen((const char *)text.data, size);
	note_text_append(note, (const char *)text.data, size);
	if (size && text.data[size - 1] != '\n')
		note_text_append(note, "\n", 1);
}

/* --- facts --- */

/* Adds the lines that only this architecture has. */
static void add_arch_facts(struct kernel *kernel, struct note_text *note)
{
	const struct note_fact *line = kernel->arch->note_facts;
	uint64_t value, number;

	for (; line && line->key; line++) {
		if (!kernel_certain_fact(kernel, line->fact, &value))
			continue;
		number = value;
		if (line->number && !line->number(value, &number))
			continue;
		if (line->text)
			note_text_add(note, line->key, "%s", line->text);
		else
			note_text_add(note, line->key, line->hex ? "0x%" PRIx64 : "%" PRId64,
				      number);
	}
}

static void add_facts(struct kernel *kernel, struct note_text *note)
{
	const struct identity *identity = kernel->identity;
	uint64_t value;

	if (identity->release[0])
		note_text_add(note, "OSRELEASE", "%s", identity->release);
	note_text_add(note, "PAGESIZE", "%" PRIu64, kernel_page_size(kernel));
	if (kernel_certain_fact(kernel, FACT_SWAPPER_PG_DIR, &value))
		note_text_add_named(note, "SYMBOL", "swapper_pg_dir", true, value);
	if (kernel_symbol(kernel, "_stext", &value, NULL))
		note_text_add_named(note, "SYMBOL", "_stext", true, value);
	if (kernel_certain_fact(kernel, FACT_KASLR_OFFSET, &value))
		note_text_add(note, "KERNELOFFSET", "%" PRIx64, value);
	add_arch_facts(kernel, note);
}

/* --- a new note, as crash_save_vmcoreinfo_init() of kernel/vmcore_info.c writes it --- */

static const char *const symbols[] = {
	"init_uts_ns",
	"node_online_map",
	"vmap_area_list",
	"vmlist",
	"init_top_pgt",
	"init_level4_pgt",
	"log_buf",
	"log_buf_len",
	"log_first_idx",
	"clear_idx",
	"log_next_idx",
	"logged_chars",
	"log_end",
	"prb",
	"printk_rb_static",
	"clear_seq",
	"kallsyms_names",
	"kallsyms_num_syms",
	"kallsyms_token_table",
	"kallsyms_token_index",
	"kallsyms_offsets",
	"kallsyms_relative_base",
};

static const char *const sizes[] = {
	"page",		 "pglist_data",	      "zone",	       "free_area",
	"list_head",	 "nodemask_t",	      "mem_section",   "printk_log",
	"log",		 "printk_ringbuffer", "printk_info",   "prb_desc",
	"prb_desc_ring", "prb_data_blk_lpos", "prb_data_ring", "atomic_long_t",
	"latched_seq",	 "vmap_area",
};

static const struct {
	const char *type, *member;
} offsets[] = {
	{ "page", "flags" },
	{ "page", "_refcount" },
	{ "page", "_count" },
	{ "page", "mapping" },
	{ "page", "lru" },
	{ "page", "_mapcount" },
	{ "page", "private" },
	{ "page", "compound_head" },
	{ "page", "compound_dtor" },
	{ "page", "compound_order" },
	{ "pglist_data", "node_zones" },
	{ "pglist_data", "nr_zones" },
	{ "pglist_data", "node_mem_map" },
	{ "pglist_data", "node_start_pfn" },
	{ "pglist_data", "node_spanned_pages" },
	{ "pglist_data", "node_id" },
	{ "zone", "free_area" },
	{ "zone", "vm_stat" },
	{ "zone", "spanned_pages" },
	{ "free_area", "free_list" },
	{ "list_head", "next" },
	{ "list_head", "prev" },
	{ "vmap_area", "va_start" },
	{ "vmap_area", "list" },
	{ "vm_struct", "addr" },
	{ "uts_namespace", "name" },
	{ "mem_section", "section_mem_map" },
	{ "printk_log", "ts_nsec" },
	{ "printk_log", "len" },
	{ "printk_log", "text_len" },
	{ "printk_log", "dict_len" },
	{ "printk_ringbuffer", "desc_ring" },
	{ "printk_ringbuffer", "text_data_ring" },
	{ "printk_ringbuffer", "fail" },
	{ "prb_desc_ring", "count_bits" },
	{ "prb_desc_ring", "descs" },
	{ "prb_desc_ring", "infos" },
	{ "prb_desc_ring", "head_id" },
	{ "prb_desc_ring", "tail_id" },
	{ "prb_desc", "state_var" },
	{ "prb_desc", "text_blk_lpos" },
	{ "prb_data_blk_lpos", "begin" },
	{ "prb_data_blk_lpos", "next" },
	{ "printk_info", "seq" },
	{ "printk_info", "ts_nsec" },
	{ "printk_info", "text_len" },
	{ "printk_info", "caller_id" },
	{ "printk_info", "dev_info" },
	{ "prb_data_ring", "size_bits" },
	{ "prb_data_ring", "data" },
	{ "atomic_long_t", "counter" },
	{ "latched_seq", "val" },
};

static const char *const page_flags[] = {
	"PG_lru", "PG_private", "PG_swapcache", "PG_swapbacked", "PG_slab", "PG_hwpoison",
};

static void add_symbol(struct kernel *kernel, struct note_text *note, const char *name)
{
	uint64_t value;

	if (kernel_symbol(kernel, name, &value, NULL))
		note_text_add_named(note, "SYMBOL", name, true, value);
}

static void add_types(struct kernel *kernel, struct note_text *note)
{
	char name[LONGEST_LINE];
	uint64_t value;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		if (kernel_type_size(kernel, sizes[i], &value))
			note_text_add_named(note, "SIZE", sizes[i], false, value);
	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		snprintf(name, sizeof(name), "%s.%s", offsets[i].type, offsets[i].member);
		if (kernel_member_offset(kernel, offsets[i].type, offsets[i].member, &value))
			note_text_add_named(note, "OFFSET", name, false, value);
	}
}

static void add_lengths(struct types *types, struct note_text *note)
{
	struct type_member member;

	if (types_member(types, "zone", "free_area", &member) && member.count)
		note_text_add_named(note, "LENGTH", "zone.free_area", false, member.count);
	if (types_member(types, "free_area", "free_list", &member) && member.count)
		note_text_add_named(note, "LENGTH", "free_area.free_list", false, member.count);
}

static void add_numbers(struct types *types, struct note_text *note)
{
	int64_t value;

	if (types_enumerator(types, "zone_stat_item", "NR_FREE_PAGES", &value))
		note_text_add_named(note, "NUMBER", "NR_FREE_PAGES", false, (uint64_t)value);
	if (types_enumerator(types, "compound_dtor_id", "HUGETLB_PAGE_DTOR", &value))
		note_text_add_named(note, "NUMBER", "HUGETLB_PAGE_DTOR", false, (uint64_t)value);
	for (size_t i = 0; i < sizeof(page_flags) / sizeof(page_flags[0]); i++)
		if (types_enumerator(types, "pageflags", page_flags[i], &value))
			note_text_add_named(note, "NUMBER", page_flags[i], false, (uint64_t)value);
	if (types_enumerator(types, "pageflags", "PG_head", &value) && value >= 0 && value < 64)
		note_text_add_named(note, "NUMBER", "PG_head_mask", false, UINT64_C(1) << value);
}

/* Adds, for each type of page, the value that _mapcount has in a page of this type. In old kernels
 * this value is a number, in later kernels a number with one bit cleared. Since 6.12 its top byte
 * is the type. */
static void add_page_types(struct kernel *kernel, struct note_text *note)
{
	static const struct {
		enum page_use_kind kind;
		const char *number;
	} kinds[] = {
		{ PAGE_USE_FREE, "PAGE_BUDDY_MAPCOUNT_VALUE" },
		{ PAGE_USE_OFFLINE, "PAGE_OFFLINE_MAPCOUNT_VALUE" },
		{ PAGE_USE_HUGETLB, "PAGE_HUGETLB_MAPCOUNT_VALUE" },
		{ PAGE_USE_SLAB, "PAGE_SLAB_MAPCOUNT_VALUE" },
	};
	const struct page_layout *layout = page_layout_of(kernel, NULL);

	for (unsigned int i = 0; layout && i < layout->nr_types; i++) {
		const struct page_type *type = &layout->types[i];
		bool is_bit = type->mask << 8 && type->mask != UINT32_MAX;
		uint32_t value = is_bit ? ~(type->mask ^ type->value) : type->value;

		for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
			if (kinds[k].kind == type->kind)
				note_text_add_named(note, "NUMBER", kinds[k].number, false,
						    (uint64_t)(int64_t)(int32_t)value);
	}
}

/* Adds the lines about sections. Before 4.15, mem_section was an array, and its line in the note
 * contained its address. Since 4.15 mem_section is a pointer, and its line contains the value of
 * the pointer. Both numbers are the address of the first root. */
static bool add_sections(struct kernel *kernel, struct note_text *note)
{
	const struct section_layout *layout = page_section_layout(kernel);
	uint64_t nr, bits;

	if (!layout || kernel->facts->fact[FACT_MEM_SECTION].doubt)
		return false;
	nr = layout->nr_sections;
	bits = layout->section_bits + (unsigned int)__builtin_ctzll(nr);
	note_text_add_named(note, "SYMBOL", "mem_section", true, layout->base);
	note_text_add_named(note, "LENGTH", "mem_section", false,
			    (nr + layout->per_root - 1) / layout->per_root);
	note_text_add_named(note, "NUMBER", "SECTION_SIZE_BITS", false, layout->section_bits);
	note_text_add_named(note, "NUMBER", "MAX_PHYSMEM_BITS", false, bits);
	return true;
}

/* Adds the lines from which other tools determine the memory model. */
static void add_model(struct kernel *kernel, struct note_text *note)
{
	uint64_t model;

	if (!kernel_certain_fact(kernel, FACT_MEMORY_MODEL, &model))
		return;
	if ((model == MODEL_SPARSEMEM || model == MODEL_VMEMMAP) && !add_sections(kernel, note))
		return;
	if (model != MODEL_DISCONTIGMEM) {
		add_symbol(kernel, note, "mem_map");
		add_symbol(kernel, note, "contig_page_data");
	}
	if (model != MODEL_FLATMEM)
		add_symbol(kernel, note, "node_data");
}

/* Returns true if all facts are known that the lines of a new note need. If a line is missing,
 * other tools conclude that the kernel is old, has no PAE, or has no five-level paging. So an
 * incomplete note would be worse than no note. */
static bool can_compose(struct kernel *kernel)
{
	const struct note_fact *line = kernel->arch->note_facts;
	uint64_t value;

	for (; line && line->key; line++)
		if (line->needed && !kernel_certain_fact(kernel, line->fact, &value))
			return false;
	return kernel_certain_fact(kernel, FACT_MODE, &value) &&
	       kernel_certain_fact(kernel, FACT_LEVELS, &value) &&
	       kernel_certain_fact(kernel, FACT_SWAPPER_PG_DIR, &value) &&
	       kernel_certain_fact(kernel, FACT_KASLR_OFFSET, &value);
}

static void note_text_compose(struct kernel *kernel, struct note_text *note)
{
	enum vmlinux_match match = kernel->identity->match;
	struct types *types = NULL;

	for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++)
		add_symbol(kernel, note, symbols[i]);
	add_model(kernel, note);
	/* Types are used only if they are in the dump, or in a vmlinux that matches, because types
	 * of another kernel would give wrong offsets. */
	if (kernel_dump_types(kernel) ||
	    (kernel->vmlinux && (match == VMLINUX_MATCHES || match == VMLINUX_SAME_RELEASE)))
		types = kernel_types(kernel);
	if (!types)
		return;
	add_types(kernel, note);
	add_lengths(types, note);
	add_numbers(types, note);
	add_page_types(kernel, note);
}

bool note_text_of(struct kernel *kernel, struct note_text *note, struct error *err)
{
	bool has_own;

	*note = (struct note_text){ .failed = false };
	add_own(note, kernel->note->text);
	has_own = note->size;
	if (has_own || can_compose(kernel))
		add_facts(kernel, note);
	if (!has_own && note->size)
		note_text_compose(kernel, note);
	return !note->failed || out_of_memory(err);
}
