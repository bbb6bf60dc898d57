/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/show_kernel.h"

#include <inttypes.h>
#include <stdio.h>

#include "debuginfo/vmlinux.h"
#include "linux/area_members.h"
#include "linux/crash/panic.h"
#include "linux/module/modules.h"
#include "oops/facts.h"
#include "value/value.h"

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

/* --- the machine --- */

/* init/version.c: struct uts_namespace init_uts_ns. */
bool show_host_name(const struct session *session, const char *member, char text[HOST_NAME])
{
	const struct value_memory memory = { .kernel = session->kernel };
	char expression[64];
	struct ctype_facts facts;
	struct value value;
	size_t length = 0;

	*text = '\0';
	snprintf(expression, sizeof(expression), "init_uts_ns.name.%s", member);
	if (!value_expression(&memory, expression, &value, NULL))
		return false;
	facts = ctype_describe(&value.type);
	if (value_text(&memory, &value, &facts, text, HOST_NAME - 1, &length))
		text[length] = '\0';
	return *text;
}

/* avenrun[] has numbers with FSHIFT, 11, bits after the point: include/linux/sched/loadavg.h. They are
 * rounded as by loadavg_proc_show() in fs/proc/loadavg.c. */
bool show_host_load(struct session *session)
{
	enum { LOADS = 3, ONE = 1 << 11 };
	struct kernel *kernel = session->kernel;
	const unsigned int word = kernel_pointer_size(kernel);
	uint64_t address, load[LOADS];
	char text[32];

	if (!kernel_symbol(kernel, "avenrun", &address, NULL))
		return false;
	for (unsigned int i = 0; i < LOADS; i++)
		if (!kernel_read_number(kernel, address + (uint64_t)i * word, word, &load[i], NULL))
			return false;
	output_list_begin(session->output, "load");
	for (unsigned int i = 0; i < LOADS; i++) {
		load[i] += ONE / 200;
		snprintf(text, sizeof(text), "%" PRIu64 ".%02u", load[i] / ONE,
			 (unsigned int)(load[i] % ONE * 100 / ONE));
		output_string(session->output, NULL, text);
	}
	output_list_end(session->output);
	return true;
}

/* init/main.c: char *saved_command_line. */
static void put_command_line(struct session *session)
{
	struct kernel *kernel = session->kernel;
	char text[4096];
	uint64_t at;

	if (kernel_symbol(kernel, "saved_command_line", &at, NULL) &&
	    kernel_read_pointer(kernel, at, &at, NULL) &&
	    kernel_read_text(kernel, at, text, sizeof(text)))
		output_string_if(session->output, "command_line", text);
}

static void put_taint_words(struct output *output, const struct panic *panic)
{
	char letters[FACT_TAINTS];

	if (!panic->has_tainted)
		return;
	fact_taint_letters(panic->tainted, letters);
	output_list_begin(output, "taint_words");
	for (const char *letter = letters; *letter; letter++)
		if (fact_taint(*letter))
			output_string(output, NULL, fact_taint(*letter));
	output_list_end(output);
}

static bool count_module(struct kernel *kernel, const struct listed_module *module, void *arg)
{
	(void)kernel, (void)module;
	++*(size_t *)arg;
	return true;
}

static bool put_module(struct kernel *kernel, const struct listed_module *module, void *arg)
{
	struct session *session = arg;
	char letters[FACT_TAINTS] = "";
	uint64_t taints;

	if (kernel_read_member(kernel, module->address, MODULE_TAINTS, &taints, NULL))
		fact_taint_letters(taints, letters);
	output_object_begin(session->output, NULL);
	output_string(session->output, "module", module->name);
	output_string_if(session->output, "taints", letters);
	output_object_end(session->output);
	return !session_interrupted(session);
}

void show_host(struct session *session, const struct panic *panic)
{
	char name[HOST_NAME];
	size_t nr = 0;

	if (show_host_name(session, "nodename", name))
		output_string(session->output, "nodename", name);
	show_host_load(session);
	put_command_line(session);
	put_taint_words(session->output, panic);
	/* If the list is unknown, the field is left out. */
	if (!module_each(session->kernel, count_module, &nr, NULL) && !nr)
		return;
	output_list_begin(session->output, "modules");
	module_each(session->kernel, put_module, session, NULL);
	output_list_end(session->output);
}
