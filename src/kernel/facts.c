/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "kernel/facts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/page.h"
#include "dump/registers.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "debuginfo/vmlinux.h"

// clang-format off
const char *const kernel_mode_names[NR_MODES] = {
	[MODE_I386] = "i386", [MODE_PAE] = "pae", [MODE_X86_64] = "x86_64",
	[MODE_ARM64] = "arm64", [MODE_RISCV64] = "riscv64",
};

const char *const memory_model_names[NR_MODELS] = {
	[MODEL_FLATMEM] = "flatmem", [MODEL_DISCONTIGMEM] = "discontigmem",
	[MODEL_SPARSEMEM] = "sparsemem", [MODEL_VMEMMAP] = "vmemmap",
};

const char *const fact_verdict_names[NR_VERDICTS] = {
	[VERDICT_SILENT] = "silent", [VERDICT_TAKEN] = "taken",
	[VERDICT_AGREES] = "agrees", [VERDICT_WEAKER] = "weaker",
	[VERDICT_DIFFERS] = "differs",
};

const struct fact_row fact_rows[NR_FACTS] = {
	{ .id = FACT_MODE, .name = "arch", .format = FACT_MODE_NAME },
	{ .id = FACT_LEVELS, .name = "levels", .format = FACT_DECIMAL,
	  .least = 2, .most = 5, .limits = "must be 2 to 5" },
	{ .id = FACT_PAGE_SIZE, .name = "page_size", .format = FACT_DECIMAL,
	  .least = 4096, .most = 65536, .limits = "must be 4096, 16384 or 65536" },
	{ .id = FACT_VA_BITS, .name = "va_bits", .format = FACT_DECIMAL,
	  .least = 36, .most = 52, .limits = "must be 36, 39, 42, 47, 48 or 52" },
	{ .id = FACT_CONFIG_VA_BITS, .name = "config_va_bits", .format = FACT_DECIMAL,
	  .least = 36, .most = 52, .limits = "must be 36, 39, 42, 47, 48 or 52" },
	{ .id = FACT_PA_BITS, .name = "pa_bits", .format = FACT_DECIMAL,
	  .least = 48, .most = 52, .limits = "must be 48 or 52" },
	{ .id = FACT_PAGE_OFFSET, .name = "page_offset", .format = FACT_HEX, .place = PLACE_BASE },
	{ .id = FACT_KASLR_OFFSET, .name = "kaslr_offset", .format = FACT_SIGNED_HEX, .place = PLACE_BASE },
	{ .id = FACT_PHYS_BASE, .name = "phys_base", .format = FACT_SIGNED_HEX, .place = PLACE_BASE },
	{ .id = FACT_PHYS_OFFSET, .name = "phys_offset", .format = FACT_SIGNED_HEX, .place = PLACE_BASE },
	{ .id = FACT_KIMAGE_VOFFSET, .name = "kimage_voffset", .format = FACT_SIGNED_HEX, .place = PLACE_BASE },
	{ .id = FACT_SWAPPER_PG_DIR, .name = "swapper_pg_dir", .format = FACT_HEX, .place = PLACE_IMAGE },
	{ .id = FACT_ROOT, .name = "root", .format = FACT_HEX, .place = PLACE_LOADED },
	{ .id = FACT_SME_MASK, .name = "sme_mask", .format = FACT_HEX },
	{ .id = FACT_VMALLOC_START, .name = "vmalloc_start", .format = FACT_HEX, .place = PLACE_BASE },
	{ .id = FACT_HIGH_MEMORY, .name = "high_memory", .format = FACT_HEX },
	{ .id = FACT_MAX_PFN, .name = "max_pfn", .format = FACT_HEX,
	  .most = MOST_MEMORY / LEAST_PAGE, .limits = "no machine has this number of frames" },
	{ .id = FACT_MEMORY_MODEL, .name = "memory_model", .format = FACT_MODEL_NAME },
	{ .id = FACT_MEM_MAP, .name = "mem_map", .format = FACT_HEX, .place = PLACE_ALLOCATED,
	  .models = 1 << MODEL_FLATMEM },
	{ .id = FACT_VMEMMAP, .name = "vmemmap", .format = FACT_HEX, .place = PLACE_BASE,
	  .models = 1 << MODEL_VMEMMAP },
	{ .id = FACT_MEM_SECTION, .name = "mem_section", .format = FACT_HEX, .place = PLACE_ALLOCATED,
	  .models = 1 << MODEL_SPARSEMEM | 1 << MODEL_VMEMMAP },
	{ .id = FACT_STRUCT_PAGE_SIZE, .name = "struct_page_size", .format = FACT_DECIMAL,
	  .least = 1, .limits = "must not be 0" },
	{ .id = FACT_PAC_MASK, .name = "pac_mask", .format = FACT_HEX },
	{ .id = FACT_VTD_ROOT, .name = "vtd_root", .format = FACT_HEX },
	{ .id = FACT_AMD_DEVICE_TABLE, .name = "amd_device_table", .format = FACT_HEX },
};
// clang-format on

const struct fact_row *fact_row(enum fact_id id)
{
	const struct fact_row *row = fact_rows;

	while (row->id != id)
		row++;
	return row;
}

const char *fact_name(enum fact_id id)
{
	return fact_row(id)->name;
}

void fact_value_text(enum fact_id id, uint64_t value, char *text, size_t size)
{
	enum fact_format format = fact_row(id)->format;
	bool negative = format == FACT_SIGNED_HEX && value >> 63;

	if (format == FACT_MODE_NAME)
		snprintf(text, size, "%s", kernel_mode_names[value % NR_MODES]);
	else if (format == FACT_MODEL_NAME)
		snprintf(text, size, "%s", memory_model_names[value % NR_MODELS]);
	else if (format == FACT_DECIMAL)
		snprintf(text, size, "%" PRIu64, value);
	else
		snprintf(text, size, "%s0x%" PRIx64, negative ? "-" : "",
			 negative ? -value : value);
}

#define FOR_EACH_SOURCE(KERNEL, ID, SOURCE)                                                        \
	for (const struct fact_source *const *table = (KERNEL)->sources; *table; table++)          \
		for (const struct fact_source *SOURCE = *table; SOURCE->name; SOURCE++)            \
			if (SOURCE->fact == (ID))

static const char *facts_name_of(const struct kernel *kernel, const struct fact_source *source)
{
	const struct vmlinux *vmlinux = kernel->vmlinux;
	bool is_map = vmlinux && vmlinux->symbols && !vmlinux_of_symbols(vmlinux)->elf;

	return is_map ? source->map_name : source->name;
}

static const char foreign_vmlinux[] = "vmlinux is of another kernel";
static const char doubtful_root[] = "root is doubtful";

enum { LONGEST_CONTRADICTION = 512 };

static void contradiction_text(const struct kernel *kernel, enum fact_id id, char *text)
{
	const struct fact *fact = &kernel->facts->fact[id];
	char ours[64], theirs[64];

	fact_value_text(id, fact->value, ours, sizeof(ours));
	fact_value_text(id, fact->against_value, theirs, sizeof(theirs));
	snprintf(text, LONGEST_CONTRADICTION, "%s says %s, but %s says %s", fact->source, ours,
		 fact->against, theirs);
}

static void facts_note_contradiction(struct kernel *kernel, enum fact_id id,
				     const struct fact_source *source, uint64_t value)
{
	struct fact *fact = &kernel->facts->fact[id];
	char why[LONGEST_CONTRADICTION];

	fact->against = facts_name_of(kernel, source);
	fact->against_value = value;
	kernel->facts->doubtful |= 1u << id;
	contradiction_text(kernel, id, why);
	listener_warn(kernel->listener, "%s: %s", fact_name(id), why);
}

/* Asks a source. Returns true if it has a value; if not, answer->value is the value of the fact, or
 * the value that the source refused. */
static bool facts_ask(struct kernel *kernel, const struct fact_source *source,
		      struct sourced *answer)
{
	struct facts *facts = kernel->facts;
	bool found;

	*answer =
		(struct sourced){ .outer = facts->asked, .value = facts->fact[source->fact].value };
	facts->asked = answer;
	found = source->find(kernel, source->arg, &answer->value);
	facts->asked = answer->outer;
	return found;
}

static void facts_settle(struct kernel *kernel, enum fact_id id, const struct fact_source *source,
			 const struct sourced *answer)
{
	struct fact *fact = &kernel->facts->fact[id];
	char number[64];

	fact->value = answer->value;
	if (answer->doubt)
		fact->doubt = answer->doubt;
	if (fact->doubt)
		kernel->facts->doubtful |= 1u << id;
	fact->from = source;
	fact->source = facts_name_of(kernel, source);
	if (!listener_wants_facts(kernel->listener))
		return;
	fact_value_text(id, fact->value, number, sizeof(number));
	listener_fact(kernel->listener, "%s: %s (%s)", fact_name(id), number, fact->source);
}

/* Adds a doubt to the answer of the source that is being asked. NULL: removes its doubt. */
static void doubt_answer(struct facts *facts, const char *doubt)
{
	if (facts->asked)
		facts->asked->doubt = doubt;
}

void kernel_note_foreign(struct kernel *kernel, unsigned int rests_on)
{
	kernel->facts->doubtful |= rests_on;
	if (rests_on & RESTS_ON_TYPES)
		doubt_answer(kernel->facts, foreign_vmlinux);
}

void kernel_inherit_doubt(struct kernel *kernel, enum fact_id id)
{
	struct facts *facts = kernel->facts;
	const struct fact *fact = &facts->fact[id];

	if (fact->doubt && fact->status == FACT_KNOWN)
		doubt_answer(facts, fact->doubt == facts->root_doubt ? doubtful_root : fact->doubt);
}

void kernel_refuse(struct kernel *kernel)
{
	if (kernel->facts->asked)
		kernel->facts->asked->refused = true;
}

void kernel_note_proof(struct kernel *kernel)
{
	doubt_answer(kernel->facts, NULL);
}

void kernel_doubt_root(struct kernel *kernel, const char *format, ...)
{
	struct facts *facts = kernel->facts;
	char *text = facts->root_doubt;
	va_list args;

	if (!kernel_fact_busy(kernel, FACT_ROOT))
		return;
	facts->fact[FACT_ROOT].doubt = format ? text : NULL;
	if (!format)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(facts->root_doubt), format, args);
	va_end(args);
}

void kernel_forget_doubtful_symbols(struct kernel *kernel)
{
	kernel->facts->doubtful &= ~(unsigned int)RESTS_ON_SYMBOLS;
}

/* Sets a fact to the value of the first source that has a value, and compares this value with the
 * values of later cheap sources. `differs` is true if vmlinux belongs to another kernel. In this
 * case the sources are asked in two rounds. The first round skips the sources that use vmlinux. If
 * no source of the first round has a value, the second round, with `foreign` set, asks only the
 * sources that use vmlinux. Adds to *met_busy the facts that the sources needed, but that are still
 * being found. */
static bool ask_sources(struct kernel *kernel, enum fact_id id, bool differs, bool foreign,
			unsigned int *met_busy)
{
	bool known = false, found;
	struct sourced answer;

	FOR_EACH_SOURCE (kernel, id, source) {
		if ((known && source->use != SOURCE_CHEAP && source->use != SOURCE_WITNESS) ||
		    (!known && source->use == SOURCE_WITNESS) ||
		    (differs && source->from_vmlinux) != foreign)
			continue;
		found = facts_ask(kernel, source, &answer);
		*met_busy |= answer.met_busy;
		if (!found)
			continue;
		if (foreign)
			answer.doubt = foreign_vmlinux;
		if (!known)
			facts_settle(kernel, id, source, &answer);
		else if (answer.value != kernel->facts->fact[id].value)
			facts_note_contradiction(kernel, id, source, answer.value);
		known = true;
	}
	return known;
}

/* Compares a fact that the user has set with its cheap sources, on which it does not rest. The first
 * that contradicts it makes it doubtful. */
static void facts_compare_given(struct kernel *kernel, enum fact_id id, bool differs)
{
	const struct fact *fact = &kernel->facts->fact[id];
	struct sourced answer;

	FOR_EACH_SOURCE (kernel, id, source) {
		if (source->use == SOURCE_CHEAP && !(differs && source->from_vmlinux) &&
		    !fact->against && facts_ask(kernel, source, &answer) &&
		    answer.value != fact->value)
			facts_note_contradiction(kernel, id, source, answer.value);
	}
}

/* Finds a fact, or compares it if the user has set it. If no source has a value, but a source needed
 * another fact that is being found at this time, the status stays FACT_UNTRIED, because the source
 * may succeed when the other fact is known. */
static void facts_find_fact(struct kernel *kernel, enum fact_id id)
{
	struct facts *facts = kernel->facts;
	struct fact *fact = &facts->fact[id];
	bool differs = kernel->identity->match == VMLINUX_DIFFERS;
	unsigned int met_busy = 0;

	fact->status = FACT_BUSY;
	if (fact->given)
		facts_compare_given(kernel, id, differs);
	if (fact->given || ask_sources(kernel, id, differs, false, &met_busy) ||
	    (differs && ask_sources(kernel, id, differs, true, &met_busy)))
		fact->status = FACT_KNOWN;
	met_busy &= ~(1u << id);
	if (fact->status != FACT_KNOWN)
		fact->status = met_busy ? FACT_UNTRIED : FACT_NOT_KNOWN;
	if (facts->asked)
		facts->asked->met_busy |= met_busy;
}

/* Like kernel_fact(), for a fact that is not known, or doubtful. */
__attribute__((cold)) static bool fact_search(struct kernel *kernel, enum fact_id id,
					      uint64_t *value)
{
	struct facts *facts = kernel->facts;
	struct fact *fact = &facts->fact[id];

	if (fact->status == FACT_UNTRIED)
		facts_find_fact(kernel, id);
	else if (fact->status == FACT_BUSY && facts->asked)
		facts->asked->met_busy |= 1u << id;
	kernel_inherit_doubt(kernel, id);
	*value = fact->value;
	return fact->status == FACT_KNOWN;
}

bool kernel_fact(struct kernel *kernel, enum fact_id id, uint64_t *value)
{
	const struct fact *fact = &kernel->facts->fact[id];

	if (fact->status != FACT_KNOWN || fact->doubt)
		return fact_search(kernel, id, value);
	*value = fact->value;
	return true;
}

bool kernel_certain_fact(struct kernel *kernel, enum fact_id id, uint64_t *value)
{
	return kernel_fact(kernel, id, value) && !kernel->facts->fact[id].doubt;
}

void kernel_give_fact(struct kernel *kernel, enum fact_id id, uint64_t value)
{
	kernel->facts->fact[id] = (struct fact){
		/* The addresses of all symbols rest on this one, so it is compared at its first
		 * use. */
		.status = id == FACT_KASLR_OFFSET ? FACT_UNTRIED : FACT_KNOWN,
		.given = true,
		.value = value,
		.source = "option -o",
	};
}

void kernel_suppose_fact(struct kernel *kernel, enum fact_id id, uint64_t value)
{
	if (!kernel->facts->fact[id].given)
		kernel_give_fact(kernel, id, value);
}

bool kernel_fact_busy(const struct kernel *kernel, enum fact_id id)
{
	return kernel->facts->fact[id].status == FACT_BUSY;
}

void facts_forget(struct facts *facts)
{
	facts->doubtful = 0;
	for (enum fact_id id = 0; id < NR_FACTS; id++)
		if (!facts->fact[id].given)
			facts->fact[id] = (struct fact){ 0 };
		else if (facts->fact[id].against)
			facts->doubtful |= 1u << id;
	facts->types_tried = facts->used_members = false;
	*facts->types_doubt = '\0';
}

void kernel_doubts(const struct kernel *kernel, unsigned int rests_on,
		   void (*visit)(void *arg, const char *fact, const char *why), void *arg)
{
	char why[LONGEST_CONTRADICTION];

	bool of_root = rests_on & 1u << FACT_ROOT;

	rests_on &= kernel->facts->doubtful;
	if (!rests_on)
		return; /* most answers rest on no doubtful facts */
	for (enum fact_id id = 0; id < NR_FACTS; id++) {
		const struct fact *fact = &kernel->facts->fact[id];

		if (!(rests_on & 1u << id) ||
		    (of_root && fact->doubt == doubtful_root && !fact->against))
			continue;
		if (!fact->doubt)
			contradiction_text(kernel, id, why);
		visit(arg, fact_name(id), fact->doubt ? fact->doubt : why);
	}
	if (rests_on & RESTS_ON_TYPES)
		visit(arg, "types", foreign_vmlinux);
	if (rests_on & RESTS_ON_STRUCTS)
		visit(arg, "types", kernel->facts->types_doubt);
	if (rests_on & RESTS_ON_SYMBOLS)
		visit(arg, "symbols", foreign_vmlinux);
}

bool kernel_accepts_foreign(const struct kernel *kernel)
{
	return kernel->facts->fact[FACT_KASLR_OFFSET].given;
}

static void note_if_foreign(void *arg, const char *fact, const char *why)
{
	bool *foreign = arg;

	(void)fact;
	*foreign = *foreign || why == foreign_vmlinux;
}

bool kernel_rests_on_foreign(const struct kernel *kernel, unsigned int rests_on)
{
	bool foreign = false;

	kernel_doubts(kernel, rests_on, note_if_foreign, &foreign);
	return foreign && !kernel_accepts_foreign(kernel);
}

/* Sets *err to the reason why the fact is not known. Returns false. */
static bool is_not_known(struct kernel *kernel, enum fact_id id, struct error *err)
{
	const char *why, *damage = kernel->dump->warning;
	char unpaged[64];

	if (!err)
		return false;
	if (kernel_stopped(kernel))
		return fail(err, ERROR_INTERRUPTED, "interrupted");
	if (kernel_not_booted(kernel)) {
		kernel->arch->cpu_unpaged(&kernel->dump->cpus[0], unpaged, sizeof(unpaged));
		return fail(
			err, ERROR_UNKNOWN,
			"%s is not known, because no kernel is running yet: CPU 0 does not use page tables (%s); -o %s= sets it",
			fact_name(id), unpaged, fact_name(id));
	}
	why = kernel->facts->fact[id].doubt;
	if (why)
		return fail(err, ERROR_UNKNOWN, "%s is not known: %s; -o %s= sets it",
			    fact_name(id), why, fact_name(id));
	return fail(
		err, ERROR_UNKNOWN,
		"%s is not known: the dump's notes and page tables do not show it, and %s%s%s; -o %s= sets it",
		fact_name(id),
		kernel->vmlinux ? "vmlinux does not show it either" : kernel->no_vmlinux,
		*damage ? "; the dump is damaged: " : "", damage, fact_name(id));
}

bool kernel_require(struct kernel *kernel, enum fact_id id, uint64_t *value, struct error *err)
{
	return kernel_fact(kernel, id, value) || is_not_known(kernel, id, err);
}

/* Asks a source whose value was not taken, and compares its value with the value of the fact. A
 * refused value is a contradiction, unless it was found using the vmlinux of another kernel. */
static enum fact_verdict verdict_on(struct kernel *kernel, const struct fact_source *source,
				    uint64_t *value)
{
	bool ours = !source->from_vmlinux || kernel->identity->match == VMLINUX_MATCHES;
	bool known = kernel->facts->fact[source->fact].status == FACT_KNOWN;
	struct sourced answer;
	bool found = facts_ask(kernel, source, &answer);

	*value = answer.value;
	if (!found)
		return answer.refused && ours && known ? VERDICT_DIFFERS : VERDICT_SILENT;
	if (*value == kernel->facts->fact[source->fact].value)
		return VERDICT_AGREES;
	return source->use == SOURCE_FALLBACK ? VERDICT_WEAKER : VERDICT_DIFFERS;
}

void kernel_fact_voices(struct kernel *kernel, enum fact_id id, bool weaker,
			void (*visit)(void *arg, const struct fact_voice *voice), void *arg)
{
	const struct fact *fact = &kernel->facts->fact[id];
	struct fact_voice voice = { "option -o", VERDICT_TAKEN, 0 };
	bool known = kernel_fact(kernel, id, &voice.value);

	if (fact->given)
		visit(arg, &voice);
	FOR_EACH_SOURCE (kernel, id, source) {
		bool taken = known && source == fact->from;

		if ((source->use == SOURCE_FALLBACK && !weaker && !taken) ||
		    (source->use == SOURCE_WITNESS && !known))
			continue;
		voice.source = facts_name_of(kernel, source);
		voice.value = fact->value;
		voice.verdict = taken ? VERDICT_TAKEN : verdict_on(kernel, source, &voice.value);
		if (source->use != SOURCE_WITNESS || voice.verdict == VERDICT_DIFFERS)
			visit(arg, &voice);
	}
}
