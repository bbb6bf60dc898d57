/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "kernel/arch.h"
#include "cli/commands/show_walk.h"
#include "linux/vma/swap_area.h"

static bool pte_find_level(const struct paging *paging, const char *name, unsigned int *level,
			   struct error *err)
{
	for (*level = 0; *level < paging->nr_levels; ++*level)
		if (!strcmp(paging->level[*level].name, name))
			return true;
	return fail(err, ERROR_USAGE, "%s: no such level in %s", name, paging->name);
}

/* Like entry_doubt(). An entry for the kernel's memory is no swap entry, but its value does not show to
 * which address it belongs. If only the present bit was removed, the frame is in its place. */
static bool pte_doubt(struct session *session, const struct paging *paging, uint64_t entry,
		      const struct entry_meaning *meaning, char text[DOUBT_TEXT])
{
	struct kernel *kernel = session->kernel;
	const struct entry_rules *rules = kernel_entry_rules(kernel);
	uint64_t frame = entry & paging->frame_mask & ~rules->encrypt_mask;

	*text = '\0';
	entry_doubt(session, meaning, text);
	if (meaning->kind == ENTRY_SWAPPED && frame && frame <= rules->last_memory &&
	    swap_area_exists(kernel, meaning->swap_type) != YES)
		text_append(text, DOUBT_TEXT,
			    "%sin an entry for the kernel's memory, this is frame %" PRIx64
			    ", which the kernel unmapped (DEBUG_PAGEALLOC, KFENCE)",
			    *text ? "; " : "", kernel_pfn(kernel, frame));
	return *text;
}

static bool pte_answer(struct session *session, const struct paging *paging, unsigned int level,
		       const char *argument, struct error *err)
{
	struct output *output = session->output;
	struct entry_meaning meaning;
	char doubt[DOUBT_TEXT];
	uint64_t entry;

	if (!parse_hex(argument, &entry, err))
		return false;
	if (paging->entry_size == 4 && entry > UINT32_MAX)
		return fail(err, ERROR_USAGE, "entries of %s have 32 bits", paging->name);
	meaning = kernel_describe_entry(session->kernel, paging, level, entry);
	output_begin(output, "pte", argument, NULL);
	output_hex(output, "entry", entry);
	output_string(output, "kind", entry_kind_names[meaning.kind]);
	if (meaning.has_physical)
		output_hex(output, "physical", meaning.physical);
	if (meaning.has_swap) {
		output_count(output, "swap_type", meaning.swap_type);
		output_count(output, "swap_offset", meaning.swap_offset);
	}
	show_swap_place(session, &meaning);
	if (meaning.has_cache)
		output_string(output, "cache", cache_type_names[meaning.cache]);
	output_string(output, "memory_type", meaning.memory_type);
	show_entry_flags(session, paging, level, entry);
	if (pte_doubt(session, paging, entry, &meaning, doubt))
		output_string(output, "doubt", doubt);
	output_end(output);
	return true;
}

struct pte_options {
	const char *level; /* name of the level */
};

static bool pte_run(struct session *session, char **words, struct error *err)
{
	const struct pte_options *given = session->given;
	const struct paging *paging = kernel_paging(session->kernel, err);
	unsigned int level;

	if (!paging)
		return false;
	level = paging->nr_levels - 1u;
	if (given->level && !pte_find_level(paging, given->level, &level, err))
		return false;
	for (; *words && !session_interrupted(session); words++)
		if (!pte_answer(session, paging, level, *words, err))
			session_complain(session, *words, err);
	return true;
}

static const struct command_option options[] = {
	/* WORD_TEXT and not WORD_CHOICE, because the names of levels depend on the paging mode.
	 * pte_run() checks the name. */
	{ "l", WORD_TEXT, AT(pte_options, level), .value = "LEVEL",
	  .help = "read ENTRY as an entry of this level: pgd, p4d, pud or pmd\n"
		  "(default: the last level). Bit 7 means a large page at the\n"
		  "four named levels, but is a PAT bit at the last level" },
	{ 0 }
};

static const struct record record = {
	.fields = FIELDS(LINE("doubt")),
};

const struct command command_pte = {
	.name = "pte",
	.group = GROUP_TRANSLATE,
	.options = options,
	.arguments = ARGUMENTS({ "ENTRY", WORD_NUMBER, 1, .most = MANY }),
	.given_size = GIVEN(pte_options),
	.record = &record,
	.summary = "meaning of the value of a page-table entry",
	.details = "Shows the frame, flags and cache type, or what a non-present entry means: a\n"
		   "page without access (prot-none), a swap slot, a migration, a poisoned\n"
		   "page, a marker. ENTRY is read as an entry of the last level, unless -l\n"
		   "names another level.",
	.run = pte_run,
};
