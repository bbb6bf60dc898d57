/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/facts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/page.h"

// clang-format off
const char *const kernel_mode_names[NR_MODES] = {
	[MODE_I386] = "i386", [MODE_PAE] = "pae", [MODE_X86_64] = "x86_64",
};

const char *const memory_model_names[NR_MODELS] = {
	[MODEL_FLATMEM] = "flatmem", [MODEL_DISCONTIGMEM] = "discontigmem",
	[MODEL_SPARSEMEM] = "sparsemem", [MODEL_VMEMMAP] = "vmemmap",
};

static const struct {
	const char *name;
	enum fact_format format;
} descriptions[NR_FACTS] = {
	[FACT_MODE]             = { "arch", FACT_MODE_NAME },
	[FACT_LEVELS]           = { "levels", FACT_DECIMAL },
	[FACT_PAGE_OFFSET]      = { "page_offset", FACT_HEX },
	[FACT_KASLR_OFFSET]     = { "kaslr_offset", FACT_SIGNED_HEX },
	[FACT_PHYS_BASE]        = { "phys_base", FACT_SIGNED_HEX },
	[FACT_SWAPPER_PG_DIR]   = { "swapper_pg_dir", FACT_HEX },
	[FACT_ROOT]             = { "root", FACT_HEX },
	[FACT_SME_MASK]         = { "sme_mask", FACT_HEX },
	[FACT_MEMORY_MODEL]     = { "memory_model", FACT_MODEL_NAME },
	[FACT_MEM_MAP]          = { "mem_map", FACT_HEX },
	[FACT_VMEMMAP]          = { "vmemmap", FACT_HEX },
	[FACT_MEM_SECTION]      = { "mem_section", FACT_HEX },
	[FACT_STRUCT_PAGE_SIZE] = { "struct_page_size", FACT_DECIMAL },
	[FACT_MAX_PFN]          = { "max_pfn", FACT_HEX },
	[FACT_VMALLOC_START]    = { "vmalloc_start", FACT_HEX },
	[FACT_HIGH_MEMORY]      = { "high_memory", FACT_HEX },
};

static const struct fact_source common_sources[] = {
	{ FACT_MEMORY_MODEL, SOURCE_CHEAP, "VMCOREINFO", find_model_in_note, NULL },
	{ FACT_MEMORY_MODEL, SOURCE_COSTLY, "vmlinux symbols", find_model_in_vmlinux, NULL },
	{ FACT_MEMORY_MODEL, SOURCE_COSTLY, "kallsyms symbols", find_model_in_kallsyms, NULL },
	{ FACT_MEM_MAP, SOURCE_CHEAP, "VMCOREINFO SYMBOL(mem_map), its value in the dump", find_note_variable, "mem_map" },
	{ FACT_MEM_MAP, SOURCE_COSTLY, "vmlinux symbol mem_map, its value in the dump", find_variable, "mem_map" },
	{ FACT_MEM_MAP, SOURCE_COSTLY, "kallsyms symbol mem_map, its value in the dump", find_dump_variable, "mem_map" },
	{ FACT_MEM_SECTION, SOURCE_CHEAP, "VMCOREINFO SYMBOL(mem_section)", find_note_symbol, "mem_section" },
	{ FACT_MEM_SECTION, SOURCE_COSTLY, "vmlinux symbol mem_section", find_mem_section_symbol, "mem_section" },
	{ FACT_MEM_SECTION, SOURCE_COSTLY, "kallsyms symbol mem_section", find_mem_section_in_kallsyms, "mem_section" },
	{ FACT_STRUCT_PAGE_SIZE, SOURCE_CHEAP, "VMCOREINFO SIZE(page)", find_note_size, "page" },
	{ FACT_STRUCT_PAGE_SIZE, SOURCE_COSTLY, "vmlinux debug information", find_type_size, "struct page" },
	{ FACT_STRUCT_PAGE_SIZE, SOURCE_COSTLY, "BTF in the dump", find_dump_type_size, "struct page" },
	{ FACT_MAX_PFN, SOURCE_COSTLY, "vmlinux symbol max_pfn, its value in the dump", find_variable, "max_pfn" },
	{ FACT_MAX_PFN, SOURCE_COSTLY, "kallsyms symbol max_pfn, its value in the dump", find_dump_variable, "max_pfn" },
	{ FACT_MAX_PFN, SOURCE_FALLBACK, "the nodes' spans", find_max_pfn_in_nodes, NULL },
	{ 0 }
};
// clang-format on

const char *fact_name(enum fact_id id)
{
	return descriptions[id].name;
}

enum fact_format fact_format(enum fact_id id)
{
	return descriptions[id].format;
}

void fact_value_text(enum fact_id id, uint64_t value, char *text, size_t size)
{
	int64_t number = (int64_t)value;

	switch (descriptions[id].format) {
	case FACT_MODE_NAME:
		snprintf(text, size, "%s", kernel_mode_names[value % NR_MODES]);
		break;
	case FACT_MODEL_NAME:
		snprintf(text, size, "%s",
			 memory_model_names[value % NR_MODELS]);
		break;
	case FACT_DECIMAL:
		snprintf(text, size, "%" PRIu64, value);
		break;
	case FACT_SIGNED_HEX:
		snprintf(text, size, "%s0x%" PRIx64, number < 0 ? "-" : "",
			 number < 0 ? -value : value);
		break;
	case FACT_HEX:
		snprintf(text, size, "0x%" PRIx64, value);
		break;
	}
}

/* Goes through the sources of a fact: the machine's own before the common ones. */
struct cursor {
	const struct fact_source *at; /* NULL: not begun */
	bool common;
};

static const struct fact_source *next_source(const struct kernel *kernel,
					     enum fact_id id,
					     struct cursor *cursor)
{
	if (!cursor->at) {
		cursor->common = !kernel->arch;
		cursor->at = cursor->common ? common_sources :
					      kernel->arch->sources;
	}
	for (;;) {
		const struct fact_source *source = cursor->at;

		if (source->name) {
			cursor->at++;
			if (source->fact == id)
				return source;
		} else if (cursor->common) {
			return NULL;
		} else {
			cursor->common = true;
			cursor->at = common_sources;
		}
	}
}

static bool says_otherwise(const struct fact *fact,
			   const struct fact_source *source, uint64_t value)
{
	return source->use != SOURCE_FALLBACK && value != fact->value;
}

/* Of a source that names vmlinux's symbols, where they are a System.map's. */
struct source_name {
	struct source_name *next;
	const struct fact_source *of;
	char text[];
};

void kernel_forget_names(struct kernel *kernel)
{
	while (kernel->source_names) {
		struct source_name *name = kernel->source_names;

		kernel->source_names = name->next;
		free(name);
	}
}

static const char *make_name(struct kernel *kernel,
			     const struct fact_source *source, const char *at,
			     const char *of)
{
	const char *rest = at + strlen("vmlinux");
	int before = (int)(at - source->name);
	size_t size = strlen(source->name) + strlen(of);
	struct source_name *name = malloc(sizeof(*name) + size);

	if (!name)
		return source->name;
	snprintf(name->text, size, "%.*s%s%s", before, source->name, of, rest);
	name->of = source;
	name->next = kernel->source_names;
	kernel->source_names = name;
	return name->text;
}

/* As info shows it. */
static const char *name_of(struct kernel *kernel,
			   const struct fact_source *source)
{
	const char *at = strstr(source->name, "vmlinux");
	const char *of = at && kernel->vmlinux && kernel->vmlinux->symbols &&
					 strcasestr(source->name, "symbol") ?
				 kernel_symbols_name(kernel) : "vmlinux";
	const struct source_name *name = kernel->source_names;

	if (!strcmp(of, "vmlinux"))
		return source->name;
	while (name && name->of != source)
		name = name->next;
	return name ? name->text : make_name(kernel, source, at, of);
}

enum { LONGEST_CONTRADICTION = 512 };

static void contradiction_text(const struct kernel *kernel, enum fact_id id,
			       char *text)
{
	const struct fact *fact = &kernel->facts[id];
	char ours[64], theirs[64];

	fact_value_text(id, fact->value, ours, sizeof(ours));
	fact_value_text(id, fact->against_value, theirs, sizeof(theirs));
	snprintf(text, LONGEST_CONTRADICTION, "%s says %s, but %s says %s",
		 fact->source, ours, fact->against, theirs);
}

static void note_contradiction(struct kernel *kernel, enum fact_id id,
			       const struct fact_source *source, uint64_t value)
{
	struct fact *fact = &kernel->facts[id];
	char why[LONGEST_CONTRADICTION], text[LONGEST_CONTRADICTION + 64];

	fact->against = name_of(kernel, source);
	fact->against_value = value;
	kernel->has_doubts = true;
	contradiction_text(kernel, id, why);
	snprintf(text, sizeof(text), "%s: %s", fact_name(id), why);
	kernel_tell(kernel, KERNEL_WARNING, text);
}

static void settle(struct kernel *kernel, enum fact_id id,
		   const struct fact_source *source, uint64_t value,
		   const char *doubt)
{
	struct fact *fact = &kernel->facts[id];
	char number[64], text[512];

	fact->value = value;
	fact->doubt = doubt;
	if (doubt)
		kernel->has_doubts = true;
	fact->from = source;
	fact->source = name_of(kernel, source);
	if (!kernel->listener)
		return;
	fact_value_text(id, value, number, sizeof(number));
	snprintf(text, sizeof(text), "%s: %s (%s)", fact_name(id), number,
		 fact->source);
	kernel_tell(kernel, KERNEL_FACT_FOUND, text);
}

static bool from_vmlinux(const struct fact_source *source)
{
	return strstr(source->name, "vmlinux");
}

const char doubt_foreign[] = "vmlinux is of another kernel";

void kernel_doubt(struct kernel *kernel, const char *why)
{
	if (!kernel->doubt)
		kernel->doubt = why;
}

/* doubt: of what it was told by others, or NULL. */
static bool ask(struct kernel *kernel, const struct fact_source *source,
		uint64_t *value, const char **doubt)
{
	const char *before = kernel->doubt;
	bool knows;

	kernel->doubt = NULL;
	knows = source->find(kernel, source->arg, value);
	*doubt = kernel->doubt;
	kernel->doubt = before;
	return knows;
}

/* One round of asking; in the second only a vmlinux that does not belong to the
 * dump is left to ask. */
static bool ask_sources(struct kernel *kernel, enum fact_id id, bool foreign)
{
	const struct fact_source *source;
	struct cursor cursor = { 0 };
	bool known = false, differs = kernel->identity.match == VMLINUX_DIFFERS;
	const char *doubt;
	uint64_t value;

	while ((source = next_source(kernel, id, &cursor))) {
		if ((known && source->use != SOURCE_CHEAP) ||
		    (differs && from_vmlinux(source)) != foreign ||
		    !ask(kernel, source, &value, &doubt))
			continue;
		if (!known)
			settle(kernel, id, source, value,
			       foreign ? doubt_foreign : doubt);
		else if (says_otherwise(&kernel->facts[id], source, value))
			note_contradiction(kernel, id, source, value);
		known = true;
	}
	return known;
}

/*
 * The first source that knows wins; the cheap ones after it are heard too, so
 * that a contradiction is noticed where noticing costs nothing. What failed for
 * lack of a fact that is being found just now can be asked again later.
 */
static void find_fact(struct kernel *kernel, enum fact_id id)
{
	struct fact *fact = &kernel->facts[id];
	bool known, met_busy = kernel->met_busy;

	fact->status = FACT_BUSY;
	kernel->met_busy = false;
	kernel->nr_busy++;
	known = ask_sources(kernel, id, false);
	if (!known && kernel->identity.match == VMLINUX_DIFFERS)
		known = ask_sources(kernel, id, true);
	kernel->nr_busy--;
	fact->status = known ? FACT_KNOWN :
		       kernel->met_busy && kernel->nr_busy ? FACT_UNTRIED :
							     FACT_NOT_KNOWN;
	kernel->met_busy |= met_busy;
}

bool kernel_fact(struct kernel *kernel, enum fact_id id, uint64_t *value)
{
	struct fact *fact = &kernel->facts[id];

	if (fact->status == FACT_UNTRIED)
		find_fact(kernel, id);
	else if (fact->status == FACT_BUSY)
		kernel->met_busy = true;
	if (fact->doubt)
		kernel_doubt(kernel, fact->doubt);
	*value = fact->value;
	return fact->status == FACT_KNOWN;
}

void kernel_doubts(const struct kernel *kernel, unsigned int rests_on,
		   void (*visit)(void *arg, const char *fact, const char *why),
		   void *arg)
{
	char why[LONGEST_CONTRADICTION];

	if (!kernel->has_doubts)
		return; /* nearly always */
	for (enum fact_id id = 0; id < NR_FACTS; id++) {
		const struct fact *fact = &kernel->facts[id];

		if (!(rests_on & 1u << id) || fact->status != FACT_KNOWN)
			continue;
		if (fact->doubt) {
			visit(arg, fact_name(id), fact->doubt);
		} else if (fact->against) {
			contradiction_text(kernel, id, why);
			visit(arg, fact_name(id), why);
		}
	}
	if (rests_on & RESTS_ON_TYPES && kernel->types_doubtful)
		visit(arg, "types", doubt_foreign);
	if (rests_on & RESTS_ON_SYMBOLS && kernel->symbols_doubtful)
		visit(arg, "symbols", doubt_foreign);
}

bool kernel_require(struct kernel *kernel, enum fact_id id, uint64_t *value,
		    struct error *err)
{
	if (kernel_fact(kernel, id, value))
		return true;
	return fail(err, ERROR_UNKNOWN,
		    "%s is not known: neither %s nor the dump's notes and tables tell it",
		    fact_name(id),
		    kernel->vmlinux ? "this vmlinux" :
				      "a vmlinux (none was given)");
}

void kernel_fact_sources(struct kernel *kernel, enum fact_id id,
			 void (*visit)(void *arg, const char *source,
				       uint64_t value),
			 void *arg)
{
	const struct fact *fact = &kernel->facts[id];
	const struct fact_source *source;
	struct cursor cursor = { 0 };
	uint64_t value;

	if (!kernel_fact(kernel, id, &value))
		return;
	visit(arg, fact->source, value);
	while ((source = next_source(kernel, id, &cursor)))
		if (source != fact->from && source->use != SOURCE_FALLBACK &&
		    source->find(kernel, source->arg, &value))
			visit(arg, name_of(kernel, source), value);
}

void kernel_fact_voices(struct kernel *kernel, enum fact_id id,
			void (*visit)(void *arg, const struct fact_voice *voice),
			void *arg)
{
	const struct fact *fact = &kernel->facts[id];
	const struct fact_source *source;
	struct cursor cursor = { 0 };
	struct fact_voice voice;
	bool known = kernel_fact(kernel, id, &voice.value);

	if (fact->given) {
		voice.source = fact->source;
		voice.taken = true;
		voice.silent = voice.weaker = false;
		visit(arg, &voice);
	}
	while ((source = next_source(kernel, id, &cursor))) {
		voice.source = name_of(kernel, source);
		voice.taken = known && source == fact->from;
		voice.weaker = source->use == SOURCE_FALLBACK;
		voice.value = fact->value;
		voice.silent = !voice.taken &&
			       !source->find(kernel, source->arg, &voice.value);
		visit(arg, &voice);
	}
}

bool find_note_number(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return vmcoreinfo_number(&kernel->note, arg, value);
}

bool find_note_symbol(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return vmcoreinfo_symbol(&kernel->note, arg, value);
}

bool find_note_size(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return vmcoreinfo_size(&kernel->note, arg, value);
}

bool find_note_hex(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return vmcoreinfo_hex(&kernel->note, arg, value);
}

bool find_note_variable(struct kernel *kernel, const char *arg,
			uint64_t *value)
{
	uint64_t address;

	return vmcoreinfo_symbol(&kernel->note, arg, &address) &&
	       kernel_read_pointer(kernel, address, value, NULL);
}

bool find_symbol(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return kernel->vmlinux &&
	       kernel_vmlinux_symbol(kernel, arg, value, NULL);
}

bool find_variable(struct kernel *kernel, const char *arg, uint64_t *value)
{
	uint64_t address;

	return find_symbol(kernel, arg, &address) &&
	       kernel_read_pointer(kernel, address, value, NULL);
}

bool find_dump_symbol(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return kernel_dump_symbol(kernel, arg, value);
}

bool find_dump_variable(struct kernel *kernel, const char *arg,
			uint64_t *value)
{
	uint64_t address;

	return kernel_dump_symbol(kernel, arg, &address) &&
	       kernel_read_pointer(kernel, address, value, NULL);
}

bool find_type_size(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return kernel->vmlinux &&
	       types_size(kernel->vmlinux->types, arg, value);
}

bool find_dump_type_size(struct kernel *kernel, const char *arg,
			 uint64_t *value)
{
	struct types *types = kernel_dump_types(kernel);

	return types && types_size(types, arg, value);
}
