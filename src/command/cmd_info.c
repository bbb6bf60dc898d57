/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>

#include "base/page.h"
#include "image/vmcoreinfo.h"
#include "kernel/identity.h"
#include "session/command.h"
#include "vmlinux/vmlinux.h"

static void begin(struct output *output, const char *fact)
{
	output_begin(output, "info", NULL, "ok");
	output_string(output, "fact", fact);
}

static void answer_text(struct output *output, const char *fact,
			const char *value, const char *source)
{
	begin(output, fact);
	output_string(output, "value", value);
	output_string(output, "source", source);
	output_end(output);
}

static void output_value(struct output *output, enum fact_id id, uint64_t value)
{
	char text[64];

	switch (fact_format(id)) {
	case FACT_HEX:
		output_hex(output, "value", value);
		break;
	case FACT_SIGNED_HEX:
		output_signed_hex(output, "value", (int64_t)value);
		break;
	case FACT_DECIMAL:
		output_count(output, "value", value);
		break;
	default:
		fact_value_text(id, value, text, sizeof(text));
		output_string(output, "value", text);
	}
}

/* The sources that contradict the one that is believed, as text. */
struct contradictions {
	enum fact_id id;
	uint64_t value;
	size_t used;
	char text[1024];
};

static void add_contradiction(void *arg, const struct fact_voice *voice)
{
	struct contradictions *others = arg;
	char theirs[64];
	int length;

	if (voice->silent || voice->value == others->value)
		return;
	fact_value_text(others->id, voice->value, theirs, sizeof(theirs));
	length = snprintf(others->text + others->used,
			  sizeof(others->text) - others->used, "%s%s says %s",
			  others->used ? "; " : "", voice->source, theirs);
	if (length > 0 && others->used + (size_t)length < sizeof(others->text))
		others->used += (size_t)length;
}

static void json_source(struct output *output, const struct fact *fact,
			const struct contradictions *others)
{
	output_string(output, "source", fact->source);
	if (others->used)
		output_string(output, "contradicted", others->text);
	if (fact->doubt)
		output_boolean(output, "doubtful", true);
}

/* All in one column, so that the table has the same columns for every fact. */
static void text_source(struct output *output, const struct fact *fact,
			const struct contradictions *others)
{
	char text[sizeof(others->text) + 256];

	snprintf(text, sizeof(text), "%s%s%s%s%s%s", fact->source,
		 fact->doubt ? " (doubtful: " : "", fact->doubt ? fact->doubt : "",
		 fact->doubt ? ")" : "",
		 others->used ? "; but " : "", others->text);
	output_string(output, "source", text);
}

static void answer_fact(struct session *session, enum fact_id id)
{
	struct output *output = session->output;
	const struct fact *fact = &session->kernel->facts->fact[id];
	struct contradictions others = { .id = id };

	if (!kernel_fact(session->kernel, id, &others.value))
		return;
	kernel_fact_voices(session->kernel, id, false, add_contradiction,
			   &others);
	begin(output, fact_name(id));
	output_value(output, id, others.value);
	if (output_json(output))
		json_source(output, fact, &others);
	else
		text_source(output, fact, &others);
	output_end(output);
}

/* --- all sources --- */

struct listing {
	struct output *output;
	enum fact_id id;
	const struct fact *fact;
};

static const char *verdict_on(const struct listing *listing,
			      const struct fact_voice *voice)
{
	if (voice->silent)
		return "silent";
	if (voice->taken)
		return listing->fact->doubt ? "taken, doubtful" : "taken";
	if (voice->value == listing->fact->value)
		return "agrees";
	return voice->weaker ? "weaker" : "differs";
}

static void answer_voice(void *arg, const struct fact_voice *voice)
{
	const struct listing *listing = arg;
	struct output *output = listing->output;

	begin(output, fact_name(listing->id));
	if (!voice->silent)
		output_value(output, listing->id, voice->value);
	else if (!output_json(output))
		output_string(output, "value", "-");
	output_string(output, "verdict", verdict_on(listing, voice));
	output_string(output, "source", voice->source);
	output_end(output);
}

static void answer_all_sources(struct session *session)
{
	for (enum fact_id id = 0; id < NR_FACTS; id++) {
		struct listing listing = {
			session->output, id, &session->kernel->facts->fact[id],
		};

		if (!session_interrupted(session))
			kernel_fact_voices(session->kernel, id, true,
					   answer_voice, &listing);
	}
}

static const char *const match_texts[] = {
	[VMLINUX_UNCHECKED] = "not compared",
	[VMLINUX_AGREES] = "agrees with the dump as far as compared",
	[VMLINUX_SAME_RELEASE] = "same release as the dump",
	[VMLINUX_MATCHES] = "matches the dump",
	[VMLINUX_DIFFERS] = "does not belong to the dump",
};

/* Says how the file differs from an ELF file with symbols. */
static void answer_parts(struct output *output, const struct vmlinux *vmlinux)
{
	static const char content[] = "content of the file";

	if (vmlinux->packed)
		answer_text(output, "vmlinux_packed", vmlinux->packed,
			    "the boot image that it is in");
	if (!vmlinux->elf)
		answer_text(output, "vmlinux_kind", "System.map", content);
	if (!vmlinux->symbols)
		answer_text(output, "vmlinux_symbols", "none", content);
	if (vmlinux->debug)
		answer_text(output, "vmlinux_debug", vmlinux->debug->file.path,
			    vmlinux->debug_source);
}

static void answer_vmlinux(struct session *session)
{
	const struct kernel *kernel = session->kernel;
	const struct identity *identity = kernel->identity;

	if (!kernel->vmlinux) {
		answer_text(session->output, "vmlinux", "none", "command line");
		return;
	}
	answer_text(session->output, "vmlinux", kernel->vmlinux->file.path,
		    kernel->vmlinux->source ? kernel->vmlinux->source :
					     "command line");
	answer_parts(session->output, kernel->vmlinux);
	answer_text(session->output, "vmlinux_match",
		    match_texts[identity->match],
		    identity->proof ? identity->proof : "nothing to compare");
}

static void answer_of_dump(void *arg, const char *fact, const char *value)
{
	struct session *session = arg;

	answer_text(session->output, fact, value, "header of the dump");
}

/* Says where the first truncated or damaged page is. */
static void survey_source(struct output *output,
			  const struct dump_survey *survey,
			  enum page_state state)
{
	static const char source[] = "all memory of the dump";
	bool wrong = state == PAGE_TRUNCATED || state == PAGE_DAMAGED;
	char text[64];

	if (!output_json(output) && wrong && survey->has_first[state]) {
		snprintf(text, sizeof(text), "%s, first at %" PRIx64, source,
			 survey->first[state]);
		output_string(output, "source", text);
		return;
	}
	output_string(output, "source", source);
	if (!output_json(output))
		return;
	output_count(output, "bytes", survey->bytes[state]);
	if (wrong && survey->has_first[state])
		output_hex(output, "first", survey->first[state]);
}

/* How many pages are in each state; states without pages are left out. */
static void answer_survey(struct session *session)
{
	struct output *output = session->output;
	struct dump_survey survey;
	char fact[32];

	dump_survey(session->kernel->dump, &survey);
	for (enum page_state state = 0; state < NR_PAGE_STATES; state++) {
		if (!survey.bytes[state] || state == PAGE_ABSENT)
			continue;
		snprintf(fact, sizeof(fact), "pages_%s",
			 page_state_names[state]);
		begin(output, fact);
		output_count(output, "value", survey.bytes[state] >> PAGE_SHIFT);
		survey_source(output, &survey, state);
		output_end(output);
	}
}

static void answer_dump(struct session *session)
{
	struct dump *dump = session->kernel->dump;

	answer_text(session->output, "dump_format", dump->format_name,
		    dump->file.path);
	if (dump->format->describe)
		dump->format->describe(dump, answer_of_dump, session);
	if (dump->warning[0])
		answer_text(session->output, "dump_trouble", dump->warning,
			    dump->file.path);
	answer_survey(session);
}

/* VMCOREINFO, if it was found in memory and not in the file. */
static void answer_note(struct session *session)
{
	const struct kernel *kernel = session->kernel;

	if (!kernel->note->found)
		return;
	begin(session->output, "vmcoreinfo");
	output_hex(session->output, "value", kernel->note->paddr);
	output_string(session->output, "source",
		      "found in memory at this physical address, proved by the page table");
	output_end(session->output);
}

static void answer_facts(struct session *session)
{
	/* The start of the memory map is a different fact for each memory model. */
	static const struct {
		enum fact_id id;
		unsigned int models; /* as 1 << model; 0: all */
	} in_order[] = {
		{ FACT_MODE, 0 },
		{ FACT_LEVELS, 0 },
		{ FACT_PAGE_OFFSET, 0 },
		{ FACT_KASLR_OFFSET, 0 },
		{ FACT_PHYS_BASE, 0 },
		{ FACT_SWAPPER_PG_DIR, 0 },
		{ FACT_ROOT, 0 },
		{ FACT_SME_MASK, 0 },
		{ FACT_VMALLOC_START, 0 },
		{ FACT_HIGH_MEMORY, 0 },
		{ FACT_MAX_PFN, 0 },
		{ FACT_MEMORY_MODEL, 0 },
		{ FACT_MEM_MAP, 1 << MODEL_FLATMEM },
		{ FACT_VMEMMAP, 1 << MODEL_VMEMMAP },
		{ FACT_MEM_SECTION, 1 << MODEL_SPARSEMEM | 1 << MODEL_VMEMMAP },
		{ FACT_STRUCT_PAGE_SIZE, 0 },
	};
	struct kernel *kernel = session->kernel;
	uint64_t model;

	for (size_t i = 0; i < sizeof(in_order) / sizeof(in_order[0]); i++) {
		enum fact_id id = in_order[i].id;
		unsigned int models = in_order[i].models;

		if (!models || kernel->facts->fact[id].given ||
		    (kernel_fact(kernel, FACT_MEMORY_MODEL, &model) &&
		     models >> model & 1))
			answer_fact(session, id);
	}
}

static bool run(struct session *session, char **words, struct error *err)
{
	const struct identity *identity = session->kernel->identity;
	unsigned int verbose = false;
	const struct command_option options[] = {
		{ "v", &verbose, .set_to = true }, { 0 },
	};

	if (!command_options(&words, options, err))
		return false;
	if (*words)
		return fail(err, ERROR_USAGE, "%s: info takes no arguments",
			    *words);
	if (verbose) {
		answer_all_sources(session);
		return true;
	}
	answer_dump(session);
	if (identity->release[0])
		answer_text(session->output, "release", identity->release,
			    identity->release_source);
	answer_note(session);
	answer_facts(session);
	answer_vmlinux(session);
	return true;
}

const struct command command_info = {
	.name = "info",
	.usage = "[-v]",
	.summary = "facts about the dump and its kernel, with their sources",
	.details = "One line per fact, with its value and source. The other sources are asked\n"
		   "too: where one disagrees, the line says so. Unknown facts are left out.\n"
		   "  -v  list all sources of each fact, what each of them says, and which\n"
		   "      one was taken",
	.max_args = 1,
	.run = run,
};
