/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "oops/explain.h"

#include <ctype.h>
#include <elf.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "oops/explainer.h"
#include "oops/facts.h"
#include "oops/pointer.h"
#include "linux/crash/rust_name.h"

const char *const oops_grade_names[] = { NULL, "proved", "given", "fits" };

void oops_verdict_insert(struct oops_verdict *verdict, size_t at, const char *text)
{
	if (at > verdict->nr)
		at = verdict->nr;
	if (at == OOPS_SENTENCES)
		return;
	if (verdict->nr < OOPS_SENTENCES)
		verdict->nr++;
	memmove(verdict->sentence[at + 1], verdict->sentence[at],
		(verdict->nr - 1 - at) * sizeof(*verdict->sentence));
	snprintf(verdict->sentence[at], sizeof(*verdict->sentence), "%s", text);
}

/* --- what happened, where and to whom --- */

static const char *const kind_texts[NR_OOPS_KINDS] = {
	[OOPS_TRACE] = "A trace",
	[OOPS_PAGE_FAULT] = "Page fault",
	[OOPS_GENERAL_PROTECTION] = "General protection fault",
	[OOPS_BUG] = "BUG",
	[OOPS_WARNING] = "Warning",
	[OOPS_DIVIDE_ERROR] = "Divide error",
	[OOPS_DOUBLE_FAULT] = "Double fault",
	[OOPS_STACK_OVERFLOW] = "Stack overflow",
	[OOPS_PANIC] = "Panic",
	[OOPS_HUNG_TASK] = "Hung task",
	[OOPS_SOFT_LOCKUP] = "Soft lockup",
	[OOPS_HARD_LOCKUP] = "Hard lockup",
	[OOPS_RCU_STALL] = "RCU stall",
	[OOPS_OOM] = "Out of memory",
	[OOPS_KASAN] = "KASAN",
	[OOPS_KFENCE] = "KFENCE",
	[OOPS_KCSAN] = "KCSAN",
	[OOPS_UBSAN] = "UBSAN",
	[OOPS_SLUB] = "SLUB",
	[OOPS_BAD_PAGE] = "Bad page",
	[OOPS_LIST_CORRUPTION] = "List corruption",
	[OOPS_REFCOUNT] = "Reference count",
	[OOPS_CFI] = "CFI failure",
	[OOPS_SERROR] = "SError",
	[OOPS_MCE] = "Machine check",
	[OOPS_RUST_PANIC] = "Panic of Rust code",
	[OOPS_SEGFAULT] = "Fault of a process",
	[OOPS_ALIGNMENT] = "Alignment fault",
	[OOPS_BREAKPOINT] = "Unexpected breakpoint",
	[OOPS_UNDEFINED_INSTRUCTION] = "Undefined instruction",
	[OOPS_NMI] = "NMI",
};

/* Is the message itself the best summary, because it names what the kernel found? */
static bool is_told_by_title(enum oops_kind kind)
{
	return kind != OOPS_PAGE_FAULT && kind != OOPS_GENERAL_PROTECTION && kind != OOPS_ALIGNMENT;
}

static void put_access(const struct explainer *explainer, char *text, size_t size)
{
	const struct oops_report *report = explainer->report;
	const struct oops_verdict *verdict = explainer->verdict;

	if (verdict->access == OOPS_NO_ACCESS && !report->has_address)
		return;
	text_append(text, size, ", %s in %s mode",
		    verdict->access == OOPS_WRITE   ? "a write" :
		    verdict->access == OOPS_EXECUTE ? "an instruction fetch" :
		    verdict->access == OOPS_READ    ? "a read" :
						      "an access",
		    verdict->of_user ? "user" : "kernel");
	if (report->has_address)
		text_append(text, size, " %s " HEX,
			    verdict->access == OOPS_WRITE   ? "to" :
			    verdict->access == OOPS_EXECUTE ? "from" :
			    verdict->access == OOPS_READ    ? "of" :
							      "to",
			    HEX_OF(report->address));
}

/* Does the kernel find such a problem by a check, so that the place is the check's? */
static bool is_found_by_check(enum oops_kind kind)
{
	return kind == OOPS_KASAN || kind == OOPS_KFENCE || kind == OOPS_UBSAN ||
	       kind == OOPS_SLUB || kind == OOPS_REFCOUNT || kind == OOPS_LIST_CORRUPTION ||
	       kind == OOPS_BUG || kind == OOPS_WARNING || kind == OOPS_OOM;
}

/* The kernel names the last symbol before an address. Behind the end of a function is another thing, such as data. */
static bool is_inside(const struct oops_symbol *symbol)
{
	return !symbol->extent || symbol->offset < symbol->extent;
}

/* Where it happened. The title of some reports names the function. If the place is only what prints the report or
 * checks memory, it is the first function that is neither. */
static bool find_place(const struct explainer *explainer, struct oops_symbol *place)
{
	const enum oops_kind kind = explainer->report->kind;
	const struct oops_frame *caller = explainer_caller(explainer, is_checker);
	const struct oops_context *context = explainer->context;
	const char *in = strstr(explainer_line(explainer, explainer->report->title), " in ");

	if ((kind == OOPS_KASAN || kind == OOPS_KFENCE || kind == OOPS_KCSAN) && in &&
	    oops_symbol_read(in + strlen(" in "), place))
		return true;
	if (context && !context->of_user && *context->where.name && is_inside(&context->where) &&
	    kind != OOPS_RUST_PANIC && kind != OOPS_HUNG_TASK && kind != OOPS_SERROR &&
	    !(is_found_by_check(kind) && is_checker(context->where.name))) {
		*place = context->where;
		return true;
	}
	if (caller)
		*place = caller->symbol;
	return caller;
}

/* Appends the line that says what happened, without the colon or full stop at its end, and without the hashes of
 * pointers. */
static void put_title(const struct explainer *explainer, char *text, size_t size)
{
	const struct oops_report *report = explainer->report;
	const char *title = explainer_line(explainer, report->title);
	const char *hash =
		strstr(title, report->kind == OOPS_STACK_OVERFLOW ? " at 0" : " mapping:");
	size_t length = hash ? (size_t)(hash - title) : strlen(title);

	while (length && strchr(" :.", title[length - 1]))
		length--;
	text_append(text, size, "%s%.*s", *text ? ": " : "", (int)(length > 300 ? 300 : length),
		    title);
}

/* Appends the function after the place in the trace. It need not be the caller: unwinders leave out frames. */
static void put_next(const struct explainer *explainer, char *text, size_t size)
{
	const struct oops_report *report = explainer->report;
	const struct oops_symbol *place = &explainer->verdict->place;
	char symbol[SYMBOL_TEXT];
	bool found = !*place->name ||
		     (explainer->context && !strcmp(explainer->context->where.name, place->name));

	for (size_t i = 0; i < report->nr_frames && *place->name; i++) {
		const struct oops_frame *frame = &report->frame[i];

		if (!*frame->symbol.name || frame->guessed || frame->in_machinery ||
		    is_checker(frame->symbol.name))
			continue;
		if (!strcmp(frame->symbol.name, place->name)) {
			found = true;
		} else if (found) {
			text_append(text, size, " (next in the trace: %s)",
				    oops_symbol_text(&frame->symbol, symbol));
			return;
		}
	}
}

static void say_what(struct explainer *explainer)
{
	const struct oops_report *report = explainer->report;
	const struct oops_symbol *place = &explainer->verdict->place;
	char text[OOPS_SENTENCE], symbol[SYMBOL_TEXT];

	*text = '\0';
	if (!is_told_by_title(report->kind) ||
	    !strcasestr(explainer_line(explainer, report->title), kind_texts[report->kind]))
		text_append(text, sizeof(text), "%s", kind_texts[report->kind]);
	if (report->die_count && *text)
		text_append(text, sizeof(text), " (#%u)", report->die_count);
	if (is_told_by_title(report->kind))
		put_title(explainer, text, sizeof(text));
	else
		put_access(explainer, text, sizeof(text));
	explainer_say(explainer, "%s.", text);
	*text = '\0';
	if (report->has_pid)
		text_append(text, sizeof(text), ", PID %d%s%s", report->pid,
			    *report->comm ? " " : "", report->comm);
	else if (*report->comm)
		text_append(text, sizeof(text), ", process %s", report->comm);
	if (report->has_cpu)
		text_append(text, sizeof(text), ", CPU %u", report->cpu);
	if (*place->name)
		text_append(text, sizeof(text), ", in %s", oops_symbol_text(place, symbol));
	if (rust_path(place->name, strlen(place->name), symbol, sizeof(symbol)))
		text_append(text, sizeof(text), " (%s)", symbol);
	put_next(explainer, text, sizeof(text));
	if (*report->workqueue)
		text_append(text, sizeof(text), ", workqueue %s", report->workqueue);
	if (*report->release)
		text_append(text, sizeof(text), ", kernel %s", report->release);
	if (report->nr_irqs)
		text_append(text, sizeof(text),
			    ", in an interrupt (the process was only interrupted)");
	if (explainer->reports->nr_boots > 1)
		text_append(text, sizeof(text), ", in boot %zu of the text", report->boot + 1);
	if (*text)
		explainer_say(explainer, "It was %s.", text + 2);
}

/* --- registers that say nothing about the report --- */

static void explain_control(struct explainer *explainer, const struct oops_context *context)
{
	const struct oops_report *report = explainer->report;
	const struct oops_register *reg = oops_register_find(context, "cr2");

	if (reg && report->kind != OOPS_TRACE && report->kind != OOPS_PAGE_FAULT &&
	    report->kind != OOPS_DOUBLE_FAULT && report->kind != OOPS_STACK_OVERFLOW &&
	    !(report->kind == OOPS_KASAN && report->has_address && report->address == reg->value))
		explainer_note(explainer, reg->line, reg->at, reg->size,
			       "CR2 is stale: nothing in this report has set it");
	reg = oops_register_find(context, "orig_rax");
	if (!reg)
		reg = oops_register_find(context, "orig_eax");
	/* The entry code stores the complement of the vector (arch/x86/entry/entry_64.S). */
	if (reg && !context->of_user && (int64_t)reg->value < -1 && (int64_t)reg->value >= -256)
		explainer_note(explainer, reg->line, reg->at, reg->size,
			       "interrupted by vector 0x%" PRIx64 "%s", ~reg->value,
			       ~reg->value == 0xec ? " (the local timer)" : "");
	else if (reg)
		explainer_mute(explainer, reg->line, reg->at, reg->size);
}

static void explain_poison(struct explainer *explainer, const struct oops_register *reg)
{
	struct fact_poison poison;
	char offset[32] = "";

	if (!fact_poison(explainer->report->machine, reg->value, &poison))
		return;
	if (poison.displacement)
		snprintf(offset, sizeof(offset), "%+" PRId64, poison.displacement);
	explainer_note(explainer, reg->line, reg->at, reg->size, "%s%s, %s", poison.name, offset,
		       poison.meaning)
		->is_plain = true;
}

static void explain_registers(struct explainer *explainer, const struct oops_context *context)
{
	char name[REGISTER_TEXT];

	explain_control(explainer, context);
	for (size_t i = 0; i < context->nr_regs; i++) {
		const struct oops_register *reg = &context->reg[i];

		if (reg->damaged)
			explainer_note(explainer, reg->line, reg->at, reg->size,
				       "%s: digits are missing or too many, so the value is not used",
				       register_text(explainer, reg->name, name));
		else if (!context->of_user &&
			 strcmp(reg->name, explainer->verdict->bad_register) != 0)
			explain_poison(explainer, reg);
	}
}

/* --- the system call --- */

/* On entry, the kernel stores -ENOSYS where the result will be (PT_REGS in arch/x86/entry/calling.h). */
static void explain_placeholder(struct explainer *explainer)
{
	const char *names[] = { "rax", "eax" };

	for (size_t i = 0; i < 2; i++) {
		const struct oops_register *reg = oops_register_find(explainer->user, names[i]);

		if (reg && (int32_t)reg->value == -38)
			explainer_note(
				explainer, reg->line, reg->at, reg->size,
				"the placeholder of the entry code: the call had no result yet");
	}
}

/* The register of the first argument of a system call. */
static const char *first_argument(const struct explainer *explainer)
{
	if (explainer->report->machine == EM_AARCH64)
		return "x0";
	return explainer->user->is_compat || explainer->report->machine == EM_386 ? "ebx" : "rdi";
}

/* The first argument of openat() and the like may be AT_FDCWD (-100, include/uapi/linux/fcntl.h). */
static void explain_folder(struct explainer *explainer, const char *name)
{
	static const char first[] =
		"openat openat2 newfstatat fstatat64 statx mkdirat mknodat unlinkat renameat renameat2 linkat symlinkat readlinkat fchownat fchmodat faccessat faccessat2 utimensat name_to_handle_at execveat";
	const struct oops_register *reg =
		oops_register_find(explainer->user, first_argument(explainer));

	if (reg && (int32_t)reg->value == -100 && text_list_has(first, name))
		explainer_note(explainer, reg->line, reg->at, reg->size,
			       "AT_FDCWD: relative to the current folder of the process");
}

static void explain_call(struct explainer *explainer)
{
	const struct oops_report *report = explainer->report;
	const struct oops_context *user = explainer->user;
	const char *const numbers[] = { "orig_rax", "orig_eax" };
	const struct oops_register *reg = NULL, *argument;
	char *name;

	if (!user)
		return;
	if (report->machine == EM_AARCH64)
		reg = oops_register_find(user, "x8");
	for (size_t i = 0; i < 2 && !reg; i++)
		reg = oops_register_find(user, numbers[i]);
	if (!reg || reg->value >> 16)
		return;
	name = fact_system_call(report->machine, user->is_compat, reg->value);
	if (!name)
		return;
	explainer->verdict->system_call = name;
	explainer_note(explainer, reg->line, reg->at, reg->size, "system call %" PRIu64 ", %s()",
		       reg->value, name);
	argument = oops_register_find(user, first_argument(explainer));
	if (argument)
		explainer_say(explainer,
			      "The process was in the system call %s(0x%" PRIx64
			      ", ...), number %" PRIu64 ".",
			      name, argument->value, reg->value);
	else
		explainer_say(explainer,
			      "The process was in the system call %s(), number %" PRIu64 ".", name,
			      reg->value);
	explain_placeholder(explainer);
	explain_folder(explainer, name);
}

/* --- the head --- */

/* The word of the line in which the code is: "error_code(0x0002)". */
static size_t word_of_code(const struct oops_report *report, const char *line, size_t *size)
{
	size_t start = report->code_at, end = start + report->code_size;

	while (start && (isalnum((unsigned char)line[start - 1]) || strchr("_(", line[start - 1])))
		start--;
	if (line[end] == ')' && memchr(line + start, '(', end - start))
		end++;
	*size = end - start;
	return start;
}

static void explain_code(struct explainer *explainer)
{
	const struct oops_report *report = explainer->report;
	const char *line;
	struct fact_syndrome syndrome;
	char text[FACT_TEXT];
	size_t at, size;

	if (!report->has_code)
		return;
	line = explainer_line(explainer, report->code_line);
	at = word_of_code(report, line, &size);
	if (report->machine == EM_AARCH64) {
		fact_syndrome(report->code, &syndrome);
		explainer_note(explainer, report->code_line, at, size, "%s", syndrome.text);
	} else if (report->kind == OOPS_PAGE_FAULT ||
		   (report->kind == OOPS_SEGFAULT && strstr(line, "segfault at "))) {
		fact_page_fault_code(report->code, text);
		explainer_note(explainer, report->code_line, at, size,
			       "error code 0x%" PRIx64 ": %s", report->code, text);
	}
}

static void explain_entries(struct explainer *explainer)
{
	const struct oops_report *report = explainer->report;
	bool of_kernel =
		report->has_address && oops_is_kernel_address(report->machine, report->address);
	bool pae = false;

	for (size_t i = 0; i < report->nr_entries; i++)
		pae = pae || !strcmp(report->entry[i].level, "pdpt");
	for (size_t i = 0; i < report->nr_entries; i++) {
		const struct oops_entry *entry = &report->entry[i];
		struct fact_entry found;

		if (!entry->value)
			continue;
		fact_entry(report->machine, entry->level, entry->value, of_kernel, pae, &found);
		if (*found.text)
			explainer_note(explainer, entry->line, entry->at, entry->size, "%s: %s",
				       entry->level, found.text)
				->is_part = found.present;
	}
}

/* The image, whose size is not known, has at most 1 GiB (KERNEL_IMAGE_SIZE). */
static bool is_in_image(const struct oops_boot *boot, uint64_t address)
{
	return address - boot->linked - boot->offset < UINT64_C(1) << 30;
}

/* KASLR moved the image by the same offset in the whole boot. */
static void explain_offset(struct explainer *explainer)
{
	const struct oops_report *report = explainer->report;
	const struct oops_boot *boot = report->boot < explainer->reports->nr_boots ?
					       &explainer->reports->boot[report->boot] :
					       NULL;
	const struct oops_context *context = explainer->context;
	const char *line, *at;
	char digits[20];

	if (!boot || !boot->has_offset)
		return;
	line = explainer_line(explainer, boot->offset_line);
	at = strstr(line, "Kernel Offset");
	if (report == explainer->reports->report || report[-1].boot != report->boot)
		explainer_note(explainer, boot->offset_line, at ? (size_t)(at - line) : 0,
			       strlen("Kernel Offset"),
			       "KASLR moved the image of this boot by 0x%" PRIx64, boot->offset);
	if (report->has_address && is_in_image(boot, report->address))
		explainer_note(explainer, report->address_line, report->address_at,
			       report->address_size, "%" PRIx64 " as linked",
			       report->address - boot->offset)
			->is_plain = true;
	if (!context || !context->has_ip || context->of_user || !is_in_image(boot, context->ip))
		return;
	line = explainer_line(explainer, context->ip_line);
	snprintf(digits, sizeof(digits), "%" PRIx64, context->ip);
	at = strstr(line, digits);
	explainer_note(explainer, context->ip_line, at ? (size_t)(at - line) : 0,
		       at ? strlen(digits) : strcspn(line, " "), "%" PRIx64 " as linked",
		       context->ip - boot->offset)
		->is_plain = true;
}

static void explain_taint(struct explainer *explainer)
{
	const struct oops_report *report = explainer->report;
	char text[FACT_TEXT] = "";
	const char *found, *at;

	for (const char *letter = report->taint; *letter; letter++) {
		if ((found = fact_taint(*letter)) && *found)
			text_append(text, sizeof(text), "%s%c: %s", *text ? "; " : "", *letter,
				    found);
		if ((found = fact_taint_advice(*letter)))
			explainer_say(explainer, "Tainted %c: %s.", *letter, found);
	}
	if (!*text)
		return;
	at = strstr(explainer_line(explainer, report->taint_line), "Tainted: ");
	explainer_note(explainer, report->taint_line,
		       at ? (size_t)(at - explainer_line(explainer, report->taint_line)) : 0,
		       strlen("Tainted"), "%s", text);
}

static void explain_instruction(struct explainer *explainer)
{
	const struct oops_instruction *instruction = &explainer->instruction;
	const char *line, *code;

	if (!explainer->context || !explainer->context->nr_code || !instruction->known)
		return;
	snprintf(explainer->verdict->instruction, sizeof(explainer->verdict->instruction), "%s",
		 instruction->text);
	line = explainer_line(explainer, explainer->context->code_line);
	code = strstr(line, "Code");
	explainer_note(explainer, explainer->context->code_line, code ? (size_t)(code - line) : 0,
		       strlen("Code"), "the instruction is \"%s\"", instruction->text);
}

static void say_rest(struct explainer *explainer)
{
	const struct oops_report *report = explainer->report;
	const struct oops_line *again = &explainer->reports->lines.line[report->again];

	if (report->times > 1)
		explainer_say(explainer, "The text has this report %u times, at last in line %zu.",
			      report->times, again->first);
	for (size_t i = 0; i < report->nr_damaged; i++)
		if (i == 0)
			explainer_say(explainer, "The text is damaged: %s%s.", report->damaged[i],
				      report->nr_damaged > 1 ? ", and more" : "");
}

static bool is_fault(enum oops_kind kind)
{
	return kind == OOPS_PAGE_FAULT || kind == OOPS_GENERAL_PROTECTION ||
	       kind == OOPS_ALIGNMENT || kind == OOPS_DIVIDE_ERROR || kind == OOPS_DOUBLE_FAULT ||
	       kind == OOPS_KASAN || kind == OOPS_STACK_OVERFLOW;
}

static int by_place(const void *one, const void *other)
{
	const struct oops_note *a = one, *b = other;

	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return (a->at > b->at) - (a->at < b->at);
}

bool oops_explain(const struct oops_reports *reports, size_t at, struct oops_verdict *verdict,
		  struct error *err)
{
	struct explainer explainer = {
		.reports = reports,
		.report = &reports->report[at],
		.context = oops_report_context(&reports->report[at]),
		.user = oops_report_user(&reports->report[at]),
		.verdict = verdict,
	};
	struct oops_verdict what = { .nr = 0 };

	*verdict = (struct oops_verdict){ .access = reports->report[at].access,
					  .of_user = reports->report[at].says_user };
	if (explainer.context)
		oops_instruction_read(explainer.context, reports->report[at].machine,
				      &explainer.instruction);
	explain_instruction(&explainer);
	if (is_fault(reports->report[at].kind))
		explain_fault(&explainer);
	else if (reports->report[at].kind == OOPS_TRACE)
		explain_lost_head(&explainer);
	explain_kind(&explainer);
	/* The first sentence says what the others have found out. */
	if (!find_place(&explainer, &verdict->place))
		*verdict->place.name = '\0';
	explainer.verdict = &what;
	what.place = verdict->place;
	what.access = verdict->access;
	what.of_user = verdict->of_user;
	say_what(&explainer);
	explainer.verdict = verdict;
	if (verdict->nr + what.nr > OOPS_SENTENCES)
		verdict->nr = OOPS_SENTENCES - what.nr;
	memmove(verdict->sentence[what.nr], verdict->sentence,
		verdict->nr * sizeof(*verdict->sentence));
	memcpy(verdict->sentence, what.sentence, what.nr * sizeof(*what.sentence));
	verdict->nr += what.nr;
	if (verdict->nr_to_bad)
		verdict->nr_to_bad += what.nr;
	explain_code(&explainer);
	explain_entries(&explainer);
	explain_offset(&explainer);
	explain_taint(&explainer);
	explain_hashes(&explainer);
	for (size_t i = 0; i < reports->report[at].nr_contexts; i++)
		explain_registers(&explainer, &reports->report[at].context[i]);
	explain_call(&explainer);
	say_rest(&explainer);
	if (verdict->nr_notes)
		qsort(verdict->note, verdict->nr_notes, sizeof(*verdict->note), by_place);
	return !explainer.out_of_memory || out_of_memory(err);
}

void oops_verdict_release(struct oops_verdict *verdict)
{
	for (size_t i = 0; i < verdict->nr_notes; i++)
		free((char *)verdict->note[i].text);
	free(verdict->note);
	free((char *)verdict->system_call);
	*verdict = (struct oops_verdict){ .nr = 0 };
}
