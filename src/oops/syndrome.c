/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Describes the exception syndrome register of arm64 with the words that the kernel prints for an
 * oops: Arm ARM (DDI 0487), D24.2.40 (ESR_EL1). The words are from arch/arm64/kernel/traps.c
 * (esr_class_str) and mm/fault.c (fault_info). And the cause and the status of riscv64. */
#include <stdio.h>

#include "base/text.h"
#include "oops/facts.h"

enum {
	EC_SHIFT = 26,
	EC_MASK = 0x3f,
	EC_IABT_LOW = 0x20,
	EC_IABT_CURRENT = 0x21,
	EC_DABT_LOW = 0x24,
	EC_DABT_CURRENT = 0x25,
	EC_SERROR = 0x2f,
	EC_WATCHPOINT_LOW = 0x34,
	EC_WATCHPOINT_CURRENT = 0x35,
	EC_BRK64 = 0x3c,
	FSC_MASK = 0x3f,
	FSC_ASYNCHRONOUS = 0x11, /* of an SError: AET is valid */
	ISS_WNR = 1 << 6,
	ISS_S1PTW = 1 << 7,
	ISS_CM = 1 << 8,
	ISS_FNV = 1 << 10,
	AET_SHIFT = 10,
	AET_MASK = 7,
	ISS_IDS = 1 << 24, /* of an SError: the other bits are implementation defined */
	BRK_MASK = 0xffff,
	BRK_GCC = 1000,
	BRK_KCFI = 0x8000, /* CFI_BRK_IMM_BASE */
	KCFI_MASK = 0x3ff,
	REGISTER_MASK = 0x1f,
	KCFI_TYPE_SHIFT = 5,
};

// clang-format off
static const char *const classes[EC_MASK + 1] = {
	[0x00] = "unknown or uncategorized", [0x01] = "WFI or WFE", [0x07] = "SVE, SIMD or FP",
	[0x09] = "pointer authentication", [0x0a] = "LD64B or ST64B", [0x0d] = "branch target (BTI)",
	[0x0e] = "illegal execution state", [0x11] = "SVC (AArch32)", [0x12] = "HVC (AArch32)",
	[0x13] = "SMC (AArch32)", [0x15] = "SVC", [0x16] = "HVC", [0x17] = "SMC",
	[0x18] = "MSR, MRS or system instruction", [0x19] = "SVE", [0x1a] = "ERET",
	[0x1c] = "pointer authentication failure (FPAC)", [0x1d] = "SME",
	[EC_IABT_LOW] = "instruction abort from EL0",
	[EC_IABT_CURRENT] = "instruction abort in the kernel",
	[0x22] = "PC alignment", [EC_DABT_LOW] = "data abort from EL0",
	[EC_DABT_CURRENT] = "data abort in the kernel", [0x26] = "SP alignment",
	[0x27] = "memory operation (MOPS)",
	[0x28] = "floating point (AArch32)", [0x2c] = "floating point",
	[0x2d] = "guarded control stack (GCS)", [EC_SERROR] = "SError",
	[0x30] = "breakpoint in EL0", [0x31] = "breakpoint",
	[0x32] = "software step in EL0", [0x33] = "software step",
	[EC_WATCHPOINT_LOW] = "watchpoint in EL0", [EC_WATCHPOINT_CURRENT] = "watchpoint",
	[0x38] = "BKPT (AArch32)", [EC_BRK64] = "BRK",
};

enum kind { OTHER, TRANSLATION, PERMISSION, ALIGNMENT };

/* The faults by their status codes. The range from first to last is inclusive. A fault that can
 * occur at each level of the walk has four codes, one for each level; its first level is 0. */
static const struct {
	uint8_t first, last;
	const char *name;
	bool has_level;
	int8_t level;
	enum kind kind;
} faults[] = {
	{ 0x00, 0x03, "address size fault", true, 0, OTHER },
	{ 0x04, 0x07, "translation fault", true, 0, TRANSLATION },
	{ 0x08, 0x0b, "access flag fault", true, 0, OTHER },
	{ 0x0c, 0x0f, "permission fault", true, 0, PERMISSION },
	{ 0x10, 0x10, "synchronous external abort", false, 0, OTHER },
	{ 0x11, 0x11, "synchronous tag check fault", false, 0, OTHER },
	{ 0x13, 0x13, "(translation table walk) external abort", true, -1, OTHER },
	{ 0x14, 0x17, "(translation table walk) external abort", true, 0, OTHER },
	{ 0x18, 0x18, "synchronous parity or ECC error", false, 0, OTHER },
	{ 0x1b, 0x1b, "(translation table walk) parity or ECC error", true, -1, OTHER },
	{ 0x1c, 0x1f, "(translation table walk) parity or ECC error", true, 0, OTHER },
	{ 0x21, 0x21, "alignment fault", false, 0, ALIGNMENT },
	{ 0x23, 0x23, "granule protection fault", true, -1, OTHER },
	{ 0x24, 0x27, "granule protection fault", true, 0, OTHER },
	{ 0x28, 0x28, "granule protection fault, not on a walk", false, 0, OTHER },
	{ 0x29, 0x29, "address size fault", true, -1, OTHER },
	{ 0x2b, 0x2b, "translation fault", true, -1, TRANSLATION },
	{ 0x30, 0x30, "TLB conflict abort", false, 0, OTHER },
	{ 0x31, 0x31, "unsupported atomic hardware update fault", false, 0, OTHER },
	{ 0x34, 0x34, "implementation-defined fault (lockdown)", false, 0, OTHER },
	{ 0x35, 0x35, "implementation-defined fault (unsupported exclusive access)", false, 0, OTHER },
};

/* The uses of BRK instructions, by ranges of their numbers: arch/arm64/include/asm/brk-imm.h. The
 * compilers' traps: "trap" in gcc/config/aarch64/aarch64.md, llvm.trap() in LLVM. */
static const struct {
	uint16_t first, last;
	const char *name;
} breaks[] = {
	{ 1, 1, "the trap of clang: __builtin_trap(), or code that must not be reached" },
	{ 4, 4, "kprobes" }, { 5, 5, "uprobes" }, { 6, 6, "kprobes" }, { 7, 7, "kretprobes" },
	{ 0x100, 0x100, "a fault on purpose" }, { 0x400, 0x403, "kgdb" },
	{ BRK_GCC, BRK_GCC,
	  "the trap of GCC: __builtin_trap(), or a path with undefined behaviour, such as NULL or a division by zero" },
	{ 0x800, 0x800, "BUG or WARN" }, { 0x900, 0x9ff, "KASAN" }, { 0x5500, 0x55ff, "UBSAN" },
	{ BRK_KCFI, BRK_KCFI | KCFI_MASK, "kCFI" },
};

/* The field AET (Arm ARM, D24.2.40, "ISS encoding for an SError exception"). */
static const char *const severities[AET_MASK + 1] = {
	"uncontainable", "unrecoverable", "restartable", "recoverable", [6] = "corrected",
};
// clang-format on

static void put_fault(unsigned int status, struct fact_syndrome *found)
{
	char *text = found->text;

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		if (status < faults[i].first || status > faults[i].last)
			continue;
		found->level = faults[i].level + (int)(status - faults[i].first);
		found->is_translation = faults[i].kind == TRANSLATION;
		found->is_permission = faults[i].kind == PERMISSION;
		found->is_alignment = faults[i].kind == ALIGNMENT;
		if (faults[i].has_level)
			text_append(text, FACT_TEXT, ": level %d %s", found->level, faults[i].name);
		else
			text_append(text, FACT_TEXT, ": %s", faults[i].name);
		return;
	}
	text_append(text, FACT_TEXT, ": fault status %#x", status);
}

static void put_break(unsigned int number, char text[FACT_TEXT])
{
	text_append(text, FACT_TEXT, number == BRK_GCC ? " %#x (1000)" : " %#x", number);
	for (size_t i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++)
		if (number >= breaks[i].first && number <= breaks[i].last)
			text_append(text, FACT_TEXT, ": %s", breaks[i].name);
	/* cfi_brk_handler() in arch/arm64/kernel/traps.c */
	if (number >= BRK_KCFI && number <= (BRK_KCFI | KCFI_MASK))
		text_append(text, FACT_TEXT, ", the target is in x%u, the expected type in w%u",
			    number & REGISTER_MASK, number >> KCFI_TYPE_SHIFT & REGISTER_MASK);
}

static void put_serror(uint64_t esr, char text[FACT_TEXT])
{
	const char *severity = severities[esr >> AET_SHIFT & AET_MASK];

	if (esr & ISS_IDS)
		text_append(text, FACT_TEXT, ": the syndrome is implementation defined");
	else if ((esr & FSC_MASK) == FSC_ASYNCHRONOUS)
		text_append(text, FACT_TEXT, ": asynchronous, %s",
			    severity ? severity : "severity not known");
	else if (!(esr & FSC_MASK))
		text_append(text, FACT_TEXT, ": uncategorized");
	else
		text_append(text, FACT_TEXT, ": fault status %#x", (unsigned int)(esr & FSC_MASK));
}

static void put_access(uint64_t esr, struct fact_syndrome *found)
{
	bool maintenance = esr & ISS_CM;

	/* WnR is always 1 for cache maintenance: do_page_fault() in arch/arm64/mm/fault.c */
	found->is_write = esr & ISS_WNR && !maintenance;
	text_append(found->text, FACT_TEXT, "%s",
		    maintenance	    ? ", cache maintenance" :
		    found->is_write ? ", write" :
				      ", read");
}

void fact_syndrome(uint64_t esr, struct fact_syndrome *found)
{
	unsigned int class = esr >> EC_SHIFT & EC_MASK;
	bool is_data = class == EC_DABT_LOW || class == EC_DABT_CURRENT;

	*found = (struct fact_syndrome){ .is_abort = false };
	/* Older kernels print 0 if they give die() no syndrome: cfi_brk_handler() of 6.1. Bits 63
	 * to 56 are always 0. */
	if (!classes[class] || !esr || esr >> 56)
		return;
	snprintf(found->text, FACT_TEXT, "%s", classes[class]);
	found->is_fetch = class == EC_IABT_LOW || class == EC_IABT_CURRENT;
	found->is_abort = is_data || found->is_fetch;
	if (found->is_abort)
		put_fault(esr & FSC_MASK, found);
	if (class == EC_BRK64)
		put_break(esr & BRK_MASK, found->text);
	if (class == EC_SERROR)
		put_serror(esr, found->text);
	if (is_data || class == EC_WATCHPOINT_LOW || class == EC_WATCHPOINT_CURRENT)
		put_access(esr, found);
	if (is_data && esr & ISS_S1PTW)
		text_append(found->text, FACT_TEXT, ", on a walk of the second stage's tables");
	if (found->is_abort && esr & ISS_FNV)
		text_append(found->text, FACT_TEXT, ", FAR is not valid");
}

/* --- riscv64 --- */

/* The RISC-V Instruction Set Manual, volume II, "Supervisor Cause Register (scause)". The faults with numbers of AMO are
 * of stores, too. */
enum { INTERRUPT_BIT = 63, MOST_CAUSES = 24 };

static const struct {
	const char *name;
	char access; /* of the address in stval: 'r', 'w', 'x'; 0: stval is no address of an access */
	bool is_alignment;
} causes[MOST_CAUSES] = {
	{ "instruction address misaligned", 'x', true },
	{ "instruction access fault: the physical address was refused (PMP, PMA or the bus)", 'x', false },
	{ "illegal instruction", 0, false },
	{ "breakpoint: ebreak", 0, false },
	{ "load address misaligned", 'r', true },
	{ "load access fault: the physical address was refused (PMP, PMA or the bus)", 'r', false },
	{ "store or AMO address misaligned", 'w', true },
	{ "store or AMO access fault: the physical address was refused (PMP, PMA or the bus)", 'w', false },
	{ "environment call from user mode", 0, false },
	{ "environment call from supervisor mode", 0, false },
	{ "environment call from the supervisor mode of a guest", 0, false },
	{ "environment call from machine mode", 0, false },
	{ "instruction page fault", 'x', false },
	{ "load page fault", 'r', false },
	[15] = { "store or AMO page fault", 'w', false },
	[16] = { "double trap", 0, false },
	[18] = { "software check: control flow (CFI)", 0, false },
	[19] = { "hardware error", 0, false },
	[20] = { "instruction page fault of the guest's second stage", 0, false },
	[21] = { "load page fault of the guest's second stage", 0, false },
	[22] = { "virtual instruction", 0, false },
	[23] = { "store or AMO page fault of the guest's second stage", 0, false },
}, interrupts[] = {
	[1] = { "software interrupt (another CPU)", 0, false },
	[5] = { "timer interrupt", 0, false },
	[9] = { "external interrupt", 0, false },
	[13] = { "interrupt of a counter that has overflowed", 0, false },
};

void fact_cause(uint64_t cause, struct fact_syndrome *found)
{
	const uint64_t number = cause & ~(UINT64_C(1) << INTERRUPT_BIT);
	const bool is_interrupt = cause >> INTERRUPT_BIT;
	const size_t most = is_interrupt ? sizeof(interrupts) / sizeof(interrupts[0]) : MOST_CAUSES;
	const char *name = NULL;

	*found = (struct fact_syndrome){ .level = -1 };
	if (number < most)
		name = is_interrupt ? interrupts[number].name : causes[number].name;
	if (!name)
		return;
	snprintf(found->text, FACT_TEXT, "%s", name);
	if (is_interrupt)
		return;
	found->is_abort = causes[number].access;
	found->is_write = causes[number].access == 'w';
	found->is_fetch = causes[number].access == 'x';
	found->is_alignment = causes[number].is_alignment;
}

/* The bits of sstatus: the same volume, "Supervisor Status Register (sstatus)". SPIE is SIE before the trap. */
void fact_status(uint64_t status, char text[FACT_TEXT])
{
	enum { SPIE = 1 << 5, SPP = 1 << 8, FS_SHIFT = 13, SUM = 1 << 18, MXR = 1 << 19 };

	snprintf(text, FACT_TEXT, "from %s mode (SPP), interrupts were %s (SPIE)",
		 status & SPP ? "kernel" : "user", status & SPIE ? "on" : "off");
	if (status & SPP)
		text_append(text, FACT_TEXT, ", user memory %s be accessed (SUM is %s)",
			    status & SUM ? "may" : "may not", status & SUM ? "set" : "clear");
	if (status & MXR)
		text_append(text, FACT_TEXT, ", pages of code may be read (MXR)");
	if (status >> FS_SHIFT & 3)
		text_append(text, FACT_TEXT, ", floating point is on (FS)");
}
