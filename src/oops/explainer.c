/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "oops/explainer.h"

#include <ctype.h>
#include <elf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/machine.h"
#include "base/text.h"

const char *const oops_grade_names[] = { NULL, "proved", "given", "fits" };

/* --- sentences and notes --- */

void ex_name_bad(struct explainer *ex, const struct oops_number *reg, enum oops_grade grade)
{
	struct oops_verdict *verdict = ex->verdict;

	snprintf(verdict->bad_register, sizeof(verdict->bad_register), "%s", reg->name);
	verdict->bad_value = reg->value;
	verdict->grade = grade;
	verdict->nr_to_bad = verdict->nr;
}

void oops_verdict_insert(struct oops_verdict *verdict, size_t at, const char *text)
{
	if (at > verdict->nr)
		at = verdict->nr;
	if (at == OOPS_SENTENCES)
		return;
	if (verdict->nr < OOPS_SENTENCES)
		verdict->nr++;
	if (at < verdict->nr_to_bad)
		verdict->nr_to_bad++;
	memmove(verdict->sentence[at + 1], verdict->sentence[at],
		(verdict->nr - 1 - at) * sizeof(*verdict->sentence));
	snprintf(verdict->sentence[at], sizeof(*verdict->sentence), "%s", text);
	for (char *tab = verdict->sentence[at]; (tab = strchr(tab, '\t'));)
		*tab = ' '; /* from a line that is quoted */
}

void ex_say(struct explainer *ex, const char *fmt, ...)
{
	char text[OOPS_SENTENCE];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	oops_verdict_insert(ex->verdict, ex->verdict->nr, text);
}

static struct oops_note *add_note(struct explainer *ex, const struct oops_number *word, char *text)
{
	struct oops_verdict *verdict = ex->verdict;
	const struct oops_note note = {
		.line = word->line, .at = word->at, .size = word->size, .text = text
	};

	if (array_add(&verdict->note, &verdict->nr_notes, &verdict->note_room, &note, sizeof(note)))
		return &verdict->note[verdict->nr_notes - 1];
	free(text);
	ex->out_of_memory = true;
	return &ex->lost;
}

struct oops_note *ex_note(struct explainer *ex, struct oops_number word, const char *fmt, ...)
{
	va_list args;
	char *text;
	int length;

	va_start(args, fmt);
	length = vasprintf(&text, fmt, args);
	va_end(args);
	ex->out_of_memory |= length < 0;
	return add_note(ex, &word, length < 0 ? NULL : text);
}

void ex_mute(struct explainer *ex, struct oops_number word)
{
	add_note(ex, &word, NULL);
}

struct oops_number ex_word(const struct explainer *ex, size_t line, const char *word)
{
	const char *text = ex_line(ex, line), *at = strstr(text, word);

	return (struct oops_number){ .line = line,
				     .at = at ? (size_t)(at - text) : 0,
				     .size = strlen(word) };
}

/* --- the report --- */

bool ex_shows(const struct explainer *ex, const char *word)
{
	const struct oops_report *report = ex->report;

	for (size_t i = 0; i < report->nr_lines; i++)
		if (strstr(ex_line(ex, report->line[i]), word))
			return true;
	return false;
}

const char *oops_register_text(uint16_t machine, const char *name, char text[REGISTER_TEXT])
{
	bool is_upper = machine != EM_AARCH64 && machine != EM_RISCV;
	size_t i;

	for (i = 0; name[i] && i < REGISTER_TEXT - 1; i++)
		text[i] = is_upper ? (char)toupper((unsigned char)name[i]) : name[i];
	text[i] = '\0';
	return text;
}

const char *oops_symbol_text(const struct oops_symbol *symbol, char text[SYMBOL_TEXT])
{
	char offset[24] = "";

	if (!symbol->no_offset)
		snprintf(offset, sizeof(offset), "+0x%s", DIGITS(symbol->offset));
	snprintf(text, SYMBOL_TEXT, "%.255s%s%s%.63s%s", symbol->name, offset,
		 *symbol->module ? " [" : "", symbol->module, *symbol->module ? "]" : "");
	return text;
}

const char *hex_text(uint64_t value, const char *mark, char text[HEX_TEXT])
{
	/* Without its zeros, what is no address of x86-64 would look like one. */
	if (value >> 47 && !(value >> 60))
		snprintf(text, HEX_TEXT, "%016" PRIx64, value);
	else
		snprintf(text, HEX_TEXT, "%s%" PRIx64, value > 9 && !(value >> 28) ? mark : "",
			 value);
	return text;
}

uint64_t ex_value(const struct explainer *ex, const char *name)
{
	const struct oops_number *reg = oops_register_find(ex->context, name);

	return reg ? reg->value : 0;
}

bool ex_is_read(const struct explainer *ex)
{
	return ex->report->machine == EM_NONE || machine_find(ex->report->machine);
}

bool ex_has_fault_code(const struct explainer *ex)
{
	const struct oops_report *report = ex->report;

	return report->has_code && ex_is_read(ex) && !oops_report_is_syndrome(report) &&
	       report->machine != EM_AARCH64 && report->machine != EM_RISCV &&
	       (report->kind == OOPS_PAGE_FAULT ||
		(report->kind == OOPS_SEGFAULT &&
		 strstr(ex_line(ex, report->code.line), "segfault at ")));
}

void ex_entry(const struct explainer *ex, size_t at, struct fact_entry *found)
{
	const struct oops_report *report = ex->report;
	bool of_kernel = report->has_address &&
			 oops_is_kernel_address(report->machine, report->address.value);
	bool pae = false;

	for (size_t i = 0; i < report->nr_entries; i++)
		pae = pae || !strcmp(report->entry[i].name, "pdpt");
	fact_entry(report->machine, report->entry[at].name, report->entry[at].value, of_kernel, pae,
		   found);
}

void ex_say_syndrome(struct explainer *ex)
{
	if (*ex->syndrome.text)
		ex_say(ex, "The %s says: %s.",
		       ex->report->machine == EM_RISCV ? "cause" : "syndrome", ex->syndrome.text);
}

const struct oops_frame *ex_caller(const struct explainer *ex, unsigned int without)
{
	const struct oops_report *report = ex->report;
	const struct oops_context *context = ex->context;
	const struct oops_symbol *where = context ? &context->where : NULL;
	/* What comes before the registers in a trace belongs to the interrupt or the NMI. */
	const size_t first = context && context->in_trace && !context->of_user ? context->first : 0;

	for (size_t i = 0; i < report->nr_frames; i++) {
		const struct oops_frame *frame = &report->frame[i];

		/* The first line of the trace may repeat the place of the report. */
		if (frame->guessed || frame->in_machinery || frame->line < first ||
		    !*frame->symbol.name ||
		    (without && function_has(frame->symbol.name, without)) ||
		    (where && oops_symbol_is_same(where, &frame->symbol)))
			continue;
		return frame;
	}
	return NULL;
}
