/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "oops/facts.h"

#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define BIT(N) (UINT64_C(1) << (N))

struct bit {
	uint64_t bit;
	const char *name;
};

/* Appends the names of the bits that are set, each after the separator. */
static void put_bits(char text[FACT_TEXT], const char *separator, uint64_t value,
		     const struct bit *bits, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (value & bits[i].bit)
			text_append(text, FACT_TEXT, "%s%s", separator, bits[i].name);
}

#define PUT_BITS(TEXT, SEPARATOR, VALUE, BITS)                                                     \
	put_bits(TEXT, SEPARATOR, VALUE, BITS, sizeof(BITS) / sizeof((BITS)[0]))

/* --- the error code of a page fault --- */

/* arch/x86/include/asm/trap_pf.h; the words follow show_fault_oops() in arch/x86/mm/fault.c. */
static const struct bit fault_reasons[] = {
	{ PF_RESERVED, "a reserved bit is set in an entry of the page tables" },
	{ PF_KEY, "protection keys do not permit it" },
	{ PF_SGX, "SGX does not permit it" },
	{ PF_RMP, "RMP check of SEV-SNP: the frame belongs to a guest, or the processor uses it" },
};

void fact_page_fault_code(uint64_t code, char text[FACT_TEXT])
{
	const uint64_t reasons = PF_RESERVED | PF_KEY | PF_SGX | PF_RMP;
	uint64_t rest = code & ~(PF_PRESENT | PF_WRITE | PF_USER | PF_FETCH | PF_SHADOW | reasons);

	snprintf(text, FACT_TEXT, "%s%s, %s mode, %s", code & PF_SHADOW ? "shadow-stack " : "",
		 code & PF_FETCH ? "instruction fetch" :
		 code & PF_WRITE ? "write" :
				   "read",
		 code & PF_USER ? "user" : "kernel",
		 code & PF_PRESENT ? "page is present" : "page not present");
	PUT_BITS(text, ": ", code, fault_reasons);
	if (code & PF_PRESENT && !(code & reasons))
		text_append(text, FACT_TEXT, ": its rights do not permit it");
	if (rest)
		text_append(text, FACT_TEXT, ", unknown bits %#" PRIx64, rest);
}

/* --- taints --- */

/* By bit: taint_flags[] in kernel/panic.c of 6.17, Documentation/admin-guide/tainted-kernels.rst.
 * No letter has changed since 2.6. Distributions use two of them for something else, too. */
static const struct {
	char letter;
	const char *text, *advice;
} taints[] = {
	{ 'P', "proprietary module", NULL },
	{ 'F', "module loaded by force",
	  "a module may have been built for another kernel, with other structures" },
	{ 'S', "CPU or machine out of specification", NULL },
	{ 'R', "module unloaded by force", "something may still point to an unloaded module" },
	{ 'M', "machine check", "the hardware reported an error, which may be the cause" },
	/* also of SLUB (slab_err()) and KASAN (end_report()) */
	{ 'B', "bad page or corrupted memory",
	  "memory was found to be corrupted before: look for the first such report" },
	{ 'U', "requested by a user", NULL },
	{ 'D', "oops or BUG", "an oops came before: look for the report with [#1]" },
	{ 'A', "ACPI table overridden", NULL },
	{ 'W', "warning", "a warning came before: look for it" },
	{ 'C', "staging driver", NULL },
	{ 'I', "workaround for firmware", NULL },
	{ 'O', "out-of-tree module", NULL },
	{ 'E', "unsigned module", NULL },
	{ 'L', "soft lockup", "a soft lockup came before: look for it" },
	{ 'K', "live patch", NULL },
	{ 'X', "auxiliary taint of the distribution", NULL },
	{ 'T', "structures are randomized (Red Hat: technology preview)", NULL },
	{ 'N', "in-kernel test (SUSE: unsupported module)", NULL },
	{ 'J', "firmware debugged by fwctl", NULL },
};

enum { NR_TAINTS = sizeof(taints) / sizeof(taints[0]) };

const char *fact_taint(char letter)
{
	for (size_t i = 0; i < NR_TAINTS; i++)
		if (taints[i].letter == letter)
			return taints[i].text;
	return letter == 'G' ? "" : NULL;
}

const char *fact_taint_advice(char letter)
{
	for (size_t i = 0; i < NR_TAINTS; i++)
		if (taints[i].letter == letter)
			return taints[i].advice;
	return NULL;
}

void fact_taint_letters(uint64_t tainted, char letters[FACT_TAINTS])
{
	size_t nr = 0;

	for (size_t bit = 0; bit < 64; bit++)
		if (tainted >> bit & 1)
			letters[nr++] = bit < NR_TAINTS ? taints[bit].letter : '?';
	letters[nr] = '\0';
}

/* --- MSRs --- */

const char *fact_msr(uint64_t number, bool *is_address)
{
	// clang-format off
	/* Intel SDM vol. 4, table 2-2; is_address: vol. 2, WRMSR */
	static const struct { uint32_t number; bool is_address; const char *name; } rows[] = {
		{ 0x10, false, "TSC" }, { 0x1b, false, "APIC_BASE" }, { 0x48, false, "SPEC_CTRL" },
		{ 0x49, false, "PRED_CMD" }, { 0x174, false, "SYSENTER_CS" }, { 0x175, true, "SYSENTER_ESP" },
		{ 0x176, true, "SYSENTER_EIP" }, { 0x1a0, false, "MISC_ENABLE" }, { 0x1d9, false, "DEBUGCTL" },
		{ 0x277, false, "PAT" }, { 0x600, true, "DS_AREA" }, { 0x6e0, false, "TSC_DEADLINE" },
		{ 0xda0, false, "XSS" }, { 0xc0000080, false, "EFER" }, { 0xc0000081, false, "STAR" },
		{ 0xc0000082, true, "LSTAR" }, { 0xc0000083, true, "CSTAR" }, { 0xc0000084, false, "FMASK" },
		{ 0xc0000100, true, "FS_BASE" }, { 0xc0000101, true, "GS_BASE" },
		{ 0xc0000102, true, "KERNEL_GS_BASE" }, { 0xc0000103, false, "TSC_AUX" },
	};
	// clang-format on

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].number == number) {
			*is_address = rows[i].is_address;
			return rows[i].name;
		}
	*is_address = false;
	return NULL;
}

/* --- entries of page tables --- */

enum { FRAME_SHIFT = 12 };

// clang-format off
/* Intel SDM vol. 3, 4.3 to 4.5. Other answers name the bits like this, too. */
enum {
	X86_PRESENT = 1 << 0, X86_RW = 1 << 1, X86_USER = 1 << 2, X86_ACCESSED = 1 << 5,
	X86_DIRTY = 1 << 6, X86_LARGE = 1 << 7, X86_GLOBAL = 1 << 8,
	X86_OF_PAGES = X86_DIRTY | X86_GLOBAL, /* mean nothing in entries for tables */
	X86_KEPT = X86_RW | X86_ACCESSED | X86_DIRTY, /* __set_pages_np() leaves one at least */
};
#define X86_NX BIT(63)
#define X86_FRAME UINT64_C(0x000ffffffffff000)

static const struct bit x86_bits[] = {
	{ X86_RW, "RW" }, { X86_USER, "USER" }, { X86_ACCESSED, "ACCESSED" },
	{ X86_DIRTY, "DIRTY" }, { X86_GLOBAL, "GLOBAL" }, { X86_NX, "NX" },
};

/* Arm ARM (DDI 0487), D8.3.1. Bit 55 is the kernel's. */
#define ARM64_VALID BIT(0)
#define ARM64_TABLE BIT(1) /* in entries of the last level: a page */
#define ARM64_USER BIT(6)
#define ARM64_RDONLY BIT(7)
#define ARM64_AF BIT(10)
#define ARM64_DBM BIT(51)
#define ARM64_PXN BIT(53)
#define ARM64_UXN BIT(54)
#define ARM64_DIRTY BIT(55)
/* Bits 49 and 48 are 0, or belong to the address (LPA2). Addresses with 52 bits have more parts. */
#define ARM64_ADDRESS UINT64_C(0x0003fffffffff000)

static const struct bit arm64_bits[] = {
	{ ARM64_USER, "USER" }, { ARM64_RDONLY, "RDONLY" }, { ARM64_AF, "AF" }, { BIT(11), "NG" },
	{ ARM64_DBM, "DBM" }, { BIT(52), "CONT" }, { ARM64_PXN, "PXN" }, { ARM64_UXN, "UXN" },
	{ ARM64_DIRTY, "DIRTY" },
}, arm64_table_bits[] = {
	{ BIT(59), "PXNTABLE" }, { BIT(60), "UXNTABLE" }, { BIT(61), "APTABLE0" },
	{ BIT(62), "APTABLE1" }, { BIT(63), "NSTABLE" },
};
// clang-format on

/* Returns whether the entry says more. */
static bool put_absent(uint64_t entry, bool of_kernel, struct fact_entry *found)
{
	const char *text = "not present: a swap entry, a page without access, or a marker";

	/* DEBUG_PAGEALLOC, KFENCE, secretmem and memory failures take a page out of the kernel's
	 * map: they clear the bit that makes its entry valid, and keep others. */
	if (found->keeps_bits)
		text = "not present, but keeps the bits of a mapped page, as after DEBUG_PAGEALLOC or KFENCE";
	else if (of_kernel)
		text = "not present";
	snprintf(found->text, FACT_TEXT, "%s", entry ? text : "empty");
	return found->keeps_bits;
}

/* Finds the frame in an entry of the kernel that is not present. Because of L1TF, the kernel
 * inverts it since 4.18, if entries have 64 bits (arch/x86/include/asm/pgtable-invert.h); KFENCE
 * does so since 6.19. No memory has an address with bit 51, so this bit shows an inversion. Returns
 * false if it is not certain whether the frame is inverted: older kernels invert fewer bits. */
static bool absent_frame(uint64_t entry, bool wide, uint64_t *physical)
{
	enum { LEAST_INVERTED = 43 };

	*physical =
		(entry & BIT(51) ? ~entry : entry) & X86_FRAME & (wide ? UINT64_MAX : UINT32_MAX);
	return *physical && !(*physical >> LEAST_INVERTED);
}

/* The size of a page that an entry of this level maps. NULL: such entries only point to tables. */
static const char *x86_page_size(unsigned int machine, const char *level, bool pae)
{
	if (!strcmp(level, "pud") && machine == EM_X86_64)
		return "1 GiB";
	if (!strcmp(level, "pmd"))
		return "2 MiB";
	if (!strcmp(level, "pde"))
		return pae || machine == EM_X86_64 ? "2 MiB" : "4 MiB";
	return !strcmp(level, "pte") ? "4 KiB" : NULL;
}

static uint64_t x86_physical(uint64_t entry, bool wide, const char *size, bool is_last)
{
	uint64_t physical = entry & X86_FRAME & (wide ? UINT64_MAX : UINT32_MAX);

	if (!size || is_last)
		return physical;
	if (*size == '4') /* PSE-36: bits 20 to 13 are bits 39 to 32 of the address */
		return (entry & UINT64_C(0xffc00000)) | (entry >> 13 & 0xff) << 32;
	return physical & ~(*size == '2' ? BIT(21) - 1 : BIT(30) - 1);
}

static void put_x86(const char *size, bool is_last, bool is_top, uint64_t entry,
		    struct fact_entry *found)
{
	char *text = found->text;
	bool is_table = found->present && !found->is_leaf;
	/* AMD's C bit (SME, SEV) or Intel's shared bit (TDX): no memory has such an address. */
	bool encryption = found->present && found->physical & BIT(51);
	uint64_t frame = (found->physical &= ~BIT(51)) >> FRAME_SHIFT;

	if (is_table)
		text_append(text, FACT_TEXT, "points to a table in frame %" PRIx64, frame);
	else if (is_last || !found->present)
		text_append(text, FACT_TEXT, "%s frame %" PRIx64, found->present ? "maps" : ":",
			    frame);
	else
		text_append(text, FACT_TEXT, "maps %s from frame %" PRIx64, size, frame);
	if (found->is_leaf && !found->writable)
		text_append(text, FACT_TEXT, ", read-only");
	PUT_BITS(text, ", ", is_table ? entry & ~(uint64_t)X86_OF_PAGES : entry, x86_bits);
	/* __pti_set_user_pgtbl() in arch/x86/mm/pti.c: in the kernel's own table, the code of the
	 * process cannot be executed. */
	if (is_table && is_top && found->user && entry & X86_NX)
		text_append(text, FACT_TEXT, " (as PTI sets it)");
	if (encryption)
		text_append(text, FACT_TEXT, ", bit 51 of memory encryption");
}

static void read_x86(unsigned int machine, const char *level, uint64_t entry, bool of_kernel,
		     bool pae, struct fact_entry *found)
{
	const char *size = x86_page_size(machine, level, pae);
	bool wide = machine == EM_X86_64 || pae, is_last = size && !strcmp(level, "pte");

	found->present = entry & X86_PRESENT;
	found->is_leaf = found->present && size && (is_last || entry & X86_LARGE);
	if (found->present)
		found->physical = x86_physical(entry, wide, found->is_leaf ? size : NULL, is_last);
	else
		found->keeps_bits = of_kernel && size && entry & X86_KEPT &&
				    absent_frame(entry, wide, &found->physical);
	/* The other bits of a PDPTE of PAE are reserved. */
	if ((found->present || found->keeps_bits) && strcmp(level, "pdpt") != 0) {
		found->writable = entry & X86_RW;
		found->user = entry & X86_USER;
	}
	if (found->present || put_absent(entry, of_kernel, found))
		put_x86(size, is_last, !strcmp(level, "pgd"),
			strcmp(level, "pdpt") != 0 ? entry : 0, found);
}

static void read_arm64(const char *level, uint64_t entry, bool of_kernel, struct fact_entry *found)
{
	bool is_last = !strcmp(level, "pte"), has_bit1 = entry & ARM64_TABLE;
	char *text = found->text;

	found->present = entry & ARM64_VALID && (has_bit1 || !is_last);
	found->is_leaf = found->present && has_bit1 == is_last;
	/* set_memory_valid() in arch/arm64/mm/pageattr.c; swap entries have bits 1 and 0 clear */
	found->keeps_bits =
		of_kernel && !(entry & ARM64_VALID) && is_last && has_bit1 && entry & ARM64_AF;
	if (!found->present && !put_absent(entry, of_kernel, found))
		return;
	found->physical = entry & ARM64_ADDRESS;
	if (found->present && !found->is_leaf) {
		text_append(text, FACT_TEXT, "points to a table at %" PRIx64, found->physical);
		PUT_BITS(text, ", ", entry, arm64_table_bits);
		return;
	}
	found->writable = !(entry & ARM64_RDONLY);
	found->user = entry & ARM64_USER;
	if (is_last)
		text_append(text, FACT_TEXT, "%s frame %" PRIx64 " (of 4 KiB) at %" PRIx64,
			    found->present ? "maps" : ":", found->physical >> FRAME_SHIFT,
			    found->physical);
	else
		text_append(text, FACT_TEXT, "maps a block at %" PRIx64, found->physical);
	if (found->writable)
		text_append(text, FACT_TEXT, ", writable");
	PUT_BITS(text, ", ", entry, arm64_bits);
}

/* The RISC-V Instruction Set Manual, volume II, "Sv39". */
static const struct bit riscv_bits[] = {
	{ BIT(1), "READ" },   { BIT(2), "WRITE" },    { BIT(3), "EXEC" },  { BIT(4), "USER" },
	{ BIT(5), "GLOBAL" }, { BIT(6), "ACCESSED" }, { BIT(7), "DIRTY" }, { BIT(61), "NC" },
	{ BIT(62), "IO" },    { BIT(63), "NAPOT" },
};

static void read_riscv(uint64_t entry, bool of_kernel, struct fact_entry *found)
{
	const uint64_t rights = BIT(1) | BIT(2) | BIT(3);
	uint64_t frame = entry >> 10 & (BIT(44) - 1);

	found->present = entry & BIT(0);
	found->is_leaf = found->present && entry & rights;
	/* __set_memory() in arch/riscv/mm/pageattr.c */
	found->keeps_bits = of_kernel && !found->present && entry & rights;
	if (!found->present && !put_absent(entry, of_kernel, found))
		return;
	found->physical = frame << FRAME_SHIFT;
	found->writable = entry & BIT(2);
	found->user = entry & BIT(4);
	text_append(found->text, FACT_TEXT, "%s frame %" PRIx64,
		    found->is_leaf ? "maps" :
		    found->present ? "points to a table in" :
				     ":",
		    frame);
	PUT_BITS(found->text, ", ", entry, riscv_bits);
}

void fact_entry(unsigned int machine, const char *level, uint64_t entry, bool of_kernel, bool pae,
		struct fact_entry *found)
{
	*found = (struct fact_entry){ .present = false };
	if (machine == EM_AARCH64)
		read_arm64(level, entry, of_kernel, found);
	else if (machine == EM_RISCV)
		read_riscv(entry, of_kernel, found);
	else if (machine == EM_X86_64 || (machine == EM_386 && (pae || entry <= UINT32_MAX)))
		read_x86(machine, level, entry, of_kernel, machine == EM_386 && pae, found);
}

/* --- machine checks --- */

// clang-format off
/* Intel SDM vol. 3, 16.3.2.2; the same on AMD (arch/x86/include/asm/mce.h). Bits 56 to 53
 * differ. */
static const struct bit check_bits[] = {
	{ BIT(62), "earlier errors were lost" }, { BIT(59), "MISC is valid" },
	{ BIT(58), "ADDR is valid" }, { BIT(57), "the processor's context is corrupt" },
};

/* Intel SDM vol. 3, 16.9.1 */
static const struct { uint16_t code; const char *text; } simple_checks[] = {
	{ 0, "no error code" }, { 1, "unclassified" }, { 2, "parity error in the microcode ROM" },
	{ 3, "external error" }, { 4, "error of functional redundancy" },
	{ 5, "internal parity error" }, { 6, "the SMM handler left its memory" },
	{ 0x400, "internal timer" }, { 0xe0b, "I/O error" },
};

/* The fields of compound codes: Intel SDM vol. 3, 16.9.2; drivers/edac/mce_amd.c. A value without a
 * name is generic, reserved, or means something else on AMD. */
static const struct check_field {
	uint8_t shift, mask;
	const char *names[9];
} requests = { 4, 15, { NULL, "read", "write", "data read", "data write", "instruction fetch",
			"prefetch", "eviction", "snoop" } },
  memory = { 4, 7, { NULL, "read", "write", "address or command", "scrubbing" } },
  kinds = { 2, 3, { "instructions", "data" } },
  levels = { 0, 3, { NULL, "L1", "L2" } },
  targets = { 2, 3, { "memory", NULL, "I/O" } },
  sides = { 9, 3, { "requested by this processor", "answered by it", "seen by it" } },
  timeouts = { 8, 1, { NULL, "timeout" } };

static const struct {
	uint16_t mask, code;
	bool has_channel;
	const char *name;
	const struct check_field *field[6];
} compound_checks[] = {
	{ 0xfffc, 0x000c, false, "cache hierarchy", { &levels } },
	{ 0xfff0, 0x0010, false, "TLB", { &kinds, &levels } },
	{ 0xff80, 0x0080, true, "memory controller", { &memory } },
	{ 0xff00, 0x0100, false, "cache", { &requests, &kinds, &levels } },
	{ 0xff80, 0x0280, true, "memory that is used as a cache", { &memory } },
	{ 0xfc00, 0x0400, false, "internal, unclassified", { NULL } },
	{ 0xf800, 0x0800, false, "bus or interconnect",
	  { &requests, &targets, &levels, &sides, &timeouts } },
};
// clang-format on

static void put_compound(unsigned int code, char text[FACT_TEXT])
{
	size_t i = 0, nr = sizeof(compound_checks) / sizeof(compound_checks[0]);
	const char *separator = ": ";

	while (i < nr && (code & compound_checks[i].mask) != compound_checks[i].code)
		i++;
	if (i == nr) {
		text_append(text, FACT_TEXT, "error code %#x", code);
		return;
	}
	text_append(text, FACT_TEXT, "%s", compound_checks[i].name);
	for (const struct check_field *const *field = compound_checks[i].field; *field; field++) {
		unsigned int value = code >> (*field)->shift & (*field)->mask;
		const char *name = value < 9 ? (*field)->names[value] : NULL;

		if (!name)
			continue;
		text_append(text, FACT_TEXT, "%s%s", separator, name);
		separator = ", ";
	}
	if (compound_checks[i].has_channel && (code & 15) != 15)
		text_append(text, FACT_TEXT, "%schannel %u", separator, code & 15);
}

void fact_machine_check(uint64_t status, char text[FACT_TEXT])
{
	unsigned int code =
		status & 0xefff; /* bit 12 is a filter of Intel's for corrected errors */

	if (!(status & BIT(63))) {
		snprintf(text, FACT_TEXT, "not valid");
		return;
	}
	/* bit 44 of AMD: an error that is not corrected, but not urgent; of Intel: a part of a
	 * count */
	snprintf(text, FACT_TEXT, "valid, %s",
		 status & BIT(61) ? "uncorrected" :
		 status & BIT(44) ? "corrected or deferred" :
				    "corrected");
	PUT_BITS(text, ", ", status, check_bits);
	text_append(text, FACT_TEXT, "; ");
	for (size_t i = 0; i < sizeof(simple_checks) / sizeof(simple_checks[0]); i++)
		if (simple_checks[i].code == code) {
			text_append(text, FACT_TEXT, "%s", simple_checks[i].text);
			return;
		}
	put_compound(code, text);
}

/* --- values --- */

bool fact_poison(unsigned int machine, uint64_t value, struct value_meaning *poison)
{
	*poison = special_value(value, machine == EM_386 ? 4 : 8);
	return poison->kind == VALUE_POISON;
}

/* --- KASAN's shadow --- */

/* KASAN_SHADOW_OFFSET: arch/x86/Kconfig; arch/riscv/Kconfig since 5.17; for arm64 by bits of addresses and
 * KASAN_SHADOW_SCALE_SHIFT: arch/arm64/Kconfig since 5.11, then from 5.4 to 5.10, then
 * arch/arm64/Makefile before (4 KiB pages). `bits`: user addresses have at most these bits. */
// clang-format off
static const struct { uint16_t machine; uint8_t shift, bits; uint64_t offset; } shadows[] = {
	{ EM_X86_64, 3, 56, 0xdffffc0000000000 },
	{ EM_RISCV, 3, 56, 0xdfffffff00000000 },
	{ EM_AARCH64, 3, 48, 0xdfff800000000000 }, { EM_AARCH64, 4, 48, 0xefff800000000000 },
	{ EM_AARCH64, 3, 47, 0xdfffc00000000000 }, { EM_AARCH64, 4, 47, 0xefffc00000000000 },
	{ EM_AARCH64, 3, 42, 0xdffffe0000000000 }, { EM_AARCH64, 4, 42, 0xeffffe0000000000 },
	{ EM_AARCH64, 3, 39, 0xdfffffc000000000 }, { EM_AARCH64, 4, 39, 0xefffffc000000000 },
	{ EM_AARCH64, 3, 36, 0xdffffff800000000 }, { EM_AARCH64, 4, 36, 0xeffffff800000000 },
	{ EM_AARCH64, 3, 48, 0xdfffa00000000000 }, { EM_AARCH64, 4, 48, 0xefff900000000000 },
	{ EM_AARCH64, 3, 47, 0xdfffd00000000000 }, { EM_AARCH64, 4, 47, 0xefffc80000000000 },
	{ EM_AARCH64, 3, 42, 0xdffffe8000000000 }, { EM_AARCH64, 4, 42, 0xeffffe4000000000 },
	{ EM_AARCH64, 3, 39, 0xdfffffd000000000 }, { EM_AARCH64, 4, 39, 0xefffffc800000000 },
	{ EM_AARCH64, 3, 36, 0xdffffffa00000000 }, { EM_AARCH64, 4, 36, 0xeffffff900000000 },
	{ EM_AARCH64, 3, 48, 0xdfff200000000000 }, { EM_AARCH64, 4, 48, 0xefff100000000000 },
	{ EM_AARCH64, 3, 39, 0xdfffff9000000000 }, { EM_AARCH64, 4, 39, 0xefffff8800000000 },
};
// clang-format on

/* The shadow of the kernel's half with four levels of page tables, and of the last 128 TiB with
 * five: Documentation/arch/x86/x86_64/mm.rst. */
#define X86_SHADOW_FIRST UINT64_C(0xffffec0000000000)
#define X86_SHADOW_LAST UINT64_C(0xfffffbffffffffff)

bool fact_shadow(unsigned int machine, uint64_t shadow, uint64_t offset, uint64_t *first,
		 uint64_t *last)
{
	bool of_kernel =
		machine == EM_X86_64 && shadow >= X86_SHADOW_FIRST && shadow <= X86_SHADOW_LAST;

	for (size_t i = 0; i < sizeof(shadows) / sizeof(shadows[0]); i++) {
		unsigned int shift = shadows[i].shift;
		uint64_t from = shadow - shadows[i].offset;

		/* With tags, the CPU also ignores the upper byte of the shadow's address. */
		if (shadows[i].machine != machine || (offset && offset != shadows[i].offset) ||
		    (offset && shift == 3 && from >> (64 - shift)) ||
		    (!offset && !of_kernel && from >> (shadows[i].bits - shift)))
			continue;
		*first = from << shift;
		*last = *first + (BIT(shift) - 1);
		return true;
	}
	return false;
}

/* --- struct page --- */

static void put_counts(int32_t mapcount, uint32_t refcount, char text[FACT_TEXT])
{
	/* PAGE_MAPCOUNT_RESERVE in include/linux/page-flags.h: lower values are types of pages */
	if (mapcount < -128)
		text_append(text, FACT_TEXT, "; page type %" PRIx32, (uint32_t)mapcount);
	else
		text_append(text, FACT_TEXT, "; _mapcount %" PRId32 "%s", mapcount,
			    mapcount == -1 ? " (not mapped by itself)" :
			    mapcount >= 0  ? " (it counts from -1)" :
					     "");
	text_append(text, FACT_TEXT, ", _refcount %" PRIu32, refcount);
}

static void put_tail(uint64_t head, uint64_t ones, char text[FACT_TEXT])
{
	uint64_t inverse = (~head & ones) + 1;

	/* If the vmemmap of hugetlb is optimized, the word holds a mask: compound_info_has_mask()
	 * in include/linux/page-flags.h (7.1). */
	text_append(text, FACT_TEXT, "tail page");
	if (inverse & (inverse - 1))
		text_append(text, FACT_TEXT, ", its head is the struct page %" PRIx64, head);
}

/* The address of the mem_cgroup, and since 5.11 memcg_data: MEMCG_DATA_OBJEXTS and MEMCG_DATA_KMEM
 * in include/linux/memcontrol.h. Without cgroups of memory, the word is no pointer. */
static void put_memcg(uint64_t data, char text[FACT_TEXT])
{
	static const char *const names[8] = { "memcg", "memcg data of slab objects", "obj_cgroup" };

	if (data >> 63 && names[data & 7])
		text_append(text, FACT_TEXT, "; %s %" PRIx64, names[data & 7], data & ~UINT64_C(7));
}

/* The words have the order of struct page since 4.18 (include/linux/mm_types.h). Kernels from
 * 4.11 to 4.17 print the words, too, in another order: word 1 is `mapping`, whose bit 0 marks
 * anonymous pages, word 3 or 4 has the counts, and the list lru ends in word 5 or 6. */
void fact_raw_page(unsigned int word_size, const uint64_t word[8], unsigned int nr,
		   char text[FACT_TEXT])
{
	enum { MOST_COUNT = 1 << 24 };
	uint64_t ones = word_size == 8 ? UINT64_MAX : UINT32_MAX;
	uint64_t tail_mapping = word_size == 8 ? UINT64_C(0xdead000000000400) : 0x400;
	uint32_t mapcount = nr < 8 ? 0 : (uint32_t)word[6];
	uint32_t refcount = nr < 8 ? 0 : (uint32_t)(word_size == 8 ? word[6] >> 32 : word[7]);
	bool is_tail = nr >= 4 && word[1] & 1 && word[3] == tail_mapping;
	bool has_counts = nr >= 8 && !(word[5] >> (word_size * 8 - 1)) && refcount < MOST_COUNT &&
			  (mapcount < MOST_COUNT || mapcount >= UINT32_C(0xf0000000));

	*text = '\0';
	/* TAIL_MAPPING in include/linux/poison.h; page_init_poison() in mm/debug.c */
	if (nr >= 4 && word[0] == ones && word[1] == ones && word[2] == ones && word[3] == ones) {
		snprintf(text, FACT_TEXT, "the struct page was never initialised");
		return;
	}
	if (is_tail || (has_counts && word[1] & 1))
		put_tail(word[1] - 1, ones, text);
	else if (has_counts)
		snprintf(text, FACT_TEXT, "no tail page");
	if (is_tail)
		text_append(text, FACT_TEXT, "; word 3 is TAIL_MAPPING");
	if (has_counts)
		put_counts((int32_t)mapcount, refcount, text);
	if (has_counts && word_size == 8)
		put_memcg(word[7], text);
}
