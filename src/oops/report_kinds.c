/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "oops/report_kinds.h"

#include "base/text.h"

// clang-format off
const char *const oops_kind_names[NR_OOPS_KINDS] = {
	[OOPS_TRACE] = "trace",
	[OOPS_PAGE_FAULT] = "page-fault",
	[OOPS_GENERAL_PROTECTION] = "general-protection",
	[OOPS_BUG] = "bug",
	[OOPS_WARNING] = "warning",
	[OOPS_DIVIDE_ERROR] = "divide-error",
	[OOPS_DOUBLE_FAULT] = "double-fault",
	[OOPS_STACK_OVERFLOW] = "stack-overflow",
	[OOPS_PANIC] = "panic",
	[OOPS_HUNG_TASK] = "hung-task",
	[OOPS_SOFT_LOCKUP] = "soft-lockup",
	[OOPS_HARD_LOCKUP] = "hard-lockup",
	[OOPS_RCU_STALL] = "rcu-stall",
	[OOPS_OOM] = "oom",
	[OOPS_KASAN] = "kasan",
	[OOPS_KFENCE] = "kfence",
	[OOPS_KCSAN] = "kcsan",
	[OOPS_UBSAN] = "ubsan",
	[OOPS_SLUB] = "slub",
	[OOPS_BAD_PAGE] = "bad-page",
	[OOPS_LIST_CORRUPTION] = "list-corruption",
	[OOPS_REFCOUNT] = "refcount",
	[OOPS_CFI] = "cfi",
	[OOPS_SERROR] = "serror",
	[OOPS_MCE] = "mce",
	[OOPS_RUST_PANIC] = "rust-panic",
	[OOPS_SEGFAULT] = "segfault",
	[OOPS_ALIGNMENT] = "alignment",
	[OOPS_BREAKPOINT] = "breakpoint",
	[OOPS_UNDEFINED_INSTRUCTION] = "undefined-instruction",
	[OOPS_NMI] = "nmi",
};

const char *const oops_access_names[] = { NULL, "read", "write", "execute" };

enum { ANYWHERE = 1, MESSAGE = 2, LATE = 4, X86 = 8 };
#define TITLE(start, also, kind, flags) \
	{ start, also, OOPS_##kind, ((flags) & ANYWHERE) != 0, ((flags) & MESSAGE) != 0, ((flags) & LATE) != 0, \
	  ((flags) & X86) != 0 }

/* The first that fits counts. The texts are from all releases since 2.6: arch/x86/mm/fault.c, kernel/traps.c,
 * kernel/dumpstack.c, kernel/nmi.c and kernel/cpu/mce/core.c, arch/arm64/mm/fault.c and kernel/traps.c, mm/kasan,
 * mm/kfence, kernel/kcsan, lib/ubsan.c, mm/slub.c, mm/page_alloc.c, mm/memory.c, lib/list_debug.c,
 * lib/refcount.c, mm/usercopy.c, kernel/cfi.c, rust/kernel/lib.rs, kernel/panic.c, kernel/hung_task.c,
 * kernel/watchdog.c, kernel/rcu/tree_stall.h, kernel/locking/lockdep.c and mm/oom_kill.c. */
static const struct oops_title titles[] = {
	TITLE("BUG: KASAN: ", NULL, KASAN, 0),
	TITLE("BUG: KFENCE: ", NULL, KFENCE, 0),
	TITLE("BUG: KCSAN: ", NULL, KCSAN, 0),
	TITLE("BUG: Bad page ", NULL, BAD_PAGE, 0),
	TITLE("Bad page state in process ", NULL, BAD_PAGE, 0),
	TITLE("BUG: soft lockup", NULL, SOFT_LOCKUP, 0),
	TITLE("BUG: NMI Watchdog detected LOCKUP", NULL, HARD_LOCKUP, 0),
	TITLE("NMI Watchdog detected LOCKUP", NULL, HARD_LOCKUP, 0),
	TITLE("Watchdog detected hard LOCKUP", NULL, HARD_LOCKUP, 0),
	TITLE("CPU", ": Watchdog detected hard LOCKUP", HARD_LOCKUP, 0),
	TITLE("BUG: ", "stack guard page was hit at ", STACK_OVERFLOW, 0),
	TITLE("BUG: unable to handle ", NULL, PAGE_FAULT, 0),
	TITLE("BUG: kernel NULL pointer dereference", NULL, PAGE_FAULT, 0),
	TITLE("Unable to handle kernel ", NULL, PAGE_FAULT, 0),
	TITLE("kernel tried to execute ", NULL, PAGE_FAULT, MESSAGE),
	TITLE("unable to execute userspace code ", NULL, PAGE_FAULT, MESSAGE),
	TITLE("BUG: ", NULL, BUG, 0),
	TITLE("BUG ", "): ", SLUB, 0),
	TITLE("BUG ", ": ", SLUB, 0),
	TITLE("kernel BUG at rust/helpers", NULL, BUG, LATE),
	TITLE("kernel BUG at ", NULL, BUG, 0),
	TITLE("rust_kernel: panicked at ", NULL, RUST_PANIC, 0),
	TITLE("list_add corruption", NULL, LIST_CORRUPTION, MESSAGE),
	TITLE("list_add double add", NULL, LIST_CORRUPTION, MESSAGE),
	TITLE("list_del corruption", NULL, LIST_CORRUPTION, MESSAGE),
	TITLE("refcount_t: ", NULL, REFCOUNT, MESSAGE),
	TITLE("usercopy: Kernel memory ", NULL, BUG, MESSAGE),
	TITLE("CFI failure ", NULL, CFI, MESSAGE),
	TITLE("Missing ENDBR: ", NULL, CFI, MESSAGE),
	TITLE("UBSAN: ", NULL, UBSAN, 0),
	TITLE("general protection fault", NULL, GENERAL_PROTECTION, X86),
	TITLE("segment-related general protection fault", NULL, GENERAL_PROTECTION, 0),
	TITLE("stack segment: ", NULL, GENERAL_PROTECTION, X86),
	TITLE("invalid opcode: ", NULL, BUG, LATE | X86),
	TITLE("divide error: ", NULL, DIVIDE_ERROR, X86),
	TITLE("divide_error: ", NULL, DIVIDE_ERROR, 0),
	TITLE("PANIC: double fault", NULL, DOUBLE_FAULT, 0),
	TITLE("double fault: ", NULL, DOUBLE_FAULT, LATE | X86),
	TITLE("int3: ", NULL, BREAKPOINT, LATE | X86),
	TITLE("alignment check: ", NULL, ALIGNMENT, 0),
	TITLE(": Corrupted page table at address ", NULL, PAGE_FAULT, ANYWHERE),
	TITLE("Bad pagetable: ", NULL, PAGE_FAULT, LATE),
	TITLE("stack guard page: ", NULL, STACK_OVERFLOW, LATE),
	TITLE("kernel stack overflow ", NULL, STACK_OVERFLOW, LATE),
	TITLE("Insufficient stack space to handle exception", NULL, STACK_OVERFLOW, 0),
	TITLE("Internal error: Oops - BUG", NULL, BUG, LATE),
	TITLE("Internal error: Oops - CFI", NULL, CFI, LATE),
	TITLE("Internal error: Oops - KASAN", NULL, KASAN, LATE),
	TITLE("Internal error: KASAN", NULL, KASAN, LATE),
	TITLE("Internal error: Oops - UBSAN", NULL, UBSAN, LATE),
	TITLE("Internal error: UBSAN", NULL, UBSAN, LATE),
	TITLE("Internal error: Oops - Undefined instruction", NULL, UNDEFINED_INSTRUCTION, LATE),
	TITLE("Internal error: Oops - undefined instruction", NULL, UNDEFINED_INSTRUCTION, LATE),
	TITLE("Internal error: undefined instruction", NULL, UNDEFINED_INSTRUCTION, LATE),
	TITLE("Internal error: ", "BRK handler: ", BREAKPOINT, LATE),
	TITLE("Internal error: ", "SP/PC alignment exception: ", ALIGNMENT, LATE),
	TITLE("Internal error: Oops: ", NULL, PAGE_FAULT, LATE),
	TITLE("Internal error: Attempting to execute userspace memory", NULL, PAGE_FAULT, LATE),
	TITLE("Internal error: Accessing user space memory", NULL, PAGE_FAULT, LATE),
	TITLE("Internal error: ", NULL, TRACE, LATE),
	TITLE("Unexpected kernel BRK exception", NULL, BREAKPOINT, 0),
	TITLE("SError Interrupt on CPU", NULL, SERROR, 0),
	TITLE("Bad mode in Error handler", NULL, SERROR, 0),
	TITLE("Bad mode in ", " handler detected", TRACE, 0),
	TITLE("Unhandled fault: alignment fault ", NULL, ALIGNMENT, 0),
	TITLE("Unhandled fault: ", NULL, TRACE, 0),
	TITLE("WARNING: CPU: ", NULL, WARNING, 0),
	TITLE("WARNING: at ", NULL, WARNING, 0),
	TITLE("WARNING: possible ", NULL, WARNING, 0),
	TITLE("WARNING: suspicious ", NULL, WARNING, 0),
	TITLE("WARNING: inconsistent lock state", NULL, WARNING, 0),
	TITLE("WARNING: bad unlock balance", NULL, WARNING, 0),
	TITLE("WARNING: held lock freed", NULL, WARNING, 0),
	TITLE("WARNING: still has locks held", NULL, WARNING, 0),
	TITLE("WARNING: lock held when returning", NULL, WARNING, 0),
	TITLE("WARNING: Nested lock was not taken", NULL, WARNING, 0),
	TITLE("INFO: possible ", " detected", WARNING, 0),
	TITLE("INFO: suspicious RCU usage", NULL, WARNING, 0),
	TITLE("INFO: inconsistent lock state", NULL, WARNING, 0),
	TITLE("INFO: trying to register non-static key", NULL, WARNING, 0),
	TITLE("WARNING: ", ", CPU#", WARNING, 0),
	TITLE("unchecked MSR access error: ", NULL, WARNING, 0),
	TITLE("INFO: task ", " for more than ", HUNG_TASK, 0),
	TITLE("INFO: rcu_", "stall", RCU_STALL, 0),
	TITLE("Uhhuh. NMI received", NULL, NMI, 0),
	TITLE("NMI: IOCK error", NULL, NMI, 0),
	TITLE("NMI: PCI system error", NULL, NMI, 0),
	TITLE("mce: [Hardware Error]: ", NULL, MCE, 0),
	TITLE("[Hardware Error]: ", NULL, MCE, 0),
	TITLE("CPU ", ": Machine Check", MCE, 0),
	TITLE("]: segfault at ", NULL, SEGFAULT, ANYWHERE),
	TITLE("] general protection fault ip:", NULL, SEGFAULT, ANYWHERE),
	TITLE("] trap ", " ip:", SEGFAULT, ANYWHERE),
	TITLE("]: unhandled ", " esr 0x", SEGFAULT, ANYWHERE),
	TITLE("]: unhandled ", " ESR 0x", SEGFAULT, ANYWHERE),
	TITLE(" invoked oom-killer: ", NULL, OOM, ANYWHERE),
	TITLE(": page allocation failure: ", NULL, TRACE, ANYWHERE),
};

/* After "Oops: " there is the message of die() since 6.10, or the error code of a page fault. */
static const struct oops_title oops = TITLE("Oops: ", NULL, PAGE_FAULT, LATE);
static const struct oops_title panic = TITLE("Kernel panic", NULL, PANIC, 0);

/* The message of panic() starts with one of these texts if the log contains an earlier report of the cause. */
static const char *const consequences[] = {
	"Aiee, killing interrupt handler", "Attempted to kill", "hung_task: ",
	"softlockup: ", "Hard LOCKUP", "Watchdog detected", "Oops", "Fatal machine check",
	"Fatal local machine check", "panic_on_taint set", "kernel stack overflow",
	"Asynchronous SError Interrupt", "RCU Stall", "Out of memory", "Machine halted",
	"scheduling while atomic",
};
// clang-format on

static bool title_fits(const struct oops_title *title, const char *text)
{
	const char *after = NULL;

	if (!title->anywhere)
		after = after_start(text, title->start);
	else if ((after = strstr(text, title->start)))
		after += strlen(title->start);
	return after && (!title->also || strstr(after, title->also));
}

/* Skips the names of parts of the kernel, which differ between releases, and the bracket of lockdep before 4.10. */
static const char *skip_part_names(const char *text)
{
	static const char *const names[] = { "NMI watchdog: ", "watchdog: ", "rcu: ", "traps: ",
					     "[ " };
	const char *after;

	while ((after = after_any(text, names, sizeof(names) / sizeof(*names))))
		text = after;
	return text;
}

static const struct oops_title *find_title(const char *text)
{
	bool has_bracket = strchr(text, ']');

	for (size_t i = 0; i < sizeof(titles) / sizeof(*titles); i++) {
		char first = *titles[i].start;

		if ((titles[i].anywhere ? first != ']' || has_bracket : first == *text) &&
		    title_fits(&titles[i], text))
			return &titles[i];
	}
	return NULL;
}

const struct oops_title *oops_title_find(const char *text)
{
	const struct oops_title *title;
	const char *after;

	text = skip_part_names(text);
	if (oops_panic_message(text))
		return &panic;
	after = after_start(text, "Oops: ");
	title = find_title(after ? after : text);
	return after && !title ? &oops : title;
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

bool oops_kind_is_stop(enum oops_kind kind)
{
	return oops_kind_is_any(kind, KIND(SOFT_LOCKUP) | KIND(HARD_LOCKUP) | KIND(RCU_STALL) |
					      KIND(NMI) | KIND(PANIC) | KIND(MCE) | KIND(TRACE));
}

bool oops_kind_is_exception(enum oops_kind kind)
{
	return oops_kind_is_any(kind, KIND(PAGE_FAULT) | KIND(GENERAL_PROTECTION) | KIND(BUG) |
					      KIND(WARNING) | KIND(DIVIDE_ERROR) |
					      KIND(DOUBLE_FAULT) | KIND(STACK_OVERFLOW) |
					      KIND(LIST_CORRUPTION) | KIND(REFCOUNT) | KIND(CFI) |
					      KIND(RUST_PANIC) | KIND(ALIGNMENT) |
					      KIND(BREAKPOINT) | KIND(UNDEFINED_INSTRUCTION));
}

const char *oops_panic_message(const char *text)
{
	const char *after = after_start(text, "Kernel panic");

	if (!after)
		return NULL;
	after = starts_with(after, " - not syncing") ? after + strlen(" - not syncing") : after;
	return starts_with(after, ": ") ? after + 2 : NULL;
}

bool oops_panic_is_consequence(const char *message, enum oops_kind kind)
{
	if (kind == OOPS_WARNING && !strstr(message, "panic_on_warn set") &&
	    !starts_with(message, "panic_on_taint set"))
		return false;
	return kind == OOPS_MCE || kind == OOPS_NMI ||
	       after_any(message, consequences, sizeof(consequences) / sizeof(*consequences)) ||
	       strstr(message, "panic_on_warn set") || strstr(message, "Fatal exception");
}
