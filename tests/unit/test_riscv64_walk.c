/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Page table walks of riscv64, and the meaning of entries: The RISC-V Instruction Set Manual, volume
 * II, "Virtual Address Translation Process", Svnapot, Svpbmt. Entries that are not present:
 * arch/riscv/include/asm/pgtable.h of each release.
 */
#include <inttypes.h>
#include "image.h"
#include "open/archs.h"
#include "open/open.h"
#include "open/opened.h"

#include "unit.h"

enum { PAGE = 0x1000, MEMORY = 0x1000, MOST_STEPS = 5 };
#define ROOT UINT64_C(0x80000000)
/* An entry for a frame, and one that points to table number NR. */
#define PTE(ADDRESS, BITS_SET) (((uint64_t)(ADDRESS) >> 12 << 10) | (BITS_SET))
#define TABLE(NR) PTE(ROOT + (NR)*0x1000, V)
#define BIT(NR) (UINT64_C(1) << (NR))
/* The bits of pages of the kernel and of processes. */
enum { V = 1, R = 2, W = 4, X = 8, U = 16, G = 32, A = 64, D = 128, RWAD = V | R | W | A | D };
#define N BIT(63)
#define NC BIT(61)
#define IO BIT(62)

struct row {
	unsigned int levels;
	uint64_t vaddr;
	uint64_t entries[MOST_STEPS]; /* one a level */
	enum walk_outcome outcome;
	uint64_t paddr, size;
	const char *rights;
};

static const struct row rows[] = {
	/* Each mode; the indexes of the address are 1fe, 1, 2 and so on. */
	{ 3,
	  0xffffffff80202345,
	  { TABLE(1), TABLE(2), PTE(0x81234000, RWAD) },
	  WALK_MAPPED,
	  0x81234345,
	  0x1000,
	  "rw" },
	{ 4,
	  0xffffaf8000000fff,
	  { TABLE(1), TABLE(2), TABLE(3), PTE(0x80200000, V | R | X | A) },
	  WALK_MAPPED,
	  0x80200fff,
	  0x1000,
	  "rx" },
	{ 5,
	  0xff60000000000010,
	  { TABLE(1), TABLE(2), TABLE(3), TABLE(4), PTE(0, V | R | U) },
	  WALK_MAPPED,
	  0x10,
	  0x1000,
	  "ru" },
	{ 3,
	  0x3fffffffff,
	  { TABLE(1), TABLE(2), PTE(0x81234000, V | X | U | A) },
	  WALK_MAPPED,
	  0x81234fff,
	  0x1000,
	  "ux" },
	/* Leaves at any level. */
	{ 3,
	  0xffffffd812345678,
	  { PTE(0x80000000, RWAD | G) },
	  WALK_MAPPED,
	  0x92345678,
	  1 << 30,
	  "rw" },
	{ 3,
	  0xffffffd812345678,
	  { TABLE(1), PTE(0x80200000, RWAD) },
	  WALK_MAPPED,
	  0x80345678,
	  1 << 21,
	  "rw" },
	{ 4,
	  0xffffaf9234567890,
	  { PTE(0x8000000000, RWAD) },
	  WALK_MAPPED,
	  0x9234567890,
	  BIT(39),
	  "rw" },
	{ 5,
	  0xff6123456789abcd,
	  { PTE(0x1000000000000, RWAD) },
	  WALK_MAPPED,
	  0x123456789abcd,
	  BIT(48),
	  "rw" },
	{ 5,
	  0xff6123456789abcd,
	  { TABLE(1), PTE(0x8000000000, RWAD) },
	  WALK_MAPPED,
	  0xc56789abcd,
	  BIT(39),
	  "rw" },
	/* The frame number has 44 bits. Software may use RSW, and bits 59 and 60. */
	{ 3,
	  0x1000,
	  { TABLE(1), TABLE(2), PTE(0xfffffffffff000, RWAD | 0x300) },
	  WALK_MAPPED,
	  0xfffffffffff000,
	  0x1000,
	  "rw" },
	{ 3,
	  0x1000,
	  { TABLE(1), TABLE(2), PTE(0x80001000, RWAD | BIT(59) | BIT(60)) },
	  WALK_MAPPED,
	  0x80001000,
	  0x1000,
	  "rw" },
	/* 64K: the low four bits of the frame number are 1000, and do not belong to the address. */
	{ 3,
	  0x1abcd,
	  { TABLE(1), TABLE(2), PTE(0x81238000, RWAD | U) | N },
	  WALK_MAPPED,
	  0x8123abcd,
	  1 << 16,
	  "rwu" },
	{ 5,
	  0xf001,
	  { TABLE(1), TABLE(2), TABLE(3), TABLE(4), PTE(0x81238000, V | R) | N },
	  WALK_MAPPED,
	  0x8123f001,
	  1 << 16,
	  "r" },
	{ 3, 0x1000, { TABLE(1), TABLE(2), PTE(0x81230000, RWAD) | N }, WALK_CORRUPT, 0, 0x1000, "" },
	{ 3, 0x1000, { TABLE(1), TABLE(2), PTE(0x81234000, RWAD) | N }, WALK_CORRUPT, 0, 0x1000, "" },
	{ 3, 0x1000, { TABLE(1), TABLE(2), PTE(0x8123c000, RWAD) | N }, WALK_CORRUPT, 0, 0x1000, "" },
	{ 3, 0x1000, { TABLE(1), TABLE(2), PTE(0x81239000, RWAD) | N }, WALK_CORRUPT, 0, 0x1000, "" },
	{ 3, 0x1000, { TABLE(1), PTE(0x80200000, RWAD) | N }, WALK_CORRUPT, 0, 1 << 21, "" },
	{ 3,
	  0x1000,
	  { TABLE(1) | N, TABLE(2), PTE(0x80200000, RWAD) },
	  WALK_CORRUPT,
	  0,
	  1 << 30,
	  "" },
	/* Memory types. */
	{ 3,
	  0x1000,
	  { TABLE(1), TABLE(2), PTE(0x10000000, RWAD) | NC },
	  WALK_MAPPED,
	  0x10000000,
	  0x1000,
	  "rw" },
	{ 3,
	  0x1000,
	  { TABLE(1), PTE(0x10000000, RWAD) | IO },
	  WALK_MAPPED,
	  0x10001000,
	  1 << 21,
	  "rw" },
	{ 3,
	  0x1000,
	  { TABLE(1), TABLE(2), PTE(0x10000000, RWAD) | NC | IO },
	  WALK_CORRUPT,
	  0,
	  0x1000,
	  "" },
	{ 3,
	  0x1000,
	  { TABLE(1) | NC, TABLE(2), PTE(0x10000000, RWAD) },
	  WALK_CORRUPT,
	  0,
	  1 << 30,
	  "" },
	{ 3,
	  0x1000,
	  { TABLE(1), TABLE(2) | IO, PTE(0x10000000, RWAD) },
	  WALK_CORRUPT,
	  0,
	  1 << 21,
	  "" },
	/* Reserved: W without R, bits 58:54, misaligned frames, U, A and D in tables, tables below
	 * the last level. G in a table is permitted. */
	{ 3,
	  0x1000,
	  { TABLE(1), TABLE(2), PTE(0x81234000, V | W | A | D) },
	  WALK_CORRUPT,
	  0,
	  0x1000,
	  "" },
	{ 3,
	  0x1000,
	  { TABLE(1), TABLE(2), PTE(0x81234000, V | W | X) },
	  WALK_CORRUPT,
	  0,
	  0x1000,
	  "" },
	{ 3,
	  0x1000,
	  { TABLE(1), TABLE(2), PTE(0x81234000, RWAD) | BIT(54) },
	  WALK_CORRUPT,
	  0,
	  0x1000,
	  "" },
	{ 3,
	  0x1000,
	  { TABLE(1), TABLE(2), PTE(0x81234000, RWAD) | BIT(58) },
	  WALK_CORRUPT,
	  0,
	  0x1000,
	  "" },
	{ 3, 0x1000, { TABLE(1) | BIT(60), TABLE(2), PTE(0, RWAD) }, WALK_CORRUPT, 0, 1 << 30, "" },
	{ 3, 0x1000, { TABLE(1), PTE(0x80201000, RWAD) }, WALK_CORRUPT, 0, 1 << 21, "" },
	{ 3, 0x1000, { TABLE(1), PTE(0x80300000, RWAD) }, WALK_CORRUPT, 0, 1 << 21, "" },
	{ 3, 0x1000, { PTE(0xa0000000, RWAD) }, WALK_CORRUPT, 0, 1 << 30, "" },
	{ 4, 0x1000, { PTE(0x4000000000, RWAD) }, WALK_CORRUPT, 0, BIT(39), "" },
	{ 3, 0x1000, { TABLE(1) | U, TABLE(2), PTE(0, RWAD) }, WALK_CORRUPT, 0, 1 << 30, "" },
	{ 3, 0x1000, { TABLE(1) | A, TABLE(2), PTE(0, RWAD) }, WALK_CORRUPT, 0, 1 << 30, "" },
	{ 3, 0x1000, { TABLE(1), TABLE(2) | D, PTE(0, RWAD) }, WALK_CORRUPT, 0, 1 << 21, "" },
	{ 3, 0x1000, { TABLE(1), TABLE(2), TABLE(3) }, WALK_CORRUPT, 0, 0x1000, "" },
	{ 3,
	  0x1000,
	  { TABLE(1) | G, TABLE(2) | G, PTE(0x80001000, RWAD) },
	  WALK_MAPPED,
	  0x80001000,
	  0x1000,
	  "rw" },
	/* Without V, the other bits have no meaning. */
	{ 3,
	  0x1000,
	  { TABLE(1), TABLE(2), PTE(0x81234000, RWAD) & ~UINT64_C(1) },
	  WALK_NOT_PRESENT,
	  0,
	  0x1000,
	  "" },
	{ 3, 0x1000, { TABLE(1), TABLE(2) | BIT(54), 0 }, WALK_CORRUPT, 0, 1 << 21, "" },
	{ 3, 0x4000000000, { 0 }, WALK_NON_CANONICAL, 0, 0, "" },
	{ 4, 0xffff7fffffffffff, { 0 }, WALK_NON_CANONICAL, 0, 0, "" },
	{ 5, 0x0100000000000000, { 0 }, WALK_NON_CANONICAL, 0, 0, "" },
};

static struct image image;

/* Each table contains the row's entry of its level at the index of the address. */
static struct dump *open_tables(const struct row *row, const struct paging *paging)
{
	struct error err = { .message = "" };
	struct dump *dump;

	image_init(&image, false);
	memset(image.bytes + MEMORY, 0, MOST_STEPS * PAGE);
	for (unsigned int i = 0; i < row->levels; i++) {
		uint64_t entry = htole64(row->entries[i]);

		memcpy(image.bytes + MEMORY + i * PAGE +
			       8 * (row->vaddr >> paging->level[i].shift & 511),
		       &entry, sizeof(entry));
	}
	image_load(&image, MEMORY, ROOT, MOST_STEPS * PAGE);
	dump = image_open(&image, &err);
	if (!dump)
		fail_msg("%s", err.message);
	return dump;
}

static bool has(const struct row *row, char letter)
{
	return strchr(row->rights, letter);
}

static void walks(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		const struct paging_choice choice = { .levels = row->levels };
		struct space space = { .paging = arch_riscv64.paging(&choice), .root = ROOT };
		uint64_t many = row->vaddr;
		struct walk walk;

		space.dump = open_tables(row, space.paging);
		walk = walk_page_table(&space, row->vaddr);
		walk_page_tables(&space, &many, &many, 1);
		if (walk.outcome != row->outcome || walk.paddr != row->paddr ||
		    walk.page_size != row->size || walk.readable != has(row, 'r') ||
		    walk.writable != has(row, 'w') || walk.user != has(row, 'u') ||
		    walk.executable != has(row, 'x'))
			fail_msg("row %zu: %d %" PRIx64 " of %" PRIx64 ", %d%d%d%d", i,
				 walk.outcome, walk.paddr, walk.page_size, walk.readable,
				 walk.writable, walk.user, walk.executable);
		assert_int_equal(many, row->outcome == WALK_MAPPED ? row->paddr : UINT64_MAX);
		dump_close(space.dump);
	}
}

/* --- entries --- */

static const struct entry_row {
	const char *release;
	unsigned int level;
	uint64_t entry;
	enum entry_kind kind;
	uint64_t physical, type, offset;
	const char *flags, *memory_type;
} entries[] = {
	/* 5.10 and 5.16: READ is PROT_NONE. 5.17: GLOBAL. 6.3: bit 6 is the exclusive marker. */
	{ "5.10.0", 2, PTE(0x80001000, R), ENTRY_PROT_NONE, 0x80001000, 0, 0, "PROT_NONE", "PMA" },
	{ "5.16.0", 2, PTE(0x80001000, R | U), ENTRY_PROT_NONE, 0x80001000, 0, 0, "USER PROT_NONE",
	  "PMA" },
	{ "5.16.0", 2, 3 << 2 | 5 << 7, ENTRY_SWAPPED, 0, 3, 5, "", NULL },
	{ "5.16.0", 2, BIT(63) | 1 << 7, ENTRY_SWAPPED, 0, 0, BIT(56) | 1, "", NULL },
	{ "5.17.0", 2, PTE(0x80001000, R | G | A), ENTRY_PROT_NONE, 0x80001000, 0, 0,
	  "READ ACCESSED PROT_NONE", "PMA" },
	{ "5.17.0", 2, 3 << 6 | 5 << 11, ENTRY_SWAPPED, 0, 3, 5, "", NULL },
	{ "6.2.0", 2, BIT(63) | 16 << 6 | 1 << 11, ENTRY_SWAPPED, 0, 16, BIT(52) | 1, "", NULL },
	{ "6.3.0", 2, A | 3 << 7 | 5 << 12, ENTRY_SWAPPED, 0, 3, 5, "", NULL },
	{ "6.12.117", 2, BIT(63) | 16 << 7 | 1 << 12, ENTRY_SWAPPED, 0, 16, BIT(51) | 1, "", NULL },
	/* Since 6.19 a swap entry may also have bits 3 (soft-dirty) and 4 (userfaultfd). */
	{ "7.2.0", 2, X | U | 3 << 7 | 5 << 12, ENTRY_SWAPPED, 0, 3, 5, "", NULL },
	{ "6.12.0", 2, PTE(0x10000000, V | R) | NC | IO, ENTRY_PAGE, 0x10000000, 0, 0,
	  "PRESENT READ NC IO", NULL },
	/* A large page that is being split; in the last level this would be a swap entry. */
	{ "6.12.0", 1, PTE(0x80200000, R | W | A | D), ENTRY_PROT_NONE, 0x80200000, 0, 0,
	  "READ WRITE ACCESSED DIRTY PROT_NONE", "PMA" },
	{ "6.12.0", 1, 3 << 7 | 5 << 12, ENTRY_SWAPPED, 0, 3, 5, "", NULL },
	{ "6.12.0", 2, PTE(0x81238000, G | R | A) | N, ENTRY_PROT_NONE, 0x81230000, 0, 0,
	  "READ ACCESSED NAPOT PROT_NONE", "PMA" },
	{ "6.12.0", 2, PTE(0x81238000, V | R | 0x300) | N | NC, ENTRY_PAGE, 0x81230000, 0, 0,
	  "PRESENT READ SPECIAL SOFT9 NC NAPOT", "NC" },
	{ "6.12.0", 1, PTE(0x10000000, V | R | W) | IO, ENTRY_PAGE, 0x10000000, 0, 0,
	  "PRESENT READ WRITE IO", "IO" },
	{ "7.2.0", 2, PTE(0x80001000, RWAD | X | U | G) | BIT(59) | BIT(60), ENTRY_PAGE, 0x80001000,
	  0, 0, "PRESENT READ WRITE EXEC USER GLOBAL ACCESSED DIRTY SOFT_DIRTY UFFD_WP", "PMA" },
	{ "6.12.0", 0, TABLE(1), ENTRY_TABLE, 0x80001000, 0, 0, "PRESENT", NULL },
	{ "6.12.0", 0, TABLE(1) | A, ENTRY_TABLE, 0x80001000, 0, 0, "PRESENT ACCESSED", NULL },
	{ "6.12.0", 2, PTE(0x80001000, V | W), ENTRY_PAGE, 0x80001000, 0, 0, "PRESENT WRITE",
	  "PMA" },
	{ "6.12.0", 2, 0, ENTRY_EMPTY, 0, 0, 0, "", NULL },
	{ "", 2, PTE(0x80001000, R), ENTRY_SPECIAL, 0, 0, 0, "", NULL },
};

static struct kernel *kernel_of(const char *release)
{
	struct kernel *kernel;

	image_init(&image, false);
	image_load(&image, 0x1000, 0, 0x10000);
	kernel = open_create(image_open(&image, NULL), NULL, NULL);
	assert_non_null(kernel);
	strcpy(kernel->identity->release, release);
	return kernel;
}

static void flags_text(const struct entry_flags *flags, char *text)
{
	*text = '\0';
	for (unsigned int i = 0; i < flags->nr; i++)
		sprintf(text + strlen(text), "%s%s", i ? " " : "", flags->name[i]);
}

static void entries_of_releases(void **state)
{
	const struct paging_choice choice = { .levels = 3 };
	const struct paging *paging = arch_riscv64.paging(&choice);

	(void)state;
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		const struct entry_row *row = &entries[i];
		struct kernel *kernel = kernel_of(row->release);
		struct entry_meaning meaning;
		struct entry_flags flags;
		struct entry_rules rules;
		char text[200];

		arch_riscv64.entry_rules(kernel, &rules);
		meaning = arch_riscv64.describe_entry(&rules, paging, row->level, row->entry);
		flags = arch_riscv64.entry_flags(&rules, paging, row->level, row->entry);
		flags_text(&flags, text);
		if (meaning.kind != row->kind || meaning.physical != row->physical ||
		    meaning.swap_type != row->type || meaning.swap_offset != row->offset ||
		    strcmp(text, row->flags) != 0 ||
		    strcmp(meaning.memory_type ?: "", row->memory_type ?: "") != 0 ||
		    meaning.has_physical != !!meaning.physical ||
		    meaning.has_cache != (meaning.memory_type && *meaning.memory_type != 'P'))
			fail_msg("row %zu: %d %" PRIx64 " %" PRIu64 " %" PRIu64 " %s, %s", i,
				 meaning.kind, meaning.physical, meaning.swap_type,
				 meaning.swap_offset, text, meaning.memory_type);
		open_close(kernel);
	}
}

/* Damage is named, as a page or a table. */
static void doubts(void **state)
{
	const struct paging_choice choice = { .levels = 3 };
	const struct paging *paging = arch_riscv64.paging(&choice);
	const struct entry_rules rules = { .swap_known = true };

	(void)state;
	assert_null(arch_riscv64.describe_entry(&rules, paging, 2, PTE(0x80001000, RWAD)).doubt);
	assert_string_equal(arch_riscv64.describe_entry(&rules, paging, 2, V | W).doubt,
			    "it permits writing, but not reading");
	assert_string_equal(arch_riscv64.describe_entry(&rules, paging, 0, TABLE(1) | U).doubt,
			    "it has a value that is reserved");
	assert_non_null(
		arch_riscv64.describe_entry(&(struct entry_rules){ 0 }, paging, 2, R).doubt);
}

/* satp: mode, ASID, frame number. */
static void registers(void **state)
{
	const struct paging_choice choice = { .levels = 5 };
	const struct space space = { .paging = arch_riscv64.paging(&choice) };
	const char *name;
	uint64_t root;

	(void)state;
	assert_true(arch_riscv64.root_of_register(&space, 0xa0001000000883ea, &root));
	assert_int_equal(root, 0x883ea000);
	assert_int_equal(arch_riscv64.root_tag(0xabcdf00000000001, 0x1000, &name), 0xbcdf);
	assert_string_equal(name, "ASID");
	assert_true(arch_riscv64.root_of_register(&space, 0xa0000fffffffffff, &root));
	assert_int_equal(root, 0xfffffffffff000);
	assert_false(arch_riscv64.root_of_register(&space, 0x90001000000883ea, &root));
	assert_false(arch_riscv64.root_of_register(&space, 0x883ea, &root));
	assert_false(arch_riscv64.root_of_register(&space, UINT64_C(1) << 56, &root));
	assert_true(arch_riscv64.root_of_register(&space, (UINT64_C(1) << 56) - 0x1000, &root));
	assert_true(arch_riscv64.root_of_register(&space, 0x883ea000, &root));
	assert_int_equal(root, 0x883ea000);
	assert_false(arch_riscv64.root_of_register(&space, UINT64_C(7) << 60 | 1, &root));
	assert_false(arch_riscv64.root_of_register(&space, UINT64_C(11) << 60 | 1, &root));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks),
		cmocka_unit_test(entries_of_releases),
		cmocka_unit_test(doubts),
		cmocka_unit_test(registers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
