/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/commands/show_walk.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "cli/interrupt.h"
#include "kernel/arch.h"
#include "linux/page/page.h"
#include "linux/region.h"
#include "linux/resource.h"
#include "linux/vma/swap_area.h"
#include "paging/entries.h"
#include "query/missing.h"

/* --- pages in swap --- */

void show_swap_place(struct session *session, const struct entry_meaning *meaning)
{
	char path[VMA_NAME_MAX];
	uint64_t pages;

	if (!meaning->has_swap || meaning->kind != ENTRY_SWAPPED)
		return;
	if (swap_area_file(session->kernel, meaning->swap_type, path, NULL))
		output_string(session->output, "swap_file", path);
	if (!swap_zswap_pages(session->kernel, &pages) || !pages)
		return;
	output_count(session->output, "zswap_pages", pages);
	switch (swap_in_zswap(session->kernel, meaning->swap_type, meaning->swap_offset)) {
	case YES: output_string(session->output, "zswap", "yes"); break;
	case NO: output_string(session->output, "zswap", "no"); break;
	case UNSURE: output_string(session->output, "zswap", "unknown"); break;
	}
}

enum { ZSWAP_TEXT = 160 };

/* Writes the condition under which zswap has the page instead, or nothing if it surely has not. */
static void zswap_text(struct kernel *kernel, enum certainty in_zswap, char text[ZSWAP_TEXT])
{
	uint64_t pages;

	if (!swap_zswap_pages(kernel, &pages))
		snprintf(text, ZSWAP_TEXT, ", unless compressed by zswap");
	else if (pages && in_zswap == UNSURE)
		snprintf(text, ZSWAP_TEXT,
			 ", unless it is one of the %" PRIu64 " pages that zswap holds compressed",
			 pages);
	else
		*text = '\0';
}

/* Writes where the bytes of a page are that was swapped to this file or device. */
static void bytes_text(struct kernel *kernel, const char *path, uint64_t type, uint64_t slot,
		       char text[ZSWAP_TEXT])
{
	enum certainty in_zswap = swap_in_zswap(kernel, type, slot);
	char zswap[ZSWAP_TEXT];

	if (in_zswap == YES) {
		snprintf(text, ZSWAP_TEXT,
			 "zswap holds it compressed in the kernel's memory, which kwalk does not "
			 "decompress");
		return;
	}
	if (starts_with(path, "/dev/zram")) {
		snprintf(text, ZSWAP_TEXT,
			 "it is compressed in the kernel's memory, which kwalk does not decompress, unless "
			 "zram wrote it to a backing device");
		return;
	}
	zswap_text(kernel, in_zswap, zswap);
	text_append(text, ZSWAP_TEXT, "%s%s",
		    starts_with(path, "/dev/ram") ? "it is in the memory of this RAM disk" :
						    "it is not in the dump",
		    zswap);
}

void show_swap_error(struct session *session, uint64_t vaddr, const struct entry_meaning *meaning,
		     struct error *err)
{
	uint64_t type = meaning->swap_type, slot = meaning->swap_offset;
	char path[VMA_NAME_MAX], bytes[ZSWAP_TEXT] = "";

	if (!swap_area_file(session->kernel, type, path, NULL)) {
		fail(err, ERROR_UNREADABLE,
		     "%" PRIx64 " is swapped out (type %" PRIu64 ", slot %" PRIu64 ")", vaddr, type,
		     slot);
		return;
	}
	bytes_text(session->kernel, path, type, slot, bytes);
	fail(err, ERROR_UNREADABLE, "%" PRIx64 " is swapped to %.300s, slot %" PRIu64 ": %s", vaddr,
	     path, slot, bytes);
}

/* --- walks --- */

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
static const char *resource_of(const struct walk_answer *answer)
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

enum style style_of_page_state(enum page_state state)
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
	const char *resource = resource_of(answer);

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
			    style_of_page_state(translation->page_state));
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
			      style_of_page_state(level->reason));
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
