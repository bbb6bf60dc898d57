/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "oops/function.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* --- Rust --- */

/* A mangled name, and the position in it. */
struct rust_name {
	const char *at, *end;
	char *path;
	size_t used, size;
};

/* Returns the length of a number to base 62 and the '_' after it, or 0 if there is none. */
static size_t base_62(const struct rust_name *name, const char *at)
{
	const char *from = at;

	while (at < name->end && isalnum((unsigned char)*at))
		at++;
	return at < name->end && *at == '_' ? (size_t)(at - from) + 1 : 0;
}

/* Returns the length of a part that differs between builds, or that has digits but no identifier: the
 * disambiguator of a crate or of an item ('s'), a reference to an earlier position ('B'), a lifetime
 * ('L'), a binder ('G') or a constant ('K'). Returns 0 if there is no such part. */
static size_t rust_skipped(const struct rust_name *name)
{
	size_t length = strchr("sBLGK", *name->at) ? base_62(name, name->at + 1) : 0;
	const char *after = name->at + 1 + length;

	if (!length)
		return 0;
	/* The letter 's' may also be the type i16. The disambiguator of an impl is before a path, and other
	 * disambiguators are before an identifier. */
	if (*name->at == 's' && name->at[-1] != 'M' && name->at[-1] != 'X' &&
	    (after == name->end || !(isdigit((unsigned char)*after) || *after == 'u')))
		return 0;
	return 1 + length;
}

static void rust_add(struct rust_name *name, const char *text, size_t length)
{
	for (size_t i = 0; i < length && name->used + 1 < name->size; i++)
		name->path[name->used++] = text[i];
	name->path[name->used] = '\0';
}

/* Reads an identifier: its length, perhaps '_', and its bytes. Returns false if the name is damaged. */
static bool rust_identifier(struct rust_name *name, bool legacy)
{
	size_t length = 0;

	while (name->at < name->end && isdigit((unsigned char)*name->at) && length < 1000)
		length = length * 10 + (size_t)(*name->at++ - '0');
	if (!legacy && length && name->at < name->end && *name->at == '_')
		name->at++;
	if (length > (size_t)(name->end - name->at))
		return false;
	/* The last identifier of the older form is 'h' and a hash of 16 digits. */
	if (length && !(legacy && length == 17 && *name->at == 'h' && name->at + 18 == name->end)) {
		if (name->used)
			rust_add(name, "::", 2);
		rust_add(name, name->at, length);
	}
	name->at += length;
	return true;
}

bool rust_path(const char *text, size_t length, char *path, size_t size)
{
	bool legacy = length > 4 && starts_with(text, "_ZN");
	struct rust_name name = { .at = text + (legacy ? 3 : 2), .path = path, .size = size };

	if (!legacy && (length < 4 || !starts_with(text, "_R") || !isupper((unsigned char)text[2])))
		return false;
	name.end = text + length;
	while (name.at < name.end) {
		size_t skipped = legacy ? 0 : rust_skipped(&name);

		if (skipped)
			name.at += skipped;
		else if (!isdigit((unsigned char)*name.at))
			name.at++;
		else if (!rust_identifier(&name, legacy))
			return false;
	}
	return name.used;
}

bool rust_is_panic_machinery(const char *path)
{
	// clang-format off
	/* Functions of library/core that only panic, and rust/helpers/bug.c. */
	static const char *const functions[] = {
		"rust_helper_BUG", "rust_begin_unwind", "__rustc::rust_begin_unwind",
		"core::option::expect_failed", "core::option::unwrap_failed", "core::result::unwrap_failed",
		"core::cell::panic_already_borrowed", "core::cell::panic_already_mutably_borrowed",
		"core::str::slice_error_fail", "core::slice::copy_from_slice_impl::len_mismatch_fail",
	};
	// clang-format on

	return starts_with(path, "core::panicking::") ||
	       starts_with(path, "core::slice::index::slice_") ||
	       is_one_of(path, functions, sizeof(functions) / sizeof(*functions));
}

/* --- BPF, and functions of no interest --- */

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
	/* More such functions: of RCU's stalls (kernel/rcu/tree_stall.h, update.c), of lockdep, of KVM's panics at EL2. */
	"check_cpu_stall", "context_switch", "dump_cpu_task", "hyp_panic_host",
	"nvhe_hyp_panic_handler", "print_cpu_stall", "print_other_cpu_stall",
	"print_unlock_imbalance_bug", "rcu_check_callbacks", "rcu_dump_cpu_stacks",
	"rcu_pending", "rcu_sched_clock_irq", "sched_show_task", "warn_slowpath_fmt_taint",
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

bool function_is_entry(const char *function)
{
	static const char *const entries[] = {
		"async_page_fault", "error_code", "general_protection", "handle_exception",
		"invalid_op",	    "page_fault", "ret_from_exception",
	};

	return after_any(function, "asm_exc_|el1_|el1h_|el1t_") ||
	       is_one_of(function, entries, sizeof(entries) / sizeof(*entries));
}

bool function_is_machinery(const char *function)
{
	return function_is_trampoline(function) || rust_is_panic_machinery(function) ||
	       after_any(function, "exc_|asm_exc_|el1_|el1h_|el1t_") ||
	       is_one_of(function, machinery, sizeof(machinery) / sizeof(*machinery));
}
