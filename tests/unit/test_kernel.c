/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Translations and the map of the address space of kernels that are all made
 * up: a few tables and a note, in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "query/shared.h"
#include "query/translate.h"
#include "linux/region/region.h"
#include "devices/pci.h"
#include "memory/view.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/percpu.h"
#include "placed.h"
#include "open/open.h"
#include "linux/task_members.h"

/* Has a macro fail() of its own. */
#include <cmocka.h>

static void put64(uint64_t paddr, uint64_t entry)
{
	put(paddr, entry, 8);
}

static void put32(uint64_t paddr, uint32_t entry)
{
	put(paddr, entry, 4);
}

static struct translation translate(struct kernel *kernel, uint64_t vaddr)
{
	struct error err = { .message = "" };
	const struct space *space = kernel_space(kernel, &err);

	if (!space)
		fail_msg("%s", err.message);
	return query_translate(kernel, space, vaddr);
}

/* --- an x86-64 kernel whose table is at 1000 --- */

#define NOTE_6_1                                                                                   \
	"OSRELEASE=6.1.0\n"                                                                        \
	"SYMBOL(swapper_pg_dir)=ffffffff80001000\n"                                                \
	"NUMBER(phys_base)=0\n"                                                                    \
	"NUMBER(pgtable_l5_enabled)=0\n"

/* The first 2M of memory as the kernel's image: there the table maps itself,
 * which is the proof that it is one. c: the C-bit. */
static void start_x86_64(const char *note, uint64_t c)
{
	memory_start(false, note);
	put64(0x1ff8, 0x8000 | P | RW | c);
	put64(0x8ff0, 0x9000 | P | RW | c);
	put64(0x9000, P | RW | PS | c);
}

/* User addresses 0 to 1fffff, by the table at 4000. */
static void start_user_table(const char *note, uint64_t c)
{
	start_x86_64(note, c);
	put64(0x1000, 0x2000 | P | RW | US | c);
	put64(0x2000, 0x3000 | P | RW | US | c);
	put64(0x3000, 0x4000 | P | RW | US | c);
}

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
	/* PROT_NONE of frame 6000, inverted as since 4.18.1 */
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

/*
 * With memory encryption PTE_PFN_MASK lacks the C-bit: it is not inverted in a
 * PROT_NONE entry (arch/x86/include/asm/pgtable-invert.h). A swap entry has no
 * C-bit: all of its bits are its own.
 */
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
		/* frame 6000, inverted but for the C-bit, which is set or not */
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

/* --- memory that processes have in common --- */

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

/* One maps 2M from 200000 on as a whole, the other single frames of them. */
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

/* Of the facts that an answer rests on, the first and the last too. */
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

/* Doubts about symbols end with the command that met them, others stay. */
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

/* --- reading --- */

static void texts_of_memory(void **state)
{
	static const struct {
		uint64_t at;
		const char *bytes, *text;
		bool read;
	} rows[] = {
		{ 0x6000, "name", "name", true },
		{ 0x6000, "", "", true },
		{ 0x6000, "longer than that", "longer ", true },
		{ 0x6000, "seven77", "seven77", true },
		{ 0x6000, "a\x1f\x7f~ \n", "a??~ ?", true },
		{ 0xfffe, "xy", "xy", true }, /* memory ends behind it */
		{ 0x10000, NULL, "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		char text[8];

		start_x86_64(NOTE_6_1, 0);
		if (rows[i].bytes)
			memcpy(image.bytes + MEMORY + rows[i].at, rows[i].bytes,
			       strlen(rows[i].bytes));
		kernel = memory_open(NULL, NULL);
		assert_int_equal(kernel_read_text(kernel, 0xffffffff80000000 + rows[i].at, text,
						  sizeof(text)),
				 rows[i].read);
		assert_string_equal(text, rows[i].text);
		open_close(kernel);
	}
}

/* Memory ends in the middle of a page, at fffc. */
static void strings_at_the_end_of_memory(void **state)
{
	static const struct {
		uint64_t at;
		const char *bytes, *text;
		bool read;
	} rows[] = {
		{ 0xfff8, "abc", "abc", true },
		{ 0xfff8, "\x1f\xff\n", "\x1f\xff\n", true },
		{ 0xfff8, "abcd", "abcd", false },
		{ 0xfffb, "", "", true },
		{ 0xfffc, "", "", false },
		{ 0xeffc, "aa bb", "aa bb", true }, /* in two pages */
		{ 0xeffc, "longer than that", "longer ", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		struct error err = { .message = "" };
		char text[8];

		start_x86_64(NOTE_6_1, 0);
		image.headers[1].filesz = image.headers[1].memsz = 0xfffc;
		memcpy(image.bytes + MEMORY + rows[i].at, rows[i].bytes, strlen(rows[i].bytes) + 1);
		kernel = memory_open(NULL, NULL);
		assert_int_equal(kernel_read_string(kernel, 0xffffffff80000000 + rows[i].at, text,
						    sizeof(text), &err),
				 rows[i].read);
		assert_string_equal(text, rows[i].text);
		if (!rows[i].read)
			assert_non_null(strstr(err.message, "ffffffff8000fffc"));
		open_close(kernel);
	}
}

static void expect_run(const struct space *space, enum view_pages pages, uint64_t *vaddr,
		       uint64_t start, uint64_t size)
{
	assert_int_equal(view_next_run(space, pages, vaddr, 0x1fffff), size);
	if (size)
		assert_int_equal(*vaddr, start + size);
}

static void runs_of_pages(void **state)
{
	const uint64_t no_execute = UINT64_C(1) << 63;
	const uint64_t rights[] = {
		RW, 0, no_execute, no_execute, RW | no_execute, no_execute,
	};
	struct kernel *kernel;
	const struct space *space;
	uint64_t at = 0, constant_at = 0;

	(void)state;
	start_user_table(NOTE_6_1, 0);
	for (size_t i = 0; i < sizeof(rights) / sizeof(rights[0]); i++)
		put64(0x4000 + 8 * i, (0x5000 + 0x1000 * i) | P | US | rights[i]);
	kernel = memory_open(NULL, NULL);
	space = kernel_space(kernel, NULL);
	assert_non_null(space);
	expect_run(space, PAGES_ALL, &at, 0, 0x6000);
	expect_run(space, PAGES_ALL, &at, 0, 0);
	expect_run(space, PAGES_CONSTANT, &constant_at, 0x2000, 0x2000);
	expect_run(space, PAGES_CONSTANT, &constant_at, 0x5000, 0x1000);
	expect_run(space, PAGES_CONSTANT, &constant_at, 0, 0);
	open_close(kernel);
}

/* Bytes 8 to 15 of a struct. */
static void members_of_bytes(void **state)
{
	static const uint8_t data[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	const struct member_bytes bytes = { data, 8, 8 };
	static const struct {
		uint32_t offset, size;
		uint64_t at;
		size_t load;
		uint64_t value;
	} rows[] = {
		{ 8, 8, 0, 8, 0x0807060504030201 },
		{ 8, 8, 4, 4, 0x08070605 },
		{ 12, 4, 0, 4, 0x08070605 },
		{ 15, 1, 0, 1, 8 },
		{ 12, 4, 1, 4, 0 }, /* not in the member */
		{ 8, 4, 0, 8, 0 },
		{ 7, 4, 0, 4, 0 },
		{ 13, 4, 0, 4, 0 }, /* not in the bytes */
		{ 16, 4, 0, 4, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct member member = { true, true, rows[i].offset, rows[i].size };

		assert_true(member_load(&bytes, &member, rows[i].at, rows[i].load) ==
			    rows[i].value);
	}
}

/* A member of a size that its use does not have is not believed. */
static void forms_of_members(void **state)
{
	static const struct {
		enum member_form form;
		const char *sizes[2]; /* that it may have: of i386, of x86-64 */
	} rows[] = {
		{ MEMBER_NUMBER, { "1 2 4 8 ", "1 2 4 8 " } },
		{ MEMBER_INT, { "4 ", "4 " } },
		{ MEMBER_POINTER, { "4 ", "8 " } },
		{ MEMBER_LINKS, { "8 ", "16 " } },
		{ MEMBER_TEXT,
		  { "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 ",
		    "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 " } },
	};

	(void)state;
	for (int wide = 0; wide < 2; wide++)
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			struct kernel *kernel;
			char sizes[100] = "";
			struct error err;
			uint64_t value;

			if (wide)
				memory_start_64("6.1.0", "");
			else
				memory_start_32("6.1.0", "");
			put(0x5000 + 24, 0x0807060504030201, 8);
			kernel = placed_open(NULL, NULL, 0);
			for (unsigned int size = 0; size < 18; size++) {
				placed_set(kernel, TASK_PID, 24, size);
				if (kernel_member_as(kernel, TASK_PID, rows[i].form, &err))
					sprintf(sizes + strlen(sizes), "%u ", size);
				else
					assert_int_equal(err.code, ERROR_FORMAT);
			}
			assert_string_equal(sizes, rows[i].sizes[wide]);
			placed_set(kernel, TASK_PID, 24, 2);
			assert_true(kernel_read_member(kernel, (wide ? IMAGE : IMAGE_32) + 0x5000,
						       TASK_PID, &value, NULL));
			assert_int_equal(value, 0x201);
			placed_forget(kernel, TASK_PID);
			assert_null(kernel_member_as(kernel, TASK_PID, rows[i].form, &err));
			assert_int_equal(err.code, ERROR_UNKNOWN);
			assert_string_equal(
				err.message,
				"where struct task_struct keeps pid is not known: no vmlinux was given, and the dump's BTF does not tell it");
			open_close(kernel);
		}
}

/* A note alone names a variable, and not whether each CPU has its own. */
static void variables_of_cpus_that_are_unknown(void **state)
{
	struct kernel *kernel;
	struct cpu_set cpus;
	struct error err;
	uint64_t address;

	(void)state;
	start_x86_64(NOTE_6_1 "SYMBOL(current_task)=ffffffff80004000\n", 0);
	kernel = image_open_kernel(&image, "levels=4", &err);
	assert_non_null(kernel);
	assert_true(kernel_symbol(kernel, "current_task", &address, NULL));
	assert_false(kernel_per_cpu(kernel, "current_task", 0, &address, &err));
	assert_int_equal(err.code, ERROR_UNKNOWN);
	assert_false(kernel_possible_cpus(kernel, &cpus, &err));
	assert_int_equal(err.code, ERROR_UNKNOWN);
	open_close(kernel);
}

/* What -o set stays. */
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
	assert_int_equal(kernel->facts->met_busy, 0);
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

static void count_file(void *arg, const struct file *file, const struct vmlinux *of)
{
	unsigned int *nr = arg;

	assert_null(of);
	assert_non_null(file);
	++*nr;
}

/* A dump of one file, and nothing else. */
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

/* --- the map of the address space --- */

/* Where there is a map it leaves nothing out, whatever the note says. */
/* --- what is learnt at the first question --- */

static unsigned int nr_learnt, nr_released;

static bool learn(struct kernel *kernel, void *state, struct error *err)
{
	(void)kernel;
	((struct pci_list *)state)->nr = ++nr_learnt;
	if (nr_learnt < 4)
		return true;
	*err = (struct error){ ERROR_UNKNOWN, "not this time" };
	return false;
}

static void count_release(void *state)
{
	nr_released += ((struct pci_list *)state)->nr > 0;
}

static bool stop(void *stopped)
{
	return *(bool *)stopped;
}

/* A part is not kept as the whole. */
static void learnt_unless_stopped(void **state)
{
	static const struct state_type type = { .size = sizeof(struct pci_list),
						.learn = learn,
						.release = count_release };
	bool stopped = true;
	struct listener listener = { .stop = stop, .arg = &stopped };
	struct pci_list *list;
	struct kernel *kernel;
	struct error err;

	(void)state;
	start_x86_64(NOTE_6_1, 0);
	kernel = image_open_kernel(&image, "levels=4", &err);
	assert_non_null(kernel);
	kernel->listener = &listener;
	assert_null(kernel_learnt(kernel, &type, &err));
	assert_int_equal(err.code, ERROR_INTERRUPTED);
	assert_int_equal(nr_released, 1);
	assert_null(kernel_learnt(kernel, &type, NULL));
	list = kernel_state(kernel, &type);
	assert_int_equal(list->nr, 0);
	stopped = false;
	assert_ptr_equal(kernel_learnt(kernel, &type, &err), list);
	assert_int_equal(list->nr, 3);
	assert_ptr_equal(kernel_learnt(kernel, &type, &err), list);
	assert_int_equal(nr_learnt, 3);
	/* Nor is what cannot be known asked for twice. */
	open_forget(kernel);
	for (unsigned int i = 0; i < 2; i++) {
		assert_null(kernel_learnt(kernel, &type, &err));
		assert_string_equal(err.message, "not this time");
	}
	assert_int_equal(nr_learnt, 4);
	kernel->listener = NULL;
	open_close(kernel);
}

static void expect_whole_map(struct kernel *kernel, uint64_t last, bool wild)
{
	const struct region_list *list;
	struct error err = { .message = "" };

	list = region_all(kernel, &err);
	if (!list && wild && err.message[0])
		return;
	if (!list)
		fail_msg("%s", err.message);
	assert_true(list->region[0].first == 0);
	for (size_t i = 1; i < list->nr; i++)
		assert_true(list->region[i].first == list->region[i - 1].last + 1);
	assert_true(list->region[list->nr - 1].last == last);
}

/* A direct map of 64K from c0000000 by the table at 2000; the first MiB has to
 * be mapped, as every kernel does. */
static void start_i386(const char *vmalloc_start)
{
	char note[256];

	snprintf(note, sizeof(note), "OSRELEASE=6.1.0\nSYMBOL(swapper_pg_dir)=c0001000\n%s%s%s",
		 vmalloc_start ? "NUMBER(VMALLOC_START)=" : "", vmalloc_start ? vmalloc_start : "",
		 vmalloc_start ? "\n" : "");
	memory_start(true, note);
	put32(0x1c00, 0x2000 | P | RW);
	for (uint32_t i = 0; i < 1024; i++)
		put32(0x2000 + 4 * i, i << 12 | P | RW);
}

static void an_i386_map_is_whole(void **state)
{
	static const char *const vmalloc[] = {
		NULL,
		"0xc0c00000",
		"0",
		"0xc0000000",
		"0xffffffff",
		/* wild from here on */
		"0x100000000",
		"0x1ffffffff",
		"-1",
		"0x8000000000000000",
	};
	enum { FIRST_WILD = 5 };

	(void)state;
	for (size_t i = 0; i < sizeof(vmalloc) / sizeof(vmalloc[0]); i++) {
		struct kernel *kernel;

		start_i386(vmalloc[i]);
		kernel = memory_open(NULL, NULL);
		expect_whole_map(kernel, UINT32_MAX, i >= FIRST_WILD);
		open_close(kernel);
	}
}

/* The end of what is mapped in order, and 8M of gap: pgtable_32_areas.h. */
static void where_an_i386_begins_vmalloc(void **state)
{
	struct kernel *kernel;
	const struct region *region;
	uint64_t value;

	(void)state;
	start_i386(NULL);
	kernel = memory_open(NULL, NULL);
	assert_true(kernel_fact(kernel, FACT_PAGE_OFFSET, &value));
	assert_true(value == 0xc0000000);
	assert_true(kernel_fact(kernel, FACT_HIGH_MEMORY, &value));
	assert_true(value == 0xc0400000);
	assert_true(kernel_fact(kernel, FACT_VMALLOC_START, &value));
	assert_true(value == 0xc0c00000);
	region = region_of(kernel, 0xc03fffff, NULL);
	assert_non_null(region);
	assert_int_equal(region->kind, REGION_DIRECT_MAP);
	assert_true(region->first == 0xc0000000 && region->last == 0xc03fffff);
	region = region_of(kernel, 0xc0400000, NULL);
	assert_non_null(region);
	assert_int_equal(region->kind, REGION_HOLE);
	open_close(kernel);
}

/* Without a table nothing shows how far memory is mapped. */
static void an_i386_without_a_table(void **state)
{
	struct kernel *kernel;
	uint64_t value;

	(void)state;
	memory_start(true, "OSRELEASE=6.1.0\n");
	kernel = memory_open(NULL, "page_offset=c0000000");
	assert_null(kernel_space(kernel, NULL));
	assert_false(kernel_fact(kernel, FACT_HIGH_MEMORY, &value));
	open_close(kernel);
}

/* High memory behind a hole: high_memory lies somewhere in it. Firmware below 4 GiB is
 * no memory. find_low_pfn_range(), arch/x86/mm/init_32.c */
static void where_the_direct_map_may_end(void **state)
{
	static const struct {
		uint64_t more; /* paddr of another page */
		bool known;
	} rows[] = {
		{ 0x300000, true },   { 0xbff000, true },
		{ 0xc00000, true }, /* memory goes on behind the gap */
		{ 0x1000000, false }, { 0xfeffe000, false },
		{ 0xff000000, true }, { 0xfffff000, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		uint64_t value;

		start_i386(NULL);
		image_load(&image, MEMORY, rows[i].more, 0x1000);
		kernel = memory_open(NULL, NULL);
		if (kernel_fact(kernel, FACT_HIGH_MEMORY, &value) != rows[i].known)
			fail_msg("%llx", (unsigned long long)rows[i].more);
		if (rows[i].known)
			assert_true(value == 0xc0400000);
		open_close(kernel);
	}
}

static void an_x86_64_map_is_whole(void **state)
{
	static const char *const more[] = {
		"",
		"NUMBER(VMALLOC_START)=0\n",
		"NUMBER(VMALLOC_START)=-1\n",
		"NUMBER(VMALLOC_START)=0x1000\n",
		"NUMBER(VMALLOC_START)=0xffffffff80000000\n",
		"NUMBER(KERNEL_IMAGE_SIZE)=0\n",
		"NUMBER(KERNEL_IMAGE_SIZE)=-1\n",
		"SYMBOL(vmemmap)=0\n",
		"SYMBOL(vmemmap)=ffffffffffffffff\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
		struct kernel *kernel;
		struct error err;
		char note[512];

		snprintf(note, sizeof(note), "%s%s", NOTE_6_1, more[i]);
		start_x86_64(note, 0);
		put64(0x1888, 0x2000 | P | RW);
		put64(0x2000, P | RW | PS); /* the first GiB */
		kernel = image_open_kernel(&image, "page_offset=ffff888000000000", &err);
		assert_non_null(kernel);
		expect_whole_map(kernel, UINT64_MAX, false);
		open_close(kernel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_and_what_is_none),
		cmocka_unit_test(entries_under_encryption),
		cmocka_unit_test(texts_of_memory),
		cmocka_unit_test(strings_at_the_end_of_memory),
		cmocka_unit_test(runs_of_pages),
		cmocka_unit_test(members_of_bytes),
		cmocka_unit_test(forms_of_members),
		cmocka_unit_test(variables_of_cpus_that_are_unknown),
		cmocka_unit_test(facts_are_forgotten),
		cmocka_unit_test(learnt_unless_stopped),
		cmocka_unit_test(files_of_a_kernel),
		cmocka_unit_test(facts_as_text),
		cmocka_unit_test(pages_of_two_processes),
		cmocka_unit_test(doubts_are_told),
		cmocka_unit_test(doubts_that_end),
		cmocka_unit_test(an_i386_map_is_whole),
		cmocka_unit_test(where_an_i386_begins_vmalloc),
		cmocka_unit_test(an_i386_without_a_table),
		cmocka_unit_test(where_the_direct_map_may_end),
		cmocka_unit_test(an_x86_64_map_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
