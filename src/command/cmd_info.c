/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "command/command.h"

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

/* Collects the sources that contradict the one that won. */
struct contradictions {
	enum fact_id id;
	uint64_t value;
	size_t used;
	char text[1024];
};

static void add_contradiction(void *arg, const char *source, uint64_t value)
{
	struct contradictions *others = arg;
	char theirs[64];
	int length;

	if (value == others->value)
		return;
	fact_value_text(others->id, value, theirs, sizeof(theirs));
	length = snprintf(others->text + others->used,
			  sizeof(others->text) - others->used, "%s%s says %s",
			  others->used ? "; " : "", source, theirs);
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

/* One column, so that the table stays one. */
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
	const struct fact *fact = &session->kernel->facts[id];
	struct contradictions others = { .id = id };

	if (!kernel_fact(session->kernel, id, &others.value))
		return;
	kernel_fact_sources(session->kernel, id, add_contradiction, &others);
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
			session->output, id, &session->kernel->facts[id],
		};

		if (!command_interrupted(session))
			kernel_fact_voices(session->kernel, id, answer_voice,
					   &listing);
	}
}

/* Where the memory map starts: one fact for each model. What was set by hand is
 * shown in any case. */
static void answer_map(struct session *session)
{
	const struct fact *facts = session->kernel->facts;
	uint64_t model;

	if (!kernel_fact(session->kernel, FACT_MEMORY_MODEL, &model))
		model = NR_MODELS;
	if (model == MODEL_FLATMEM || facts[FACT_MEM_MAP].given)
		answer_fact(session, FACT_MEM_MAP);
	if (model == MODEL_VMEMMAP || facts[FACT_VMEMMAP].given)
		answer_fact(session, FACT_VMEMMAP);
	if (model == MODEL_SPARSEMEM || model == MODEL_VMEMMAP ||
	    facts[FACT_MEM_SECTION].given)
		answer_fact(session, FACT_MEM_SECTION);
}

static const char *match_text(enum vmlinux_match match)
{
	switch (match) {
	case VMLINUX_MATCHES:
		return "matches the dump";
	case VMLINUX_AGREES:
		return "agrees with the dump as far as compared";
	case VMLINUX_SAME_RELEASE:
		return "same release as the dump";
	case VMLINUX_DIFFERS:
		return "does not belong to the dump";
	default:
		return "not compared";
	}
}

/* What the file is, where it is more or less than an ELF file with symbols. */
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
	const struct identity *identity = &kernel->identity;

	if (!kernel->vmlinux) {
		answer_text(session->output, "vmlinux", "none", "command line");
		return;
	}
	answer_text(session->output, "vmlinux", kernel->vmlinux->file.path,
		    kernel->vmlinux_source ? kernel->vmlinux_source :
					     "command line");
	answer_parts(session->output, kernel->vmlinux);
	answer_text(session->output, "vmlinux_match",
		    match_text(identity->match),
		    identity->proof ? identity->proof : "nothing to compare");
}

static void answer_of_dump(void *arg, const char *fact, const char *value)
{
	struct session *session = arg;

	answer_text(session->output, fact, value, "header of the dump");
}

/* Where the first pages are that something is wrong with. */
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

/* How much memory is in each state, those that there is none of left out. */
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
		output_count(output, "value", survey.bytes[state] >> 12);
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

/* Only where the dump's file does not have it as a note. */
static void answer_note(struct session *session)
{
	const struct kernel *kernel = session->kernel;

	if (!kernel->note_found)
		return;
	begin(session->output, "vmcoreinfo");
	output_hex(session->output, "value", kernel->note_paddr);
	output_string(session->output, "source",
		      "found in memory at this physical address, proved by the page table");
	output_end(session->output);
}

static bool run(struct session *session, int argc, char **argv,
		struct error *err)
{
	static const enum fact_id in_order[] = {
		FACT_MODE, FACT_LEVELS, FACT_PAGE_OFFSET, FACT_KASLR_OFFSET,
		FACT_PHYS_BASE, FACT_SWAPPER_PG_DIR, FACT_ROOT, FACT_SME_MASK,
		FACT_VMALLOC_START, FACT_HIGH_MEMORY, FACT_MAX_PFN,
		FACT_MEMORY_MODEL,
	};
	struct kernel *kernel = session->kernel;

	if (argc > 1 && strcmp(argv[1], "-v") != 0)
		return fail(err, ERROR_USAGE, "%s: is no option of info",
			    argv[1]);
	if (argc > 1) {
		answer_all_sources(session);
		return true;
	}
	answer_dump(session);
	if (kernel->identity.release[0])
		answer_text(session->output, "release",
			    kernel->identity.release,
			    kernel->identity.release_source);
	answer_note(session);
	for (size_t i = 0; i < sizeof(in_order) / sizeof(in_order[0]); i++)
		answer_fact(session, in_order[i]);
	answer_map(session);
	answer_fact(session, FACT_STRUCT_PAGE_SIZE);
	answer_vmlinux(session);
	return true;
}

const struct command command_info = {
	.name = "info",
	.usage = "[-v]",
	.summary = "what is known of the dump and the kernel, and from where",
	.details = "One line a fact, with its value and the source that it was taken from. All\n"
		   "other sources are asked too: where one disagrees, the line says so.\n"
		   "Facts that nothing tells are left out.\n"
		   "-v lists for each fact all sources that were asked, what each said, and\n"
		   "which one was taken.",
	.min_args = 0,
	.max_args = 1,
	.run = run,
};
