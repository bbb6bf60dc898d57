/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/crash/trace.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "linux/crash/rust_name.h"

/* Writes the name of code that BPF made without the parts that differ between boots: the tag of the
 * program's instructions in bpf_prog_TAG_NAME (bpf_prog_ksym_set_name() in kernel/bpf/core.c), the ids of
 * BTF in bpf_trampoline_ID. Returns false if it is no such name. */
static bool name_of_bpf(const char *text, size_t length, char name[TRACE_NAME])
{
	const size_t tag = 16, start = strlen("bpf_prog_"), end = start + tag;

	if (starts_with(text, "bpf_trampoline_"))
		strcpy(name, "bpf_trampoline");
	else if (starts_with(text, "bpf_prog_") && length >= end &&
		 strspn(text + start, "0123456789abcdef") == tag &&
		 (length == end || text[end] == '_'))
		snprintf(name, TRACE_NAME, "bpf_prog%.*s", (int)(length - end), text + end);
	else
		return false;
	return true;
}

void trace_name(const char *text, size_t length, char name[TRACE_NAME])
{
	if (!name_of_bpf(text, length, name) && !rust_path(text, length, name, TRACE_NAME))
		snprintf(name, TRACE_NAME, "%.*s", (int)length, text);
}

bool trace_function(const char *text, char name[TRACE_NAME])
{
	size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789_$.");
	size_t plain = length ? 1 + strcspn(text + 1, ".+") : 0;
	const char *end = text + length;
	char module[64] = "";

	if (!length || isdigit((unsigned char)*text) || strncmp(end, "+0x", 3) != 0)
		return false;
	end += 3 + strspn(end + 3, "0123456789abcdef");
	if (strncmp(end, "/0x", 3) != 0)
		return false;
	end += 3 + strspn(end + 3, "0123456789abcdef");
	/* Since 5.18 a build-id may come after the name of the module. */
	sscanf(end, " [%63[A-Za-z0-9_-]", module);
	/* Omit the suffix of a variant that the compiler made of a function, as in foo.isra.0 or
	 * foo.cold. */
	trace_name(text, plain < length ? plain : length, name);
	if (*module)
		text_append(name, TRACE_NAME, " [%s]", module);
	return true;
}

// clang-format off
/* Functions that print a report, functions that call them, and functions that wait. A trace omits
 * these functions, because their callers are of interest. */
static const char *const machinery[] = {
	"__bad_area", "__bad_area_nosemaphore", "__crash_kexec", "__die", "__die_body",
	"__do_page_fault", "__mutex_lock", "__mutex_lock_slowpath", "__schedule",
	"__warn", "add_taint", "async_page_fault", "bad_area", "bad_area_nosemaphore",
	"bad_page", "check_panic_on_warn", "crash_kexec", "die", "die_addr",
	"do_error_trap", "do_exit", "do_general_protection", "do_group_exit",
	"do_invalid_op", "do_page_fault", "do_trap", "do_user_addr_fault",
	"dump_stack", "dump_stack_lvl", "error_code", "fixup_bug",
	"general_protection", "handle_bug", "invalid_op", "io_schedule",
	"io_schedule_timeout", "kernelmode_fixup_or_oops", "machine_kexec",
	"make_task_dead", "nmi_panic", "no_context", "oops_end", "page_fault",
	"page_fault_oops", "panic", "preempt_schedule", "preempt_schedule_common",
	"preempt_schedule_irq", "print_bad_pte", "report_bug",
	"rewind_stack_and_make_dead", "rewind_stack_do_exit",
	"rwsem_down_read_slowpath", "rwsem_down_write_slowpath", "schedule",
	"schedule_preempt_disabled", "schedule_timeout", "show_stack", "show_trace",
	"show_trace_log_lvl", "vpanic", "warn_slowpath_common", "warn_slowpath_fmt",
	"warn_slowpath_null",
};

/* More such functions of one machine. Of arm64, from arch/arm64/kernel/entry-common.c, traps.c,
 * debug-monitors.c and mm/fault.c. */
static const char *const machine_machinery[] = {
	"__bad_stack", "__do_kernel_fault", "__switch_to", "arm64_notify_die", "arm64_serror_panic",
	"brk_handler", "bug_brk_handler", "bug_handler", "call_break_hook",
	"die_kernel_fault", "do_alignment_fault", "do_bad", "do_bad_area",
	"do_debug_exception", "do_el1_brk64", "do_el1_bti", "do_el1_fpac", "do_el1_undef",
	"do_mem_abort", "do_sea", "do_serror", "do_tag_check_fault",
	"do_translation_fault", "do_undefinstr", "dump_backtrace", "handle_bad_stack",
	"panic_bad_stack",
};

/* More such functions of an NMI, from arch/x86/kernel/nmi.c, traps.c, entry_64.S, events/core.c,
 * kernel/watchdog_hld.c, kernel/notifier.c, drivers/watchdog/hpwdt.c and
 * drivers/char/ipmi/ipmi_watchdog.c of all releases. The names that begin with exc_ are below. */
static const char *const nmi_machinery[] = {
	"__atomic_notifier_call_chain", "__perf_event_overflow", "amd_pmu_handle_irq",
	"atomic_notifier_call_chain", "default_do_nmi", "die_nmi", "do_nmi",
	"end_repeat_nmi", "first_nmi", "hpwdt_pretimeout [hpwdt]", "intel_pmu_handle_irq",
	"io_check_error", "ipmi_nmi [ipmi_watchdog]", "mem_parity_error", "nmi", "nmi_handle",
	"nmi_stack_correct", "notifier_call_chain", "notify_die", "pci_serr_error",
	"perf_event_nmi_handler", "perf_event_overflow", "repeat_nmi", "unknown_nmi_error",
	"watchdog_hardlockup_check", "watchdog_overflow_callback", "x86_pmu_handle_irq",
};
// clang-format on

/* Is it a trampoline that ftrace or BPF put between a function and its caller? Before and after the
 * trampoline of a BPF program that is called at a function's end, the trace contains this function. */
static bool is_trampoline(const char *function)
{
	return starts_with(function, "bpf_trampoline") || !strcmp(function, "ftrace_trampoline");
}

bool trace_is_machinery(const char *function)
{
	return is_trampoline(function) || rust_is_panic_machinery(function) ||
	       starts_with(function, "exc_") || starts_with(function, "asm_exc_") ||
	       starts_with(function, "el1_") || starts_with(function, "el1h_") ||
	       starts_with(function, "el1t_") ||
	       is_one_of(function, machinery, sizeof(machinery) / sizeof(*machinery)) ||
	       is_one_of(function, machine_machinery,
			 sizeof(machine_machinery) / sizeof(*machine_machinery)) ||
	       is_one_of(function, nmi_machinery, sizeof(nmi_machinery) / sizeof(*nmi_machinery));
}

/* Skips addresses such as "[<ffffffff81000000>]", which old kernels print. Before 4.10 there may be
 * two addresses: "RIP: 0010:[<ffffffff81000000>]  [<ffffffff81000000>] foo". */
static const char *skip_address(const char *text)
{
	while (starts_with(text, "[<")) {
		text += strcspn(text, "]");
		text += *text == ']';
		text += strspn(text, " ");
	}
	return text + strspn(text, " ");
}

/* Finds the place at which a report began, if the line contains it. For "RIP: 0010:foo+0x1a/0x40",
 * returns "foo+0x1a/0x40". Other forms are "EIP is at foo+...", "IP: [<ffffffff81000000>] foo+..."
 * and, on arm64, "pc : foo+...". Returns NULL for all other lines. */
static const char *text_of_place(const char *line)
{
	static const char *const starts[] = { "RIP: ",	    "EIP: ", "RIP ",
					      "EIP is at ", "IP: ",  "pc : " };
	const char *text = after_any(line, starts, sizeof(starts) / sizeof(*starts));
	size_t digits;

	if (!text)
		return NULL;
	/* Skip a segment, which i386 does not print. Only the ':' identifies a segment, because the
	 * name of a function may also begin with hexadecimal letters. */
	digits = strspn(text, "0123456789abcdef");
	return skip_address(text[digits] == ':' ? text + digits + 1 : text);
}

/* Is the function the same as the function before a trampoline? */
static bool is_repeated(const struct trace *trace, const char *function)
{
	return trace->in_trampoline &&
	       !strcmp(trace->nr_frames ? trace->frame[trace->nr_frames - 1] : trace->function,
		       function);
}

static void trace_take_frame(struct trace *trace, const char *function)
{
	bool repeated = is_repeated(trace, function);

	trace->in_trampoline = is_trampoline(function);
	if (repeated)
		return;
	if (!*trace->function) {
		if (!trace_is_machinery(function))
			strcpy(trace->function, function);
	} else if (trace->nr_frames < TRACE_FRAMES &&
		   /* the first line of the trace may repeat the place of the report */
		   (trace->nr_frames || strcmp(trace->function, function) != 0) &&
		   !trace_is_machinery(function)) {
		strcpy(trace->frame[trace->nr_frames++], function);
	}
}

/* Is the text an address without a symbol, such as "0xffffffffc0123456"? The kernel prints such an
 * address if it is in no function, for example after a jump to a wrong address. Since 6.14, arm64
 * prints " (P)" after an address that is not a return address. */
static bool is_address(const char *text)
{
	size_t digits = starts_with(text, "0x") ? strspn(text + 2, "0123456789abcdef") : 0;

	return digits && (!text[2 + digits] || text[2 + digits] == ' ');
}

/* Can the function of a line with "?" be a caller? The padding before a function, __pfx_foo, has no
 * calls: "? __pfx_foo+0x10/0x10" is a pointer to foo() on the stack. */
static bool may_be_caller(const char *function)
{
	return !trace_is_machinery(function) && !starts_with(function, "__pfx_");
}

/* Skips marks, such as <TASK>. Kernels before 4.10 print a function after them:
 * " <<EOE>>  <IRQ>  [<ffffffff81000000>] foo+0x1a/0x40". */
static const char *skip_marks(const char *text)
{
	text += strspn(text, " ");
	while (*text == '<') {
		text += strcspn(text, ">");
		text += strspn(text, "> ");
	}
	return text;
}

/* Is this a line of registers, such as "RSP: 0018:ffff8880 EFLAGS: 00000246", or the line with the
 * bytes of the code? */
static bool has_registers(const char *line)
{
	size_t length = 0;

	while (isalnum((unsigned char)line[length]))
		length++;
	return length && line[length] == ':';
}

/* Reads a line of the trace. The form of the line is "[<ffffffff81000000>] ? foo+0x1a/0x40
 * [module]". All parts except the function are optional. Skips a line that contains only marks
 * or only an address, and the registers of the code that an NMI interrupted. Returns false if the
 * line has another form, because then the trace has ended. */
static bool trace_read_frame(struct trace *trace, const char *line)
{
	const char *text = skip_address(skip_marks(line));
	char function[TRACE_NAME];

	if (starts_with(text, "? ") && trace->nr_guesses < TRACE_FRAMES &&
	    trace_function(text + 2, function) && may_be_caller(function))
		strcpy(trace->guess[trace->nr_guesses++], function);
	if (*text == '?' || !*text || is_address(text) ||
	    (trace->interrupted && !trace->nr_frames && has_registers(line)))
		return true;
	if (!trace_function(text, function))
		return false;
	trace->has_callers = true;
	trace_take_frame(trace, function);
	return true;
}

/* If the first place is after lines of callers, these were the functions of an NMI. Then the guesses
 * are from its stack, and the callers of the code that it interrupted follow. */
static void trace_take_place(struct trace *trace)
{
	trace->in_frames = trace->in_frames && !trace->has_place;
	trace->interrupted = trace->in_frames;
	if (trace->interrupted)
		trace->nr_guesses = 0;
	trace->has_place = true;
}

void trace_start(struct trace *trace)
{
	*trace = (struct trace){ .started = true };
}

void trace_take(struct trace *trace, const char *line)
{
	const char *place = trace->started ? text_of_place(line) : NULL;
	char function[TRACE_NAME];

	if (!trace->started)
		return;
	/* If the place is no function, the caller of the wrong address is in lr (arm64). */
	if (!place && trace->place_is_address && starts_with(line, "lr : "))
		place = line + strlen("lr : ");
	else if (place)
		trace->place_is_address = is_address(place);
	if (place && !*trace->function) {
		if (trace_function(place, function) && !rust_is_panic_machinery(function))
			strcpy(trace->function, function);
		trace_take_place(trace);
	} else if ((starts_with(line, "Call Trace:") || starts_with(line, "Call trace:")) &&
		   !trace->nr_frames)
		trace->in_frames = true;
	else if (trace->in_frames)
		trace->in_frames = trace_read_frame(trace, line);
}
