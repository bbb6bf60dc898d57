/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/show_backtrace.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "debuginfo/inlines.h"
#include "kernel/arch.h"
#include "linux/module/module_lines.h"
#include "linux/task/task_witness.h"
#include "cli/show_area.h"
#include "cli/show_value.h"
#include "cli/show_wait.h"
#include "linux/crash/blocked.h"
#include "linux/crash/panic.h"
#include "debuginfo/lines.h"
#include "oops/function.h"
#include "linux/unwind/wait.h"
#include "symbols/symbol_lookup.h"

/* Shows a source line. If path is "", the line is unknown, and nothing is shown. */
static void state_line(struct output *output, const char *path, unsigned int line)
{
	if (!*path)
		return;
	output_string(output, "file", path);
	if (line)
		output_integer(output, "line", line);
}

static void state_symbol(struct session *session, const struct stack_frame *frame)
{
	struct output *output = session->output;
	struct kernel_symbol symbol;
	char text[SYMBOL_TEXT];

	if (frame->user ||
	    !symbol_lookup_at(session->kernel->symbols, stack_frame_code(frame), &symbol, NULL))
		return;
	snprintf(text, sizeof(text), "%s+0x%" PRIx64, symbol.name, frame->ip - symbol.address);
	output_string(output, "symbol", text);
	output_string(output, "module", symbol.module);
}

const char *show_register_name(const struct session *session, const struct registers *registers,
			       enum cpu_register which)
{
	if (!registers_have(registers, which))
		return NULL;
	return register_name(which, session->kernel->arch->machine);
}

static void state_registers(struct session *session, const char *field,
			    const struct registers *registers)
{
	struct output *output = session->output;

	output_object_begin(output, field);
	for (enum cpu_register i = 0; i < NR_CPU_REGISTERS; i++) {
		const char *name = show_register_name(session, registers, i);

		if (name)
			output_hex(output, name, registers->value[i]);
	}
	output_object_end(output);
}

void show_registers(struct session *session, const struct registers *registers)
{
	state_registers(session, "registers", registers);
}

static void state_stack_kind(struct output *output, const struct stack_frame *frame)
{
	const char *place = stack_frame_place(frame);

	if (place)
		output_word(output, "stack", place,
			    frame->stack.kind == STACK_TASK ? STYLE_GOOD : STYLE_PLAIN);
	output_string(output, "exception", frame->stack.exception);
}

/* --- the words of a frame --- */

/* The words from a frame's stack pointer to the next one. */
struct frame_range {
	struct session *session;
	uint64_t start, end; /* equal: they are not shown, or not known */
	enum frame_words as;
};

/* The outermost frame has no known end, and a frame whose caller is on another stack has none either. */
static struct frame_range range_of_words(struct session *session, const struct backtrace *trace,
					 size_t i, enum frame_words as)
{
	const struct stack_frame *frame = &trace->frame[i], *next = frame + 1;
	struct frame_range range = { session, frame->sp, frame->sp, as };

	if (as != NO_WORDS && i + 1 < trace->nr && frame->stack.kind != STACK_NONE &&
	    next->stack.kind != STACK_NONE && next->stack.first == frame->stack.first &&
	    next->sp > frame->sp)
		range.end = next->sp;
	return range;
}

static void word_text(const struct frame_range *range, uint64_t address, char *text, size_t size)
{
	struct kernel *kernel = range->session->kernel;
	const unsigned int word = kernel_pointer_size(kernel);
	struct meaning meaning;
	uint64_t value;

	if (!kernel_read_number(kernel, address, word, &value, NULL))
		snprintf(text, size, "(unreadable)");
	else if (range->as == WORDS_AS_NUMBERS || !meaning_find(kernel, value, true, &meaning))
		snprintf(text, size, "%0*" PRIx64, (int)(2 * word), value);
	else if (meaning.has_symbol)
		snprintf(text, size, "%s+0x%" PRIx64, meaning.symbol.name,
			 value - meaning.symbol.address);
	else if (range->as == WORDS_MEANT)
		snprintf(text, size, "[%s]", meaning.slab.cache);
	else
		snprintf(text, size, "[%" PRIx64 ":%s]", value, meaning.slab.cache);
}

/* As in crash, a line has two words. */
static void put_lines_of_words(const void *arg)
{
	const struct frame_range *range = arg;
	const unsigned int word = kernel_pointer_size(range->session->kernel);
	char first[SYMBOL_TEXT], second[SYMBOL_TEXT], line[2 * SYMBOL_TEXT + 32];

	output_list_begin(range->session->output, "shown_words");
	for (uint64_t at = range->start; at < range->end; at += 2 * word) {
		word_text(range, at, first, sizeof(first));
		*second = '\0';
		if (at + word < range->end)
			word_text(range, at + word, second, sizeof(second));
		snprintf(line, sizeof(line), "  %" PRIx64 ": %-*s%s%s", at,
			 *second ? (int)(2 * word) : 0, first, *second ? " " : "", second);
		output_string(range->session->output, NULL, line);
	}
	output_list_end(range->session->output);
}

static void put_words(const void *arg)
{
	const struct frame_range *range = arg;
	struct kernel *kernel = range->session->kernel;
	struct output *output = range->session->output;
	const unsigned int word = kernel_pointer_size(kernel);
	struct meaning meaning;
	uint64_t value;

	output_list_begin(output, "words");
	for (uint64_t at = range->start; at < range->end; at += word)
		if (kernel_read_number(kernel, at, word, &value, NULL))
			output_hex(output, NULL, value);
		else
			output_null(output, NULL);
	output_list_end(output);
	if (range->as == WORDS_AS_NUMBERS)
		return;
	output_list_begin(output, "meanings");
	for (uint64_t at = range->start; at < range->end; at += word)
		if (kernel_read_number(kernel, at, word, &value, NULL) &&
		    meaning_find(kernel, value, true, &meaning))
			meaning_json(output, &meaning, at, value);
	output_list_end(output);
}

static void state_words(const struct frame_range *range)
{
	if (range->start == range->end)
		return;
	output_in_text(range->session->output, put_lines_of_words, range);
	output_in_records(range->session->output, put_words, range);
}

/* An object of the answer: a frame of the stack, or a function that is inlined into the function of
 * a frame. */
struct shown_frame {
	size_t nr;
	const struct stack_frame *frame;
	/* name of the inlined function; NULL: the object is the frame itself */
	const char *inlined;
	const char *path; /* "": unknown */
	unsigned int line;
	/* the object for which the function waits; NULL: it does not wait, or this is unknown */
	const struct wait *wait;
	/* the registers of the CPU that ran the function; NULL: no CPU ran it, or unknown */
	const struct registers *of_cpu;
	struct frame_range words;
};

static void state_frame(struct session *session, const struct shown_frame *shown)
{
	const struct stack_frame *frame = shown->frame;
	struct output *output = session->output;

	output_count(output, "frame", shown->nr);
	output_hex(output, "sp", frame->sp);
	output_hex(output, "address", frame->ip);
	/* next to the symbol, because text shows both in one cell */
	output_boolean(output, "sure", frame->sure);
	if (shown->inlined)
		output_string(output, "symbol", shown->inlined);
	else
		state_symbol(session, frame);
	output_boolean(output, "inlined", shown->inlined);
	state_line(output, shown->path, shown->line);
	output_string(output, "tracer", shown->inlined ? NULL : frame->tracer);
	if (frame->interrupted)
		output_boolean(output, "interrupted", true);
	if (frame->user)
		output_boolean(output, "user", true);
	state_stack_kind(output, frame);
	if (shown->of_cpu && !frame->has_registers)
		state_registers(session, "cpu_registers", shown->of_cpu);
	if (shown->wait) {
		output_object_begin(output, "waits");
		show_wait(session, shown->wait);
		output_object_end(output);
	}
	if (frame->has_registers && !shown->inlined)
		show_registers(session, &frame->registers);
	if (!shown->inlined)
		state_words(&shown->words);
}

struct shown_trace {
	struct session *session;
	void (*begin)(void *arg); /* begins an object */
	void (*end)(void *arg);
	void *arg;
	size_t nr; /* number of objects that were shown so far, or counted */
	bool counts; /* frames are only counted */
	/* the object for which the next frame waits; NULL: none, or unknown */
	const struct wait *wait;
	/* the registers of the CPU in the innermost frame; NULL: not shown, or unknown */
	const struct registers *of_cpu;
	enum frame_words words;
};

/* Shows a frame and the functions that are inlined at its address, the innermost first. The line of
 * the executed code is in the innermost function. For each other function, the line shown is its
 * call of the next inner function. */
static void show_stack_frame(struct shown_trace *trace, const struct backtrace *backtrace,
			     size_t at)
{
	const struct stack_frame *frame = &backtrace->frame[at];
	struct kernel *kernel = trace->session->kernel;
	struct inlined_function functions[MOST_INLINED];
	struct code_line line = { .line = 0 };
	struct shown_frame shown = {
		.frame = frame,
		.path = "",
		.words = range_of_words(trace->session, backtrace, at, trace->words),
	};
	bool known = !frame->user && module_line(kernel, stack_frame_code(frame), &line);
	size_t nr = known ? module_inlined(kernel, stack_frame_code(frame), functions) : 0;

	if (known) {
		shown.path = line.path;
		shown.line = line.line;
	}
	if (trace->counts) {
		trace->nr += nr + 1;
		return;
	}
	for (size_t i = 0; i <= nr; i++) {
		shown.nr = trace->nr++;
		shown.inlined = i < nr ? functions[i].name : NULL;
		shown.wait = i < nr ? NULL : trace->wait;
		shown.of_cpu = shown.nr ? NULL : trace->of_cpu;
		trace->begin(trace->arg);
		state_frame(trace->session, &shown);
		trace->end(trace->arg);
		if (i < nr) {
			shown.path = functions[i].path;
			shown.line = functions[i].line;
		}
	}
}

/* --- answers of a command --- */

static bool has_guesses(const struct backtrace *trace)
{
	for (size_t i = 0; i < trace->nr; i++)
		if (!trace->frame[i].sure)
			return true;
	return false;
}

struct answering {
	struct session *session;
	const char *command, *argument;
	const struct traced *traced;
	/* What contradicts the task's words; "": nothing. Shown only once, in the first answer. */
	char doubt[TASK_DOUBT];
};

/* The words of the task that the answers use. A CPU that runs the task uses its own registers. */
static void find_doubt(struct answering *answer)
{
	const struct cpu_run *run = answer->traced->run;
	const struct task *task = answer->traced->task;
	struct kernel *kernel = answer->session->kernel;

	if (task)
		task_doubt(kernel, task, NULL, NULL, TASK_WORD_PID | TASK_WORD_STACK | TASK_WORD_SP,
			   answer->doubt);
	else if (run && run->task)
		task_doubt(kernel, &(struct task){ .address = run->task }, NULL, NULL,
			   TASK_WORD_STACK, answer->doubt);
}

static void answer_begin(void *arg)
{
	const struct answering *answer = arg;
	const struct cpu_run *run = answer->traced->run;
	const struct task *task = answer->traced->task;
	struct output *output = answer->session->output;

	output_begin(output, answer->command, answer->argument, NULL);
	if (task || (run && run->has_name)) {
		output_pid(output, task ? task->pid : run->pid, task ? task->comm : run->comm);
		output_hex(output, "task", task ? task->address : run->task);
	}
	output_count_if(output, "cpu", run && run->has_cpu, run ? run->cpu : 0);
}

static void answer_end(void *arg)
{
	struct answering *answer = arg;

	if (*answer->doubt)
		output_string(answer->session->output, "doubt", answer->doubt);
	*answer->doubt = '\0';
	output_end(answer->session->output);
}

static bool show_trace_of(struct session *session, const struct traced *traced,
			  struct backtrace *trace, struct error *err)
{
	if (!traced->run)
		return unwind_task(session->kernel, traced->task, trace, err);
	return traced->run->has_registers ?
		       unwind_cpu(session->kernel, &traced->run->registers, traced->run->task,
				  trace, err) :
		       fail(err, ERROR_NO_ANSWER,
			    traced->run->is_unplaced ?
				    "which registers in the dump are the CPU's is not known" :
				    "the registers of the CPU are not in the dump");
}

static bool find_wait(struct session *session, const struct traced *traced,
		      const struct backtrace *trace, struct wait *wait)
{
	const struct cpu_run *run = traced->run;
	size_t steps = MOST_WAIT_STEPS;
	const struct wait_search search = { session->kernel, traced->task, &steps };

	if (!run) {
		if (!wait_find(&search, trace, wait))
			return false;
		blocked_check_owner(session->kernel, wait);
		return true;
	}
	return run->has_registers && run->has_cpu &&
	       (wait_spin_find(session->kernel, run->cpu, &run->registers, trace, wait) ||
		wait_call_find(session->kernel, run->cpu, trace, wait));
}

bool show_backtrace(struct session *session, const char *command, const char *argument,
		    const struct traced *traced, struct error *err)
{
	struct answering answer = { session, command, argument, traced, "" };
	struct shown_trace shown = {
		.session = session,
		.begin = answer_begin,
		.end = answer_end,
		.arg = &answer,
		.words = traced->words,
	};
	struct backtrace trace = { 0 };
	bool found = show_trace_of(session, traced, &trace, err);
	struct wait wait;
	bool waits = found && find_wait(session, traced, &trace, &wait);

	find_doubt(&answer);
	if (traced->run && traced->run->has_registers)
		shown.of_cpu = &traced->run->registers;
	for (size_t i = 0; found && i < trace.nr && !session_interrupted(session); i++) {
		shown.wait = waits && i == wait.frame ? &wait : NULL;
		show_stack_frame(&shown, &trace, i);
	}
	if (found && trace.lost)
		found = fail(err, trace.why.code, "%s: %.400s",
			     has_guesses(&trace) ? "frames marked with ? are guesses" :
						   "frames may be missing",
			     trace.why.message);
	backtrace_release(&trace);
	return found;
}

/* --- part of an answer --- */

struct listing {
	struct output *output;
	const struct cpu_run *run;
};

static void object_begin(void *arg)
{
	const struct listing *listing = arg;

	output_object_begin(listing->output, NULL);
	if (listing->run->has_cpu)
		output_count(listing->output, "cpu", listing->run->cpu);
}

static void object_end(void *arg)
{
	const struct listing *listing = arg;

	output_object_end(listing->output);
}

static bool is_of_irq(const struct stack_frame *frame)
{
	return frame->stack.kind == STACK_IRQ || frame->stack.kind == STACK_HARDIRQ ||
	       frame->stack.kind == STACK_SOFTIRQ;
}

static bool is_function(struct session *session, const struct stack_frame *frame,
			bool (*is)(const char *name))
{
	struct kernel_symbol symbol;

	return !frame->user &&
	       symbol_lookup_at(session->kernel->symbols, stack_frame_code(frame), &symbol, NULL) &&
	       is(symbol.name);
}

static bool is_exception_entry(const char *name)
{
	return function_is_machinery(name) && !strstr(name, "irq") && !strstr(name, "fiq");
}

/* The watchdog's timer (kernel/watchdog.c) panics because of the code that it interrupts. */
static bool is_watchdog(const char *name)
{
	return starts_with(name, "watchdog_timer_fn");
}

/* Did an exception interrupt frame i, and not an interrupt of a device? On x86-64 and arm64, the
 * function before the frame is the entry of the exception. On i386, all entries are parts of
 * handle_exception, which calls the function of the exception. */
static bool is_of_exception(struct session *session, const struct backtrace *trace, size_t i)
{
	return (i > 0 && is_function(session, &trace->frame[i - 1], is_exception_entry)) ||
	       (i > 1 && is_function(session, &trace->frame[i - 2], is_exception_entry));
}

/* Returns the number of the frame that an exception interrupted, or that the watchdog found. The
 * frames before it belong to the kernel's handling of the exception, such as page_fault_oops().
 * Returns 0 if there is no such frame, or if an interrupt of a device, or a panic in one, came
 * later. */
static size_t frame_of_exception(struct session *session, const struct backtrace *trace)
{
	bool of_irq = false, of_watchdog = false;

	for (size_t i = 0; i < trace->nr; i++) {
		const struct stack_frame *frame = &trace->frame[i];

		if (frame->interrupted) {
			bool is_place =
				!of_irq || of_watchdog || is_of_exception(session, trace, i);

			return frame->user || !frame->sure || !is_place ? 0 : i;
		}
		of_irq |= is_of_irq(frame);
		of_watchdog |= is_function(session, frame, is_watchdog);
	}
	return 0;
}

void show_trace(struct session *session, const struct cpu_run *run, size_t most)
{
	struct listing listing = { session->output, run };
	struct shown_trace shown = {
		.session = session, .begin = object_begin, .end = object_end, .arg = &listing
	};
	const struct traced traced = { .run = run };
	struct backtrace trace = { 0 };
	struct wait wait;
	bool waits;
	size_t first, skipped;

	if (show_trace_of(session, &traced, &trace, NULL) && trace.nr > 1) {
		waits = find_wait(session, &traced, &trace, &wait);
		first = most < trace.nr ? frame_of_exception(session, &trace) : 0;
		shown.counts = true;
		for (size_t i = 0; i < first; i++)
			show_stack_frame(&shown, &trace, i);
		shown.counts = false;
		skipped = shown.nr;
		for (size_t i = first; i < trace.nr && shown.nr - skipped < most; i++) {
			shown.wait = waits && i == wait.frame ? &wait : NULL;
			show_stack_frame(&shown, &trace, i);
		}
	}
	backtrace_release(&trace);
}

void show_task_trace(struct session *session, const struct task *task)
{
	static const struct cpu_run no_run;
	struct listing listing = { session->output, &no_run };
	struct shown_trace shown = {
		.session = session, .begin = object_begin, .end = object_end, .arg = &listing
	};
	const struct traced traced = { .task = task };
	struct backtrace trace = { 0 };

	show_trace_of(session, &traced, &trace, NULL);
	for (size_t i = 0; i < trace.nr && !session_interrupted(session); i++)
		show_stack_frame(&shown, &trace, i);
	backtrace_release(&trace);
}

// clang-format off
#define WHERE(FIELD, ...) COLUMN(FIELD, .heading = "where", TEXT(__VA_ARGS__))
const struct field show_trace_fields[] = {
	COLUMN("cpu"),
	COLUMN("frame", .heading = "#"),
	COLUMN("address"),
	COLUMN("stack", .heading = "on", .width = 4),
	COLUMN("exception", .heading = "on", TEXT(.join = " ")),
	WHERE("sure", .no = "?"),
	WHERE("user", .yes = "user mode"),
	WHERE("symbol", .join = " "),
	WHERE("module", .join = " ", .before = "[", .after = "]"),
	WHERE("inlined", .join = " ", .yes = "(inlined)"),
	WHERE("file", .join = " at "),
	WHERE("line", .join = ":"),
	WHERE("tracer", .join = "  ", .before = "<address replaced by ", .after = ">"),
	WHERE("interrupted", .join = "  ", .yes = "<interrupted>"),
	HIDDEN("sp"),
	{ 0 },
};
// clang-format on
