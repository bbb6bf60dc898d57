/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passes over the address spaces of all processes. */
#include "linux/task_members.h"
#include "linux/task/mm.h"
#include "linux/task/table_pass.h"
#include "made_mm.h"
#include "placed.h"
#include "stop.h"

#include "unit.h"

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
		struct listener listener = { .stop = stop_after, .arg = &left };
		const struct task *task;

		assert_true(mm_pass_start(&pass, kernel, NULL));
		kernel->listener = &listener;
		while ((task = mm_pass_next(&pass)))
			assert_int_equal(task->pid, pids[nr++]);
		kernel->listener = NULL;
		/* it is asked before each task */
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
	int pid; /* -1: the kernel */
};

struct visits {
	const struct visited *expected;
	size_t nr, most; /* number of visits, and after how many visits to stop */
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

/* Each table is visited once. A top-level table is visited once for each process that uses it. */
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

/* A table that points to itself is visited once at each level. A table that is not in the dump has
 * no entries. A stop ends the whole pass. */
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
	struct listener listener = { .stop = stop_after, .arg = &left };
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
	/* all tables except the top-level one were visited */
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

/* Two levels, and addresses are not sign-extended. */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(passes_over_mms),
		cmocka_unit_test(passes_over_tables),
		cmocka_unit_test(passes_over_encrypted_tables),
		cmocka_unit_test(passes_over_damaged_tables),
		cmocka_unit_test(passes_over_tables_of_i386),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
