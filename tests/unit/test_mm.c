/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Address spaces of processes: their tables and their owners. */
#include "linux/task_members.h"
#include "linux/task/mm.h"
#include "made_mm.h"
#include "placed.h"

#include "unit.h"

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
		int pid; /* -1: of no task; -2: no process */
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
	/* 0 is the mm of the first task, which has no address space */
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

/* Before 2.6.11, mm_struct.pgd of x86-64 is the table to which the first top-level entry of a CPU's
 * table points. */
static void roots_without_their_top_level(void **state)
{
	struct kernel *kernel;
	struct error err;
	struct process process;
	uint64_t first, root;

	(void)state;
	start();
	kernel = open_kernel();
	kernel->facts->fact[FACT_PAGE_OFFSET] =
		(struct fact){ .status = FACT_KNOWN, .value = 0x10000000000 };
	assert_false(task_mm_root(kernel, mm_at(MM_OTHER), &root, &err));
	assert_int_equal(err.code, ERROR_UNKNOWN);
	assert_true(task_kernel_half(kernel, &first, &err));
	assert_true(first == 0x10000000000);
	assert_true(task_process_of_root(kernel, OTHER_TOP, &process, &err));
	assert_true(process.user_last == 0xffffffffff);
	open_close(kernel);
}

/* If a table has no copy for user mode, the page after it belongs to no process. */
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
	/* the first task may have an address space, as any other task */
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

/* On i386, PAGE_OFFSET is the border between the halves. */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(processes_of_tasks),
		cmocka_unit_test(processes_of_mms),
		cmocka_unit_test(roots_without_their_top_level),
		cmocka_unit_test(processes_of_roots),
		cmocka_unit_test(the_kernels_half),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
