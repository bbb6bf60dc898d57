/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "oops/explainer.h"

#include <ctype.h>
#include <elf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "oops/pointer.h"

/* --- sentences and notes --- */

void explainer_name_bad(struct explainer *explainer, const struct oops_register *reg,
			enum oops_grade grade)
{
	struct oops_verdict *verdict = explainer->verdict;

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

void explainer_say(struct explainer *explainer, const char *fmt, ...)
{
	char text[OOPS_SENTENCE];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	oops_verdict_insert(explainer->verdict, explainer->verdict->nr, text);
}

static struct oops_note *add_note(struct explainer *explainer, size_t line, size_t at, size_t size,
				  char *text)
{
	struct oops_verdict *verdict = explainer->verdict;
	const struct oops_note note = { .line = line, .at = at, .size = size, .text = text };

	if (array_add(&verdict->note, &verdict->nr_notes, &verdict->note_room, &note, sizeof(note)))
		return &verdict->note[verdict->nr_notes - 1];
	free(text);
	explainer->out_of_memory = true;
	return &explainer->lost;
}

struct oops_note *explainer_note(struct explainer *explainer, size_t line, size_t at, size_t size,
				 const char *fmt, ...)
{
	va_list args;
	char *text;
	int length;

	va_start(args, fmt);
	length = vasprintf(&text, fmt, args);
	va_end(args);
	explainer->out_of_memory |= length < 0;
	return add_note(explainer, line, at, size, length < 0 ? NULL : text);
}

void explainer_mute(struct explainer *explainer, size_t line, size_t at, size_t size)
{
	add_note(explainer, line, at, size, NULL);
}

size_t explainer_find(const struct explainer *explainer, size_t line, const char *word)
{
	const char *text = explainer_line(explainer, line), *at = strstr(text, word);

	return at ? (size_t)(at - text) : 0;
}

/* --- the report --- */

bool explainer_shows(const struct explainer *explainer, const char *word)
{
	const struct oops_report *report = explainer->report;

	for (size_t i = 0; i < report->nr_lines; i++)
		if (strstr(explainer_line(explainer, report->line[i]), word))
			return true;
	return false;
}

const char *oops_register_text(uint16_t machine, const char *name, char text[REGISTER_TEXT])
{
	bool is_upper = machine != EM_AARCH64;
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
		snprintf(offset, sizeof(offset), "+0x%" PRIx64, symbol->offset);
	snprintf(text, SYMBOL_TEXT, "%.255s%s%s%.63s%s", symbol->name, offset,
		 *symbol->module ? " [" : "", symbol->module, *symbol->module ? "]" : "");
	return text;
}

uint64_t explainer_value(const struct explainer *explainer, const char *name)
{
	const struct oops_register *reg = oops_register_find(explainer->context, name);

	return reg ? reg->value : 0;
}

bool explainer_has_fault_code(const struct explainer *explainer)
{
	const struct oops_report *report = explainer->report;

	return report->has_code && report->machine != EM_AARCH64 &&
	       (report->kind == OOPS_PAGE_FAULT ||
		(report->kind == OOPS_SEGFAULT &&
		 strstr(explainer_line(explainer, report->code_line), "segfault at ")));
}

enum oops_access explainer_access(const struct explainer *explainer)
{
	const bool is_x86 = explainer_has_fault_code(explainer);
	const struct fact_syndrome *syndrome = &explainer->syndrome;
	const uint64_t code = explainer->report->code;

	if (!is_x86 && !syndrome->is_abort)
		return explainer->report->access;
	if (is_x86 ? code & PF_FETCH : syndrome->is_fetch)
		return OOPS_EXECUTE;
	return (is_x86 ? code & PF_WRITE : syndrome->is_write) ? OOPS_WRITE : OOPS_READ;
}

void explainer_entry(const struct explainer *explainer, size_t at, struct fact_entry *found)
{
	const struct oops_report *report = explainer->report;
	bool of_kernel =
		report->has_address && oops_is_kernel_address(report->machine, report->address);
	bool pae = false;

	for (size_t i = 0; i < report->nr_entries; i++)
		pae = pae || !strcmp(report->entry[i].level, "pdpt");
	fact_entry(report->machine, report->entry[at].level, report->entry[at].value, of_kernel,
		   pae, found);
}

void explainer_say_syndrome(struct explainer *explainer)
{
	if (*explainer->syndrome.text)
		explainer_say(explainer, "The syndrome says: %s.", explainer->syndrome.text);
}

// clang-format off
bool is_checker(const char *function)
{
	static const char starts[] =
		"kasan_|__kasan_|__asan_|kfence_|__kfence_|kcsan_|__tsan_|__ubsan_|ubsan_|"
		"print_report|print_address|check_|object_err|slab_|__slab_|___slab_|kmem_cache_|"
		"__kmem_cache|kmalloc|__kmalloc|kfree|krealloc|free_to_part|free_debug|warn_alloc|"
		"__alloc_pages|alloc_pages|refcount_warn|__list_add_valid|__list_del_entry_valid|"
		"__kvmalloc|kvmalloc|kvfree|__do_kmalloc|stack_trace_|save_stack|set_track|"
		"__schedule_bug|try_charge|mem_cgroup_|__mem_cgroup_|out_of_memory|oom_kill|"
		"dump_header|end_report|start_report|print_trailer|alloc_debug_processing|"
		"free_page_is_bad";

	return after_any(function, starts);
}

bool is_spinning(const char *function)
{
	static const char starts[] =
		"_raw_spin_|__raw_spin_|do_raw_spin_|native_queued_spin_|queued_spin_|"
		"__pv_queued_spin_|_raw_read_|_raw_write_|queued_read_lock|queued_write_lock|"
		"__ticket_spin_|osq_lock";

	return after_any(function, starts) &&
	       !strstr(function, "unlock");
}
// clang-format on

const struct oops_frame *explainer_caller(const struct explainer *explainer,
					  bool (*is_left_out)(const char *function))
{
	const struct oops_report *report = explainer->report;
	const struct oops_symbol *where = explainer->context ? &explainer->context->where : NULL;

	for (size_t i = 0; i < report->nr_frames; i++) {
		const struct oops_frame *frame = &report->frame[i];

		/* The first line of the trace may repeat the place of the report. */
		if (frame->guessed || frame->in_machinery || !*frame->symbol.name ||
		    (is_left_out && is_left_out(frame->symbol.name)) ||
		    (where && !strcmp(where->name, frame->symbol.name) &&
		     where->offset == frame->symbol.offset))
			continue;
		return frame;
	}
	return NULL;
}
