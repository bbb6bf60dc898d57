/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/commands/show_walk.h"

#include <inttypes.h>
#include <stdio.h>

#include "query/missing.h"
#include "query/page_owner.h"
#include "linux/region.h"
#include "linux/resource.h"
#include "linux/vma/swap_area.h"
#include "base/text.h"
#include "linux/page/page.h"
#include "kernel/arch.h"
#include "paging/entries.h"
#include "cli/interrupt.h"
#include "cli/tables.h"

void walk_answer_complete(struct walk_answer *answer)
{
	struct kernel *kernel = answer->session->kernel;
	const struct translation *translation = &answer->translation;

	answer->region = region_of(kernel, translation->walk.vaddr, NULL);
	answer->page = 0;
	if (translation->has_physical)
		page_of_pfn(kernel, kernel_pfn(kernel, translation->physical), &answer->page, NULL);
	answer->trouble.code = ERROR_NONE;
	translation_trouble(translation, answer->space, &answer->trouble);
}

static void state_rights(const struct walk_answer *answer)
{
	struct output *output = answer->session->output;
	const struct walk *walk = &answer->translation.walk;
	const struct entry_meaning *meaning = &answer->translation.meaning;
	char access[ACCESS_TEXT];

	if (walk->outcome != WALK_MAPPED)
		return;
	output_rights(output, walk->writable, walk->executable);
	output_boolean(output, "user", walk->user);
	if (entry_access(answer->space->paging, walk, access))
		output_string(output, "access", access);
	if (meaning->has_cache)
		output_string(output, "cache", cache_type_names[meaning->cache]);
	output_string(output, "memory_type", meaning->memory_type);
}

/* Adds the level at which the walk ended, and the entry there. */
static void output_stop(const struct walk_answer *answer)
{
	struct output *output = answer->session->output;
	const struct translation *translation = &answer->translation;
	const struct walk *walk = &translation->walk;

	if (walk->outcome == WALK_MAPPED || walk->outcome == WALK_NON_CANONICAL)
		return;
	output_string(output, "level", answer->space->paging->level[walk_last_level(walk)].name);
	if (walk->outcome == WALK_UNREADABLE)
		output_string(output, "reason", page_state_names[walk->reason]);
	if (translation->meaning.has_swap) {
		output_count(output, "swap_type", translation->meaning.swap_type);
		output_count(output, "swap_offset", translation->meaning.swap_offset);
	}
	output_string(output, "doubt", translation->meaning.doubt);
	if (answer->trouble.code)
		output_trouble(output, &answer->trouble);
}

/* Returns the name of the resource to which the page belongs, if the page is memory of a device, or
 * memory that ioremap() mapped. Returns NULL if the page is RAM, or if this is unknown. A page in
 * the dump gets a name only if it is in vmalloc and the resource tree shows that it is not RAM:
 * ioremap() also maps memory that the firmware reserved, and dumps may contain such pages. */
static const char *walk_answer_resource(const struct walk_answer *answer)
{
	const struct translation *translation = &answer->translation;
	const struct resource *chain[MAX_RESOURCE_DEPTH];
	const struct resource_tree *tree;
	const struct resource *last;
	bool absent = translation->page_state == PAGE_ABSENT;
	unsigned int nr;

	if (!translation->has_physical ||
	    (!absent && (!answer->region || answer->region->kind != REGION_VMALLOC)))
		return NULL;
	tree = resource_all(answer->session->kernel, RESOURCE_MEMORY, NULL);
	nr = tree ? resource_chain(tree, translation->physical, chain) : 0;
	if (!nr || (!absent && resource_is_ram(chain[0])))
		return NULL;
	last = resource_innermost(chain, nr, translation->physical);
	return last && last->name[0] ? last->name : NULL;
}

enum style translation_status_style(enum translation_status status)
{
	switch (status) {
	case TRANSLATION_MAPPED: return STYLE_GOOD;
	case TRANSLATION_CORRUPT:
	case TRANSLATION_UNREADABLE: return STYLE_FAULT;
	default: return STYLE_CAUTION;
	}
}

enum style show_page_state_style(enum page_state state)
{
	switch (state) {
	case PAGE_PRESENT: return STYLE_GOOD;
	case PAGE_FILTERED:
	case PAGE_ABSENT: return STYLE_CAUTION;
	case PAGE_TRUNCATED:
	case PAGE_DAMAGED: return STYLE_FAULT;
	default: return STYLE_PLAIN;
	}
}

/* Adds the reason why the page is not in the dump, if it is known. */
static void state_page_reason(const struct walk_answer *answer)
{
	const struct translation *translation = &answer->translation;
	struct output *output = answer->session->output;
	char why[MISSING_TEXT];

	if (!translation->has_physical || translation->page_state == PAGE_PRESENT)
		return;
	if (translation->page_state == PAGE_FILTERED && dump_is_reduced(answer->space->dump))
		output_string(output, "page_reason",
			      dump_state_text(answer->space->dump, PAGE_FILTERED));
	else if (query_why_missing(answer->session->kernel, translation->physical, why))
		output_string(output, "page_reason", why);
}

void show_walk(const struct walk_answer *answer, const char *command)
{
	struct output *output = answer->session->output;
	const struct translation *translation = &answer->translation;
	const char *resource = walk_answer_resource(answer);

	output_begin_styled(output, command, answer->argument,
			    translation_status_names[translation->status],
			    translation_status_style(translation->status));
	output_hex(output, "virtual", translation->walk.vaddr);
	if (translation->has_physical) {
		output_hex(output, "physical", translation->physical);
		output_count(output, "page_size", translation->walk.page_size);
		output_hex(output, "pfn",
			   kernel_pfn(answer->session->kernel, translation->physical));
		if (answer->page)
			output_hex(output, "page", answer->page);
	}
	if (answer->region)
		output_string(output, "region",
			      translation->has_physical ? region_name_mapped(answer->region) :
							  region_names[answer->region->kind]);
	output_stop(answer);
	state_rights(answer);
	if (translation->has_physical)
		output_word(output, "page_state", page_state_names[translation->page_state],
			    show_page_state_style(translation->page_state));
	state_page_reason(answer);
	output_string(output, "resource", resource);
}

bool entry_doubt(struct session *session, const struct entry_meaning *meaning,
		 char text[DOUBT_TEXT])
{
	if (meaning->doubt)
		snprintf(text, DOUBT_TEXT, "%s", meaning->doubt);
	if (!meaning->doubt && meaning->kind == ENTRY_SWAPPED &&
	    swap_area_exists(session->kernel, meaning->swap_type) == NO) {
		snprintf(text, DOUBT_TEXT, "the kernel has no swap area %" PRIu64,
			 meaning->swap_type);
		return true;
	}
	return meaning->doubt ||
	       (meaning->has_physical && query_nowhere(session->kernel, meaning->physical, text));
}

static struct entry_flags entry_flags_of(struct session *session, const struct paging *paging,
					 unsigned int level, uint64_t entry)
{
	struct kernel *kernel = session->kernel;
	struct entry_flags flags; /* a large array, so only the first nr names are initialized */

	_Static_assert((int)MOST_ENTRY_BITS <= (int)MAX_ENTRY_FLAGS, "flags of both have room");
	if (!paging->family->bits)
		return kernel->arch->entry_flags(kernel_entry_rules(kernel), paging, level, entry);
	flags.nr = entry_bit_names(paging, level, entry, flags.name);
	return flags;
}

void show_entry_flags(struct session *session, const struct paging *paging, unsigned int level,
		      uint64_t entry)
{
	struct entry_flags flags = entry_flags_of(session, paging, level, entry);

	output_strings(session->output, "flags", flags.name, flags.nr);
}

const struct field level_fields[] = { COLUMN("name", .heading = "level"),
				      COLUMN("entry_address", .heading = "entry at"),
				      COLUMN("entry", .heading = "entry", .kind = KIND_ENTRY),
				      HIDDEN("entry_high"),
				      COLUMN("flags"),
				      { 0 } };

static void state_level(struct session *session, const struct level_entry *level)
{
	struct output *output = session->output;

	output_string(output, "name", level->name);
	output_hex(output, "entry_address", level->paddr);
	if (level->nr_words) {
		output_hex(output, "entry", level->word[0]);
		if (level->nr_words > 1)
			output_hex(output, "entry_high", level->word[1]);
		output_strings(output, "flags", level->flags.name, level->flags.nr);
	} else {
		output_remark(output, "entry",
			      dump_state_text(session->kernel->dump, level->reason),
			      show_page_state_style(level->reason));
	}
}

void show_level(struct session *session, const struct level_entry *level)
{
	output_object_begin(session->output, NULL);
	state_level(session, level);
	output_object_end(session->output);
}

void show_levels(struct session *session, const struct paging *paging, const struct walk *walk)
{
	unsigned int nr = walk->nr_steps + (walk->outcome == WALK_UNREADABLE);

	for (unsigned int i = 0; i < nr; i++) {
		struct level_entry level = {
			.name = paging->level[i].name,
			.paddr = walk->step[i].entry_paddr,
			.nr_words = i < walk->nr_steps,
			.reason = walk->reason,
		};

		if (level.nr_words) {
			level.word[0] = walk->step[i].entry;
			level.flags = entry_flags_of(session, paging, i, level.word[0]);
		}
		show_level(session, &level);
	}
}

void show_frame(struct session *session, uint64_t pfn, uint64_t page)
{
	struct output *output = session->output;
	uint64_t vaddr;

	output_hex(output, "pfn", pfn);
	output_hex(output, "page", page);
	output_hex(output, "physical", kernel_frame(session->kernel, pfn));
	if (region_phys_to_virt(session->kernel, kernel_frame(session->kernel, pfn), &vaddr, NULL))
		output_hex(output, "virtual", vaddr);
}

/* Adds a hint to err if the user address may be meant as a physical address. */
static void hint_at_frame(struct session *session, uint64_t address, struct error *err)
{
	uint64_t page;

	if (!session->chosen.table.has_process && query_is_user_address(session->kernel, address) &&
	    page_of_pfn(session->kernel, kernel_pfn(session->kernel, address), &page, NULL))
		text_append(err->message, sizeof(err->message),
			    "; for a physical address, use phys_to_page");
}

bool frame_of_address(struct session *session, uint64_t vaddr, uint64_t *pfn, struct error *err)
{
	const struct space *space = session_space(session, vaddr, err);
	struct translation translation;

	if (!space)
		return false;
	session_note_table(session, vaddr);
	translation = query_translate(session->kernel, space, vaddr);
	if (translation_trouble(&translation, space, err))
		return false;
	if (!translation.has_physical) {
		fail(err, ERROR_NO_ANSWER, "%" PRIx64 " has no page: it is %s", vaddr,
		     translation_status_names[translation.status]);
		session_ask_whose(session, vaddr, err);
		hint_at_frame(session, vaddr, err);
		return false;
	}
	*pfn = kernel_pfn(session->kernel, translation.physical);
	return true;
}

static void state_owners(struct output *output, const struct frame_use *shown)
{
	if (!shown->nr_owners)
		return;
	output_list_begin(output, "owners");
	for (size_t i = 0; i < shown->nr_owners && i < MOST_OWNERS; i++) {
		const struct page_owner *owner = &shown->owner[i];

		output_object_begin(output, NULL);
		if (owner->has_pid)
			output_integer(output, "pid", owner->pid);
		output_hex(output, "mm", owner->mm);
		output_hex(output, "virtual", owner->vaddr);
		output_object_end(output);
	}
	output_list_end(output);
}

static void show_walk_state_table(struct output *output, const struct table_owner *table)
{
	output_string(output, "level", table_level_name(table));
	if (table->task) {
		output_integer(output, "pid", table->task->pid);
		output_string(output, "comm", table->task->comm);
	}
	if (table->mm)
		output_hex(output, "mm", table->mm);
	output_boolean(output, "user_half", table->user_half);
	output_hex(output, "table_start", table->first);
	output_hex(output, "table_end", table->last);
}

static void state_stack(struct output *output, const struct stack *stack)
{
	if (stack->task) {
		output_integer(output, "pid", stack->task->pid);
		output_string(output, "comm", stack->task->comm);
	} else {
		output_count(output, "cpu", stack->cpu);
	}
}

struct stated_use {
	struct output *output;
	const struct frame_use *shown;
};

static void state_use(const void *arg)
{
	struct output *output = ((const struct stated_use *)arg)->output;
	const struct frame_use *shown = ((const struct stated_use *)arg)->shown;
	const struct page_use *use = &shown->use;
	enum page_use_kind kind = frame_use_kind(shown);

	if (kind != PAGE_USE_UNKNOWN)
		output_string(output, "use", page_use_names[kind]);
	output_string_if(output, "slab_cache", shown->cache);
	output_string_if(output, "movable_by", shown->movable);
	output_string_if(output, "resource", shown->resource ? shown->resource : "");
	if (shown->has_stack)
		state_stack(output, &shown->stack);
	if (use->has_index)
		output_count(output, "index", use->index);
	if (use->kind == PAGE_USE_ANON && use->object)
		output_hex(output, "anon_vma", use->object);
	if (use->kind == PAGE_USE_FILE || use->kind == PAGE_USE_SHMEM)
		output_hex(output, "address_space", use->object);
	if (shown->has_file) {
		output_count(output, "inode", shown->file.number);
		output_string_if(output, "filesystem", shown->file.filesystem);
		output_string_if(output, "device", shown->file.device);
		output_string_if(output, "file", shown->file.path);
		output_string_if(output, "path", shown->file.mounted);
	}
	if (use->has_swap) {
		output_count(output, "swap_type", use->swap_type);
		output_count(output, "swap_offset", use->swap_offset);
	}
	if (use->compound)
		output_hex(output, "head", use->head_pfn);
	if (use->has_order)
		output_count(output, "order", use->order);
	if (use->hugetlb)
		output_boolean(output, "hugetlb", true);
	if (use->poisoned)
		output_boolean(output, "hwpoison", true);
	state_owners(output, shown);
	if (shown->has_table)
		show_walk_state_table(output, &shown->table);
	if (shown->has_area)
		output_hex(output, "vmalloc_address", shown->area_vaddr);
}

static void name_use(const void *arg, char *text, size_t size)
{
	char use[USE_TEXT];

	frame_use_text(arg, use);
	snprintf(text, size, "%s", use);
}

void show_frame_use(struct session *session, const struct frame_use *shown)
{
	struct output *output = session->output;

	if (!shown->known) {
		output_string_if(output, "use",
				 shown->label == PAGE_USE_NONE ? NULL :
								 page_use_names[shown->label]);
		return;
	}
	output_in_records(output, state_use, &(struct stated_use){ output, shown });
	output_summary(output, "use", name_use, shown);
}

void show_use(struct session *session, uint64_t pfn, bool owners)
{
	/* a large struct, so only the members that are shown are initialized */
	struct frame_use shown;

	query_frame_use(session->kernel, pfn, owners, &shown);
	show_frame_use(session, &shown);
}

void range_explain(const struct paging *paging, const struct scanned *range, struct error *err)
{
	const char *level = paging->level[range->level].name;

	if (range->outcome == WALK_CORRUPT)
		fail(err, ERROR_FORMAT,
		     "%" PRIx64 " to %" PRIx64 ": the %s entry %" PRIx64 " at %" PRIx64
		     " is corrupt: it has a bit set that must be 0",
		     range->first, range->last, level, range->entry, range->entry_paddr);
	else
		fail(err, ERROR_UNREADABLE,
		     "%" PRIx64 " to %" PRIx64 ": the %s entry at %" PRIx64
		     " is not in the dump: %s",
		     range->first, range->last, level, range->entry_paddr,
		     page_state_names[range->reason]);
}

bool scan_complete(const struct scan *scan, struct error *err)
{
	if (scan->end == SCAN_ENDLESS)
		return fail(
			err, ERROR_FORMAT,
			"stopped at %" PRIx64 ", after %" PRIu64 " tables (%" PRIu64
			" of them repeatedly), because tables point to each other; the results so far are shown",
			scan_position(scan), scan->nr_tables, scan->nr_repeats);
	if (scan->end == SCAN_NO_MEMORY)
		return out_of_memory(err);
	if (scan->end == SCAN_INTERRUPTED || interrupt_came)
		return fail(err, ERROR_INTERRUPTED,
			    "interrupted: the answer is incomplete, and ends at %" PRIx64,
			    scan_position(scan));
	return true;
}
