/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "oops/report_parts.h"

#include <ctype.h>

#include "base/text.h"
#include "oops/scan.h"

// clang-format off
enum {
	TITLE = KIND_TITLE, CHECK = KIND_CHECK, ELSEWHERE = KIND_ELSEWHERE, FAULT = KIND_FAULT,
	CR2 = KIND_CR2, STOP = KIND_STOP, EXCEPTION = KIND_EXCEPTION,
};
enum {
	ANYWHERE = TITLE_ANYWHERE, MESSAGE = TITLE_MESSAGE, LATE = TITLE_LATE, X86 = TITLE_X86,
	NO_PLACE = TITLE_NO_PLACE,
};

const struct oops_kind_facts oops_kinds[NR_OOPS_KINDS] = {
	[OOPS_TRACE] = { "trace", "A trace", TITLE | CR2 | STOP },
	[OOPS_PAGE_FAULT] = { "page-fault", "Page fault", FAULT | CR2 | EXCEPTION },
	[OOPS_GENERAL_PROTECTION] = { "general-protection", "General protection fault", FAULT | EXCEPTION },
	[OOPS_BUG] = { "bug", "", TITLE | CHECK | EXCEPTION }, /* not each invalid opcode is a BUG() */
	[OOPS_WARNING] = { "warning", "Warning", TITLE | CHECK | EXCEPTION },
	[OOPS_DIVIDE_ERROR] = { "divide-error", "Divide error", TITLE | FAULT | EXCEPTION },
	[OOPS_DOUBLE_FAULT] = { "double-fault", "Double fault", TITLE | FAULT | CR2 | EXCEPTION },
	[OOPS_STACK_OVERFLOW] = { "stack-overflow", "Stack overflow", TITLE | FAULT | CR2 | EXCEPTION },
	[OOPS_PANIC] = { "panic", "Panic", TITLE | STOP },
	[OOPS_HUNG_TASK] = { "hung-task", "Hung task", TITLE | ELSEWHERE },
	[OOPS_SOFT_LOCKUP] = { "soft-lockup", "Soft lockup", TITLE | STOP },
	[OOPS_HARD_LOCKUP] = { "hard-lockup", "Hard lockup", TITLE | STOP },
	[OOPS_RCU_STALL] = { "rcu-stall", "RCU stall", TITLE | STOP },
	[OOPS_OOM] = { "oom", "Out of memory", TITLE | CHECK },
	[OOPS_KASAN] = { "kasan", "KASAN", TITLE | CHECK | FAULT },
	[OOPS_KFENCE] = { "kfence", "KFENCE", TITLE | CHECK | CR2 },
	[OOPS_KCSAN] = { "kcsan", "KCSAN", TITLE },
	[OOPS_UBSAN] = { "ubsan", "UBSAN", TITLE | CHECK },
	[OOPS_SLUB] = { "slub", "SLUB", TITLE | CHECK },
	[OOPS_BAD_PAGE] = { "bad-page", "Bad page", TITLE },
	[OOPS_LIST_CORRUPTION] = { "list-corruption", "List corruption", TITLE | CHECK | EXCEPTION },
	[OOPS_REFCOUNT] = { "refcount", "Reference count", TITLE | CHECK | EXCEPTION },
	[OOPS_CFI] = { "cfi", "CFI failure", TITLE | EXCEPTION },
	[OOPS_SERROR] = { "serror", "SError", TITLE | ELSEWHERE },
	[OOPS_MCE] = { "mce", "Machine check", TITLE | STOP },
	[OOPS_RUST_PANIC] = { "rust-panic", "Panic of Rust code", TITLE | ELSEWHERE | EXCEPTION },
	[OOPS_SEGFAULT] = { "segfault", "Fault of a process", TITLE },
	[OOPS_ALIGNMENT] = { "alignment", "Alignment fault", FAULT | EXCEPTION },
	[OOPS_ACCESS_FAULT] = { "access-fault", "Access fault", FAULT | EXCEPTION },
	[OOPS_BREAKPOINT] = { "breakpoint", "Unexpected breakpoint", TITLE | EXCEPTION },
	[OOPS_UNDEFINED_INSTRUCTION] = { "undefined-instruction", "Undefined instruction", TITLE | EXCEPTION },
	[OOPS_NMI] = { "nmi", "NMI", TITLE | STOP },
};

const char *const oops_access_names[] = { NULL, "read", "write", "execute" };

/* The first that fits counts. The texts are from all releases since 2.6: arch/x86/mm/fault.c, kernel/traps.c,
 * kernel/dumpstack.c, kernel/nmi.c and kernel/cpu/mce/core.c, arch/arm64/mm/fault.c and kernel/traps.c, arch/riscv/mm/fault.c and kernel/traps.c, mm/kasan,
 * mm/kfence, kernel/kcsan, lib/ubsan.c, mm/slub.c, mm/page_alloc.c, mm/memory.c, lib/list_debug.c,
 * lib/refcount.c, mm/usercopy.c, kernel/cfi.c, rust/kernel/lib.rs, kernel/panic.c, kernel/hung_task.c,
 * kernel/watchdog.c, kernel/rcu/tree_stall.h, kernel/locking/lockdep.c and mm/oom_kill.c. */
static const struct oops_title titles[] = {
	{ "BUG: KASAN: ", NULL, OOPS_KASAN, 0 },
	{ "BUG: KFENCE: ", NULL, OOPS_KFENCE, 0 },
	{ "BUG: KCSAN: ", NULL, OOPS_KCSAN, 0 },
	{ "BUG: Bad page |Bad page state in process ", NULL, OOPS_BAD_PAGE, 0 },
	{ "BUG: soft lockup", NULL, OOPS_SOFT_LOCKUP, 0 },
	{ "BUG: NMI Watchdog detected LOCKUP|NMI Watchdog detected LOCKUP|"
	  "Watchdog detected hard LOCKUP", NULL, OOPS_HARD_LOCKUP, 0 },
	{ "CPU", ": Watchdog detected hard LOCKUP", OOPS_HARD_LOCKUP, 0 },
	{ "CPU ", "detected hard LOCKUP", OOPS_HARD_LOCKUP, 0 }, /* arch/powerpc/kernel/watchdog.c */
	{ "Watchdog CPU:", " Hard LOCKUP", OOPS_HARD_LOCKUP, 0 },
	{ "BUG: ", "stack guard page was hit at ", OOPS_STACK_OVERFLOW, 0 },
	{ "BUG: Unable to handle kernel unaligned access", NULL, OOPS_ALIGNMENT, 0 }, /* arch/powerpc */
	{ "BUG: unable to handle |BUG: Unable to handle kernel |BUG: kernel NULL pointer dereference|"
	  "Unable to handle kernel |Unable to handle user |Unhandled fault at 0x|Kernel attempted to ",
	  NULL, OOPS_PAGE_FAULT, 0 },
	{ "CPU ", " Unable to handle kernel ", OOPS_PAGE_FAULT, 0 }, /* arch/mips, arch/loongarch */
	{ "PANIC: early exception 0x0e |PANIC: early exception 0e |PANIC: early exception rip ",
	  NULL, OOPS_PAGE_FAULT, X86 },
	{ "PANIC: early exception 0x0d |PANIC: early exception 0d ",
	  NULL, OOPS_GENERAL_PROTECTION, X86 },
	{ "PANIC: early exception ", NULL, OOPS_TRACE, X86 },
	{ "kernel tried to execute |unable to execute userspace code ",
	  NULL, OOPS_PAGE_FAULT, MESSAGE },
	{ "BUG: ", NULL, OOPS_BUG, 0 },
	{ "Slab corruption: |Slab corruption (", NULL, OOPS_SLUB, TITLE_WHOLE }, /* mm/slab.c */
	{ "slab error in ", NULL, OOPS_SLUB, 0 },
	{ "BUG ", "ainted", OOPS_SLUB, 0 },
	{ "BUG ", " overwritten", OOPS_SLUB, 0 },
	{ "BUG ", ": Object", OOPS_SLUB, 0 },
	{ "kernel BUG at rust/helpers", NULL, OOPS_BUG, LATE },
	{ "kernel BUG at ", NULL, OOPS_BUG, 0 },
	{ "rust_kernel: panicked at ", NULL, OOPS_RUST_PANIC, 0 },
	{ "list_add corruption|list_add double add|list_del corruption",
	  NULL, OOPS_LIST_CORRUPTION, MESSAGE },
	{ "refcount_t: ", NULL, OOPS_REFCOUNT, MESSAGE },
	{ "usercopy: Kernel memory |usercopy: kernel memory ", NULL, OOPS_BUG, MESSAGE },
	{ "CFI failure |Missing ENDBR: ", NULL, OOPS_CFI, MESSAGE },
	{ "UBSAN: ", NULL, OOPS_UBSAN, 0 },
	{ "general protection fault", NULL, OOPS_GENERAL_PROTECTION, X86 },
	{ "stack segment: ", NULL, OOPS_GENERAL_PROTECTION, X86 | TITLE_STACK },
	{ "segment-related general protection fault", NULL, OOPS_GENERAL_PROTECTION, 0 },
	{ "invalid opcode: ", NULL, OOPS_BUG, LATE | X86 },
	{ "divide error: ", NULL, OOPS_DIVIDE_ERROR, X86 },
	{ "divide_error: ", NULL, OOPS_DIVIDE_ERROR, 0 },
	{ "PANIC: double fault", NULL, OOPS_DOUBLE_FAULT, 0 },
	{ "double fault: ", NULL, OOPS_DOUBLE_FAULT, LATE | X86 },
	{ "int3: ", NULL, OOPS_BREAKPOINT, LATE | X86 },
	{ "alignment check: ", NULL, OOPS_ALIGNMENT, 0 },
	{ ": Corrupted page table at address ", NULL, OOPS_PAGE_FAULT, ANYWHERE },
	{ "Bad pagetable: ", NULL, OOPS_PAGE_FAULT, LATE },
	{ "stack guard page: |kernel stack overflow ", NULL, OOPS_STACK_OVERFLOW, LATE },
	{ "Insufficient stack space to handle exception", NULL, OOPS_STACK_OVERFLOW, 0 },
	{ "Internal error: Oops - BUG", NULL, OOPS_BUG, LATE },
	{ "Internal error: Oops - CFI", NULL, OOPS_CFI, LATE },
	{ "Internal error: Oops - KASAN|Internal error: KASAN", NULL, OOPS_KASAN, LATE },
	{ "Internal error: Oops - UBSAN|Internal error: UBSAN", NULL, OOPS_UBSAN, LATE },
	{ "Internal error: Oops - Undefined instruction|"
	  "Internal error: Oops - undefined instruction|Internal error: undefined instruction",
	  NULL, OOPS_UNDEFINED_INSTRUCTION, LATE },
	{ "Internal error: ", "BRK handler: ", OOPS_BREAKPOINT, LATE },
	{ "Internal error: ", "SP/PC alignment exception: ", OOPS_ALIGNMENT, LATE },
	{ "Internal error: Oops: |Internal error: Attempting to execute userspace memory|"
	  "Internal error: Accessing user space memory", NULL, OOPS_PAGE_FAULT, LATE },
	{ "Internal error: ", " address size fault: ", OOPS_PAGE_FAULT, LATE },
	{ "Internal error: ", NULL, OOPS_TRACE, LATE },
	{ "Oops [#", NULL, OOPS_PAGE_FAULT, LATE },
	{ "Oops[#", NULL, OOPS_TRACE, LATE },
	{ "Oops - ", " access fault [#", OOPS_ACCESS_FAULT, 0 },
	{ "Oops - load address misaligned|Oops - store (or AMO) address misaligned",
	  NULL, OOPS_ALIGNMENT, 0 },
	{ "Oops - illegal instruction [#", NULL, OOPS_UNDEFINED_INSTRUCTION, 0 },
	{ "Oops - ", " [#", OOPS_TRACE, 0 },
	{ "Kernel BUG [#", NULL, OOPS_BUG, LATE },
	{ "Unexpected kernel BRK exception", NULL, OOPS_BREAKPOINT, 0 },
	{ "SError Interrupt on CPU|Bad mode in Error handler", NULL, OOPS_SERROR, 0 },
	{ "Bad mode in ", " handler detected", OOPS_TRACE, 0 },
	{ "Unhandled fault: alignment fault ", NULL, OOPS_ALIGNMENT, 0 },
	{ "Unhandled fault: ", NULL, OOPS_TRACE, 0 },
	{ "WARNING: CPU: |WARNING: at |WARNING: possible |WARNING: suspicious |"
	  "WARNING: inconsistent lock state|WARNING: bad unlock balance|WARNING: held lock freed|"
	  "WARNING: still has locks held|WARNING: lock held when returning|"
	  "WARNING: Nested lock was not taken", NULL, OOPS_WARNING, 0 },
	{ "INFO: possible ", " detected", OOPS_WARNING, 0 },
	{ "INFO: SOFTIRQ-|INFO: HARDIRQ-|WARNING: SOFTIRQ-|WARNING: HARDIRQ-|INFO: suspicious RCU usage|INFO: inconsistent lock state|"
	  "INFO: trying to register non-static key|unchecked MSR access error: ",
	  NULL, OOPS_WARNING, 0 },
	{ "WARNING: ", ", CPU#", OOPS_WARNING, 0 },
	{ "INFO: task ", " for more than ", OOPS_HUNG_TASK, 0 },
	/* the name of the process contains a line feed */
	{ " blocked for more than ", " seconds.", OOPS_HUNG_TASK, ANYWHERE },
	{ "INFO: rcu_", "stall", OOPS_RCU_STALL, 0 },
	{ "Uhhuh. NMI received|NMI: IOCK error|NMI: PCI system error", NULL, OOPS_NMI, 0 },
	{ "mce: [Hardware Error]: |[Hardware Error]: ", NULL, OOPS_MCE, 0 },
	{ "CPU ", ": Machine Check", OOPS_MCE, 0 },
	{ "]: segfault at |] general protection fault ip:", NULL, OOPS_SEGFAULT, ANYWHERE | NO_PLACE },
	{ "] trap ", " ip:", OOPS_SEGFAULT, ANYWHERE | NO_PLACE },
	{ "]: unhandled ", " esr 0x", OOPS_SEGFAULT, ANYWHERE | NO_PLACE },
	{ "]: unhandled ", " ESR 0x", OOPS_SEGFAULT, ANYWHERE | NO_PLACE },
	{ "]: unhandled signal ", " code 0x", OOPS_SEGFAULT, ANYWHERE | NO_PLACE },
	{ " invoked oom-killer: ", NULL, OOPS_OOM, ANYWHERE },
	{ "Out of memory: Kill|Memory cgroup out of memory: Kill", NULL, OOPS_OOM, MESSAGE },
	{ ": 00", " ilc:", OOPS_TRACE, LATE | ANYWHERE }, /* die() in arch/s390/kernel/dumpstack.c */
	{ "Kernel Fault: Code=", NULL, OOPS_TRACE, 0 }, /* arch/parisc/kernel/traps.c */
	{ ": page allocation failure: |: page allocation failure. |: vmalloc: allocation failure",
	  NULL, OOPS_TRACE, ANYWHERE },
	{ "irq ", ": nobody cared", OOPS_TRACE, 0 },
	{ "nVHE hyp BUG at: |nVHE hyp panic at: ", NULL, OOPS_TRACE, NO_PLACE },
	/* die() of other machines: arch/mips, arch/sparc, arch/xtensa */
	{ "Kernel bug detected[#|in kernel code[#|kernel unaligned access[#|): Oops [#|: Oops: sig: ",
	  NULL, OOPS_TRACE, LATE | ANYWHERE },
	/* mm/swapfile.c: an entry of a page table that no swap area has */
	{ "Bad swap file entry |Bad swap offset entry |Unused swap file entry |Unused swap offset entry ",
	  NULL, OOPS_BUG, ANYWHERE },
};

/* After "Oops: " there is the error code of a page fault, or the message of die(), since 6.10 also on x86. */
static const struct oops_title oops = { "Oops: ", NULL, OOPS_PAGE_FAULT, LATE };
static const struct oops_title other_oops = { "Oops: ", NULL, OOPS_TRACE, LATE };
/* die() of x86 with words that no list has: "VE fault: 0000 [#1]" */
static const struct oops_title die = { "", NULL, OOPS_TRACE, LATE | X86 };
static const struct oops_title panic = { "Kernel panic", NULL, OOPS_PANIC, 0 };
/* KVM of arm64: it happened at EL2, and the trace is of the host (nvhe_hyp_panic_handler() in arch/arm64/kvm/handle_exit.c). */
static const struct oops_title hyp_panic = { "HYP panic", NULL, OOPS_PANIC, NO_PLACE };

/* The message of panic() starts with one of these texts if the log contains an earlier report of the cause. */
static const char consequences[] =
	"Aiee, killing interrupt handler|Attempted to kill|hung_task: |softlockup: |Hard LOCKUP|"
	"Watchdog detected|Oops|Fatal machine check|Fatal local machine check|panic_on_taint set|"
	"kernel stack overflow|Kernel stack overflow|Asynchronous SError Interrupt|RCU Stall|Out of memory|"
	"Machine halted|scheduling while atomic|bad mode";
// clang-format on

/* Skips the names of parts of the kernel, which differ between releases, and the bracket of lockdep before 4.10. */
static const char *skip_part_names(const char *text)
{
	const char *after;

	while ((after = after_any(
			text,
			"NMI watchdog: |watchdog: |rcu: |traps: |[ |"
			"kasan: GPF could be caused by NULL-ptr deref or user memory access")))
		text = after;
	/* "EDAC sbridge MC1: CPU 1: Machine Check Event: 0 Bank 11: 8c..." */
	after = starts_with(text, "EDAC ") ? after_mark(text, ": ") : NULL;
	return after && starts_with(after, "CPU ") ? after : text;
}

static const struct oops_title *find_title(const char *text)
{
	for (size_t i = 0; i < sizeof(titles) / sizeof(*titles); i++) {
		const struct oops_title *title = &titles[i];
		const char *after = title->is & ANYWHERE ? after_any_mark(text, title->starts) :
							   after_any(text, title->starts);

		if (after && (!title->also || strstr(after, title->also)))
			return title;
	}
	return NULL;
}

/* "WORDS: 0000 [#1]": the error code has four digits (__die_header() in arch/x86/kernel/dumpstack.c). */
static bool is_die(const char *text)
{
	const char *count = strstr(text, " [#"),
		   *code = count && count - text > 8 ? count - 6 : NULL;

	return code && isalpha((unsigned char)*text) && starts_with(code, ": ") &&
	       strspn(code + 2, "0123456789abcdef") == 4;
}

const struct oops_title *oops_title_find(const char *text)
{
	const struct oops_title *title;
	const char *after;
	size_t code;

	text = skip_part_names(text);
	if (oops_panic_message(text))
		return starts_with(oops_panic_message(text), hyp_panic.starts) ? &hyp_panic :
										 &panic;
	after = after_start(text, "Oops: ");
	code = after ? strspn(after, "0123456789abcdef") : 0;
	/* s390 has the code of a program interruption there. */
	if (code && !isalnum((unsigned char)after[code]) && !strstr(after, " ilc:"))
		return &oops;
	title = find_title(after ? after : text);
	if (!title && is_die(after ? after : text))
		return &die;
	if (title || !after)
		return title;
	return strstr(after, ", sig: ") || strstr(after, "[#") ? &other_oops : NULL;
}

/* A panic says more than nothing; a BUG() or a warning says where, all others say what. */
static unsigned int rank(enum oops_kind kind)
{
	return kind == OOPS_TRACE						    ? 0 :
	       kind == OOPS_PANIC						    ? 1 :
	       oops_kind_is_any(kind, KIND(BUG) | KIND(WARNING) | KIND(BREAKPOINT)) ? 2 :
										      3;
}

bool oops_kind_outranks(enum oops_kind kind, enum oops_kind other)
{
	return rank(kind) > rank(other);
}

const char *oops_panic_message(const char *text)
{
	return after_any(skip_blanks(text), "Kernel panic: |Kernel panic - not syncing: ");
}

bool oops_panic_is_consequence(const char *message, enum oops_kind kind)
{
	if (kind == OOPS_WARNING && !strstr(message, "panic_on_warn set") &&
	    !starts_with(message, "panic_on_taint set"))
		return false;
	return kind == OOPS_MCE || kind == OOPS_NMI || after_any(message, consequences) ||
	       after_any_mark(message, "panic_on_warn set|Fatal exception");
}
