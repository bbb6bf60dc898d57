/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "oops/function.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Writes the name of code that BPF made without the parts that differ between boots: the tag of the
 * program's instructions in bpf_prog_TAG_NAME (bpf_prog_ksym_set_name() in kernel/bpf/core.c), the ids of
 * BTF in bpf_trampoline_ID. Returns false if it is no such name. */
static bool name_of_bpf(const char *text, size_t length, char name[FUNCTION_NAME])
{
	const size_t tag = 16, start = strlen("bpf_prog_"), end = start + tag;

	if (starts_with(text, "bpf_trampoline_"))
		strcpy(name, "bpf_trampoline");
	else if (starts_with(text, "bpf_prog_") && length >= end &&
		 strspn(text + start, "0123456789abcdef") == tag &&
		 (length == end || text[end] == '_'))
		snprintf(name, FUNCTION_NAME, "bpf_prog%.*s", (int)(length - end), text + end);
	else
		return false;
	return true;
}

void function_name(const char *text, size_t length, char name[FUNCTION_NAME])
{
	if (!name_of_bpf(text, length, name) && !rust_path(text, length, name, FUNCTION_NAME))
		snprintf(name, FUNCTION_NAME, "%.*s", (int)length, text);
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
	/* More such functions of one machine. Of arm64, from arch/arm64/kernel/entry-common.c, traps.c,
	 * debug-monitors.c and mm/fault.c. */
	"__bad_stack", "__do_kernel_fault", "__switch_to", "arm64_notify_die", "arm64_serror_panic",
	"brk_handler", "bug_brk_handler", "bug_handler", "call_break_hook",
	"die_kernel_fault", "do_alignment_fault", "do_bad", "do_bad_area",
	"do_debug_exception", "do_el1_brk64", "do_el1_bti", "do_el1_fpac", "do_el1_undef",
	"do_mem_abort", "do_sea", "do_serror", "do_tag_check_fault",
	"do_translation_fault", "do_undefinstr", "dump_backtrace", "handle_bad_stack",
	"panic_bad_stack",
	/* Of riscv64, from arch/riscv/kernel/entry.S, traps.c, stacktrace.c and mm/fault.c. */
	"do_trap_break", "do_trap_error", "do_trap_insn_fault", "do_trap_insn_illegal",
	"do_trap_insn_misaligned", "do_trap_load_fault", "do_trap_load_misaligned",
	"do_trap_misaligned", "do_trap_store_fault", "do_trap_store_misaligned", "do_trap_unknown",
	"handle_break", "handle_exception", "handle_page_fault", "ret_from_exception",
	"walk_stackframe",
	/* More such functions of an NMI, from arch/x86/kernel/nmi.c, traps.c, entry_64.S, events/core.c,
	 * kernel/watchdog_hld.c, kernel/notifier.c, drivers/watchdog/hpwdt.c and
	 * drivers/char/ipmi/ipmi_watchdog.c of all releases. The names that begin with exc_ are below. */
	"__atomic_notifier_call_chain", "__perf_event_overflow", "amd_pmu_handle_irq",
	"atomic_notifier_call_chain", "default_do_nmi", "die_nmi", "do_nmi",
	"end_repeat_nmi", "first_nmi", "hpwdt_pretimeout [hpwdt]", "intel_pmu_handle_irq",
	"io_check_error", "ipmi_nmi [ipmi_watchdog]", "mem_parity_error", "nmi", "nmi_handle",
	"nmi_stack_correct", "notifier_call_chain", "notify_die", "pci_serr_error",
	"perf_event_nmi_handler", "perf_event_overflow", "repeat_nmi", "unknown_nmi_error",
	"watchdog_hardlockup_check", "watchdog_overflow_callback", "x86_pmu_handle_irq",
};
// clang-format on

bool function_is_trampoline(const char *function)
{
	return starts_with(function, "bpf_trampoline") || !strcmp(function, "ftrace_trampoline");
}

bool function_is_machinery(const char *function)
{
	return function_is_trampoline(function) || rust_is_panic_machinery(function) ||
	       after_any(function, "exc_|asm_exc_|el1_|el1h_|el1t_") ||
	       is_one_of(function, machinery, sizeof(machinery) / sizeof(*machinery));
}
