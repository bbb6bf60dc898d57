/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Describes the exception syndrome register with the words that the kernel prints for an oops: Arm
 * ARM (DDI 0487), D24.2.40 (ESR_EL1). The words are from arch/arm64/kernel/traps.c (esr_class_str)
 * and mm/fault.c (fault_info). */
#include <stdio.h>

#include "arch/arm64/arm64.h"
#include "base/text.h"

enum {
	EC_SHIFT = 26,
	EC_MASK = 0x3f,
	EC_IABT_LOW = 0x20,
	EC_IABT_CURRENT = 0x21,
	EC_DABT_LOW = 0x24,
	EC_DABT_CURRENT = 0x25,
	EC_WATCHPOINT_LOW = 0x34,
	EC_WATCHPOINT_CURRENT = 0x35,
	EC_BRK64 = 0x3c,
	FSC_MASK = 0x3f,
	ISS_WNR = 1 << 6,
	ISS_S1PTW = 1 << 7,
	ISS_CM = 1 << 8,
	ISS_FNV = 1 << 10,
	BRK_MASK = 0xffff,
};

// clang-format off
static const char *const classes[EC_MASK + 1] = {
	[0x00] = "unknown or uncategorized", [0x01] = "WFI or WFE", [0x07] = "SVE, SIMD or FP",
	[0x09] = "pointer authentication", [0x0a] = "LD64B or ST64B", [0x0d] = "branch target (BTI)",
	[0x0e] = "illegal execution state", [0x11] = "SVC (AArch32)", [0x12] = "HVC (AArch32)",
	[0x13] = "SMC (AArch32)", [0x15] = "SVC", [0x16] = "HVC", [0x17] = "SMC",
	[0x18] = "MSR, MRS or system instruction", [0x19] = "SVE", [0x1a] = "ERET",
	[0x1c] = "pointer authentication failure (FPAC)", [0x1d] = "SME",
	[EC_IABT_LOW] = "instruction abort from EL0", [EC_IABT_CURRENT] = "instruction abort",
	[0x22] = "PC alignment", [EC_DABT_LOW] = "data abort from EL0",
	[EC_DABT_CURRENT] = "data abort", [0x26] = "SP alignment", [0x27] = "memory operation (MOPS)",
	[0x28] = "floating point (AArch32)", [0x2c] = "floating point",
	[0x2d] = "guarded control stack (GCS)", [0x2f] = "SError",
	[0x30] = "breakpoint in EL0", [0x31] = "breakpoint",
	[0x32] = "software step in EL0", [0x33] = "software step",
	[EC_WATCHPOINT_LOW] = "watchpoint in EL0", [EC_WATCHPOINT_CURRENT] = "watchpoint",
	[0x38] = "BKPT (AArch32)", [EC_BRK64] = "BRK",
};

/* The faults by their status codes. The range from first to last is inclusive. A fault that can
 * occur at each level of the walk has four codes, one for each level. */
static const struct {
	uint8_t first, last;
	const char *name;
	bool has_level;
} faults[] = {
	{ 0x00, 0x03, "address size fault", true },
	{ 0x04, 0x07, "translation fault", true },
	{ 0x08, 0x0b, "access flag fault", true },
	{ 0x0c, 0x0f, "permission fault", true },
	{ 0x10, 0x10, "synchronous external abort", false },
	{ 0x11, 0x11, "synchronous tag check fault", false },
	{ 0x13, 0x13, "level -1 (translation table walk) external abort", false },
	{ 0x14, 0x17, "(translation table walk) external abort", true },
	{ 0x18, 0x18, "synchronous parity or ECC error", false },
	{ 0x1b, 0x1b, "level -1 (translation table walk) parity or ECC error", false },
	{ 0x1c, 0x1f, "(translation table walk) parity or ECC error", true },
	{ 0x21, 0x21, "alignment fault", false },
	{ 0x23, 0x23, "level -1 granule protection fault", false },
	{ 0x24, 0x27, "granule protection fault", true },
	{ 0x28, 0x28, "granule protection fault, not on a walk", false },
	{ 0x29, 0x29, "level -1 address size fault", false },
	{ 0x2b, 0x2b, "level -1 translation fault", false },
	{ 0x30, 0x30, "TLB conflict abort", false },
	{ 0x31, 0x31, "unsupported atomic hardware update fault", false },
	{ 0x34, 0x34, "implementation-defined fault (lockdown)", false },
	{ 0x35, 0x35, "implementation-defined fault (unsupported exclusive access)", false },
};

/* The uses of the kernel's BRK instructions, by ranges of their numbers:
 * arch/arm64/include/asm/brk-imm.h. */
static const struct {
	uint16_t first, last;
	const char *name;
} breaks[] = {
	{ 0x0004, 0x0006, "kprobes" }, { 0x0400, 0x0403, "kgdb" }, { 0x0800, 0x0800, "BUG or WARN" },
	{ 0x0900, 0x09ff, "KASAN" }, { 0x5500, 0x55ff, "UBSAN" }, { 0x8000, 0x83ff, "kCFI" },
};
// clang-format on

static void put_fault(unsigned int status, char *text, size_t size)
{
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		if (status < faults[i].first || status > faults[i].last)
			continue;
		if (faults[i].has_level)
			text_append(text, size, ": level %u %s", status - faults[i].first,
				    faults[i].name);
		else
			text_append(text, size, ": %s", faults[i].name);
		return;
	}
	text_append(text, size, ": fault status %#x", status);
}

static void put_break(unsigned int number, char *text, size_t size)
{
	text_append(text, size, " %#x", number);
	for (size_t i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++)
		if (number >= breaks[i].first && number <= breaks[i].last)
			text_append(text, size, ": %s", breaks[i].name);
}

bool arm64_syndrome_text(uint64_t esr, char *text, size_t size)
{
	unsigned int class = esr >> EC_SHIFT & EC_MASK;
	bool is_data = class == EC_DABT_LOW || class == EC_DABT_CURRENT;

	if (!classes[class] || esr >> 56)
		return false;
	snprintf(text, size, "%s", classes[class]);
	if (is_data || class == EC_IABT_LOW || class == EC_IABT_CURRENT)
		put_fault(esr & FSC_MASK, text, size);
	if (class == EC_BRK64)
		put_break(esr & BRK_MASK, text, size);
	if (is_data || class == EC_WATCHPOINT_LOW || class == EC_WATCHPOINT_CURRENT)
		text_append(text, size, "%s%s", esr & ISS_WNR ? ", write" : ", read",
			    esr & ISS_CM ? " (cache maintenance)" : "");
	if (is_data && esr & ISS_S1PTW)
		text_append(text, size, ", on a walk of the second stage's tables");
	if (is_data && esr & ISS_FNV)
		text_append(text, size, ", FAR is not valid");
	return true;
}
