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

void explainer_say(struct explainer *explainer, const char *fmt, ...)
{
	struct oops_verdict *verdict = explainer->verdict;
	va_list args;

	if (verdict->nr == OOPS_SENTENCES)
		return;
	va_start(args, fmt);
	vsnprintf(verdict->sentence[verdict->nr], OOPS_SENTENCE, fmt, args);
	va_end(args);
	for (char *tab = verdict->sentence[verdict->nr++]; (tab = strchr(tab, '\t'));)
		*tab = ' '; /* from a line that is quoted */
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

const char *oops_register_text(uint16_t machine, const char *name, char text[REGISTER_TEXT])
{
	bool is_upper = machine != EM_AARCH64;
	size_t i;

	for (i = 0; name[i] && i < REGISTER_TEXT - 1; i++)
		text[i] = is_upper ? (char)toupper((unsigned char)name[i]) : name[i];
	text[i] = '\0';
	return text;
}

const char *register_text(const struct explainer *explainer, const char *name,
			  char text[REGISTER_TEXT])
{
	return oops_register_text(explainer->report->machine, name, text);
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

static bool starts_with_any(const char *function, const char *const *starts, size_t nr)
{
	return after_any(function, starts, nr);
}

bool is_checker(const char *function)
{
	static const char *const starts[] = {
		"kasan_",
		"__kasan_",
		"__asan_",
		"kfence_",
		"__kfence_",
		"kcsan_",
		"__tsan_",
		"__ubsan_",
		"ubsan_",
		"print_report",
		"print_address",
		"check_",
		"object_err",
		"slab_",
		"__slab_",
		"___slab_",
		"kmem_cache_",
		"__kmem_cache",
		"kmalloc",
		"__kmalloc",
		"kfree",
		"krealloc",
		"free_to_part",
		"free_debug",
		"warn_alloc",
		"__alloc_pages",
		"alloc_pages",
		"refcount_warn",
		"__list_add_valid",
		"__list_del_entry_valid",
		"__kvmalloc",
		"kvmalloc",
		"kvfree",
		"__do_kmalloc",
		"stack_trace_",
		"save_stack",
		"set_track",
		"__schedule_bug",
		"try_charge",
		"mem_cgroup_",
		"__mem_cgroup_",
		"out_of_memory",
		"oom_kill",
		"dump_header",
		"end_report",
		"start_report",
	};

	return starts_with_any(function, starts, sizeof(starts) / sizeof(*starts));
}

bool is_spinning(const char *function)
{
	static const char *const starts[] = {
		"_raw_spin_",	    "__raw_spin_",	 "do_raw_spin_",   "native_queued_spin_",
		"queued_spin_",	    "__pv_queued_spin_", "_raw_read_",	   "_raw_write_",
		"queued_read_lock", "queued_write_lock", "__ticket_spin_", "osq_lock",
	};

	return starts_with_any(function, starts, sizeof(starts) / sizeof(*starts));
}

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
