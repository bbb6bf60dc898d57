/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command-line arguments of processes, and the vsyscall page that all processes have. */
#include "linux/task/task_info.h"
#include "linux/task_members.h"
#include "linux/vma/vma.h"
#include "made_mm.h"
#include "placed.h"

#include "unit.h"

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
		done = task_args_read(kernel, task_of(kernel, rows[i].task), false, &args, &err);
		if (done != rows[i].done || (!done && err.code != rows[i].code))
			fail_msg("row %zu: %s", i, done ? "" : err.message);
		assert_int_equal(args.cut, rows[i].cut);
		assert_int_equal(args.size, rows[i].size);
		if (args.size)
			assert_int_equal(args.text[args.size - 1], '\0');
		placed_forget(kernel, i % 2 ? MM_ARG_START : MM_ARG_END);
		assert_false(
			task_args_read(kernel, task_of(kernel, rows[i].task), false, &args, &err));
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

/* get_gate_vma() checks a flag of the mm since 5.12 (ff170cd05953), and before that the word size
 * of the process. With vsyscall=none there is no such page. */
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
		put(MODE + 4, 0x77, 4); /* belongs to another variable */
		put(MMS + 0x20, (uint64_t)rows[i].compat, 4);
		put(MMS + 0x28, (uint64_t)rows[i].flags, 4);
		kernel = open_kernel();
		placed_set(kernel, MM_MMAP, 0x30, 8);
		placed_set(kernel, VMA_START, 0, 8);
		placed_set(kernel, VMA_END, 8, 8);
		placed_set(kernel, VMA_FLAGS, 16, 8);
		placed_set(kernel, VMA_PGOFF, 24, 8);
		placed_set(kernel, VMA_FILE, 32, 8);
		placed_set(kernel, VMA_MM, 40, 8); /* this member is NULL in the gate */
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
		cmocka_unit_test(arguments),
		cmocka_unit_test(arguments_one_by_one),
		cmocka_unit_test(gates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
