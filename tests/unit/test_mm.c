/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Address spaces of processes: their tables, whose they are, passes over all of them, the
 * arguments that lie in them, and the page that all have besides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "placed.h"
#include "linux/task/args.h"
#include "linux/task_members.h"
#include "linux/task/mm.h"
#include "linux/task/table_pass.h"
#include "linux/vma/vma.h"

/* Has a macro fail() of its own. */
#include <cmocka.h>

#define NX (UINT64_C(1) << 63)

enum {
	TASKS = 0x4000,
	TASK_SIZE = 0x60,
	MMS = 0x5000,
	MM_SIZE = 0x80,
	/* of a process with isolation: the kernel's table and the user's, and below */
	TOP = 0x6000,
	USER_TOP = 0x7000,
	UPPER = 0x8000,
	MIDDLE = 0x9000,
	LAST = 0xa000,
	DATA = 0xb000, /* what it maps at 40400000, and again behind it */
	PLAIN_TOP = 0xc000,
	PLAIN_UPPER = 0xd000,
	PLAIN_MIDDLE = 0xe000,
	OTHER_TOP = 0xf000,
};

/* The mm_structs: of the processes above, of a table that maps itself and of one that does
 * not, and one without a table. */
enum { MM_ISOLATED, MM_PLAIN, MM_OTHER, MM_EMPTY, MM_WILD, NO_MM };

static const struct placed layout[] = {
	{ TASK_TASKS, 0, 16 },
	{ TASK_PID, 16, 4 },
	{ TASK_TGID, 20, 4 },
	{ TASK_COMM, 24, 16 },
	{ TASK_MM, 40, 8 },
	{ TASK_ACTIVE_MM, 48, 8 },
	{ TASK_SIGNAL, 56, 8 },
	{ TASK_THREAD_NODE, 64, 16 },
	{ SIGNAL_THREAD_HEAD, 80, 16 }, /* a task is its own signal_struct */
	{ MM_PGD, 0, 8 },
	{ MM_ARG_START, 8, 8 },
	{ MM_ARG_END, 16, 8 },
};

static uint64_t mm_at(unsigned int nr)
{
	return nr == NO_MM ? 0 : IMAGE + MMS + MM_SIZE * nr;
}

static uint64_t task_at(unsigned int nr)
{
	return IMAGE + TASKS + TASK_SIZE * nr;
}

static const struct {
	unsigned int mm, active_mm;
} tasks[] = {
	{ NO_MM, NO_MM },
	{ NO_MM, MM_ISOLATED },
	{ MM_ISOLATED, MM_ISOLATED },
	{ MM_ISOLATED, MM_ISOLATED },
	{ NO_MM, MM_OTHER },
	{ MM_PLAIN, MM_PLAIN },
	{ NO_MM, MM_WILD },
	{ MM_WILD, MM_WILD },
};

enum { NR_TASKS = sizeof(tasks) / sizeof(tasks[0]) };

static void put_task(unsigned int nr)
{
	uint64_t at = TASKS + TASK_SIZE * nr;

	put(at, task_at((nr + 1) % NR_TASKS), 8);
	put(at + 8, task_at((nr + NR_TASKS - 1) % NR_TASKS), 8);
	put(at + 16, nr, 4);
	put(at + 20, nr, 4);
	memcpy(image.bytes + MEMORY + at + 24, "task", 5);
	put(at + 40, mm_at(tasks[nr].mm), 8);
	put(at + 48, mm_at(tasks[nr].active_mm), 8);
	put(at + 56, IMAGE + at, 8);
	put(at + 64, IMAGE + at + 80, 8);
	put(at + 72, IMAGE + at + 80, 8);
	put(at + 80, IMAGE + at + 64, 8);
	put(at + 88, IMAGE + at + 64, 8);
}

static void put_tables(uint64_t c)
{
	uint64_t below = P | RW | US | c;

	put(0, LAST | below, 8); /* of no table */
	put(0x1ff8, 0x2000 | P | RW | c, 8);
	put(0x2ff0, 0x3000 | P | RW | c, 8);
	put(0x3000, P | RW | PS | c, 8);
	put(TOP + 0xff8, 0x2000 | P | RW | c, 8);
	put(USER_TOP + 0xff8, 0x2000 | P | RW | c, 8);
	put(TOP, UPPER | below | NX, 8);
	put(USER_TOP, UPPER | below, 8);
	put(UPPER + 8, MIDDLE | below, 8);
	put(MIDDLE + 16, LAST | below, 8);
	put(LAST, DATA | below, 8);
	put(LAST + 8, DATA | below, 8);
	put(PLAIN_TOP + 0xff8, 0x2000 | P | RW | c, 8);
	put(PLAIN_TOP + 8 * 255, PLAIN_UPPER | below, 8);
	put(PLAIN_UPPER + 8 * 511, PLAIN_MIDDLE | below, 8);
	put(OTHER_TOP + 0xff8, 0x2000 | P | RW | c, 8);
}

static void start_with(const char *note, uint64_t c)
{
	static const uint64_t tops[] = { TOP, PLAIN_TOP, OTHER_TOP, PLAIN_MIDDLE };
	char more[200];

	snprintf(more, sizeof(more), "SYMBOL(init_task)=%llx\n%s", (unsigned long long)task_at(0),
		 note);
	memory_start_64("6.1.0", more);
	put_tables(c);
	for (unsigned int i = 0; i < NR_TASKS; i++)
		put_task(i);
	for (unsigned int i = 0; i < 4; i++)
		put(MMS + MM_SIZE * i, IMAGE + tops[i], 8);
	put(MMS + MM_SIZE * MM_WILD, IMAGE + 0x40000000, 8);
}

static void start(void)
{
	start_with("", 0);
}

static struct kernel *open_kernel(void)
{
	return PLACED_OPEN(NULL, layout);
}

static const struct task *task_of(struct kernel *kernel, unsigned int nr)
{
	const struct task_list *list = task_all(kernel, NULL);

	assert_non_null(list);
	assert_int_equal(list->nr, NR_TASKS);
	assert_int_equal(list->task[nr].pid, nr);
	return &list->task[nr];
}

/* --- processes --- */

static void processes_of_tasks(void **state)
{
	static const struct {
		unsigned int mm;
		bool done, borrowed, has_owner, isolated;
		uint64_t root, user_root;
	} rows[] = {
		{ NO_MM, true, false, false, false, 0x1000, 0x1000 },
		{ MM_ISOLATED, true, true, true, true, TOP, USER_TOP },
		{ MM_ISOLATED, true, false, false, true, TOP, USER_TOP },
		{ MM_ISOLATED, true, false, false, true, TOP, USER_TOP },
		{ MM_OTHER, true, true, false, false, OTHER_TOP, OTHER_TOP },
		{ MM_PLAIN, true, false, false, false, PLAIN_TOP, PLAIN_TOP },
		{ MM_WILD, false, true, true, false, 0, 0 },
		{ MM_WILD, false, false, false, false, 0, 0 },
	};
	struct kernel *kernel;

	(void)state;
	start();
	kernel = open_kernel();
	for (unsigned int i = 0; i < NR_TASKS; i++) {
		const struct task *task = task_of(kernel, i);
		struct process process;
		struct error err;

		assert_int_equal(task_process(kernel, task, &process, &err), rows[i].done);
		if (!rows[i].done) {
			assert_int_equal(err.code, ERROR_UNREADABLE);
			continue;
		}
		assert_true(process.has_task);
		assert_int_equal(process.task.pid, i);
		assert_true(process.mm == mm_at(rows[i].mm));
		assert_int_equal(process.borrowed, rows[i].borrowed);
		assert_int_equal(process.has_owner, rows[i].has_owner);
		if (process.has_owner)
			assert_int_equal(process.owner.pid, 2);
		assert_int_equal(process_has_memory(&process), tasks[i].mm != NO_MM);
		assert_int_equal(process.isolated, rows[i].isolated);
		assert_true(process.space.root == rows[i].root);
		assert_true(process.user.root == rows[i].user_root);
		assert_true(process.user_last == 0x7fffffffffff);
		assert_ptr_equal(process_space(&process, 0x7fffffffffff), &process.user);
		assert_ptr_equal(process_space(&process, 0x800000000000), &process.space);
	}
	open_close(kernel);
}

static void processes_of_mms(void **state)
{
	static const struct {
		unsigned int mm;
		int pid; /* -1: no task's; -2: none */
		uint64_t root;
		const char *why;
	} rows[] = {
		{ MM_ISOLATED, 2, TOP, NULL },
		{ MM_PLAIN, 5, PLAIN_TOP, NULL },
		{ MM_OTHER, -1, OTHER_TOP, NULL },
		{ MM_EMPTY, -2, 0, "its page table does not map itself" },
		{ MM_WILD, -2, 0, "is not mapped" },
	};
	struct process process;
	struct kernel *kernel;
	struct error err;

	(void)state;
	start();
	kernel = open_kernel();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool done = task_process_of_mm(kernel, mm_at(rows[i].mm), &process, &err);

		assert_int_equal(done, rows[i].pid > -2);
		if (!done) {
			assert_non_null(strstr(err.message, rows[i].why));
			continue;
		}
		assert_int_equal(process.has_task, rows[i].pid >= 0);
		if (process.has_task)
			assert_int_equal(process.task.pid, rows[i].pid);
		assert_true(process.mm == mm_at(rows[i].mm));
		assert_true(process.space.root == rows[i].root);
	}
	/* 0 is the first task's, which has none */
	assert_true(task_process_of_mm(kernel, 0, &process, &err));
	assert_int_equal(process.task.pid, 0);
	assert_true(process.space.root == 0x1000);
	assert_false(task_process_of_mm(kernel, 0x1234, &process, &err));
	assert_int_equal(err.code, ERROR_NO_ANSWER);
	placed_forget(kernel, MM_PGD);
	assert_false(task_process_of_mm(kernel, mm_at(MM_OTHER), &process, &err));
	assert_false(task_process(kernel, task_of(kernel, 2), &process, &err));
	open_close(kernel);
	start();
	kernel = open_kernel();
	placed_forget(kernel, TASK_PID);
	assert_false(task_process_of_mm(kernel, mm_at(MM_OTHER), &process, &err));
	assert_int_equal(err.code, ERROR_UNKNOWN);
	open_close(kernel);
}

/* The table behind one that has no copy for the user is nobody's. */
static void processes_of_roots(void **state)
{
	static const struct {
		uint64_t cr3, root;
		int pid; /* -1: of no task */
		enum error_code code;
	} rows[] = {
		{ TOP, TOP, 2, 0 },
		{ TOP | 0xfff | NX, TOP, 2, 0 },
		{ USER_TOP, USER_TOP, 2, 0 },
		{ PLAIN_TOP, PLAIN_TOP, 5, 0 },
		{ PLAIN_UPPER, PLAIN_UPPER, -1, 0 },
		{ OTHER_TOP, OTHER_TOP, -1, 0 },
		{ 0x1000, 0x1000, -1, 0 },
		{ 0, 0, -1, 0 },
		{ MEMORY_SIZE, 0, -1, ERROR_UNREADABLE },
		{ UINT64_C(1) << 62, 0, -1, ERROR_USAGE },
	};
	struct kernel *kernel;

	(void)state;
	start();
	kernel = open_kernel();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct process process;
		struct error err;
		bool done = task_process_of_root(kernel, rows[i].cr3, &process, &err);

		assert_int_equal(done, !rows[i].code);
		if (!done) {
			assert_int_equal(err.code, rows[i].code);
			continue;
		}
		assert_int_equal(process.has_task, rows[i].pid >= 0);
		if (process.has_task)
			assert_int_equal(process.task.pid, rows[i].pid);
		assert_true(process.mm == (process.has_task ? process.task.mm : 0));
		assert_true(process.space.root == rows[i].root);
		assert_true(process.user.root == rows[i].root);
		assert_false(process.isolated);
	}
	open_close(kernel);
	/* the first task may have one, as any other */
	start();
	put(TASKS + 40, mm_at(MM_OTHER), 8);
	kernel = open_kernel();
	{
		struct process process;

		assert_true(task_process_of_root(kernel, OTHER_TOP, &process, NULL));
		assert_true(process.has_task);
		assert_int_equal(process.task.pid, 0);
	}
	open_close(kernel);
}

/* i386 tells the halves apart by PAGE_OFFSET. */
static void the_kernels_half(void **state)
{
	struct process process;
	struct kernel *kernel;
	struct error err;
	uint64_t first;

	(void)state;
	start();
	kernel = open_kernel();
	assert_true(task_kernel_half(kernel, &first, NULL));
	assert_true(first == 0xffff800000000000);
	open_close(kernel);
	memory_start_32("6.1.0", "");
	kernel = memory_open(NULL, "page_offset=0xb0000000");
	assert_true(task_kernel_half(kernel, &first, NULL));
	assert_true(first == 0xb0000000);
	assert_true(task_process(kernel, &(struct task){ .pid = 1 }, &process, NULL));
	assert_true(process.user_last == 0xafffffff);
	open_close(kernel);
	memory_start_32("6.1.0", "");
	kernel = memory_open(NULL, "root=0x2000");
	kernel->facts->fact[FACT_PAGE_OFFSET].status = FACT_NOT_KNOWN;
	assert_false(task_kernel_half(kernel, &first, &err));
	assert_int_equal(err.code, ERROR_UNKNOWN);
	assert_false(task_process(kernel, &(struct task){ .pid = 1 }, &process, &err));
	open_close(kernel);
}

/* --- passes --- */

static bool ask(void *arg)
{
	unsigned int *left = arg;

	return !*left || !--*left;
}

static void passes_over_mms(void **state)
{
	static const int pids[] = { 2, 5, 7 };
	struct kernel *kernel;
	struct mm_pass pass;

	(void)state;
	start();
	kernel = open_kernel();
	task_of(kernel, 0);
	for (unsigned int answers = 1; answers < 20; answers++) {
		unsigned int left = answers, nr = 0;
		struct listener listener = { .stop = ask, .arg = &left };
		const struct task *task;

		assert_true(mm_pass_start(&pass, kernel, NULL));
		kernel->listener = &listener;
		while ((task = mm_pass_next(&pass)))
			assert_int_equal(task->pid, pids[nr++]);
		kernel->listener = NULL;
		/* it asks before each task */
		assert_int_equal(nr, answers > 8 ? 3 : answers > 6 ? 2 : answers > 3 ? 1 : 0);
		mm_pass_release(&pass);
	}
	open_close(kernel);
	start();
	kernel = open_kernel();
	placed_forget(kernel, TASK_PID);
	assert_false(mm_pass_start(&pass, kernel, NULL));
	open_close(kernel);
}

struct visited {
	uint64_t paddr, first, last, root;
	unsigned int level;
	int pid; /* -1: the kernel's */
};

struct visits {
	const struct visited *expected;
	size_t nr, most; /* visits, and after how many to end */
};

static bool expect_visit(void *arg, const struct passed_table *table)
{
	struct visits *visits = arg;
	const struct visited *expected = &visits->expected[visits->nr++];

	if (table->paddr != expected->paddr || table->first != expected->first ||
	    table->last != expected->last || table->level != expected->level ||
	    table->space->root != expected->root)
		fail_msg("visit %zu: %llx, level %u, %llx to %llx, in %llx", visits->nr - 1,
			 (unsigned long long)table->paddr, table->level,
			 (unsigned long long)table->first, (unsigned long long)table->last,
			 (unsigned long long)table->space->root);
	assert_int_equal(table->task ? table->task->pid : -1, expected->pid);
	assert_int_equal(table->process != NULL, expected->pid >= 0);
	if (table->process)
		assert_int_equal(table->process->task.pid, expected->pid);
	return visits->nr < visits->most;
}

/* Each once, and the top-level ones as often as they are some process'. */
static const struct visited all[] = {
	{ 0x1000, 0, UINT64_MAX, 0x1000, 0, -1 },
	{ 0x2000, 0xffffff8000000000, UINT64_MAX, 0x1000, 1, -1 },
	{ 0x3000, 0xffffffff80000000, 0xffffffffbfffffff, 0x1000, 2, -1 },
	{ TOP, 0, UINT64_MAX, TOP, 0, 2 },
	{ UPPER, 0, 0x7fffffffff, TOP, 1, 2 },
	{ MIDDLE, 0x40000000, 0x7fffffff, TOP, 2, 2 },
	{ LAST, 0x40400000, 0x405fffff, TOP, 3, 2 },
	{ USER_TOP, 0, UINT64_MAX, USER_TOP, 0, 2 },
	{ PLAIN_TOP, 0, UINT64_MAX, PLAIN_TOP, 0, 5 },
	{ PLAIN_UPPER, 0x7f8000000000, 0x7fffffffffff, PLAIN_TOP, 1, 5 },
	{ PLAIN_MIDDLE, 0x7fffc0000000, 0x7fffffffffff, PLAIN_TOP, 2, 5 },
};

static const struct visited roots[] = {
	{ 0x1000, 0, UINT64_MAX, 0x1000, 0, -1 },
	{ TOP, 0, UINT64_MAX, TOP, 0, 2 },
	{ USER_TOP, 0, UINT64_MAX, USER_TOP, 0, 2 },
	{ PLAIN_TOP, 0, UINT64_MAX, PLAIN_TOP, 0, 5 },
};

static void expect_pass(struct kernel *kernel, const struct visited *expected, size_t nr,
			bool roots_only)
{
	for (size_t most = 1; most <= nr + 1; most++) {
		struct visits visits = { .expected = expected, .most = most };
		struct table_pass pass = {
			.kernel = kernel,
			.roots_only = roots_only,
			.visit = expect_visit,
			.arg = &visits,
		};

		assert_int_equal(table_pass_all(&pass), most > nr);
		assert_int_equal(visits.nr, most > nr ? nr : most);
		table_pass_release(&pass);
	}
}

static void passes_over_tables(void **state)
{
	struct kernel *kernel;

	(void)state;
	start();
	kernel = open_kernel();
	expect_pass(kernel, all, sizeof(all) / sizeof(all[0]), false);
	expect_pass(kernel, roots, sizeof(roots) / sizeof(roots[0]), true);
	placed_forget(kernel, MM_PGD);
	expect_pass(kernel, all, 3, false);
	open_close(kernel);
	start();
	kernel = open_kernel();
	placed_forget(kernel, TASK_PID);
	expect_pass(kernel, all, 3, false);
	open_close(kernel);
}

/* Bit 47 marks encrypted memory. */
static void passes_over_encrypted_tables(void **state)
{
	struct kernel *kernel;

	(void)state;
	start_with("NUMBER(sme_mask)=140737488355328\n", UINT64_C(1) << 47);
	kernel = open_kernel();
	expect_pass(kernel, all, sizeof(all) / sizeof(all[0]), false);
	open_close(kernel);
}

/* A table that leads to itself is one of each level, once. What is not in the dump has no
 * entries, and a stop ends it all. */
static void passes_over_damaged_tables(void **state)
{
	static const struct visited expected[] = {
		{ PLAIN_TOP, 0, UINT64_MAX, PLAIN_TOP, 0, -1 },
		{ PLAIN_TOP, 0, 0x7fffffffff, PLAIN_TOP, 1, -1 },
		{ PLAIN_TOP, 0, 0x3fffffff, PLAIN_TOP, 2, -1 },
		{ PLAIN_TOP, 0, 0x1fffff, PLAIN_TOP, 3, -1 },
		{ MEMORY_SIZE, 0x200000, 0x3fffff, PLAIN_TOP, 3, -1 },
		{ MEMORY_SIZE, 0x40000000, 0x7fffffff, PLAIN_TOP, 2, -1 },
		{ MEMORY_SIZE, 0x8000000000, 0xffffffffff, PLAIN_TOP, 1, -1 },
	};
	enum { NR = sizeof(expected) / sizeof(expected[0]) };
	struct visits visits = { .expected = expected, .most = NR + 1 };
	struct table_pass pass = { .visit = expect_visit, .arg = &visits };
	unsigned int left = 1;
	struct listener listener = { .stop = ask, .arg = &left };
	struct space space;

	(void)state;
	start();
	memset(image.bytes + MEMORY + PLAIN_TOP, 0, 0x1000);
	put(PLAIN_TOP, PLAIN_TOP | P | RW, 8);
	put(PLAIN_TOP + 8, MEMORY_SIZE | P | RW, 8);
	pass.kernel = open_kernel();
	space = *kernel_space(pass.kernel, NULL);
	space.root = PLAIN_TOP;
	assert_true(table_pass_space(&pass, &space));
	assert_int_equal(visits.nr, NR);
	/* all seen but the top */
	visits.nr = 0;
	assert_true(table_pass_space(&pass, &space));
	assert_int_equal(visits.nr, 1);
	table_pass_release(&pass);
	visits.nr = 0;
	pass.seen = (struct address_set){ 0 };
	pass.kernel->listener = &listener;
	assert_true(table_pass_space(&pass, &space));
	assert_int_equal(visits.nr, 2);
	pass.kernel->listener = NULL;
	table_pass_release(&pass);
	open_close(pass.kernel);
}

/* Two levels, and no address is extended. */
static void passes_over_tables_of_i386(void **state)
{
	static const struct visited expected[] = {
		{ 0x1000, 0, UINT32_MAX, 0x1000, 0, -1 },
		{ 0x3000, 0x7fc00000, 0x7fffffff, 0x1000, 1, -1 },
		{ 0x2000, 0xffc00000, 0xffffffff, 0x1000, 1, -1 },
	};
	struct visits visits = { .expected = expected, .most = 9 };
	struct table_pass pass = { .visit = expect_visit, .arg = &visits };

	(void)state;
	memory_start_32("6.1.0", "");
	put(0x1000 + 4 * 1023, 0x2000 | P | RW, 4);
	put(0x1000 + 4 * 511, 0x3000 | P | RW, 4);
	pass.kernel = memory_open(NULL, NULL);
	assert_true(table_pass_all(&pass));
	assert_int_equal(visits.nr, 3);
	table_pass_release(&pass);
	open_close(pass.kernel);
}

/* --- arguments --- */

#define ARGS UINT64_C(0x40400000)

static void arguments(void **state)
{
	static const struct {
		unsigned int task;
		uint64_t start, end;
		bool done, cut;
		size_t size;
		enum error_code code;
	} rows[] = {
		{ 2, ARGS, ARGS, true, false, 0, 0 },
		{ 2, ARGS, ARGS + 8, true, false, 8, 0 },
		{ 2, ARGS, ARGS + 7, true, false, 7, 0 },
		{ 2, ARGS, ARGS + 6, true, false, 7, 0 },
		{ 2, ARGS, ARGS + 1, true, false, 2, 0 },
		{ 2, ARGS, ARGS + 4095, true, false, 4096, 0 },
		{ 2, ARGS, ARGS + 4096, true, false, 4097, 0 },
		{ 2, ARGS, ARGS + 4097, true, true, 4097, 0 },
		{ 2, ARGS + 2, ARGS + 0x10000000, true, true, 4097, 0 },
		{ 2, ARGS + 3, ARGS + 0x10000000, true, true, 4096, 0 },
		{ 2, ARGS + 8, ARGS + 7, false, false, 0, ERROR_FORMAT },
		{ 2, ARGS, 0x7fffffffffff, true, true, 4097, 0 },
		{ 2, ARGS, 0x800000000000, false, false, 0, ERROR_FORMAT },
		{ 2, ARGS - 1, ARGS + 8, false, false, 0, ERROR_UNREADABLE },
		{ 1, ARGS, ARGS + 8, false, false, 0, ERROR_NO_ANSWER },
		{ 7, ARGS, ARGS + 8, false, false, 0, ERROR_UNREADABLE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct task_args args;
		struct kernel *kernel;
		struct error err;
		bool done;

		start();
		memset(image.bytes + MEMORY + DATA, 'x', 0x1000);
		memcpy(image.bytes + MEMORY + DATA, "ls\0-la\0", 8);
		put(MMS + MM_SIZE * MM_ISOLATED + 8, rows[i].start, 8);
		put(MMS + MM_SIZE * MM_ISOLATED + 16, rows[i].end, 8);
		kernel = open_kernel();
		done = task_args_read(kernel, task_of(kernel, rows[i].task), &args, &err);
		if (done != rows[i].done || (!done && err.code != rows[i].code))
			fail_msg("row %zu: %s", i, done ? "" : err.message);
		assert_int_equal(args.cut, rows[i].cut);
		assert_int_equal(args.size, rows[i].size);
		if (args.size)
			assert_int_equal(args.text[args.size - 1], '\0');
		placed_forget(kernel, i % 2 ? MM_ARG_START : MM_ARG_END);
		assert_false(task_args_read(kernel, task_of(kernel, rows[i].task), &args, &err));
		open_close(kernel);
	}
}

static void arguments_one_by_one(void **state)
{
	static const struct task_args args = { .text = "ls\0\0-la", .size = 8 };
	const char *arg = task_args_next(&args, NULL);

	(void)state;
	assert_string_equal(arg, "ls");
	arg = task_args_next(&args, arg);
	assert_string_equal(arg, "");
	arg = task_args_next(&args, arg);
	assert_string_equal(arg, "-la");
	assert_null(task_args_next(&args, arg));
	assert_null(task_args_next(&(struct task_args){ .size = 0 }, NULL));
}

/* --- the vsyscall page --- */

/* get_gate_vma(): by a flag of the mm since 5.12 (ff170cd05953), by the process' word size
 * before; with vsyscall=none there is none. */
static void gates(void **state)
{
	enum { GATE = 0x4800, MODE = 0x4900, UNKNOWN = -1 };
	static const struct {
		int mode, compat, flags;
		bool gate;
	} rows[] = {
		{ 0, UNKNOWN, 2, true },
		{ 1, UNKNOWN, 2, true },
		{ 2, UNKNOWN, 2, false },
		{ 3, UNKNOWN, 2, true },
		{ 0x1000002, UNKNOWN, 2, true },
		{ UNKNOWN, UNKNOWN, 2, true },
		{ UNKNOWN, UNKNOWN, 3, true },
		{ UNKNOWN, UNKNOWN, 1, false },
		{ UNKNOWN, UNKNOWN, 0, false },
		{ UNKNOWN, UNKNOWN, 5, false },
		{ UNKNOWN, UNKNOWN, UNKNOWN, false },
		{ 0, 0, 0, true },
		{ 0, 0, UNKNOWN, true },
		{ 0, 1, 2, false },
		{ 0, 2, 2, false },
		{ 2, 0, 2, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		struct vma_list list;
		struct error err;

		start_with(rows[i].mode < 0 ? "SYMBOL(gate_vma)=ffffffff80004800\n" :
					      "SYMBOL(gate_vma)=ffffffff80004800\n"
					      "SYMBOL(vsyscall_mode)=ffffffff80004900\n",
			   0);
		put(GATE, 0xffffffffff600000, 8);
		put(GATE + 8, 0xffffffffff601000, 8);
		put(GATE + 16, 5, 8);
		put(MODE, (uint64_t)rows[i].mode, 4);
		put(MODE + 4, 0x77, 4); /* is another variable's */
		put(MMS + 0x20, (uint64_t)rows[i].compat, 4);
		put(MMS + 0x28, (uint64_t)rows[i].flags, 4);
		kernel = open_kernel();
		placed_set(kernel, MM_MMAP, 0x30, 8);
		placed_set(kernel, VMA_START, 0, 8);
		placed_set(kernel, VMA_END, 8, 8);
		placed_set(kernel, VMA_FLAGS, 16, 8);
		placed_set(kernel, VMA_PGOFF, 24, 8);
		placed_set(kernel, VMA_FILE, 32, 8);
		placed_set(kernel, VMA_MM, 40, 8); /* the gate's is NULL */
		if (rows[i].compat >= 0)
			placed_set(kernel, MM_IA32_COMPAT, 0x20, 4);
		if (rows[i].flags >= 0)
			placed_set(kernel, MM_CONTEXT_FLAGS, 0x28, 4);
		assert_true(vma_each(kernel, IMAGE + MMS, &list, &err));
		if (list.nr != rows[i].gate)
			fail_msg("row %zu", i);
		if (list.nr) {
			char rights[5];

			assert_true(list.vma->first == 0xffffffffff600000);
			assert_true(list.vma->last == 0xffffffffff600fff);
			vma_rights(list.vma, rights);
			assert_string_equal(rights, "r-xp");
		}
		vma_list_release(&list);
		placed_forget(kernel, VMA_END);
		assert_int_equal(vma_each(kernel, IMAGE + MMS, &list, &err), !rows[i].gate);
		vma_list_release(&list);
		open_close(kernel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(processes_of_tasks),
		cmocka_unit_test(processes_of_mms),
		cmocka_unit_test(processes_of_roots),
		cmocka_unit_test(the_kernels_half),
		cmocka_unit_test(passes_over_mms),
		cmocka_unit_test(passes_over_tables),
		cmocka_unit_test(passes_over_encrypted_tables),
		cmocka_unit_test(passes_over_damaged_tables),
		cmocka_unit_test(passes_over_tables_of_i386),
		cmocka_unit_test(arguments),
		cmocka_unit_test(arguments_one_by_one),
		cmocka_unit_test(gates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
