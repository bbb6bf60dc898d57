/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Translations and facts of kernels that consist of a few tables and a note. */
#include "query/shared.h"
#include "query/translate.h"
#include "devices/pci.h"
#include "kernel/kernel.h"
#include "open/open.h"
#include "made_kernel.h"

#include "unit.h"

static struct translation translate(struct kernel *kernel, uint64_t vaddr)
{
	struct error err = { .message = "" };
	const struct space *space = kernel_space(kernel, &err);

	if (!space)
		fail_msg("%s", err.message);
	return query_translate(kernel, space, vaddr);
}

/* --- an x86-64 kernel whose table is at 1000 --- */

static void expect_page(struct kernel *kernel, uint64_t vaddr, enum translation_status status,
			uint64_t physical)
{
	struct translation translation = translate(kernel, vaddr);

	if (translation.status != status)
		fail_msg("%llx is %s", (unsigned long long)vaddr,
			 translation_status_names[translation.status]);
	assert_true(translation.has_physical);
	if (translation.physical != physical)
		fail_msg("%llx is at %llx", (unsigned long long)vaddr,
			 (unsigned long long)translation.physical);
}

static void pages_and_what_is_none(void **state)
{
	struct kernel *kernel;
	struct translation t;

	(void)state;
	start_user_table(NOTE_6_1, 0);
	put64(0x4000, 0x5000 | P | RW | US);
	/* PROT_NONE of frame 6000, inverted as in kernels since 4.18.1 */
	put64(0x4008, 0x000fffffffff9120);
	/* swap type 3, offset 12345: pgtable_64.h of 6.1 */
	put64(0x4010, 0x1ffffffffdb97400);
	put64(0x4020, 0x12345000 | P);
	kernel = memory_open(NULL, NULL);
	expect_page(kernel, 0x123, TRANSLATION_MAPPED, 0x5123);
	expect_page(kernel, 0x1123, TRANSLATION_PROT_NONE, 0x6123);
	t = translate(kernel, 0x123);
	assert_int_equal(t.page_state, PAGE_PRESENT);
	t = translate(kernel, 0x2123);
	assert_int_equal(t.status, TRANSLATION_SWAPPED);
	assert_false(t.has_physical);
	assert_true(t.meaning.swap_type == 3);
	assert_true(t.meaning.swap_offset == 0x12345);
	t = translate(kernel, 0x3123);
	assert_int_equal(t.status, TRANSLATION_NOT_MAPPED);
	expect_page(kernel, 0x4123, TRANSLATION_MAPPED, 0x12345123);
	t = translate(kernel, 0x4123);
	assert_int_equal(t.page_state, PAGE_ABSENT);
	t = translate(kernel, 0x800000000000);
	assert_int_equal(t.status, TRANSLATION_NON_CANONICAL);
	open_close(kernel);
}

/* With memory encryption, PTE_PFN_MASK lacks the C-bit, so the C-bit is not inverted in a PROT_NONE
 * entry (arch/x86/include/asm/pgtable-invert.h). A swap entry has no C-bit, because all its bits
 * are type, offset and flags. */
static void entries_under_encryption(void **state)
{
	static const struct {
		const char *note;
		uint64_t c;
	} kernels[] = {
		{ NOTE_6_1 "NUMBER(sme_mask)=140737488355328\n", UINT64_C(1) << 47 },
		{ NOTE_6_1 "NUMBER(sme_mask)=2251799813685248\n", UINT64_C(1) << 51 },
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		uint64_t c = kernels[i].c;
		struct kernel *kernel;
		struct translation t;

		start_user_table(kernels[i].note, c);
		put64(0x4000, 0x5000 | P | RW | US | c);
		put64(0x4008, 0x5000 | P | RW | US);
		/* frame 6000, inverted except for the C-bit, which may be set or not */
		put64(0x4010, (0x000fffffffff9120 & ~c) | c);
		put64(0x4018, 0x000fffffffff9120 & ~c);
		put64(0x4020, 0x1ffffffffdb97400);
		kernel = memory_open(NULL, NULL);
		expect_page(kernel, 0x0123, TRANSLATION_MAPPED, 0x5123);
		expect_page(kernel, 0x1123, TRANSLATION_MAPPED, 0x5123);
		expect_page(kernel, 0x2123, TRANSLATION_PROT_NONE, 0x6123);
		expect_page(kernel, 0x3123, TRANSLATION_PROT_NONE, 0x6123);
		t = translate(kernel, 0x4123);
		assert_int_equal(t.status, TRANSLATION_SWAPPED);
		assert_true(t.meaning.swap_type == 3);
		assert_true(t.meaning.swap_offset == 0x12345);
		open_close(kernel);
	}
}

/* --- memory shared by processes --- */

struct common_memory {
	size_t nr;
	struct {
		uint64_t first, last, vaddr[2];
	} piece[8];
};

static void add_piece(void *arg, const struct shared_piece *piece)
{
	struct common_memory *pieces = arg;

	assert_int_equal(piece->nr, 2);
	assert_true(pieces->nr < 8);
	pieces->piece[pieces->nr].first = piece->first;
	pieces->piece[pieces->nr].last = piece->last;
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(piece->page[i].process, i);
		pieces->piece[pieces->nr].vaddr[i] = shared_vaddr(piece, i);
	}
	pieces->nr++;
}

/* One process maps the 2M from 200000 on as one page. The other process maps single frames of this
 * range. */
static void pages_of_two_processes(void **state)
{
	struct common_memory pieces = { .nr = 0 };
	struct process process[2] = { 0 };
	struct shared *shared;
	struct kernel *kernel;
	struct error err;

	(void)state;
	start_user_table(NOTE_6_1, 0);
	put64(0x3008, 0x200000 | P | RW | US | PS); /* at 200000 */
	put64(0x4000, 0x5000 | P | US);
	put64(0xa000, 0xb000 | P | RW | US);
	put64(0xb000, 0xc000 | P | RW | US);
	put64(0xc000, 0xd000 | P | RW | US);
	put64(0xd000, 0x201000 | P | US);
	put64(0xd008, 0x3ff000 | P | US);
	put64(0xd010, 0x400000 | P | US);
	put64(0xd018, 0x5000 | P | US);
	kernel = memory_open(NULL, NULL);
	for (size_t i = 0; i < 2; i++) {
		process[i].space = process[i].user = *kernel_space(kernel, NULL);
		process[i].user_last = 0x7fffffffffff;
	}
	process[1].user.root = 0xa000;
	shared = shared_create(2, &err);
	assert_non_null(shared);
	for (size_t i = 0; i < 2; i++)
		assert_true(shared_add(shared, kernel, &process[i], &err));
	assert_true(shared_visit(shared, add_piece, kernel, &pieces, &err));
	assert_int_equal(pieces.nr, 3);
	assert_true(pieces.piece[0].first == 0x5000);
	assert_true(pieces.piece[0].last == 0x5fff);
	assert_true(pieces.piece[0].vaddr[1] == 0x3000);
	assert_true(pieces.piece[1].first == 0x201000);
	assert_true(pieces.piece[1].last == 0x201fff);
	assert_true(pieces.piece[1].vaddr[0] == 0x201000);
	assert_true(pieces.piece[1].vaddr[1] == 0);
	assert_true(pieces.piece[2].first == 0x3ff000);
	assert_true(pieces.piece[2].vaddr[0] == 0x3ff000);
	assert_true(pieces.piece[2].vaddr[1] == 0x1000);
	shared_destroy(shared);
	open_close(kernel);
}

static void note_doubt(void *arg, const char *fact, const char *why)
{
	char *text = arg;

	strcat(text, fact);
	strcat(text, ": ");
	strcat(text, why);
	strcat(text, "\n");
}

/* Doubts about facts that an answer depends on, including the first and the last fact. */
static void doubts_are_told(void **state)
{
	struct kernel *kernel;
	char text[256] = "";

	(void)state;
	start_x86_64(NOTE_6_1, 0);
	kernel = memory_open(NULL, NULL);
	kernel->facts->fact[FACT_MODE].doubt = "one";
	kernel->facts->fact[FACT_HIGH_MEMORY].doubt = "two";
	kernel->facts->fact[FACT_ROOT].doubt = "three";
	kernel->facts->doubtful = 1u << FACT_MODE | 1u << FACT_HIGH_MEMORY | 1u << FACT_ROOT;
	kernel_doubts(kernel, 1u << FACT_MODE | 1u << FACT_HIGH_MEMORY, note_doubt, text);
	assert_string_equal(text, "arch: one\nhigh_memory: two\n");
	open_close(kernel);
}

/* A doubt about symbols ends with the command that had it. Other doubts stay. */
static void doubts_that_end(void **state)
{
	struct kernel *kernel;

	(void)state;
	start_x86_64(NOTE_6_1, 0);
	kernel = memory_open(NULL, NULL);
	kernel_note_foreign(kernel, RESTS_ON_SYMBOLS);
	kernel_note_foreign(kernel, RESTS_ON_TYPES);
	kernel_forget_doubtful_symbols(kernel);
	assert_int_equal(kernel->facts->doubtful & RESTS_ON_SYMBOLS, 0);
	assert_int_equal(kernel->facts->doubtful & RESTS_ON_TYPES, RESTS_ON_TYPES);
	open_close(kernel);
}

/* --- facts --- */

/* A value that -o set is not forgotten. */
static void facts_are_forgotten(void **state)
{
	struct kernel *kernel;
	struct error err;
	uint64_t value;

	(void)state;
	start_x86_64(NOTE_6_1, 0);
	kernel = image_open_kernel(&image, "levels=4", &err);
	assert_non_null(kernel);
	for (enum fact_id id = 0; id < NR_FACTS; id++) {
		kernel_fact(kernel, id, &value);
		assert_false(kernel_fact_busy(kernel, id));
	}
	assert_null(kernel->facts->asked);
	kernel->facts->doubtful = 1;
	facts_forget(kernel->facts);
	for (enum fact_id id = 0; id < NR_FACTS; id++)
		assert_int_equal(kernel->facts->fact[id].status,
				 id == FACT_LEVELS ? FACT_KNOWN : FACT_UNTRIED);
	assert_int_equal(kernel->facts->doubtful, 0);
	kernel->facts->fact[FACT_MODE].status = FACT_BUSY;
	assert_true(kernel_fact_busy(kernel, FACT_MODE));
	assert_false(kernel_fact_busy(kernel, FACT_LEVELS));
	open_close(kernel);
}

static void count_file(void *arg, const struct kernel_file *file)
{
	unsigned int *nr = arg;

	assert_int_equal(file->kind, FILE_OF_DUMP);
	assert_null(file->elf);
	assert_non_null(file->file);
	++*nr;
}

/* A dump that consists of one file, without any other file. */
static void files_of_a_kernel(void **state)
{
	struct kernel *kernel;
	unsigned int nr = 0;

	(void)state;
	start_x86_64(NOTE_6_1, 0);
	kernel = memory_open(NULL, NULL);
	kernel_each_file(kernel, count_file, &nr);
	assert_int_equal(nr, 1);
	open_close(kernel);
}

static void facts_as_text(void **state)
{
	static const struct {
		enum fact_id id;
		uint64_t value;
		const char *text;
	} rows[] = {
		{ FACT_MODE, MODE_PAE, "pae" },
		{ FACT_MEMORY_MODEL, MODEL_VMEMMAP, "vmemmap" },
		{ FACT_LEVELS, 5, "5" },
		{ FACT_PHYS_BASE, 0x1000000, "0x1000000" },
		{ FACT_PHYS_BASE, -UINT64_C(0x1000000), "-0x1000000" },
		{ FACT_PHYS_BASE, UINT64_C(1) << 62, "0x4000000000000000" },
		{ FACT_PAGE_OFFSET, UINT64_C(0xffff888000000000), "0xffff888000000000" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[64];

		fact_value_text(rows[i].id, rows[i].value, text, sizeof(text));
		assert_string_equal(text, rows[i].text);
	}
}

/* --- releases --- */

static void releases(void **state)
{
	static const struct {
		const char *release;
		unsigned int version;
	} rows[] = {
		{ "6.12.0", 0x060c00 },
		{ "6.12.1-amd64", 0x060c01 },
		{ "6.12", 0x060c00 },
		{ "6.12-rc1", 0x060c00 },
		{ "6", 0 },
		{ "", 0 },
		{ "x6.12.0", 0 },
		{ "6.12.255", 0x060cff },
		{ "6.12.256", 0x060cff },
		{ "6.12.300", 0x060cff },
		{ "255.255.0", 0xffff00 },
		{ "256.1.0", 0 },
		{ "6.256.0", 0 },
		{ "2.6.32-5-amd64", 0x020620 },
	};

	(void)state;
	memory_start_64("6.1.0", "");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel = memory_open(NULL, NULL);

		strcpy(kernel->identity->release, rows[i].release);
		if (kernel_version(kernel) != rows[i].version)
			fail_msg("%s: %x", rows[i].release, kernel_version(kernel));
		open_close(kernel);
	}
}

/* --- data that is read at the first question --- */

static unsigned int nr_learnt, nr_released;
static bool stopped, stops_learning;

static bool learn(struct kernel *kernel, void *state, struct error *err)
{
	(void)kernel;
	stopped |= stops_learning;
	((struct pci_list *)state)->nr = ++nr_learnt;
	if (nr_learnt < 3)
		return true;
	*err = (struct error){ ERROR_UNKNOWN, "not this time" };
	return false;
}

static void count_release(void *state)
{
	nr_released += ((struct pci_list *)state)->nr > 0;
}

static bool should_stop(void *arg)
{
	(void)arg;
	return stopped;
}

/* Data that is incomplete because of a stop is not kept. After the stop, nothing is learnt. */
static void learnt_unless_stopped(void **state)
{
	static const struct state_type type = { .size = sizeof(struct pci_list),
						.learn = learn,
						.release = count_release };
	struct listener listener = { .stop = should_stop };
	struct pci_list *list;
	struct kernel *kernel;
	struct error err;

	(void)state;
	start_x86_64(NOTE_6_1, 0);
	kernel = image_open_kernel(&image, "levels=4", &err);
	assert_non_null(kernel);
	kernel->listener = &listener;
	stops_learning = true;
	assert_null(kernel_learnt(kernel, &type, &err));
	assert_int_equal(err.code, ERROR_INTERRUPTED);
	assert_int_equal(nr_released, 1);
	err.code = ERROR_NONE;
	assert_null(kernel_learnt(kernel, &type, &err));
	assert_int_equal(err.code, ERROR_INTERRUPTED);
	assert_null(kernel_learnt(kernel, &type, NULL));
	assert_int_equal(nr_learnt, 1);
	list = kernel_state(kernel, &type);
	assert_int_equal(list->nr, 0);
	stopped = stops_learning = false;
	assert_ptr_equal(kernel_learnt(kernel, &type, &err), list);
	assert_int_equal(list->nr, 2);
	stopped = true;
	assert_ptr_equal(kernel_learnt(kernel, &type, &err), list);
	assert_int_equal(nr_learnt, 2);
	stopped = false;
	/* Data that cannot be known is not asked for again, either. */
	open_forget(kernel);
	for (unsigned int i = 0; i < 2; i++) {
		assert_null(kernel_learnt(kernel, &type, &err));
		assert_string_equal(err.message, "not this time");
	}
	assert_int_equal(nr_learnt, 3);
	kernel->listener = NULL;
	open_close(kernel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_and_what_is_none),
		cmocka_unit_test(entries_under_encryption),
		cmocka_unit_test(facts_are_forgotten),
		cmocka_unit_test(learnt_unless_stopped),
		cmocka_unit_test(files_of_a_kernel),
		cmocka_unit_test(facts_as_text),
		cmocka_unit_test(pages_of_two_processes),
		cmocka_unit_test(doubts_are_told),
		cmocka_unit_test(doubts_that_end),
		cmocka_unit_test(releases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
