/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The exception syndrome register of arm64 as text. The numbers of classes are from
 * arch/arm64/include/asm/esr.h, the fault status codes from fault_info[] in arch/arm64/mm/fault.c,
 * and the numbers of BRK from asm/brk-imm.h.
 */
#include <stdio.h>
#include <string.h>

#include "oops/facts.h"

#include "unit.h"

enum { TEXT = 256, NR = 64, SHIFT = 26, IL = 1 << 25, DABT = 0x25, IABT = 0x21 };

// clang-format off
static const char *const classes[NR] = {
	[0] = "unknown or uncategorized", [1] = "WFI or WFE", [7] = "SVE, SIMD or FP",
	[9] = "pointer authentication", [10] = "LD64B or ST64B", [13] = "branch target (BTI)",
	[14] = "illegal execution state", [17] = "SVC (AArch32)", [18] = "HVC (AArch32)",
	[19] = "SMC (AArch32)", [21] = "SVC", [22] = "HVC", [23] = "SMC",
	[24] = "MSR, MRS or system instruction", [25] = "SVE", [26] = "ERET",
	[28] = "pointer authentication failure (FPAC)", [29] = "SME",
	[32] = "instruction abort from EL0: level 0 address size fault",
	[33] = "instruction abort in the kernel: level 0 address size fault", [34] = "PC alignment",
	[36] = "data abort from EL0: level 0 address size fault, read",
	[37] = "data abort in the kernel: level 0 address size fault, read", [38] = "SP alignment",
	[39] = "memory operation (MOPS)", [40] = "floating point (AArch32)",
	[44] = "floating point", [45] = "guarded control stack (GCS)", [47] = "SError: uncategorized",
	[48] = "breakpoint in EL0", [49] = "breakpoint", [50] = "software step in EL0",
	[51] = "software step", [52] = "watchpoint in EL0, read", [53] = "watchpoint, read",
	[56] = "BKPT (AArch32)", [60] = "BRK 0",
};

static const char *const faults[NR] = {
	"level 0 address size fault", "level 1 address size fault", "level 2 address size fault",
	"level 3 address size fault", "level 0 translation fault", "level 1 translation fault",
	"level 2 translation fault", "level 3 translation fault", "level 0 access flag fault",
	"level 1 access flag fault", "level 2 access flag fault", "level 3 access flag fault",
	"level 0 permission fault", "level 1 permission fault", "level 2 permission fault",
	"level 3 permission fault", "synchronous external abort", "synchronous tag check fault",
	[19] = "level -1 (translation table walk) external abort",
	[20] = "level 0 (translation table walk) external abort",
	[21] = "level 1 (translation table walk) external abort",
	[22] = "level 2 (translation table walk) external abort",
	[23] = "level 3 (translation table walk) external abort",
	[24] = "synchronous parity or ECC error",
	[27] = "level -1 (translation table walk) parity or ECC error",
	[28] = "level 0 (translation table walk) parity or ECC error",
	[29] = "level 1 (translation table walk) parity or ECC error",
	[30] = "level 2 (translation table walk) parity or ECC error",
	[31] = "level 3 (translation table walk) parity or ECC error",
	[33] = "alignment fault", [35] = "level -1 granule protection fault",
	[36] = "level 0 granule protection fault", [37] = "level 1 granule protection fault",
	[38] = "level 2 granule protection fault", [39] = "level 3 granule protection fault",
	[40] = "granule protection fault, not on a walk", [41] = "level -1 address size fault",
	[43] = "level -1 translation fault", [48] = "TLB conflict abort",
	[49] = "unsupported atomic hardware update fault",
	[52] = "implementation-defined fault (lockdown)",
	[53] = "implementation-defined fault (unsupported exclusive access)",
};

static const struct {
	uint64_t esr;
	const char *text;
} others[] = {
	{ 0x96000047, "data abort in the kernel: level 3 translation fault, write" },
	{ 0x96000147, "data abort in the kernel: level 3 translation fault, cache maintenance" },
	{ 0x96000087, "data abort in the kernel: level 3 translation fault, read, on a walk of the second stage's tables" },
	{ 0x96000410, "data abort in the kernel: synchronous external abort, read, FAR is not valid" },
	{ 0x86000010, "instruction abort in the kernel: synchronous external abort" },
	{ 0x86000410, "instruction abort in the kernel: synchronous external abort, FAR is not valid" },
	{ 0xd6000062, "watchpoint, write" },
	/* ISS2, in bits 55:32 */
	{ 0xffffff96000007, "data abort in the kernel: level 3 translation fault, read" },
	{ 0xf2000000, "BRK 0" }, { 0xf2000002, "BRK 0x2" },
	{ 0xf2000001, "BRK 0x1: the trap of clang: __builtin_trap(), or code that must not be reached" },
	{ 0xf2000003, "BRK 0x3" }, { 0xf2000004, "BRK 0x4: kprobes" },
	{ 0xf2000005, "BRK 0x5: uprobes" }, { 0xf2000006, "BRK 0x6: kprobes" },
	{ 0xf2000007, "BRK 0x7: kretprobes" }, { 0xf2000008, "BRK 0x8" },
	{ 0xf2000100, "BRK 0x100: a fault on purpose" }, { 0xf2000101, "BRK 0x101" },
	{ 0xf20003e7, "BRK 0x3e7" }, { 0xf20003e9, "BRK 0x3e9" },
	{ 0xf20003e8,
	  "BRK 0x3e8 (1000): the trap of GCC: __builtin_trap(), or a path with undefined behaviour, such as NULL or a division by zero" },
	{ 0xf20003ff, "BRK 0x3ff" }, { 0xf2000400, "BRK 0x400: kgdb" },
	{ 0xf2000403, "BRK 0x403: kgdb" }, { 0xf2000404, "BRK 0x404" },
	{ 0xf20007ff, "BRK 0x7ff" }, { 0xf2000800, "BRK 0x800: BUG or WARN" },
	{ 0xf2000801, "BRK 0x801" }, { 0xf20008ff, "BRK 0x8ff" },
	{ 0xf2000900, "BRK 0x900: KASAN" }, { 0xf20009ff, "BRK 0x9ff: KASAN" },
	{ 0xf2000a00, "BRK 0xa00" }, { 0xf20054ff, "BRK 0x54ff" },
	{ 0xf2005500, "BRK 0x5500: UBSAN" }, { 0xf20055ff, "BRK 0x55ff: UBSAN" },
	{ 0xf2005600, "BRK 0x5600" }, { 0xf2007fff, "BRK 0x7fff" },
	{ 0xf2008000, "BRK 0x8000: kCFI, the target is in x0, the expected type in w0" },
	{ 0xf2008228, "BRK 0x8228: kCFI, the target is in x8, the expected type in w17" },
	{ 0xf20083ff, "BRK 0x83ff: kCFI, the target is in x31, the expected type in w31" },
	{ 0xf2008400, "BRK 0x8400" }, { 0xf200ffff, "BRK 0xffff" },
	{ 0xbe000011, "SError: asynchronous, uncontainable" },
	{ 0xbe000411, "SError: asynchronous, unrecoverable" },
	{ 0xbe000811, "SError: asynchronous, restartable" },
	{ 0xbe000c11, "SError: asynchronous, recoverable" },
	{ 0xbe001011, "SError: asynchronous, severity not known" },
	{ 0xbe001811, "SError: asynchronous, corrected" },
	{ 0xbe000400, "SError: uncategorized" }, { 0xbe000405, "SError: fault status 0x5" },
	{ 0xbf000002, "SError: the syndrome is implementation defined" },
	{ 0xbf000011, "SError: the syndrome is implementation defined" },
};
// clang-format on

static void expect_text(uint64_t esr, const char *wanted)
{
	struct fact_syndrome found;

	fact_syndrome(esr, &found);
	if (strcmp(found.text, wanted ? wanted : "") != 0)
		fail_msg("%#llx: %s", (unsigned long long)esr, found.text);
}

static void all_classes(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < NR; i++)
		expect_text(i << SHIFT | IL, classes[i]);
	/* no syndrome at all, and bits that are never set */
	expect_text(0, NULL);
	expect_text(UINT64_C(1) << 56 | (uint64_t)DABT << SHIFT, NULL);
}

static void all_faults(void **state)
{
	char wanted[TEXT];

	(void)state;
	for (uint64_t i = 0; i < NR; i++) {
		if (faults[i])
			snprintf(wanted, sizeof(wanted), "instruction abort in the kernel: %s",
				 faults[i]);
		else
			snprintf(wanted, sizeof(wanted),
				 "instruction abort in the kernel: fault status %#llx",
				 (unsigned long long)i);
		expect_text((uint64_t)IABT << SHIFT | IL | i, wanted);
	}
}

static void other_fields(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		expect_text(others[i].esr, others[i].text);
}

struct kind {
	uint64_t esr;
	bool is_abort, is_write, is_fetch;
	bool is_translation, is_permission, is_alignment;
	int level;
};

static void kinds(void **state)
{
	static const struct kind wanted[] = {
		{ 0x96000005, .is_abort = true, .is_translation = true, .level = 1 },
		{ 0x96000047, .is_abort = true, .is_write = true, .is_translation = true,
		  .level = 3 },
		{ 0x92000046, .is_abort = true, .is_write = true, .is_translation = true,
		  .level = 2 },
		{ 0x9600002b, .is_abort = true, .is_translation = true, .level = -1 },
		{ 0x9600000f, .is_abort = true, .is_permission = true, .level = 3 },
		{ 0x8600000d, .is_abort = true, .is_fetch = true, .is_permission = true,
		  .level = 1 },
		/* a bit that means nothing for a fetch */
		{ 0x8600004d, .is_abort = true, .is_fetch = true, .is_permission = true,
		  .level = 1 },
		{ 0x9600000a, .is_abort = true, .level = 2 },
		{ 0x96000021, .is_abort = true, .is_alignment = true },
		{ 0x96000410, .is_abort = true },
		{ 0x96000140 | 7, .is_abort = true, .is_translation = true, .level = 3 },
		{ 0xbe000011, .level = 0 },
		{ 0xf2000847, .level = 0 },
		{ 0x02000005, .level = 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		const struct kind *want = &wanted[i];
		struct fact_syndrome found;

		fact_syndrome(want->esr, &found);
		if (found.is_abort != want->is_abort || found.is_write != want->is_write ||
		    found.is_fetch != want->is_fetch ||
		    found.is_translation != want->is_translation ||
		    found.is_permission != want->is_permission ||
		    found.is_alignment != want->is_alignment || found.level != want->level)
			fail_msg("%#llx", (unsigned long long)want->esr);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_classes),
		cmocka_unit_test(all_faults),
		cmocka_unit_test(other_fields),
		cmocka_unit_test(kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
