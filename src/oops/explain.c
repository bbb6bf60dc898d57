/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "oops/explainer.h"

#include <ctype.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "oops/report_parts.h"

/* --- what happened, where and to whom --- */

#define put(text, ...) text_append(text, OOPS_SENTENCE, __VA_ARGS__)

static void put_access(const struct explainer *ex, char text[OOPS_SENTENCE])
{
	static const char *const names[][2] = {
		[OOPS_NO_ACCESS] = { "an access", "to" },
		[OOPS_READ] = { "a read", "of" },
		[OOPS_WRITE] = { "a write", "to" },
		[OOPS_EXECUTE] = { "an instruction fetch", "from" },
	};
	const struct oops_report *report = ex->report;
	const struct oops_verdict *verdict = ex->verdict;

	if (verdict->access == OOPS_NO_ACCESS && !report->has_address)
		return;
	put(text, ", %s in %s mode", names[verdict->access][0],
	    verdict->of_user ? "user" : "kernel");
	if (report->has_address)
		put(text, " %s %s", names[verdict->access][1], HEX(report->address.value));
}

/* The context of the kernel that shows the place, or NULL. */
static const struct oops_context *kernel_context(const struct explainer *ex)
{
	return ex->context && !ex->context->of_user ? ex->context : NULL;
}

/* Did an interrupt or NMI report it, which had stopped the code? */
static bool is_of_stopped(const struct oops_report *report)
{
	return oops_kind_is_any(report->kind,
				KIND(SOFT_LOCKUP) | KIND(HARD_LOCKUP) | KIND(RCU_STALL));
}

/* The first caller after the ones of the interrupt or NMI that reports code which it had stopped, or NULL. */
static const struct oops_frame *find_stopped(const struct explainer *ex)
{
	const struct oops_report *report = ex->report;
	bool after = false;

	if (kernel_context(ex) || !is_of_stopped(report))
		return NULL;
	for (size_t i = 0; i < report->nr_frames; i++) {
		const struct oops_frame *frame = &report->frame[i];
		const bool is_entry = function_has(frame->symbol.name, FUNCTION_INTERRUPT);

		after |= frame->is_stopped;
		if (after && !is_entry && !frame->guessed && !frame->in_machinery &&
		    *frame->symbol.name)
			return frame;
		after |= is_entry;
	}
	return NULL;
}

/* Does a task wait in the trace? The title may be missing. */
static bool is_of_waiting(const struct oops_report *report)
{
	size_t at = 0;

	if (report->kind != OOPS_TRACE)
		return report->kind == OOPS_HUNG_TASK;
	while (at < report->nr_frames &&
	       (report->frame[at].guessed || !strcmp(report->frame[at].symbol.name, "__switch_to")))
		at++;
	return at < report->nr_frames && !strcmp(report->frame[at].symbol.name, "__schedule");
}

/* The function in the trace that is the place, where the text has no other: the first one that is certain and of
 * interest. NULL if it need not be the place: the start of the trace may be missing; the trace of an exception of x86
 * begins with a caller, unless it shows how the exception was reported, and without a title or a machine it may be such
 * a trace; what detects a stall is no part of it; and a function that is not certain may be the one that an exception
 * interrupted. */
static const struct oops_frame *find_in_trace(const struct explainer *ex)
{
	const struct oops_report *report = ex->report;
	const struct oops_frame *frame = report->frame, *stopped = find_stopped(ex);
	const struct oops_frame *caller =
		ex_caller(ex, FUNCTION_STARTS |
				      (is_of_waiting(report) ? FUNCTION_WAITS : FUNCTION_CHECKS));
	const bool may_be_x86 = report->machine == EM_X86_64 || report->machine == EM_386 ||
				report->machine == EM_NONE;
	bool begins = report->kind != OOPS_TRACE && report->kind != OOPS_PANIC;
	bool shown = report->machine == EM_AARCH64 || report->machine == EM_RISCV ||
		     (begins && (!may_be_x86 || !oops_kind_has(report->kind, KIND_FAULT) ||
				 !oops_kind_has(report->kind, KIND_EXCEPTION)));

	/* What reports a machine check or an NMI is above the code that it stopped, and no list has all of it. */
	if (stopped || !caller || oops_kind_is_any(report->kind, KIND(MCE) | KIND(NMI)))
		return stopped;
	/* "CPU0: stopping" shows where the CPU was, after the handler. A function that calls at its end is before the place,
	 * named by the function after it. */
	if (caller->of_arm &&
	    (!strcmp(caller->symbol.name, "do_handle_IPI") ||
	     (caller > frame && *caller[-1].symbol.name && !caller[-1].symbol.offset &&
	      !function_has(caller[-1].symbol.name, FUNCTION_MACHINERY))))
		return NULL;
	if (kernel_context(ex) && *ex->context->where.name)
		return caller;
	if (report->kind == OOPS_RCU_STALL && function_has(frame->symbol.name, FUNCTION_DETECTS))
		return NULL;
	for (size_t i = report->first; !begins && i < frame->line; i++)
		begins = strcasestr(ex_line(ex, i), "trace:");
	for (; begins && frame < caller; frame++) {
		shown |= frame->in_machinery && !frame->guessed;
		if (frame->in_machinery && frame[1].guessed && !frame[1].in_machinery &&
		    function_has(frame->symbol.name, FUNCTION_ENTRY))
			return NULL;
	}
	return begins && shown ? caller : NULL;
}

/* Where it happened. The title of some reports names the function. If the place is only what prints the report or
 * checks memory, it is the first function that is neither. */
static bool find_place(const struct explainer *ex, struct oops_symbol *place)
{
	const struct oops_report *report = ex->report;
	const struct oops_context *context = kernel_context(ex);
	const char *title = ex_line(ex, report->title), *in = after_mark(title, " corrupted in: ");
	const struct oops_frame *frame;

	/* The title of such a report may be missing, and what follows it still be there. */
	if ((report->of && report->of->is & TITLE_NO_PLACE) || ex_shows(ex, "hyp_panic") ||
	    strstr(title, "Attempted to kill init!"))
		return false;
	if (oops_kind_is_any(report->kind, KIND(KASAN) | KIND(KFENCE) | KIND(KCSAN)))
		in = after_mark(title, " in ");
	if (in && oops_symbol_read(in, place))
		return true;
	/* The title would show whether a check has only found it; so do the bytes of another instruction than BUG(). */
	if (report->kind == OOPS_TRACE && !report->of && context &&
	    function_has(context->where.name, FUNCTION_CHECKS) &&
	    (!ex->instruction.known || !strcmp(ex->instruction.text, "ud2")))
		return false;
	/* The kernel names the last symbol before an address. Behind the end of a function is another thing, such as
	 * data. */
	if (context && *context->where.name && !oops_symbol_is_data(&context->where) &&
	    (!context->where.extent || context->where.offset < context->where.extent) &&
	    !oops_kind_has(report->kind, KIND_ELSEWHERE) &&
	    !(oops_kind_has(report->kind, KIND_CHECK) &&
	      function_has(context->where.name, FUNCTION_CHECKS)) &&
	    !rust_is_panic_machinery(context->where.name) &&
	    !(oops_kind_is_any(report->kind, KIND(TRACE) | KIND(PANIC)) &&
	      function_has(context->where.name, FUNCTION_MACHINERY))) {
		*place = context->where;
		return true;
	}
	/* The caller is not the place. */
	if (context && context->has_ip && !*context->where.name &&
	    (oops_kind_has(report->kind, KIND_EXCEPTION) ||
	     oops_kind_is_any(report->kind, KIND(TRACE) | KIND(SOFT_LOCKUP) | KIND(HARD_LOCKUP))))
		return false;
	frame = find_in_trace(ex);
	if (frame)
		*place = frame->symbol;
	return frame;
}

/* Appends the line that says what happened, without the colon or full stop at its end, and without the hashes of
 * pointers. */
static void put_title(const struct explainer *ex, char text[OOPS_SENTENCE])
{
	const struct oops_report *report = ex->report;
	const char *title = ex_line(ex, report->title);
	const char *hash =
		strstr(title, report->kind == OOPS_STACK_OVERFLOW ? " at 0" : " mapping:");
	size_t length = hash ? (size_t)(hash - title) : strlen(title);
	size_t blanks = strspn(title, " \t");

	while (length > blanks && strchr(" :.", title[length - 1]))
		length--;
	length -= blanks;
	put(text, "%s%.*s", *text ? ": " : "", (int)(length > 300 ? 300 : length), title + blanks);
}

/* Appends the function after the place in the trace. It need not be the caller: unwinders leave out frames. */
static void put_next(const struct explainer *ex, char text[OOPS_SENTENCE])
{
	const struct oops_report *report = ex->report;
	const struct oops_context *context = ex->context;
	const struct oops_symbol *place = &ex->verdict->place;
	/* Of a panic, the registers are what comes after the end of a report: callers may be lost. */
	const bool is_after = report->kind == OOPS_PANIC && report->nr_frames && context &&
			      context->ip_line > report->frame[0].line;
	bool found = !*place->name ||
		     (context && !is_after && !strcmp(context->where.name, place->name));
	/* Frames before a block within the trace are of the code that interrupted the place. */
	const size_t before = found && context && context->in_trace ? context->ip_line : 0;
	bool has_guesses = false;

	/* A function of arm64 or riscv64 that has only begun has not saved lr or ra, and is not in a frame of its own. */
	if (*place->name && found && !place->offset && !place->no_offset && *context->link.name) {
		put(text, " (%s: %s)", ex->names->link, SYMBOL(&context->link));
		return;
	}
	for (size_t i = 0; i < report->nr_frames; i++)
		has_guesses |= report->frame[i].guessed;
	for (size_t i = 0; i < report->nr_frames && *place->name; i++) {
		const struct oops_frame *frame = &report->frame[i];

		if (!*frame->symbol.name || frame->guessed || frame->in_machinery ||
		    frame->line < before ||
		    (oops_kind_has(report->kind, KIND_CHECK) &&
		     function_has(frame->symbol.name, FUNCTION_CHECKS)))
			continue;
		/* Where the kernel marks what it only guesses, a frame at another offset is a caller, too. */
		if (!strcmp(frame->symbol.name, place->name) &&
		    !(found && has_guesses && frame->symbol.offset != place->offset &&
		      !frame->symbol.no_offset && !place->no_offset)) {
			found = true;
		} else if (found) {
			put(text, " (next in the trace: %s)", SYMBOL(&frame->symbol));
			return;
		}
	}
}

static void put_what(const struct explainer *ex, char text[OOPS_SENTENCE])
{
	const struct oops_report *report = ex->report;
	const char *title = ex_line(ex, report->title);
	const unsigned int is = report->of ? report->of->is : 0;
	/* s390 has one title for protection and translation: do_exception() in arch/s390/mm/fault.c. */
	const char *name = is & TITLE_STACK ? "Stack segment fault" :
			   report->kind == OOPS_PAGE_FAULT && report->machine == EM_S390 ?
					      "Memory fault" :
					      oops_kinds[report->kind].text;
	/* Registers, code, or the callers of a handler say nothing themselves. */
	const bool has_title =
		oops_kind_has(report->kind, KIND_TITLE) &&
		(report->of || (oops_kind_is_any(report->kind, KIND(TRACE) | KIND(PANIC)) &&
				!oops_part_shows_code(title) && !oops_part_shows_registers(title)));

	if (report->kind == OOPS_TRACE && !has_title)
		name = "Part of a report";
	else if (report->kind == OOPS_TRACE && report->is_announced)
		/* Without a time, the line may be of a program. */
		name = ex->reports->lines.line[report->title].has_time ?
			       "A trace, before which the kernel printed" :
			       "A trace, which follows the line";
	else if (is & TITLE_WHOLE || (report->kind == OOPS_TRACE && report->of))
		name = "";
	if (!has_title || !strcasestr(title, name))
		put(text, "%s", name);
	if (report->die_count && *text)
		put(text, " (#%u)", report->die_count);
	if (has_title)
		put_title(ex, text);
	else
		put_access(ex, text);
	put(text, ".");
}

/* Has the process itself run softirqs, when it enabled them again? Their stack is the one of interrupts. */
static bool has_run_softirqs(const struct oops_report *report)
{
	for (size_t i = 0; i < report->nr_frames; i++)
		if (!report->frame[i].guessed &&
		    text_list_has("__local_bh_enable_ip local_bh_enable do_softirq",
				  report->frame[i].symbol.name))
			return true;
	return false;
}

static void put_who(const struct explainer *ex, char text[OOPS_SENTENCE])
{
	const struct oops_report *report = ex->report;
	const struct oops_symbol *place = &ex->verdict->place;
	const struct oops_context *context = kernel_context(ex);
	char rust[SYMBOL_TEXT];

	if (report->has_pid)
		put(text, ", PID %d%s%s", report->pid, *report->comm ? " " : "", report->comm);
	else if (*report->comm)
		put(text, ", process %s", report->comm);
	if (report->has_cpu)
		put(text, ", CPU %u", report->cpu);
	if (*place->name)
		put(text, ", in %s", SYMBOL(place));
	else if (report->of && context && context->has_ip && !*context->where.name &&
		 !context->in_trace && ex->verdict->access != OOPS_EXECUTE)
		put(text, ", at %s", HEX(context->ip));
	if (rust_path(place->name, strlen(place->name), rust, sizeof(rust)))
		put(text, " (%s)", rust);
	put_next(ex, text);
	if (*report->workqueue)
		put(text, ", workqueue %s", report->workqueue);
	if (*report->release)
		put(text, ", kernel %s", report->release);
	/* FLAT_RING3_CS64, 0xe033 (xen/arch-x86/xen-x86_64.h), of which the kernel clears or keeps the ring */
	if (ex_shows(ex, "RIP: e030:") || ex_shows(ex, "RIP: e033:"))
		put(text, ", a PV guest of Xen");
	/* The place may be code that the interrupt stopped, and not in the text. */
	if (report->nr_irqs &&
	    (kernel_context(ex) ? !ex->context->in_trace : !is_of_stopped(report)))
		put(text, ", in %s",
		    has_run_softirqs(report) ? "a softirq" :
					       "an interrupt (the process was only interrupted)");
	if (ex->reports->nr_boots > 1)
		put(text, ", in boot %zu of the text", report->boot + 1);
}

/* The first sentences. They show what the others have found out. */
static void say_what(struct explainer *ex)
{
	char what[OOPS_SENTENCE] = "", who[OOPS_SENTENCE] = "", text[OOPS_SENTENCE + 16];

	put_what(ex, what);
	put_who(ex, who);
	snprintf(text, sizeof(text), "It was %s.", who + 2);
	if (ex->report->mixed)
		oops_verdict_insert(
			ex->verdict, 0,
			"Its lines are mixed with lines of another report, and nothing shows which are whose: process, place, address, registers and system call may be of the other one.");
	if (*who)
		oops_verdict_insert(ex->verdict, 0, text);
	oops_verdict_insert(ex->verdict, 0, what);
}

/* --- registers that say nothing about the report --- */

enum { ILLEGAL_INSTRUCTION = 2 /* scause of riscv64 */, PROLOGUE_SIZE = 42 };

static void explain_control(struct explainer *ex, const struct oops_context *context)
{
	const struct oops_report *report = ex->report;
	const struct oops_number *reg = oops_register_find(context, "cr2");
	char text[FACT_TEXT];

	/* show_opcodes() in arch/x86/kernel/dumpstack.c reads from PROLOGUE_SIZE bytes before the place on. */
	if (reg && context->opcode_unreadable && context->has_ip &&
	    reg->value == context->ip - PROLOGUE_SIZE && !report->mixed) {
		ex_note(ex, *reg,
			"the kernel itself has set CR2, when it tried to read the code from RIP - %d on",
			PROLOGUE_SIZE);
		reg = NULL;
	}
	/* The first lines, which show what has set it, may be missing. */
	if (reg && !oops_kind_has(report->kind, KIND_CR2) && report->kind != OOPS_TRACE &&
	    report->kind != OOPS_SEGFAULT && !report->mixed && report->kind != OOPS_PANIC &&
	    !(report->kind == OOPS_KASAN && report->has_address &&
	      report->address.value == reg->value))
		ex_note(ex, *reg, "CR2 is stale: nothing in this report has set it");
	reg = oops_register_find(context, "status");
	if (reg) {
		fact_status(reg->value, text);
		ex_note(ex, *reg, "%s", text);
	}
	reg = oops_register_find(context, "badaddr");
	if (reg && ex_value(ex, "cause") == ILLEGAL_INSTRUCTION)
		ex_note(ex, *reg, "the bits of the instruction, or 0");
	if (report->machine == EM_AARCH64)
		return;
	reg = oops_register_find(context, ex->names->number);
	/* The entry code stores the complement of the vector (arch/x86/entry/entry_64.S). */
	if (reg && !context->of_user && (int64_t)reg->value < -1 && (int64_t)reg->value >= -256)
		ex_note(ex, *reg, "interrupted by vector 0x%s%s", DIGITS(~reg->value),
			~reg->value == 0xec ? " (the local timer)" : "");
	else if (reg)
		ex_mute(ex, *reg);
}

static void explain_poison(struct explainer *ex, const struct oops_number *reg)
{
	struct value_meaning poison;
	char offset[32] = "";

	/* Poisoned pointers of i386 are small numbers: not each such number is a pointer. */
	if (!fact_poison(ex->report->machine, reg->value, &poison) || reg->value < 4096)
		return;
	if (poison.offset)
		snprintf(offset, sizeof(offset), "%+" PRId64, poison.offset);
	ex_note(ex, *reg, "%s%s, %s", poison.name, offset, poison.what)->is_plain = true;
}

static void explain_registers(struct explainer *ex, const struct oops_context *context)
{
	explain_control(ex, context);
	for (size_t i = 0; i < context->nr_regs; i++) {
		const struct oops_number *reg = &context->reg[i];

		if (reg->damaged)
			ex_note(ex, *reg,
				"%s: digits are missing or too many, so the value is not used",
				REGISTER(ex, reg->name));
		else if (!context->of_user && strcmp(reg->name, ex->verdict->bad_register) != 0)
			explain_poison(ex, reg);
	}
}

/* --- the system call --- */

/* The first argument of these may be AT_FDCWD (-100, include/uapi/linux/fcntl.h). */
static const char calls_of_folders[] =
	"openat openat2 newfstatat fstatat64 statx mkdirat mknodat unlinkat renameat renameat2 linkat symlinkat readlinkat fchownat fchmodat faccessat faccessat2 utimensat name_to_handle_at execveat";

/* The function of a system call, SYSCALL_DEFINEx() of all releases, below which is the entry of the kernel. */
static void explain_call_by_trace(struct explainer *ex)
{
	static const char starts[] =
		"sys_|SyS_|__x64_sys_|__ia32_sys_|__arm64_sys_|__riscv_sys_|compat_sys_|__ia32_compat_sys_";
	const struct oops_frame *frame = ex->report->frame;
	const char *name = NULL, *found;
	bool enters = false;

	for (size_t i = 0; i < ex->report->nr_frames && !enters; i++) {
		const char *function = frame[i].symbol.name;

		if (frame[i].guessed)
			continue;
		found = after_any(function, starts);
		name = found ? found : name;
		enters = function_has(function, FUNCTION_STARTS) &&
			 !after_any(function, "ret_from_fork|ret_from_kernel");
	}
	if (name && enters)
		ex_say(ex, "By the trace, the process was in the system call %.*s().",
		       (int)strcspn(name, "."), name);
}

static void explain_call(struct explainer *ex)
{
	const uint16_t machine = ex->report->machine;
	const struct register_uses *names = ex->names;
	const struct oops_context *user = ex->user;
	const struct oops_number *reg, *argument, *result;
	char *name, first[24] = "";

	reg = oops_register_find(user, names->number);
	name = reg && !(reg->value >> 16) ? fact_system_call(machine, user->is_compat, reg->value) :
					    NULL;
	if (!name) {
		if (!reg)
			explain_call_by_trace(ex);
		return;
	}
	ex->verdict->system_call = name;
	ex_note(ex, *reg, "system call %" PRIu64 ", %s()", reg->value, name);
	argument =
		oops_register_find(user, machine == EM_X86_64 && user->is_compat ? "rbx" :
										   names->argument);
	if (argument)
		snprintf(first, sizeof(first), "0x%s, ...", DIGITS(argument->value));
	ex_say(ex, "The process was in the system call %s(%s), number %" PRIu64 ".", name, first,
	       reg->value);
	/* On entry, the kernel stores -ENOSYS there (PT_REGS in arch/x86/entry/calling.h). */
	result = machine == EM_AARCH64 ? NULL : oops_register_find(user, names->result);
	if (result && (int32_t)result->value == -38)
		ex_note(ex, *result,
			"the placeholder of the entry code: the call had no result yet");
	if (argument && (int32_t)argument->value == -100 && text_list_has(calls_of_folders, name))
		ex_note(ex, *argument, "AT_FDCWD: relative to the current folder of the process");
}

/* --- the head --- */

/* The word of the line in which the code is: "error_code(0x0002)". */
static struct oops_number word_of_code(const struct explainer *ex)
{
	struct oops_number word = ex->report->code;
	const char *line = ex_line(ex, word.line);
	size_t end = word.at + word.size;

	while (word.at &&
	       (isalnum((unsigned char)line[word.at - 1]) || strchr("_(", line[word.at - 1])))
		word.at--;
	word.size = end - word.at;
	if (line[end] == ')' && memchr(line + word.at, '(', word.size))
		word.size++;
	return word;
}

static void explain_code(struct explainer *ex)
{
	const struct oops_report *report = ex->report;
	char text[FACT_TEXT];

	if (!report->has_code)
		return;
	fact_page_fault_code(report->code.value, text);
	if (*ex->syndrome.text)
		ex_note(ex, word_of_code(ex), "%s", ex->syndrome.text);
	else if (ex_has_fault_code(ex))
		ex_note(ex, word_of_code(ex), "error code 0x%s: %s", DIGITS(report->code.value),
			text);
}

static void explain_entries(struct explainer *ex)
{
	const struct oops_report *report = ex->report;
	struct fact_entry found;

	for (size_t i = 0; i < report->nr_entries; i++) {
		const struct oops_number *entry = &report->entry[i];

		if (!entry->value)
			continue;
		ex_entry(ex, i, &found);
		if (*found.text)
			ex_note(ex, *entry, "%s: %s", entry->name, found.text)->is_part =
				found.present;
	}
}

/* The image, whose size is not known, has at most 1 GiB (KERNEL_IMAGE_SIZE). */
static bool is_in_image(const struct oops_boot *boot, uint64_t address)
{
	return address - boot->kaslr.linked - boot->kaslr.offset < UINT64_C(1) << 30;
}

/* KASLR moved the image by the same offset in the whole boot. */
static void explain_offset(struct explainer *ex)
{
	const struct oops_report *report = ex->report;
	const struct oops_context *context = ex->context;
	const struct oops_boot *boot = &ex->reports->boot[report->boot];
	char digits[20];

	if (report->boot >= ex->reports->nr_boots || !boot->kaslr.has_offset)
		return;
	if (report == ex->reports->report || report[-1].boot != report->boot)
		ex_note(ex, ex_word(ex, boot->kaslr.line, "Kernel Offset"),
			"KASLR moved the image of this boot by 0x%s", DIGITS(boot->kaslr.offset));
	if (report->has_address && is_in_image(boot, report->address.value))
		ex_note(ex, report->address, "%s as linked",
			DIGITS(report->address.value - boot->kaslr.offset))
			->is_plain = true;
	if (!context || !context->has_ip || context->of_user || !is_in_image(boot, context->ip))
		return;
	snprintf(digits, sizeof(digits), "%s", DIGITS(context->ip));
	if (!strstr(ex_line(ex, context->ip_line), digits))
		*digits = '\0';
	ex_note(ex, ex_word(ex, context->ip_line, digits), "%s as linked",
		DIGITS(context->ip - boot->kaslr.offset))
		->is_plain = true;
}

/* Old kernels set B before SLUB's report shows the taints (slab_bug() in mm/slub.c). Its title shows them as they were. */
static bool was_tainted_before(const struct explainer *ex, char letter)
{
	const char *title = ex_line(ex, ex->report->title);
	const char *taints = strstr(title, "Tainted: ");

	return letter != 'B' || ex->report->kind != OOPS_SLUB ||
	       (taints && memchr(taints, 'B', strcspn(taints, ")")));
}

/* From 3.7 to 3.14, F was also for modules without a valid signature (add_taint_module() in kernel/module.c); later
 * kernels have E. Distributions did so in older releases, too. */
static bool may_mean_unsigned(const char *release)
{
	unsigned int major, minor;

	return sscanf(release, "%3u.%3u", &major, &minor) != 2 || major < 3 ||
	       (major == 3 && minor < 15 && (minor >= 7 || strstr(release, ".el")));
}

/* Is the other report, which stands before, shown to be of the same boot? Times rise within a boot, and without them and the
 * release two reports may be of any two boots. */
static bool is_of_this_boot(const struct explainer *ex, const struct oops_report *other)
{
	const struct oops_line *line = ex->reports->lines.line;

	return *other->release && !strcmp(other->release, ex->report->release) &&
	       line[other->title].has_time && line[ex->report->title].has_time;
}

/* Returns the report of the same boot that came before and set the taint, or NULL if the text shows none. A text may have very
 * many reports, so only the nearest ones are looked at. */
static const struct oops_report *set_taint(const struct explainer *ex, char letter)
{
	enum { MOST = 256 };
	const uint64_t kinds = letter == 'W' ? KIND(WARNING) | KIND(REFCOUNT) :
			       letter == 'L' ? KIND(SOFT_LOCKUP) :
			       letter == 'B' ? KIND(BAD_PAGE) | KIND(KASAN) | KIND(SLUB) :
					       0;
	const struct oops_report *report = ex->report, *first = ex->reports->report;

	if (report - first > MOST)
		first = report - MOST;
	while (report-- > first && report->boot == ex->report->boot)
		if (!report->mixed && is_of_this_boot(ex, report) &&
		    (letter == 'D' ? report->die_count == 1 && ex->report->die_count != 1 :
				     report->of && oops_kind_is_any(report->kind, kinds)))
			return report;
	return NULL;
}

static void explain_taint(struct explainer *ex)
{
	const struct oops_report *report = ex->report;
	char text[FACT_TEXT] = "";
	const struct oops_report *before;
	const char *found;

	for (const char *letter = report->taint; *letter; letter++) {
		const bool may_be_unsigned = *letter == 'F' && may_mean_unsigned(report->release);

		if ((found = fact_taint(*letter)) && *found)
			text_append(text, sizeof(text), "%s%c: %s%s", *text ? "; " : "", *letter,
				    found, may_be_unsigned ? ", or without a valid signature" : "");
		if (!(found = fact_taint_advice(*letter)) || !was_tainted_before(ex, *letter))
			continue;
		ex_say(ex, "Tainted %c: %s.", *letter,
		       may_be_unsigned ?
			       "a module was loaded whose signature could not be verified, or a module was loaded by force: this kernel uses the letter for both" :
			       found);
		if ((before = set_taint(ex, *letter)))
			ex_say(ex, "The text has one: %.120s.", ex_line(ex, before->title));
	}
	if (*text)
		ex_note(ex, ex_word(ex, report->taint_line, "Tainted"), "%s", text);
}

/* x86 prints no registers of a process that faults: what follows its line is of another report. */
static bool is_after_segfault(const struct explainer *ex)
{
	return ex->report->kind == OOPS_SEGFAULT && oops_register_find(ex->context, "rsp");
}

static void explain_instruction(struct explainer *ex)
{
	const struct oops_context *context = ex->context;
	const char *text = ex->instruction.text;

	/* Without a title, bytes at a place without a symbol may be no code. */
	if (!context || !context->nr_code || !ex->instruction.known ||
	    (context->of_user && ex->report->kind != OOPS_SEGFAULT) || is_after_segfault(ex) ||
	    (ex->report->kind == OOPS_TRACE && !*context->where.name))
		return;
	/* The CPU reports the address after int3. Without a title, it may be padding. */
	if (ex->report->machine != EM_AARCH64 && context->mark &&
	    context->code[context->mark - 1] == 0xcc) {
		if (ex->report->kind == OOPS_TRACE)
			return;
		if (ex->report->kind == OOPS_BREAKPOINT)
			text = "int3";
	}
	snprintf(ex->verdict->instruction, OOPS_INSTRUCTION, "%s", text);
	ex_note(ex, ex_word(ex, ex->context->code_line, "Code"), "the instruction is \"%s\"", text);
}

static void say_rest(struct explainer *ex)
{
	const struct oops_report *report = ex->report;
	const struct oops_line *again = &ex->reports->lines.line[report->again];

	if (report->times > 1)
		ex_say(ex, "The text has this report %u times, at last in line %zu.", report->times,
		       again->first);
	if (report->nr_damaged)
		ex_say(ex, "The text is damaged: %s%s.", report->damaged[0],
		       report->nr_damaged > 1 ? ", and more" : "");
}

static const struct register_uses *names_of(uint16_t machine)
{
	static const struct register_uses names[] = {
		{ "rsp", "rbp", "orig_rax", "rdi", "rax", "rdx", "" },
		{ "esp", "ebp", "orig_eax", "ebx", "eax", "edx", "" },
		{ "sp", "x29", "x8", "x0", "x0", "", "lr" },
		/* riscv64 prints no registers of a process that is in a system call. */
		{ "sp", "s0", "-", "a0", "a0", "", "ra" },
	};

	return &names[machine == EM_386	    ? 1 :
		      machine == EM_AARCH64 ? 2 :
		      machine == EM_RISCV   ? 3 :
					      0];
}

/* Returns the access by the error code or syndrome of the report, or else by its words. */
static enum oops_access find_access(const struct explainer *ex)
{
	const bool is_x86 = ex_has_fault_code(ex);
	const struct fact_syndrome *syndrome = &ex->syndrome;
	const uint64_t code = ex->report->code.value;

	if (!is_x86 && !syndrome->is_abort)
		return ex->report->access;
	if (is_x86 ? code & PF_FETCH : syndrome->is_fetch)
		return OOPS_EXECUTE;
	return (is_x86 ? code & PF_WRITE : syndrome->is_write) ? OOPS_WRITE : OOPS_READ;
}

bool oops_explain(const struct oops_reports *reports, size_t at, struct oops_verdict *verdict,
		  struct error *err)
{
	const struct oops_report *report = &reports->report[at];
	struct explainer ex = {
		.reports = reports,
		.report = report,
		.context = oops_report_context(report),
		.user = oops_report_user(report),
		.verdict = verdict,
		.names = names_of(report->machine),
	};

	*verdict = (struct oops_verdict){ .of_user = report->says_user };
	if (ex_has_fault_code(&ex) && !(report->code.value & PF_USER))
		verdict->of_user = false;
	if (report->machine == EM_AARCH64 && report->code.size >= 8)
		fact_syndrome(report->code.value, &ex.syndrome);
	/* "Oops: 0000" is of another machine */
	if (report->machine == EM_RISCV && report->has_code &&
	    oops_register_find(ex.context, "cause"))
		fact_cause(report->code.value, &ex.syndrome);
	verdict->access = find_access(&ex);
	if (verdict->access && report->kind == OOPS_TRACE && ex.context)
		verdict->of_user = ex.context->of_user;
	if (ex.context)
		oops_instruction_read(ex.context, &ex.instruction);
	explain_instruction(&ex);
	if (oops_kind_has(report->kind, KIND_FAULT))
		explain_fault(&ex);
	else if (report->kind == OOPS_TRACE ||
		 (report->kind == OOPS_PANIC && ex.context &&
		  strstr(ex_line(&ex, report->title), "Fatal exception")))
		explain_lost_head(&ex);
	explain_kind(&ex);
	if (!find_place(&ex, &verdict->place))
		*verdict->place.name = '\0';
	if (!ex_is_read(&ex))
		ex_say(&ex,
		       "This is a kernel of %s: kwalk does not decode its instructions, registers and page tables.",
		       oops_machine_name(report->machine));
	if (report->machine == EM_S390 && report->has_address) /* TEID: arch/s390/mm/fault.c */
		ex_say(&ex, "Of the address, this machine reports only the page.");
	say_what(&ex);
	explain_code(&ex);
	explain_entries(&ex);
	explain_offset(&ex);
	explain_taint(&ex);
	explain_hashes(&ex);
	for (size_t i = 0; i < report->nr_contexts; i++)
		explain_registers(&ex, &report->context[i]);
	explain_call(&ex);
	say_rest(&ex);
	return !ex.out_of_memory || out_of_memory(err);
}

void oops_verdict_release(struct oops_verdict *verdict)
{
	for (size_t i = 0; i < verdict->nr_notes; i++)
		free((char *)verdict->note[i].text);
	free(verdict->note);
	free((char *)verdict->system_call);
	*verdict = (struct oops_verdict){ .nr = 0 };
}
