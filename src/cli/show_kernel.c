/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/show_kernel.h"

#include "debuginfo/vmlinux.h"

void show_dump(struct output *output, const struct kernel *kernel, const struct dump_survey *survey)
{
	const struct dump *dump = kernel->dump;

	output_string(output, "dump", dump->file.path);
	output_string(output, "format", dump->format_name);
	if (!survey)
		return;
	if (dump->warning[0])
		output_word(output, "trouble", dump->warning, STYLE_FAULT);
	output_object_begin(output, "pages");
	for (enum page_state state = 0; state < NR_PAGE_STATES; state++)
		if (survey->bytes[state] && state != PAGE_ABSENT)
			output_count(output, page_state_names[state],
				     kernel_pfn(kernel, survey->bytes[state]));
	output_object_end(output);
}

void show_identity(struct output *output, const struct kernel *kernel)
{
	output_string_if(output, "release", kernel->identity->release);
	if (kernel->vmlinux) {
		output_string(output, "vmlinux", kernel->vmlinux->file.path);
		output_string(output, "vmlinux_match",
			      vmlinux_match_texts[kernel->identity->match]);
	}
}

/* --- facts --- */

struct telling {
	struct output *output;
	enum fact_id id;
};

static void state_value(const struct telling *telling, uint64_t value)
{
	char text[64];

	fact_value_text(telling->id, value, text, sizeof(text));
	output_string(telling->output, "value", text);
}

static void state_voice(void *arg, const struct fact_voice *voice)
{
	const struct telling *telling = arg;
	struct output *output = telling->output;

	if (voice->verdict == VERDICT_SILENT)
		return;
	output_object_begin(output, NULL);
	output_string(output, "source", voice->source);
	state_value(telling, voice->value);
	output_string(output, "verdict", fact_verdict_names[voice->verdict]);
	output_object_end(output);
}

static void state_fact(struct telling *telling, struct kernel *kernel, bool sources)
{
	const struct fact *fact = &kernel->facts->fact[telling->id];
	struct output *output = telling->output;
	uint64_t value;

	if (!kernel_fact(kernel, telling->id, &value))
		return;
	output_object_begin(output, NULL);
	output_string(output, "fact", fact_name(telling->id));
	state_value(telling, value);
	output_string(output, "source", fact->source);
	output_string_if(output, "doubt", fact->doubt);
	if (sources) {
		output_list_begin(output, "sources");
		kernel_fact_voices(kernel, telling->id, false, state_voice, telling);
		output_list_end(output);
	} else {
		output_string_if(output, "contradicted", fact->against);
	}
	output_object_end(output);
}

void show_facts(struct output *output, struct kernel *kernel, bool sources)
{
	struct telling telling = { .output = output };

	output_list_begin(output, "facts");
	for (; telling.id < NR_FACTS; telling.id++)
		state_fact(&telling, kernel, sources);
	output_list_end(output);
}

/* --- findings, and unknown parts --- */

enum style style_of_check(enum check_status status)
{
	static const enum style styles[NR_CHECK_STATUSES] = {
		[CHECK_OK] = STYLE_GOOD,
		[CHECK_INAPPLICABLE] = STYLE_GOOD,
		[CHECK_NOT_CHECKED] = STYLE_CAUTION,
		[CHECK_WARNING] = STYLE_CAUTION,
		[CHECK_ERROR] = STYLE_FAULT,
	};

	return styles[status];
}

void show_finding(struct output *output, enum check check, enum check_status status,
		  const char *message)
{
	output_string(output, "check", check_rows[check].name);
	output_word(output, "status", check_status_names[status], style_of_check(status));
	output_string(output, "message", message);
	if (status == CHECK_ERROR)
		output_error_kind(output, ERROR_FORMAT);
}

void show_unknown(struct output *output, const char *part, const struct error *why)
{
	output_object_begin(output, NULL);
	output_string(output, "part", part);
	output_string(output, "message", why->message);
	output_object_end(output);
}

void show_zone(struct output *output, const struct zone *zone)
{
	output_count(output, "node", zone->node);
	output_string_if(output, "zone", zone->name);
	output_range(output, zone->first, zone->last);
	output_count(output, "spanned", zone->spanned);
	output_count(output, "present", zone->present);
	output_count_if(output, "managed", zone->has_managed, zone->managed);
	output_count_if(output, "free", zone->has_free, zone->free);
}
