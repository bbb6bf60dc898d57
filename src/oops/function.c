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

/* Functions by what they are in a trace. `starts`: the name begins with one of these, which '|' separates; `names`: it is one
 * of these, perhaps with a suffix of the compiler, as in foo.isra.0. A row may have several roles. */
// clang-format off
static const struct { unsigned int roles; const char *starts, *names; } functions[] = {
	{ FUNCTION_MACHINERY, "exc_",
	  "__bad_area __bad_area_nosemaphore __crash_kexec __die __die_body __do_page_fault __mutex_lock "
	  "__mutex_lock_slowpath __schedule __warn add_taint bad_area bad_area_nosemaphore bad_page "
	  "check_panic_on_warn crash_kexec df_debug die die_addr do_double_fault do_error_trap do_exit do_general_protection "
	  "do_group_exit do_invalid_op do_page_fault do_trap do_user_addr_fault dump_stack dump_stack_lvl "
	  "fixup_bug handle_bug io_schedule io_schedule_timeout kernelmode_fixup_or_oops machine_kexec "
	  "make_task_dead nmi_panic no_context oops_end page_fault_oops panic preempt_schedule "
	  "preempt_schedule_common preempt_schedule_irq print_bad_pte report_bug "
	  "rewind_stack_and_make_dead rewind_stack_do_exit rwsem_down_read_slowpath "
	  "rwsem_down_write_slowpath schedule schedule_preempt_disabled schedule_timeout show_registers show_stack show_stack_log_lvl "
	  "show_trace show_trace_log_lvl vpanic warn_slowpath_common warn_slowpath_fmt warn_slowpath_null "
	  /* of RCU's stalls (kernel/rcu/tree_stall.h, update.c), of lockdep, of KVM's panics at EL2 */
	  "check_cpu_stall context_switch dump_cpu_task hyp_panic_host nvhe_hyp_panic_handler "
	  "print_cpu_stall print_other_cpu_stall print_unlock_imbalance_bug rcu_check_callbacks "
	  "rcu_dump_cpu_stacks rcu_pending rcu_sched_clock_irq sched_show_task warn_slowpath_fmt_taint "
	  /* of arm64: arch/arm64/kernel/entry-common.c, traps.c, debug-monitors.c and mm/fault.c */
	  "__bad_stack __do_kernel_fault __switch_to arm64_notify_die arm64_serror_panic brk_handler "
	  "bug_brk_handler bug_handler call_break_hook die_kernel_fault do_alignment_fault do_bad "
	  "do_bad_area do_debug_exception do_el1_brk64 do_el1_bti do_el1_fpac do_el1_undef do_mem_abort "
	  "do_sea do_serror do_tag_check_fault do_translation_fault do_undefinstr dump_backtrace "
	  "handle_bad_stack panic_bad_stack "
	  /* of riscv64: arch/riscv/kernel/traps.c, stacktrace.c and mm/fault.c */
	  "do_trap_break do_trap_error do_trap_insn_fault do_trap_insn_illegal do_trap_insn_misaligned "
	  "do_trap_load_fault do_trap_load_misaligned do_trap_misaligned do_trap_store_fault "
	  "do_trap_store_misaligned do_trap_unknown handle_break handle_page_fault walk_stackframe" },
	/* of an NMI: arch/x86/kernel/nmi.c, traps.c, entry_64.S, events/core.c, kernel/watchdog_hld.c, notifier.c,
	 * drivers/watchdog/hpwdt.c and drivers/char/ipmi/ipmi_watchdog.c of all releases */
	{ FUNCTION_MACHINERY, "hpwdt_pretimeout [hpwdt]|ipmi_nmi [ipmi_watchdog]",
	  "__atomic_notifier_call_chain __perf_event_overflow amd_pmu_handle_irq atomic_notifier_call_chain "
	  "default_do_nmi die_nmi do_nmi end_repeat_nmi first_nmi intel_pmu_handle_irq io_check_error "
	  "mem_parity_error nmi nmi_handle nmi_stack_correct notifier_call_chain notify_die pci_serr_error "
	  "perf_event_nmi_handler perf_event_overflow repeat_nmi unknown_nmi_error "
	  "watchdog_hardlockup_check watchdog_overflow_callback x86_pmu_handle_irq" },
	/* of a machine check: arch/x86/kernel/cpu/mce/core.c of all releases, entry_64.S */
	{ FUNCTION_MACHINERY, "print_mce|do_machine_check|machine_check",
	  "mce_end mce_log mce_panic mce_reign mce_timed_out" },
	/* where a CPU enters the kernel: arch/x86/entry, arch/arm64/kernel/entry.S, arch/riscv/kernel/entry.S,
	 * arch/arm/kernel/entry-armv.S */
	{ FUNCTION_MACHINERY | FUNCTION_ENTRY, "asm_exc_|el1_|el1h_|el1t_",
	  "__dabt_svc __pabt_svc __und_svc async_page_fault double_fault error_code general_protection handle_exception "
	  "invalid_op page_fault ret_from_exception" },
	{ FUNCTION_MACHINERY, NULL, "__do_kernel_fault do_DataAbort do_PrefetchAbort do_kernel_fault" }, /* arch/arm/mm/fault.c */
	{ FUNCTION_INTERRUPT, "el1_irq|__irq_svc|el1h_64_irq|asm_|sysvec_|apic_timer_interrupt|common_interrupt|ret_from_intr", NULL },
	{ FUNCTION_STARTS, "entry_SYS|entry_INT80|system_call_fast|sysenter_|tracesys|stub_|ret_from_|el0_|el0t_",
	  "ret_fast_syscall system_call syscall_call sysret_check ia32_sysret" },
	{ FUNCTION_DETECTS, "sched_show_task|dump_|show_stack|rcu_|nmi_cpu_backtrace|nmi_trigger_cpumask_backtrace", NULL },
	{ FUNCTION_CHECKS,
	  "kasan_|__kasan_|__asan_|kfence_|__kfence_|kcsan_|__tsan_|kmsan_|__msan_|__ubsan_|ubsan_|__hwasan_|"
	  "print_report|print_address|object_err|slab_|__slab_|___slab_|kmem_cache_|__kmem_cache|kmalloc|"
	  "__kmalloc|kfree|krealloc|free_to_part|free_debug|warn_alloc|__alloc_pages|alloc_pages|"
	  "refcount_|__refcount_|kref_|__list_add_valid|__list_del_entry_valid|__kvmalloc|kvmalloc|kvfree|__do_kmalloc|"
	  "stack_trace_|save_stack|set_track|__schedule_bug|__might_|___might_|__cant_|debug_print_object|"
	  "debug_object_|debug_check_no_obj|__debug_|try_charge|mem_cgroup_|__mem_cgroup_|out_of_memory|"
	  "oom_kill|dump_header|end_report|start_report|print_trailer|alloc_debug_processing|"
	  "free_page_is_bad|spin_dump|spin_bug|rwlock_bug|fortify_panic|__fortify_|usercopy_|__stack_chk_fail|"
	  "__do_kernel_fault",
	  /* mm/slub.c, mm/kasan, mm/usercopy.c, lib/dma-debug.c, lib/smp_processor_id.c, kernel/irq/spurious.c */
	  "alloc_slab_page allocate_slab new_slab check_bytes_and_report check_memory_region check_memory_region_inline check_object check_pad_bytes "
	  "check_poison_obj check_slab check_slabp check_sync check_unmap check_preemption_disabled "
	  "check_panic_on_oom debug_smp_processor_id __this_cpu_preempt_check __report_bad_irq report_bad_irq note_interrupt "
	  "skb_panic skb_over_panic skb_under_panic "
	  /* kernel/time: what sleeps although it must not is the caller */
	  "msleep msleep_interruptible schedule_hrtimeout_range schedule_hrtimeout_range_clock usleep_range usleep_range_state" },
	/* kernel/locking: what lockdep says about a lock is about the caller */
	{ FUNCTION_CHECKS,
	  "do_raw_|_raw_spin_|_raw_read_|_raw_write_|print_circular_|check_noncircular|check_prev|check_deadlock|"
	  "check_irq_usage|check_usage|check_wait_context|check_flags|check_chain|validate_chain|"
	  "__lock_acquire|lock_acquire|lock_release|__lock_release|register_lock_class|look_up_lock_class|"
	  "print_deadlock|print_usage_bug|mark_lock|mark_held_locks|mark_irqflags|valid_state|lockdep_|"
	  "trace_hardirqs_|trace_softirqs_|debug_check_no_locks_|debug_lockdep_|save_trace|mutex_lock|"
	  "__mutex_lock|down_read|down_write|down_trylock", NULL },
	{ FUNCTION_SPINS,
	  "_raw_spin_|__raw_spin_|do_raw_spin_|native_queued_spin_|queued_spin_|__pv_queued_spin_|_raw_read_|"
	  "_raw_write_|queued_read_lock|queued_write_lock|__ticket_spin_|osq_lock", NULL },
};

/* For what a function waits that is in the trace of a hung task (kernel/locking, kernel/sched, kernel/rcu,
 * kernel/workqueue.c, mm/filemap.c, fs, block, drivers/tty). */
static const struct { const char *what, *functions; } waits[] = {
	{ "the write side of a rwsem",
	  "rwsem_down_write_slowpath rwsem_down_write_failed rwsem_down_write_failed_killable "
	  "call_rwsem_down_write_failed call_rwsem_down_write_failed_killable __down_write "
	  "__down_write_common down_write down_write_killable down_write_nested rwbase_write_lock" },
	{ "the read side of a rwsem",
	  "rwsem_down_read_slowpath rwsem_down_read_failed rwsem_down_read_failed_killable "
	  "call_rwsem_down_read_failed call_rwsem_down_read_failed_killable __down_read "
	  "__down_read_common down_read down_read_killable down_read_nested __rwbase_read_lock "
	  "rwbase_read_lock" },
	{ "a mutex",
	  "__mutex_lock_slowpath __mutex_lock __mutex_lock_common __mutex_lock_killable_slowpath "
	  "__mutex_lock_interruptible_slowpath mutex_lock mutex_lock_nested mutex_lock_killable "
	  "mutex_lock_interruptible mutex_lock_io __ww_mutex_lock ww_mutex_lock "
	  "ww_mutex_lock_interruptible __ww_mutex_lock_slowpath" },
	{ "an rt_mutex",
	  "rt_mutex_slowlock __rt_mutex_slowlock rt_mutex_slowlock_block rt_mutex_lock "
	  "rt_mutex_lock_nested rt_mutex_slowlock_locked __rt_mutex_slowlock_locked" },
	{ "a spinlock that sleeps (PREEMPT_RT)",
	  "rtlock_slowlock rtlock_slowlock_locked rt_spin_lock rt_spin_lock_slowlock "
	  "rt_spin_lock_slowlock_locked" },
	{ "a semaphore",
	  "__down __down_common ___down_common __down_killable __down_interruptible __down_timeout "
	  "down down_killable down_interruptible down_timeout" },
	{ "a percpu_rwsem",
	  "percpu_rwsem_wait percpu_down_write percpu_down_read __percpu_down_read" },
	{ "the lock of a terminal's line discipline",
	  "ldsem_down_read ldsem_down_write __ldsem_down_read_nested __ldsem_down_write_nested "
	  "ldsem_down_read_slowpath ldsem_down_write_slowpath down_read_failed down_write_failed "
	  "tty_ldisc_ref_wait tty_ldisc_lock" },
	{ "a completion",
	  "wait_for_completion wait_for_common __wait_for_common wait_for_common_io do_wait_for_common" },
	{ "a grace period of RCU",
	  "__wait_rcu_gp wait_rcu_gp synchronize_rcu synchronize_rcu_normal synchronize_rcu_bh "
	  "synchronize_sched synchronize_net synchronize_rcu_expedited synchronize_sched_expedited "
	  "_synchronize_rcu_expedited synchronize_rcu_expedited_wait exp_funnel_lock "
	  "synchronize_rcu_tasks synchronize_rcu_tasks_generic rcu_barrier rcu_barrier_sched" },
	{ "a grace period of SRCU",
	  "__synchronize_srcu synchronize_srcu synchronize_srcu_expedited" },
	{ "a bit that another task or the end of I/O clears",
	  "bit_wait bit_wait_io bit_wait_timeout bit_wait_io_timeout __wait_on_bit "
	  "__wait_on_bit_lock out_of_line_wait_on_bit out_of_line_wait_on_bit_lock "
	  "out_of_line_wait_on_bit_timeout sleep_on_page sleep_on_buffer" },
	{ "the I/O of a buffer", "__wait_on_buffer" },
	{ "the lock of a buffer", "__lock_buffer" },
	{ "a page (its lock, or the end of its I/O)",
	  "folio_wait_bit_common folio_wait_bit folio_wait_bit_killable wait_on_page_bit "
	  "wait_on_page_bit_common wait_on_page_bit_killable" },
	{ "the lock of a page",
	  "__lock_page __lock_page_killable __lock_page_or_retry __folio_lock __folio_lock_killable "
	  "__folio_lock_or_retry" },
	{ "the end of a page's writeback",
	  "folio_wait_writeback wait_on_page_writeback folio_wait_stable wait_for_stable_page "
	  "filemap_fdatawait_range __filemap_fdatawait_range" },
	{ "the end of an inode's writeback",
	  "__inode_wait_for_writeback inode_wait_for_writeback wb_wait_for_completion" },
	{ "the commit of a journal's transaction", "jbd2_log_wait_commit" },
	{ "a request of the block layer, or its queue",
	  "blk_mq_get_tag rq_qos_wait wbt_wait get_request blk_queue_enter __bio_queue_enter "
	  "blk_mq_freeze_queue_wait blk_freeze_queue blk_mq_freeze_queue" },
	{ "the end of a work of a workqueue",
	  "__flush_work flush_work __flush_workqueue flush_workqueue drain_workqueue "
	  "__cancel_work_timer __cancel_work_sync cancel_work_sync cancel_delayed_work_sync" },
	{ "the end of a kernel thread", "kthread_stop" },
	{ "the lock of a socket", "__lock_sock lock_sock_nested" },
	{ "I/O", "io_schedule io_schedule_timeout submit_bio_wait" },
};
// clang-format on

const char *function_wait(const char *function)
{
	for (size_t i = 0; i < sizeof(waits) / sizeof(*waits); i++)
		if (text_list_has_part(waits[i].functions, function, strcspn(function, ".")))
			return waits[i].what;
	return NULL;
}

bool function_has(const char *function, unsigned int roles)
{
	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++)
		if (functions[i].roles & roles &&
		    ((functions[i].starts && after_any(function, functions[i].starts)) ||
		     text_list_has_part(functions[i].names, function, strcspn(function, "."))))
			return !(roles & FUNCTION_SPINS) || !strstr(function, "unlock");
	/* such as wait_for_completion_timeout() */
	return roles & FUNCTION_WAITS &&
	       (function_wait(function) || starts_with(function, "wait_for_completion"));
}

bool function_is_trampoline(const char *function)
{
	return starts_with(function, "bpf_trampoline") || !strcmp(function, "ftrace_trampoline");
}

bool function_is_machinery(const char *function)
{
	return function_is_trampoline(function) || rust_is_panic_machinery(function) ||
	       function_has(function, FUNCTION_MACHINERY);
}
