/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/annotate.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "debuginfo/ko_file.h"
#include "kernel/kernel.h"
#include "linux/module/module_lines.h"
#include "debuginfo/lines.h"
#include "kernel/entry.h"
#include "paging/entries.h"
#include "query/nowhere.h"
#include "query/translate.h"
#include "symbols/symbol_lookup.h"
#include "base/address_set.h"
#include "base/scatter.h"
#include "kernel/arch.h"
#include "oops/report.h"
#include "oops/facts.h"
#include "linux/module/made_code.h"
#include "linux/module/modules.h"
#include "linux/percpu_area.h"
#include "query/text_identity.h"
#include "base/array.h"

/* --- files of modules --- */

/* Explains a function of a module without a dump, using the file of the module. */

enum { KO_TEXT = OOPS_NAME + OOPS_MODULE + CODE_PATH_MAX + 64 + WHATIS_INLINED };

/* A return address is after the call, and so perhaps in the next line or function. The padding before
 * a function, __pfx_foo, has no calls. So __pfx_foo+0x10/0x10 is the address of foo. */
static bool is_return(const struct text_item *item)
{
	return !item->is_instruction && !starts_with(item->symbol.name, "__pfx_");
}

/* Writes the explanation of an item with a module and an extent. If a file contains the function,
 * *key becomes a number that differs for each place. If no file contains it, `text` is the reason,
 * *key is not changed, and the result is false. */
static bool ko_text(struct kernel *kernel, const struct text_item *item, char text[KO_TEXT],
		    uint64_t *key)
{
	const struct oops_symbol *symbol = &item->symbol;
	struct error why = { .code = ERROR_NONE };
	struct ko_file *file;
	struct code_line line;
	uint64_t linked, code;

	file = module_file_of_text(kernel, symbol->module, symbol->name, symbol->offset,
				   symbol->extent, &linked, &why);
	if (!file) {
		snprintf(text, KO_TEXT, "%s", why.message);
		return false;
	}
	*key = linked ^ (uint64_t)(uintptr_t)file << 24;
	code = linked - is_return(item);
	if (ko_file_line(file, code, kernel->listener, &line, &why)) {
		struct inlined_function inlined[MOST_INLINED];

		snprintf(text, KO_TEXT, "%s+0x%" PRIx64 " [%s], %s:%u", symbol->name,
			 symbol->offset, symbol->module, line.path, line.line);
		whatis_put_inlined(inlined, ko_file_inlined(file, code, kernel->listener, inlined),
				   text, KO_TEXT);
	} else if (why.code)
		snprintf(text, KO_TEXT, "%s", why.message);
	else
		snprintf(text, KO_TEXT, "the debug file of the module %s has no line for it",
			 symbol->module);
	return true;
}

/* --- entries of page tables --- */

/* Describes a page table entry in one line. */

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

/* Describes the entry. level: the name of the entry's level in an oops or in a report of a bad
 * page, such as PGD, PMD, pte, pdpt or pde. If the paging mode has no such level, uses the level
 * above. of_kernel: the entry maps an address of the kernel, whose memory is never swapped. list:
 * filled with the meanings of the address in the entry; empty if they are unknown. Returns false if
 * the entry is empty, or if the paging mode is not known. */
static bool entry_text(struct kernel *kernel, const char *level, uint64_t entry, bool of_kernel,
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

struct annotator {
	struct kernel *kernel;
	const struct process *process; /* of user addresses; NULL: the text names the process */
	enum text_origin origin;
	const struct oops_reports *reports; /* borrowed, or `log` */
	struct oops_reports log; /* owned: of the dump's log */
	size_t record, next; /* the number of the log's last record, and the line after it */
	struct text_identifier identifier;
	size_t told_boot; /* the boot whose identity was shown, counted from 1 */
	struct named_process named; /* found in the text; used if process is NULL */
	struct address_set seen;
	/* the address that explain_before_code() explained last; 0: none */
	uint64_t before_code;
	bool is_kernel_fault; /* the last address of a fault was one of the kernel */
	struct whatis_list list;
	/* Of the current line: */
	size_t line, boot; /* the boot is counted from 1 */
	const struct oops_report *report; /* NULL: none */
};

struct annotator *annotator_create(struct kernel *kernel, const struct process *process,
				   enum text_origin origin, const struct oops_reports *reports)
{
	struct annotator *annotator = calloc(1, sizeof(*annotator));

	if (!annotator)
		return NULL;
	annotator->kernel = kernel;
	annotator->process = process;
	annotator->origin = origin;
	annotator->reports = reports ? reports : &annotator->log;
	annotator->identifier = (struct text_identifier){
		.kernel = kernel,
		.reports = annotator->reports,
		.is_own_log = origin == TEXT_OF_DUMP,
		.is_given = process || origin >= TEXT_PASTED,
	};
	if (origin != TEXT_OF_DUMP)
		text_identifier_read(&annotator->identifier);
	return annotator;
}

void annotator_destroy(struct annotator *annotator)
{
	if (!annotator)
		return;
	oops_reports_release(&annotator->log);
	text_identifier_release(&annotator->identifier);
	named_process_release(&annotator->named);
	address_set_release(&annotator->seen);
	free(annotator);
}

/* --- the log of the dump --- */

struct annotator *annotator_create_of_log(struct kernel *kernel, struct oops_lines *lines)
{
	struct annotator *annotator = annotator_create(kernel, NULL, TEXT_OF_DUMP, NULL);

	if (!annotator) {
		oops_lines_release(lines);
		return NULL;
	}
	oops_lines_end(lines);
	annotator->log.lines = *lines;
	if (oops_reports_of_lines(&annotator->log, 0, NULL, NULL, NULL))
		return annotator;
	annotator_destroy(annotator);
	return NULL;
}

void annotator_record(struct annotator *annotator,
		      void (*visit)(void *arg, const struct annotation *annotation), void *arg)
{
	const struct oops_lines *lines = &annotator->log.lines;

	for (annotator->record++;
	     annotator->next < lines->nr && lines->line[annotator->next].last == annotator->record;
	     annotator->next++)
		if (visit)
			annotator_line(annotator, annotator->next, visit, arg);
}

/* --- one address --- */

static const struct text_identity *identity_of(struct annotator *annotator)
{
	return text_identify(&annotator->identifier, annotator->boot);
}

/* NULL: the text has no lines. */
static const struct oops_boot *boot_of(const struct annotator *annotator)
{
	return annotator->boot ? &annotator->reports->boot[annotator->boot - 1] : NULL;
}

/* Does the line show the registers of a process? */
static bool in_user_registers(const struct annotator *annotator)
{
	const struct oops_report *report = annotator->report;
	const struct oops_context *context = report ? oops_report_user(report) : NULL;

	return context && annotator->line >= context->first && annotator->line <= context->last;
}

/* Is the value in the kernel's image, at the address that the image had in the boot of the text? */
static bool in_image_of(struct annotator *annotator, uint64_t value)
{
	const struct oops_boot *boot = boot_of(annotator);
	uint64_t start, first, last;

	if (!boot || !identity_of(annotator)->has_delta ||
	    !kernel_symbol(annotator->kernel, "_text", &first, NULL) ||
	    !kernel_symbol(annotator->kernel, "_end", &last, NULL))
		return false;
	/* If the text does not show the address of the image, no value can be recognised as an
	 * address in the image. */
	if (!boot->kaslr.linked && !annotator->kernel->dump->format->none)
		return false;
	start = boot->kaslr.linked ? boot->kaslr.linked + boot->kaslr.offset : first;
	return value >= start && value - start < last - first;
}

/* Is the answer useful? An answer that fits most numbers is not useful, and is left out. */
static bool tells_something(const struct annotator *annotator, const struct whatis *whatis,
			    const struct text_item *item)
{
	switch (whatis->kind) {
	case WHATIS_UNKNOWN:
	case WHATIS_REGION:
		return item->labelled && whatis->has_place && whatis->kind == WHATIS_REGION;
	case WHATIS_USER: return whatis->has_vma || item->is_fault;
	case WHATIS_ERROR_POINTER: /* -1 often does not stand for an error, and an int is no pointer */
		return !in_user_registers(annotator) && !whatis->meaning.is_int &&
		       whatis->meaning.error != 1;
	case WHATIS_NON_CANONICAL:
		/* Compilers keep the offset of KASAN's shadow in a register. */
		return (whatis->has_shadowed && whatis->shadowed.first) ||
		       (whatis->has_meant && whatis->has_place && whatis->place.mapped);
	default: return true;
	}
}

static bool annotate_is_new(struct annotator *annotator, uint64_t value, unsigned int as)
{
	uint64_t key = value * 0x9e3779b97f4a7c15 + as;

	return !key || address_set_add(&annotator->seen, key) == ADDRESS_NEW;
}

/* Is the value explained for the first time? A user address is explained again for each process. */
static bool is_new_of(struct annotator *annotator, uint64_t value, unsigned int as,
		      const struct process *process)
{
	uint64_t mm = process && query_is_user_address(annotator->kernel, value) ? process->mm : 0;

	return annotate_is_new(annotator, value ^ mm << 1, as);
}

bool annotator_register(struct annotator *annotator, uint64_t value, char text[WHATIS_TEXT])
{
	const struct text_item item = { .labelled = true };
	struct whatis_list *list = &annotator->list;

	query_whatis(annotator->kernel, value, 1 << AS_VIRTUAL | 1 << AS_VALUE, NULL, list);
	for (size_t i = 0; i < list->nr; i++)
		if (tells_something(annotator, &list->item[i], &item)) {
			whatis_text(annotator->kernel, &list->item[i], text);
			return true;
		}
	return false;
}

struct annotate_visit {
	void (*visit)(void *arg, const struct annotation *annotation);
	void *arg;
	const char *line;
};

static void tell_item(const struct annotate_visit *visit, const struct text_item *item,
		      const struct whatis *whatis, const char *text)
{
	visit->visit(visit->arg, &(struct annotation){ .line = visit->line,
						       .at = item->at,
						       .size = item->size,
						       .whatis = whatis,
						       .text = text });
}

/* Sets the source line of a return address to the line of the call, which is before this address.
 * The start of a function, as in "? __pfx_foo+0x10/0x10", is not a return address. */
static void use_call_line(struct kernel *kernel, struct whatis *whatis)
{
	if (whatis->place.has_symbol && whatis->place.symbol.address == whatis->place.vaddr)
		return;
	whatis->code = whatis->place.vaddr - 1;
	whatis->has_line = module_line(kernel, whatis->code, &whatis->line);
}

static void explain_number(struct annotator *annotator, const struct text_item *item,
			   const struct annotate_visit *visit)
{
	struct kernel *kernel = annotator->kernel;
	const struct oops_report *report = annotator->report;
	const struct process *process = annotator->process ?
						annotator->process :
						named_process(&annotator->named, kernel, report);
	struct whatis_list *list = &annotator->list;
	uint64_t value = item->value;
	char text[WHATIS_TEXT], moved[WHATIS_TEXT + 64];
	unsigned int as = item->as, kind = (item->labelled * 2u + item->is_fault) << 24;
	const struct text_identity *identity = identity_of(annotator);

	if (identity->match > TEXT_SAME_BOOT) {
		process = NULL;
		/* The images of the two boots have the same distance everywhere. NULL is NULL in
		 * each boot. */
		if (identity->match < TEXT_OTHER_KERNEL && in_image_of(annotator, value))
			value += identity->delta;
		else
			as &= value < kernel_page_size(kernel) ? 1 << AS_VALUE | 1 << AS_VIRTUAL :
								 1 << AS_VALUE;
	}
	/* What tells_something() leaves out depends on the item. */
	if (!as || !is_new_of(annotator, value, as | kind, process))
		return;
	query_whatis(kernel, value, as, process, list);
	for (struct whatis *whatis = list->item; whatis < list->item + list->nr; whatis++) {
		if (!tells_something(annotator, whatis, item))
			continue;
		whatis_text(kernel, whatis, text);
		if (whatis->kind == WHATIS_USER && !process && report && report->has_pid &&
		    value >= kernel_page_size(kernel))
			snprintf(text, sizeof(text),
				 "a user address of pid %d, a process that is not in the dump",
				 (int)report->pid);
		if (whatis->kind == WHATIS_ERROR_POINTER)
			text_append(text, sizeof(text), "; or %#x before NULL",
				    (unsigned int)whatis->meaning.error);
		for (kind = 0; kind < 4; kind++) /* no item with this value is explained again */
			is_new_of(annotator, value, as | kind << 24, process);
		snprintf(moved, sizeof(moved), "in this kernel %" PRIx64 ", %s", value, text);
		tell_item(visit, item, whatis, value == item->value ? text : moved);
	}
}

static void explain_entry(struct annotator *annotator, const struct text_item *item,
			  const struct annotate_visit *visit)
{
	const struct oops_report *report = annotator->report;
	bool of_kernel = report && report->has_address ?
				 !query_is_user_address(annotator->kernel, report->address.value) :
				 annotator->is_kernel_fault;
	struct whatis_list *list = &annotator->list;
	char text[WHATIS_TEXT];

	if (identity_of(annotator)->match <= TEXT_SAME_BOOT &&
	    annotate_is_new(annotator, item->entry, 1u << 29) &&
	    entry_text(annotator->kernel, item->level, item->entry, of_kernel, list, text))
		tell_item(visit, item, list->nr ? &list->item[0] : NULL, text);
}

static void explain_syndrome(struct annotator *annotator, const struct text_item *item,
			     const struct annotate_visit *visit)
{
	struct fact_syndrome found;

	fact_syndrome(item->value, &found);
	if (*found.text && annotate_is_new(annotator, item->value, 1u << 28))
		tell_item(visit, item, NULL, found.text);
}

/* show_opcodes() in arch/x86/kernel/dumpstack.c (since 4.19) reads the bytes that begin
 * PROLOGUE_SIZE bytes before the instruction. If it cannot read them, it prints the address of the
 * first byte. */
enum { PROLOGUE_SIZE = 42 };

static void explain_before_code(struct annotator *annotator, const struct text_item *item,
				const struct annotate_visit *visit)
{
	uint64_t code = (item->value + PROLOGUE_SIZE) & annotator->kernel->arch->address_mask;
	char text[96];

	annotator->before_code = item->value;
	snprintf(text, sizeof(text),
		 "the start of the code bytes in the text, %d bytes before the instruction at %" PRIx64,
		 PROLOGUE_SIZE, code);
	tell_item(visit, item, NULL, text);
}

/* Is the item CR2 with the address that explain_before_code() explained? The kernel's own access to
 * the code set CR2 to this address. */
static bool is_before_code(const struct annotator *annotator, const struct text_item *item)
{
	return annotator->before_code && item->value == annotator->before_code &&
	       item->is_fault_register;
}

/* Explains a function of a module, using the file of the module, if there is no dump. */
static void explain_of_module(struct annotator *annotator, const struct text_item *item,
			      const struct annotate_visit *visit)
{
	char text[KO_TEXT];
	uint64_t key = item->symbol.offset;
	unsigned int as = 1u << 31;

	if (!item->symbol.extent)
		return;
	if (ko_text(annotator->kernel, item, text, &key))
		as = 1u << 27 | item->is_instruction;
	if (annotate_is_new(annotator, key, as))
		tell_item(visit, item, NULL, text);
}

/* Is this symbol with its offset in the text for the first time? A trace repeats its symbols, and finding
 * all symbols of a name takes longer than anything else here. */
static bool is_new_word(struct annotator *annotator, const struct text_item *item)
{
	const uint64_t key = scatter_key();
	uint64_t hash = scatter(scatter_text(item->symbol.name) ^ item->symbol.offset, key);

	hash = scatter(hash ^ item->symbol.extent, key);
	return annotate_is_new(annotator, hash ^ scatter_text(item->symbol.module), 1u << 26);
}

/* Says that this kernel has no such symbol. */
static void explain_no_symbol(struct annotator *annotator, const struct text_item *item,
			      const struct annotate_visit *visit)
{
	struct error why;

	if (!item->symbol.extent || !annotate_is_new(annotator, item->symbol.offset, 1u << 31))
		return;
	if (!made_code_is_unsure(annotator->kernel, item->symbol.name, &why) &&
	    kernel_has_symbols(annotator->kernel, &why))
		fail(&why, ERROR_NO_ANSWER, "this kernel has no such symbol%s%s",
		     item->symbol.module[0] ? " in a module " : "", item->symbol.module);
	tell_item(visit, item, NULL, why.message);
}

/* What stands before an address of this kernel that explains a word of the text. */
static const char *where(struct annotator *annotator)
{
	return identity_of(annotator)->is_doubtful ? "in this kernel " : "";
}

/* Explains a symbol that does not show which place in this kernel is meant. Returns false if it does. */
static bool explain_unsure_symbol(struct annotator *annotator, const struct text_item *item,
				  const struct text_symbol *found,
				  const struct annotate_visit *visit)
{
	bool is_percpu = percpu_has_symbol(annotator->kernel, &found->symbol);
	char text[WHATIS_TEXT];

	if (found->nr_fitting == 1 && !is_percpu)
		return false;
	if (is_percpu)
		snprintf(text, sizeof(text),
			 "%s%" PRIx64
			 ", a place in a per-CPU variable, of which each CPU has a copy; whose is meant is not known",
			 where(annotator), found->address);
	else if (found->nr_fitting)
		snprintf(text, sizeof(text),
			 "%zu functions of this kernel have this name%s: which one is meant is not known",
			 found->nr_fitting, item->symbol.extent ? " and this size" : "");
	else if (found->nr > 1)
		snprintf(text, sizeof(text),
			 "%zu functions of this kernel have this name, and none has this size",
			 found->nr);
	else if (found->symbol.origin == SYMBOL_OF_LISTS)
		snprintf(text, sizeof(text),
			 "here %s has 0x%" PRIx64
			 " bytes: code that the kernel made at another time is meant",
			 item->symbol.name, found->room);
	else
		snprintf(text, sizeof(text),
			 "here %s has 0x%" PRIx64 " bytes: another build of %s%s is meant",
			 item->symbol.name, found->room,
			 item->symbol.module[0] ? "the module " : "the kernel",
			 item->symbol.module);
	tell_item(visit, item, NULL, text);
	return true;
}

static void explain_symbol(struct annotator *annotator, const struct text_item *item,
			   const struct annotate_visit *visit)
{
	struct kernel *kernel = annotator->kernel;
	struct whatis *whatis = &annotator->list.item[0];
	char text[WHATIS_TEXT], line[WHATIS_TEXT + 512];
	struct text_symbol found;

	if (identity_of(annotator)->match >= TEXT_OTHER_KERNEL || !is_new_word(annotator, item))
		return;
	if (item->symbol.module[0] && kernel->dump->format->none) {
		explain_of_module(annotator, item, visit);
		return;
	}
	if (!text_symbol_find(kernel, &item->symbol, &found)) {
		explain_no_symbol(annotator, item, visit);
		return;
	}
	if (!item->symbol.extent && found.room && item->symbol.offset >= found.room)
		return;
	if (!annotate_is_new(annotator, found.address, item->as) ||
	    explain_unsure_symbol(annotator, item, &found, visit))
		return;
	query_whatis_at(kernel, found.address, whatis);
	if (!item->is_instruction)
		use_call_line(kernel, whatis);
	whatis_text(kernel, whatis, text);
	snprintf(line, sizeof(line), "%s%" PRIx64 ", %s", where(annotator), found.address, text);
	tell_item(visit, item, whatis, line);
}

/* --- lines that are explained as a whole --- */

/* The context whose code the line shows, or NULL. */
static const struct oops_context *context_of_code(const struct annotator *annotator)
{
	const struct oops_report *report = annotator->report;

	for (size_t i = 0; report && i < report->nr_contexts; i++)
		if (report->context[i].nr_code && report->context[i].code_line == annotator->line &&
		    report->context[i].mark < report->context[i].nr_code)
			return &report->context[i];
	return NULL;
}

/* Finds the instruction in this boot. */
static bool find_instruction(struct annotator *annotator, const struct oops_context *context,
			     uint64_t *address)
{
	const struct text_identity *identity = identity_of(annotator);
	struct text_symbol found;

	if (*context->where.name && text_symbol_find(annotator->kernel, &context->where, &found) &&
	    found.nr_fitting == 1)
		*address = found.address;
	else if (context->has_ip)
		*address = context->ip + (identity->match > TEXT_SAME_BOOT &&
							  in_image_of(annotator, context->ip) ?
						  identity->delta :
						  0);
	else
		return false;
	return *address > kernel_page_size(annotator->kernel);
}

/* Explains a "Code:" line: compares the code in the text with the code in the dump. A difference from
 * another boot says nothing, because the kernel and its modules are relocated in each boot. */
static void explain_code(struct annotator *annotator, const struct annotate_visit *visit)
{
	const struct oops_context *context = context_of_code(annotator);
	uint8_t own[OOPS_CODE];
	const uint8_t *code;
	size_t nr, same = 0;
	struct text_item item = { .size = 4 };
	char text[160];
	uint64_t start;
	enum text_match match = identity_of(annotator)->match;

	if (!context || annotator->kernel->dump->format->none || match >= TEXT_OTHER_KERNEL ||
	    !find_instruction(annotator, context, &start))
		return;
	start -= context->mark;
	code = context->code;
	nr = context->nr_code;
	if (query_is_user_address(annotator->kernel, start))
		return;
	item.at = strspn(visit->line, " \t");
	if (!kernel_read(annotator->kernel, start, own, nr, NULL)) {
		snprintf(text, sizeof(text), "%" PRIx64 " to %" PRIx64 ": not in the dump", start,
			 start + nr - 1);
	} else {
		while (same < nr && code[same] == own[same])
			same++;
		if (same == nr)
			snprintf(text, sizeof(text),
				 "%" PRIx64 " to %" PRIx64 ": the dump has the same bytes", start,
				 start + nr - 1);
		else
			snprintf(text, sizeof(text),
				 "%" PRIx64 " to %" PRIx64
				 ": the dump has %02x, not %02x, at %" PRIx64,
				 start, start + nr - 1, own[same], code[same], start + same);
	}
	if (match <= TEXT_SAME_BOOT || same == nr)
		tell_item(visit, &item, NULL, text);
}

/* Says once whether the text is about this kernel and this boot. item: the first word that this
 * decides. */
static void tell_identity(struct annotator *annotator, const struct text_item *item,
			  const struct annotate_visit *visit)
{
	const struct text_identity *identity = identity_of(annotator);

	if (annotator->told_boot == annotator->boot)
		return;
	annotator->told_boot = annotator->boot;
	if (*identity->text)
		tell_item(visit, item, NULL, identity->text);
}

/* Explains a fault that an IOMMU reported. Says of a line from another boot only that, because the
 * mappings of devices were different then. */
static void explain_fault(struct annotator *annotator, const struct dma_fault *fault,
			  const struct annotate_visit *visit)
{
	struct text_item item = { .at = fault->at, .size = fault->size };
	struct whatis *whatis = &annotator->list.item[0];
	uint64_t device = fault->devfn | fault->bus << 8;
	char text[WHATIS_TEXT];

	tell_identity(annotator, &item, visit);
	if (identity_of(annotator)->match > TEXT_SAME_BOOT ||
	    !annotate_is_new(annotator, fault->address ^ fault->is_write ^ fault->pasid << 40,
			     1u << 30 | (unsigned int)device))
		return;
	query_whatis_fault(annotator->kernel, fault, whatis);
	whatis_text(annotator->kernel, whatis, text);
	tell_item(visit, &item, whatis, text);
}

const struct text_identity *annotator_identity(struct annotator *annotator, size_t line)
{
	return text_identify(&annotator->identifier, oops_reports_boot(annotator->reports, line));
}

bool annotator_age(struct annotator *annotator, const struct oops_line *line, uint64_t *usec)
{
	return line->has_time && text_identifier_age(&annotator->identifier, line->usec, usec);
}

static void explain_item(struct annotator *annotator, const struct text_item *item, bool is_code,
			 const struct annotate_visit *visit)
{
	if (item->is_of_device) {
		tell_item(visit, item, NULL,
			  "an address of a device, not of the CPU: dma DEVICE translates it");
		return;
	}
	tell_identity(annotator, item, visit);
	if (item->is_fault && item->as & 1 << AS_VIRTUAL)
		annotator->is_kernel_fault = !query_is_user_address(annotator->kernel, item->value);
	if ((item->is_fault_register && annotator->report &&
	     !oops_kind_has(annotator->report->kind, KIND_CR2)) ||
	    identity_of(annotator)->match == TEXT_OTHER_MACHINE)
		return;
	if (item->trouble.code)
		visit->visit(visit->arg, &(struct annotation){ .line = visit->line,
							       .at = item->at,
							       .size = item->size,
							       .trouble = &item->trouble });
	else if (item->is_symbol)
		explain_symbol(annotator, item, visit);
	else if (*item->level)
		explain_entry(annotator, item, visit);
	else if (item->is_syndrome)
		explain_syndrome(annotator, item, visit);
	else if (is_code)
		explain_before_code(annotator, item, visit);
	else if (!is_before_code(annotator, item))
		explain_number(annotator, item, visit);
}

/* The word size of the kernel that wrote the line. */
static unsigned int word_of_text(const struct annotator *annotator)
{
	const struct oops_boot *boot = boot_of(annotator);

	return boot && boot->machine ? boot->machine->word : kernel_pointer_size(annotator->kernel);
}

/* Returns the report to which a line belongs. NULL: none. */
static const struct oops_report *report_of_line(const struct oops_reports *reports, size_t line)
{
	const struct oops_report *around = NULL;

	for (size_t i = reports->nr; i-- > 0;) {
		const struct oops_report *report = &reports->report[i];
		size_t at = 0;

		if (line < report->first || line > report->last)
			continue;
		at = ARRAY_SEARCH(k, at, report->nr_lines, report->line[k] < line);
		if (at < report->nr_lines && report->line[at] == line)
			return report;
		if (!around)
			around = report;
	}
	return around;
}

void annotator_line(struct annotator *annotator, size_t number,
		    void (*callback)(void *arg, const struct annotation *annotation), void *arg)
{
	const struct oops_line *line = &annotator->reports->lines.line[number];
	const struct annotate_visit visit = { callback, arg, line->text };
	const char *code = strstr(line->text, "access opcode bytes at ");
	struct text_items items;
	struct text_item item;
	struct dma_fault fault;

	annotator->line = number;
	annotator->boot = oops_reports_boot(annotator->reports, number);
	annotator->report = report_of_line(annotator->reports, number);
	items = text_items_of(line->text, line->size, word_of_text(annotator), annotator->origin);
	if (HAVE_DEVICES && dma_fault_parse(line->text, line->size, &fault)) {
		explain_fault(annotator, &fault, &visit);
		items.at = fault.at + fault.size;
	}
	while (!kernel_stopped(annotator->kernel) && text_items_next(&items, &item))
		explain_item(annotator, &item, code && line->text + item.at > code, &visit);
	explain_code(annotator, &visit);
}
