/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The meanings of numbers in reports. The numbers are put together from the kernel's definitions
 * and the manuals of the CPUs, not from the tables of facts.c. */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "oops/facts.h"

#include "unit.h"

#define NR(ARRAY) (sizeof(ARRAY) / sizeof((ARRAY)[0]))

static void expect(uint64_t value, const char *text, const char *wanted)
{
	if (strcmp(text, wanted) != 0)
		fail_msg("%#llx: \"%s\", not \"%s\"", (unsigned long long)value, text, wanted);
}

static void page_fault_codes(void **state)
{
	static const struct {
		uint64_t code;
		const char *text;
	} codes[] = {
		{ 0, "read, kernel mode, page not present" },
		{ 2, "write, kernel mode, page not present" },
		{ 4, "read, user mode, page not present" },
		{ 1, "read, kernel mode, page is present: its rights do not permit it" },
		{ 0x11,
		  "instruction fetch, kernel mode, page is present: its rights do not permit it" },
		{ 0x14, "instruction fetch, user mode, page not present" },
		{ 0x9,
		  "read, kernel mode, page is present: a reserved bit is set in an entry of the page tables" },
		{ 0x25, "read, user mode, page is present: protection keys do not permit it" },
		{ 0x47,
		  "shadow-stack write, user mode, page is present: its rights do not permit it" },
		{ 0x8007, "write, user mode, page is present: SGX does not permit it" },
		{ 0x80000003,
		  "write, kernel mode, page is present: RMP check of SEV-SNP: the frame belongs to a guest, or the processor uses it" },
		{ 0x100000080, "read, kernel mode, page not present, unknown bits 0x100000080" },
	};
	char text[FACT_TEXT];

	(void)state;
	for (size_t i = 0; i < NR(codes); i++) {
		fact_page_fault_code(codes[i].code, text);
		expect(codes[i].code, text, codes[i].text);
	}
	fact_page_fault_code(UINT64_MAX, text);
	assert_non_null(strstr(text, "unknown bits 0xffffffff7fff7f80"));
}

static void taints(void **state)
{
	/* include/linux/panic.h of 6.17: TAINT_PROPRIETARY_MODULE is 0, TAINT_DIE 7, TAINT_WARN 9,
	 * TAINT_OOT_MODULE 12, TAINT_UNSIGNED_MODULE 13, TAINT_LIVEPATCH 15, TAINT_FWCTL 19 */
	static const char letters[] = "PFSRMBUDAWCIOELKXTNJ";
	char text[FACT_TAINTS];

	(void)state;
	for (const char *at = letters; *at; at++) {
		assert_non_null(fact_taint(*at));
		assert_true(*fact_taint(*at));
	}
	assert_string_equal(fact_taint('O'), "out-of-tree module");
	assert_string_equal(fact_taint('G'), "");
	assert_null(fact_taint(' '));
	assert_null(fact_taint('o'));
	assert_null(fact_taint('\0'));
	assert_non_null(strstr(fact_taint_advice('D'), "[#1]"));
	assert_non_null(fact_taint_advice('W'));
	assert_null(fact_taint_advice('O'));
	assert_null(fact_taint_advice('?'));
	fact_taint_letters((1 << 20) - 1, text);
	assert_string_equal(text, letters);
	fact_taint_letters(1 << 7 | 1 << 9 | 1 << 12 | 1 << 13, text);
	assert_string_equal(text, "DWOE");
	fact_taint_letters(UINT64_C(1) << 63 | 1, text);
	assert_string_equal(text, "P?");
	fact_taint_letters(UINT64_MAX, text);
	assert_int_equal(strlen(text), 64);
	fact_taint_letters(0, text);
	assert_string_equal(text, "");
}

enum { PRESENT = 1, LEAF = 2, KEEPS = 4, WRITABLE = 8, USER = 16 };

static void entries(void **state)
{
	static const struct {
		unsigned int machine;
		const char *level;
		uint64_t entry;
		bool of_kernel, pae;
		unsigned int flags;
		uint64_t physical;
		const char *text;
	} rows[] = {
		/* NX in the kernel's copy of a user entry: PTI */
		{ EM_X86_64, "pgd", 0x800000010a3c4067, false, false, PRESENT | WRITABLE | USER,
		  0x10a3c4000,
		  "points to a table in frame 10a3c4, RW, USER, ACCESSED, NX (as PTI sets it)" },
		{ EM_X86_64, "p4d", 0x10a3c4067, false, false, PRESENT | WRITABLE | USER,
		  0x10a3c4000, "points to a table in frame 10a3c4, RW, USER, ACCESSED" },
		{ EM_X86_64, "pte", 0x80000001c2b3a867, false, false,
		  PRESENT | LEAF | WRITABLE | USER, 0x1c2b3a000,
		  "maps frame 1c2b3a, RW, USER, ACCESSED, DIRTY, NX" },
		{ EM_X86_64, "pte", 0x8000000263a41163, true, false, PRESENT | LEAF | WRITABLE,
		  0x263a41000, "maps frame 263a41, RW, ACCESSED, DIRTY, GLOBAL, NX" },
		{ EM_X86_64, "pte", 0x1c2b3a025, false, false, PRESENT | LEAF | USER, 0x1c2b3a000,
		  "maps frame 1c2b3a, read-only, USER, ACCESSED" },
		/* PAT: of the last level no size, of large pages no address */
		{ EM_X86_64, "pte", 0x1c2b3a1e3, true, false, PRESENT | LEAF | WRITABLE,
		  0x1c2b3a000, "maps frame 1c2b3a, RW, ACCESSED, DIRTY, GLOBAL" },
		{ EM_X86_64, "pmd", 0x12d6011e3, true, false, PRESENT | LEAF | WRITABLE,
		  0x12d600000, "maps 2 MiB from frame 12d600, RW, ACCESSED, DIRTY, GLOBAL" },
		{ EM_X86_64, "pud", 0x1400000e3, true, false, PRESENT | LEAF | WRITABLE,
		  0x140000000, "maps 1 GiB from frame 140000, RW, ACCESSED, DIRTY" },
		{ EM_X86_64, "pmd", 0x12d651063, true, false, PRESENT | WRITABLE, 0x12d651000,
		  "points to a table in frame 12d651, RW, ACCESSED" },
		/* bit 7 is reserved here */
		{ EM_X86_64, "pgd", 0x12d6510e3, true, false, PRESENT | WRITABLE, 0x12d651000,
		  "points to a table in frame 12d651, RW, ACCESSED" },
		{ EM_X86_64, "pte", 0x8008000263a41163, true, false, PRESENT | LEAF | WRITABLE,
		  0x263a41000,
		  "maps frame 263a41, RW, ACCESSED, DIRTY, GLOBAL, NX, bit 51 of memory encryption" },
		{ EM_X86_64, "pte", 0, true, false, 0, 0, "empty" },
		{ EM_X86_64, "pgd", 0, false, false, 0, 0, "empty" },
		{ EM_X86_64, "pte", 0x7fffffffed4b2a00, false, false, 0, 0,
		  "not present: a swap entry, a page without access, or a marker" },
		{ EM_X86_64, "pte", 0x8000000123457062, true, false, KEEPS | WRITABLE, 0x123457000,
		  "not present, but keeps the bits of a mapped page, as after DEBUG_PAGEALLOC or KFENCE: frame 123457, RW, ACCESSED, DIRTY, NX" },
		/* the frame is inverted: pgtable-invert.h */
		{ EM_X86_64, "pte", 0x800ffffedcba8020, true, false, KEEPS, 0x123457000,
		  "not present, but keeps the bits of a mapped page, as after DEBUG_PAGEALLOC or KFENCE: frame 123457, ACCESSED, NX" },
		/* inverted with 46 bits, or a frame above 32 TiB */
		{ EM_X86_64, "pte", 0x80003ffedcba8020, true, false, 0, 0, "not present" },
		{ EM_X86_64, "pte", 0x123457000, true, false, 0, 0, "not present" },
		{ EM_X86_64, "pgd", 0x123457062, true, false, 0, 0, "not present" },
		/* i386 without and with PAE */
		{ EM_386, "pte", 0x2b5d7062, true, false, KEEPS | WRITABLE, 0x2b5d7000,
		  "not present, but keeps the bits of a mapped page, as after DEBUG_PAGEALLOC or KFENCE: frame 2b5d7, RW, ACCESSED, DIRTY" },
		{ EM_386, "pte", 0xfa5d7062, true, false, KEEPS | WRITABLE, 0xfa5d7000,
		  "not present, but keeps the bits of a mapped page, as after DEBUG_PAGEALLOC or KFENCE: frame fa5d7, RW, ACCESSED, DIRTY" },
		{ EM_386, "pde", 0x2f3c1067, true, false, PRESENT | WRITABLE | USER, 0x2f3c1000,
		  "points to a table in frame 2f3c1, RW, USER, ACCESSED" },
		{ EM_386, "pde", 0x2f4011e3, true, false, PRESENT | LEAF | WRITABLE, 0x2f400000,
		  "maps 4 MiB from frame 2f400, RW, ACCESSED, DIRTY, GLOBAL" },
		/* PSE-36: bit 13 is bit 32 of the address */
		{ EM_386, "pde", 0x2f4021e3, true, false, PRESENT | LEAF | WRITABLE, 0x12f400000,
		  "maps 4 MiB from frame 12f400, RW, ACCESSED, DIRTY, GLOBAL" },
		{ EM_386, "pde", 0x1f6001e3, true, true, PRESENT | LEAF | WRITABLE, 0x1f600000,
		  "maps 2 MiB from frame 1f600, RW, ACCESSED, DIRTY, GLOBAL" },
		{ EM_386, "pdpt", 0x34a5b001, true, true, PRESENT, 0x34a5b000,
		  "points to a table in frame 34a5b" },
		/* its other bits are reserved */
		{ EM_386, "pdpt", 0x8000000034a5b067, true, true, PRESENT, 0x34a5b000,
		  "points to a table in frame 34a5b" },

		{ EM_386, "pte", 0x8000000034a5b163, true, true, PRESENT | LEAF | WRITABLE,
		  0x34a5b000, "maps frame 34a5b, RW, ACCESSED, DIRTY, GLOBAL, NX" },
		{ EM_386, "pte", 0x8000000034a5b163, true, false, 0, 0, "" },
		/* arm64: asm/pgtable-hwdef.h and pgtable-prot.h */
		{ EM_AARCH64, "pgd", 0x180000041b5c9003, true, false, PRESENT, 0x41b5c9000,
		  "points to a table at 41b5c9000, PXNTABLE, UXNTABLE" },
		{ EM_AARCH64, "pte", 0x00680001039a5f07, true, false, PRESENT | LEAF | WRITABLE,
		  0x1039a5000,
		  "maps frame 1039a5 (of 4 KiB) at 1039a5000, writable, AF, NG, DBM, PXN, UXN" },
		{ EM_AARCH64, "pte", 0x00400001039a5783, true, false, PRESENT | LEAF, 0x1039a5000,
		  "maps frame 1039a5 (of 4 KiB) at 1039a5000, RDONLY, AF, UXN" },
		{ EM_AARCH64, "pte", 0x00a80001039a5fc3, false, false, PRESENT | LEAF | USER,
		  0x1039a5000,
		  "maps frame 1039a5 (of 4 KiB) at 1039a5000, USER, RDONLY, AF, NG, DBM, PXN, DIRTY" },
		{ EM_AARCH64, "pmd", 0x0068000103800f05, true, false, PRESENT | LEAF | WRITABLE,
		  0x103800000, "maps a block at 103800000, writable, AF, NG, DBM, PXN, UXN" },
		{ EM_AARCH64, "pte", 0x00680001039a5f06, true, false, KEEPS | WRITABLE, 0x1039a5000,
		  "not present, but keeps the bits of a mapped page, as after DEBUG_PAGEALLOC or KFENCE: frame 1039a5 (of 4 KiB) at 1039a5000, writable, AF, NG, DBM, PXN, UXN" },
		/* bit 1 is 0 in an entry of the last level: reserved */
		{ EM_AARCH64, "pte", 0x00680001039a5f05, true, false, 0, 0, "not present" },
		{ EM_AARCH64, "pte", 0x39a5f04, false, false, 0, 0,
		  "not present: a swap entry, a page without access, or a marker" },
		{ EM_AARCH64, "pud", 0, true, false, 0, 0, "empty" },
		{ EM_PPC64, "pte", 0x8000000263a41163, true, false, 0, 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < NR(rows); i++) {
		struct fact_entry found;
		unsigned int flags;

		fact_entry(rows[i].machine, rows[i].level, rows[i].entry, rows[i].of_kernel,
			   rows[i].pae, &found);
		expect(rows[i].entry, found.text, rows[i].text);
		flags = found.present * PRESENT | found.is_leaf * LEAF | found.keeps_bits * KEEPS |
			found.writable * WRITABLE | found.user * USER;
		if (flags != rows[i].flags)
			fail_msg("row %zu, %s: flags %x", i, found.text, flags);
		if (flags & (PRESENT | KEEPS))
			assert_int_equal(found.physical, rows[i].physical);
		if (rows[i].of_kernel)
			assert_null(strstr(found.text, "swap"));
	}
}

static void machine_checks(void **state)
{
	/* Bits 63, 62 and 61 are "valid", "overflow", "uncorrected"
	 * (arch/x86/include/asm/mce.h). */
	static const uint64_t valid = UINT64_C(1) << 63, lost = UINT64_C(1) << 62,
			      uncorrected = UINT64_C(1) << 61;
	const struct {
		uint64_t status;
		const char *text;
	} rows[] = {
		{ 0xbe000000014200a1,
		  "valid, uncorrected, MISC is valid, ADDR is valid, the processor's context is corrupt; memory controller: write, channel 1" },
		{ 0x8c00004000010090,
		  "valid, corrected, MISC is valid, ADDR is valid; memory controller: read, channel 0" },
		{ valid | lost | 0x9f,
		  "valid, corrected, earlier errors were lost; memory controller: read" },
		{ valid | uncorrected | 0xc3,
		  "valid, uncorrected; memory controller: scrubbing, channel 3" },
		{ valid | 0x10b1,
		  "valid, corrected; memory controller: address or command, channel 1" },
		{ valid | 0x8f, "valid, corrected; memory controller" },
		{ valid | 0x291,
		  "valid, corrected; memory that is used as a cache: read, channel 1" },
		/* MCACOD_DATA, MCACOD_INSTR and MCACOD_L3WB of arch/x86/include/asm/mce.h */
		{ valid | uncorrected | 0x134, "valid, uncorrected; cache: data read, data" },
		{ valid | uncorrected | 0x150,
		  "valid, uncorrected; cache: instruction fetch, instructions" },
		{ valid | 0x17a, "valid, corrected; cache: eviction, L2" },
		{ valid | 0x189, "valid, corrected; cache: snoop, L1" },
		{ valid | 0x199, "valid, corrected; cache: L1" },
		{ valid | 0x15, "valid, corrected; TLB: data, L1" },
		{ valid | 0x0e, "valid, corrected; cache hierarchy: L2" },
		/* BUS_ERROR of drivers/edac/mce_amd.h: SRC, no timeout, RD, MEM, level generic */
		{ valid | 0x813,
		  "valid, corrected; bus or interconnect: read, memory, requested by this processor" },
		{ valid | 0xd0a,
		  "valid, corrected; bus or interconnect: I/O, L2, seen by it, timeout" },
		{ valid | 0xe0f, "valid, corrected; bus or interconnect" },
		{ valid | 0xe0b, "valid, corrected; I/O error" },
		{ valid | 0x400, "valid, corrected; internal timer" },
		{ valid | 0x405, "valid, corrected; internal, unclassified" },
		{ valid | 5, "valid, corrected; internal parity error" },
		{ valid, "valid, corrected; no error code" },
		{ valid | 0x4000, "valid, corrected; error code 0x4000" },
		{ valid | UINT64_C(1) << 44 | 5,
		  "valid, corrected or deferred; internal parity error" },
		{ 0x3e000000014200a1, "not valid" },
		{ 0, "not valid" },
	};
	char text[FACT_TEXT];

	(void)state;
	for (size_t i = 0; i < NR(rows); i++) {
		fact_machine_check(rows[i].status, text);
		expect(rows[i].status, text, rows[i].text);
	}
	for (uint64_t code = 0; code <= UINT16_MAX; code++) {
		fact_machine_check(UINT64_MAX << 16 | code, text);
		assert_true(strlen(text) < FACT_TEXT - 100);
	}
}

static void system_calls(void **state)
{
	/* The numbers are from the kernel's tables: arch/x86/entry/syscalls,
	 * asm-generic/unistd.h. */
	static const struct {
		unsigned int machine;
		bool compat;
		uint64_t number;
		const char *name;
	} rows[] = {
		{ EM_X86_64, false, 257, "openat" },
		{ EM_X86_64, false, 0, "read" },
		{ EM_X86_64, true, 5, "open" },
		{ EM_386, false, 5, "open" },
		{ EM_X86_64, false, 0x40000001, "write" },
		{ EM_AARCH64, false, 56, "openat" },
		{ EM_AARCH64, true, 322, "openat" },
		{ EM_PPC64, false, 5, NULL },
		{ EM_X86_64, false, 100000, NULL },
		{ EM_X86_64, false, UINT64_MAX - 0xec, NULL },
		{ EM_X86_64, false, UINT64_MAX, NULL },
		{ EM_386, false, UINT32_MAX, NULL },
		{ EM_X86_64, false, UINT64_C(1) << 32, NULL },
	};

	(void)state;
	for (size_t i = 0; i < NR(rows); i++) {
		char *name = fact_system_call(rows[i].machine, rows[i].compat, rows[i].number);

		if (rows[i].name)
			expect(rows[i].number, name ? name : "", rows[i].name);
		else
			assert_null(name);
		free(name);
	}
#ifdef __x86_64__
	char *name = fact_system_call(EM_X86_64, false, SYS_newfstatat);

	assert_string_equal(name, "newfstatat");
	free(name);
#endif
}

static void poisons(void **state)
{
	static const struct {
		unsigned int machine;
		uint64_t value;
		const char *name; /* NULL: none */
		int64_t displacement;
		const char *other;
	} rows[] = {
		{ EM_X86_64, 0xdead000000000100, "LIST_POISON1", 0, NULL },
		{ EM_X86_64, 0xdead000000000108, "LIST_POISON1", 8, "LIST_POISON2" },
		{ EM_AARCH64, 0xdead000000000122, "LIST_POISON2", 0, NULL },
		{ EM_X86_64, 0x6b6b6b6b6b6b6b83, "POISON_FREE", 0x18, NULL },
		{ EM_386, 0x6b6b6b6b, "POISON_FREE", 0, NULL },
		{ EM_X86_64, 0xbbbbbbbbbbbbbbbb, "SLUB_RED_INACTIVE", 0, NULL },
		{ EM_X86_64, 0xcccccccccccccccc, "SLUB_RED_ACTIVE", 0, NULL },
		{ EM_X86_64, 0x5a5a5a5a5a5a5a5a, "POISON_INUSE", 0, NULL },
		/* an error pointer, KASAN's offset, and a healthy pointer */
		{ EM_X86_64, 0xfffffffffffffff4, NULL, 0, NULL },
		{ EM_X86_64, 0xdffffc0000000000, NULL, 0, NULL },
		{ EM_X86_64, 0xffff8d5e4a3b1c00, NULL, 0, NULL },
		{ EM_X86_64, 0x100, NULL, 0, NULL },
		{ EM_X86_64, 0, NULL, 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < NR(rows); i++) {
		struct value_meaning found = { .name = NULL };
		bool is_poison = fact_poison(rows[i].machine, rows[i].value, &found);

		assert_int_equal(is_poison, rows[i].name != NULL);
		if (!is_poison)
			continue;
		assert_string_equal(found.name, rows[i].name);
		assert_non_null(found.what);
		assert_int_equal(found.offset, rows[i].displacement);
		assert_int_equal(found.other != NULL, rows[i].other != NULL);
		if (found.other)
			assert_string_equal(found.other, rows[i].other);
	}
}

/* The offset of a shadow on arm64: print_kasan_offset in Documentation/arm64/kasan-offsets.sh
 * (5.4), without the part of the first shadow since 5.11 (f4693c2716b3), and arch/arm64/Makefile
 * before 5.4. */
static uint64_t arm64_offset(unsigned int era, unsigned int bits, unsigned int shift)
{
	uint64_t start = UINT64_MAX << (bits - (era > 0));

	return start + (era < 2 ? UINT64_C(1) << (bits - shift) : 0) -
	       (UINT64_C(1) << (64 - shift));
}

static void expect_shadow(unsigned int machine, uint64_t shadow, uint64_t offset, uint64_t wanted,
			  unsigned int nr)
{
	uint64_t first = 0, last = 0;
	bool found = fact_shadow(machine, shadow, offset, &first, &last);

	if (found != (nr != 0) || (nr && (first != wanted || last != wanted + nr - 1)))
		fail_msg("%#llx, offset %#llx: %d, %#llx to %#llx", (unsigned long long)shadow,
			 (unsigned long long)offset, found, (unsigned long long)first,
			 (unsigned long long)last);
}

static void shadows_of_x86(void **state)
{
	static const uint64_t offset = 0xdffffc0000000000;

	(void)state;
	expect_shadow(EM_X86_64, offset + 5, offset, 0x28, 8);
	expect_shadow(EM_X86_64, offset + 5, 0, 0x28, 8);
	expect_shadow(EM_X86_64, offset, 0, 0, 8);
	/* of an address of modules, in case there is KASAN */
	expect_shadow(EM_X86_64, 0xfffffbfff40c5200, 0, 0xffffffffa0629000, 8);
	expect_shadow(EM_X86_64, 0xfffffbffffffffff, offset, 0xfffffffffffffff8, 8);
	expect_shadow(EM_X86_64, 0xfffffbffffffffff, 0, 0xfffffffffffffff8, 8);
	expect_shadow(EM_X86_64, 0xffffebffffffffff, 0, 0, 0);
	/* the last user address of five levels */
	expect_shadow(EM_X86_64, 0xe01ffbffffffffff, 0, 0x00fffffffffffff8, 8);
	expect_shadow(EM_X86_64, 0xffffec0000000000, 0, 0xffff800000000000, 8);
	/* not canonical, so there must be an offset */
	expect_shadow(EM_X86_64, 0xe020000000000000, offset, 0x0100200000000000, 8);
	expect_shadow(EM_X86_64, 0xe020000000000000, 0, 0, 0);
	/* no shadow */
	expect_shadow(EM_X86_64, offset - 1, offset, 0, 0);
	expect_shadow(EM_X86_64, offset - 1, 0, 0, 0);
	expect_shadow(EM_X86_64, 0xffff8d5e4a3b1c00, 0, 0, 0);
	expect_shadow(EM_X86_64, 0xfffffc0000000000, 0, 0, 0);
	expect_shadow(EM_X86_64, 0xfffffc0000000000, offset, 0, 0);
	expect_shadow(EM_X86_64, 0x28, 0, 0, 0);
	/* no offset that any kernel has, and no machine with KASAN */
	expect_shadow(EM_X86_64, offset + 5, offset + 8, 0, 0);
	expect_shadow(EM_X86_64, 0xdfff800000000005, 0xdfff800000000000, 0, 0);
	expect_shadow(EM_386, offset + 5, offset, 0, 0);
}

static void shadows_of_arm64(void **state)
{
	static const unsigned int bits[] = { 48, 47, 42, 39, 36 };

	(void)state;
	for (unsigned int era = 0; era < 3; era++)
		for (size_t i = 0; i < NR(bits); i++)
			for (unsigned int shift = 3; shift <= 4; shift++) {
				uint64_t offset = arm64_offset(era, bits[i], shift);
				uint64_t kernel = UINT64_MAX << (bits[i] - (era > 0));

				if (era == 0 && bits[i] != 48 && bits[i] != 39)
					continue;
				expect_shadow(EM_AARCH64, offset + 0x44, offset, 0x44u << shift,
					      1 << shift);
				expect_shadow(EM_AARCH64, offset + 0x44, 0, 0x44u << shift,
					      1 << shift);
				expect_shadow(EM_AARCH64, offset + (kernel >> shift), offset,
					      kernel, 1 << shift);
				expect_shadow(EM_AARCH64, offset + (kernel >> shift), 0, 0, 0);
			}
	/* the last shadows of user addresses, and what follows: another kernel's shadow of NULL */
	expect_shadow(EM_AARCH64, 0xdfff9fffffffffff, 0, 0x0000fffffffffff8, 8);
	expect_shadow(EM_AARCH64, 0xdfffa00000000000, 0, 0, 8);
	expect_shadow(EM_AARCH64, 0xdfff400000000000, 0, 0, 0);
	expect_shadow(EM_AARCH64, 0xdfffffa000000000, 0, 0, 0);
	expect_shadow(EM_AARCH64, 0xdfffffe000000000, 0, 0, 0);
	expect_shadow(EM_AARCH64, 0xdffffffc00000000, 0, 0, 0);
	expect_shadow(EM_AARCH64, 0xdfffff0000000000, 0, 0, 0);
	expect_shadow(EM_AARCH64, 0xefffff9000000000, 0, 0, 0);
	expect_shadow(EM_AARCH64, 0xefff800000000071, 0xefff800000000000, 0x710, 16);
	/* sbfx of a kernel address: its upper bits differ, which TBI ignores */
	expect_shadow(EM_AARCH64, 0xefff700000000000, 0xefff800000000000, 0xffff000000000000, 16);
	expect_shadow(EM_AARCH64, 0xffff000045a21c00, 0, 0, 0);
	expect_shadow(EM_AARCH64, 0xdffffc0000000005, 0xdffffc0000000000, 0, 0);
}

static void raw_pages(void **state)
{
	static const struct {
		unsigned int word_size, nr;
		uint64_t word[8];
		const char *text;
	} rows[] = {
		{ 8,
		  8,
		  { 0x17ffffc0000000, 0xffffea0005a3c001, 0xdead000000000122, 0xdead000000000400, 3,
		    0, 0xffffffff, 0xffff8d5e44c1b000 },
		  "tail page, its head is the struct page ffffea0005a3c000; word 3 is TAIL_MAPPING; _mapcount -1 (not mapped by itself), _refcount 0; memcg ffff8d5e44c1b000" },
		{ 8,
		  4,
		  { 0x17ffffc0000000, 0xffffea0005a3c001, 0xdead000000000122, 0xdead000000000400 },
		  "tail page, its head is the struct page ffffea0005a3c000; word 3 is TAIL_MAPPING" },
		/* the first tail page has no TAIL_MAPPING */
		{ 8,
		  8,
		  { 0x17ffffc0000000, 0xffffea0005a3c001, 0xffffffff0902, 0x200ffffffff, 0, 0,
		    0xffffffff, 0 },
		  "tail page, its head is the struct page ffffea0005a3c000; _mapcount -1 (not mapped by itself), _refcount 0" },
		/* a mask instead of the head (7.1) */
		{ 8,
		  8,
		  { 0x17ffffc0000000, 0xfffffffffffff001, 0, 0xdead000000000400, 0, 0, 0xffffffff,
		    0 },
		  "tail page; word 3 is TAIL_MAPPING; _mapcount -1 (not mapped by itself), _refcount 0" },
		{ 8,
		  8,
		  { 0x17ffffc0000000, 0xdead000000000100, 0xdead000000000122, 0xffff8d5e4a3b1c48, 2,
		    0, 0x0000000300000001, 0xffff8d5e44c1b002 },
		  "no tail page; _mapcount 1 (it counts from -1), _refcount 3; obj_cgroup ffff8d5e44c1b000" },
		{ 8,
		  8,
		  { 0x17ffffc0000200, 0xffff8d5e40042a00, 0xffffea0005a3c048, 0, 0xffff8d5e4a3b1c00,
		    0x80200001, 0x00000001f5ffffff, 0xffff8d5e44c1b001 },
		  "no tail page; page type f5ffffff, _refcount 1; memcg data of slab objects ffff8d5e44c1b000" },
		/* 4.11 to 4.17: an anonymous page, whose mapping has bit 0 set */
		{ 8,
		  8,
		  { 0x2fffff80080068, 0xffff8d5e4a3b1c49, 0x7f3e5a1c2, 0x0000000300000000,
		    0xffffea0005a3c060, 0xffffea0005a3c0a0, 0, 0xffff8d5e44c1b000 },
		  "" },
		/* the same: a slab, whose cache is where the counts are now */
		{ 8,
		  8,
		  { 0x2fffff80000100, 0xffff8d5e4a3b1c01, 0, 0x0000000180200001, 0xffffea0005a3c060,
		    0, 0xffff8d5e40042a00, 0 },
		  "" },
		{ 8,
		  8,
		  { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX,
		    UINT64_MAX, UINT64_MAX },
		  "the struct page was never initialised" },
		{ 8,
		  8,
		  { UINT64_MAX, UINT64_MAX, UINT64_MAX, 0, 2, 0, 0x1ffffffff, 0 },
		  "tail page; _mapcount -1 (not mapped by itself), _refcount 1" },
		{ 8,
		  8,
		  { UINT64_MAX, 0xffffea0005a3c008, 0xffffea0005a3c048, 0, 2, 0, 0x1ffffffff, 0 },
		  "no tail page; _mapcount -1 (not mapped by itself), _refcount 1" },

		{ 4,
		  8,
		  { 0x80000000, 0xf6a3b2c1, 0x122, 0x400, 3, 0, 0xffffffff, 0 },
		  "tail page, its head is the struct page f6a3b2c0; word 3 is TAIL_MAPPING; _mapcount -1 (not mapped by itself), _refcount 0" },
		{ 4,
		  8,
		  { 0x80000000, 0x100, 0x122, 0xf5112244, 3, 0, 0xffffff7f, 2 },
		  "no tail page; page type ffffff7f, _refcount 2" },
		{ 4,
		  8,
		  { UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, 0, 0, 0, 0 },
		  "the struct page was never initialised" },
		{ 8,
		  3,
		  { 0x17ffffc0000000, 0xffffea0005a3c001, 0xdead000000000122, 0xdead000000000400 },
		  "" },
		{ 8, 0, { 0 }, "" },
	};
	char text[FACT_TEXT];

	(void)state;
	for (size_t i = 0; i < NR(rows); i++) {
		fact_raw_page(rows[i].word_size, rows[i].word, rows[i].nr, text);
		expect(i, text, rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(page_fault_codes), cmocka_unit_test(taints),
		cmocka_unit_test(entries),	    cmocka_unit_test(machine_checks),
		cmocka_unit_test(system_calls),	    cmocka_unit_test(poisons),
		cmocka_unit_test(shadows_of_x86),   cmocka_unit_test(shadows_of_arm64),
		cmocka_unit_test(raw_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
