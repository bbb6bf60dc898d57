/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of tasks that are valid, cut off, circular or damaged. */
#include "kernel/kernel.h"
#include "open/open.h"
#include "linux/task_members.h"
#include "linux/task/task.h"
#include "made_tasks.h"
#include "placed.h"

#include "unit.h"

#define XXXXXXXX 0x7878787878787878

/* Expects these tasks, and this damage of the list, which cuts it in so many places. Damage that is
 * caused by missing CPUs is ignored. */
static void expect_cuts(struct kernel *kernel, const int *pids, size_t nr, const char *damage,
			unsigned int nr_cuts)
{
	struct error err = { .message = "" };
	const struct task_list *list = task_all(kernel, &err);
	unsigned int told = 0, cut = 0;

	if (!list)
		fail_msg("%s", err.message);
	assert_int_equal(list->nr, nr);
	for (size_t i = 0; i < nr; i++)
		assert_int_equal(list->task[i].pid, pids[i]);
	for (size_t i = 0; i < list->damages.nr; i++) {
		const char *message = list->damages.error[i].message;

		told += damage && strstr(message, damage);
		cut += strstr(message, "is cut after") != NULL;
	}
	/* reported once, even if both directions of a list end there */
	assert_int_equal(told, damage != NULL);
	assert_int_equal(cut, nr_cuts);
	open_close(kernel);
}

static void expect_tasks(struct kernel *kernel, const int *pids, size_t nr, const char *damage)
{
	expect_cuts(kernel, pids, nr, damage, damage != NULL);
}

/* The tasks 0 to nr - 1, in which words are overwritten, and the pids that are found then. */
static const struct {
	const char *what;
	unsigned int nr;
	struct {
		unsigned int task, offset;
		uint64_t value;
		size_t size; /* 0: this and all later rows are not used */
	} words[2];
	size_t nr_pids;
	int pids[6];
	const char *damage;
	unsigned int nr_cuts;
} lists[] = {
	// clang-format off
	{ "whole", 4, { { 0 } }, 4, { 0, 1, 2, 3 }, NULL, 0 },
	/* Tasks after the cut are found from the other end of the list. */
	{ "cut", 5, { { 1, 0, 0x1234, 8 } }, 5, { 0, 1, 4, 3, 2 },
	  "is cut after its entry at ffffffff80004060", 1 },
	{ "a loop", 5, { { 2, 0, VIRTUAL + TASK + TASK_SIZE, 8 } }, 5, { 0, 1, 2, 4, 3 },
	  "task ffffffff80004060, which points back to ffffffff80004000", 1 },
	/* A task whose next pointer points to the task. */
	{ "an entry that leads to itself", 5, { { 2, 0, VIRTUAL + TASK + 2 * TASK_SIZE, 8 } },
	  5, { 0, 1, 2, 4, 3 },
	  "is cut after its entry at ffffffff800040c0: this entry points to itself", 1 },
	/* If only the prev pointer of a task is damaged, the task is still in the list, which is
	 * cut both in the forward and in the backward direction. */
	{ "a damaged back pointer", 5, { { 2, 8, 0x1234, 8 } }, 5, { 0, 1, 4, 3, 2 },
	  "task ffffffff800040c0, which points back to 1234", 2 },
	/* A next pointer that skips tasks. The task to which it points does not end the search from
	 * the other end. */
	{ "skipped tasks", 6, { { 1, 0, VIRTUAL + TASK + 4 * TASK_SIZE, 8 } },
	  6, { 0, 1, 5, 4, 3, 2 },
	  "task ffffffff80004180, which points back to ffffffff80004120", 1 },
	{ "a damaged pid", 3, { { 2, 16, 5 << 20, 4 } }, 2, { 0, 1 },
	  "is not a task: its pid would be 5242880", 1 },
	{ "a damaged comm", 4, { { 2, 24, XXXXXXXX, 8 }, { 2, 32, XXXXXXXX, 8 } }, 3, { 0, 1, 3 },
	  "is not a task: its comm has no end", 1 },
	/* If a list is cut in two places, both are reported, and the tasks between the two are
	 * unknown. */
	{ "two damaged tasks", 6, { { 2, 16, 5 << 20, 4 }, { 4, 16, 6 << 20, 4 } }, 3, { 0, 1, 5 },
	  "its pid would be 6291456", 2 },
	{ "two damaged tasks", 6, { { 2, 16, 5 << 20, 4 }, { 4, 16, 6 << 20, 4 } }, 3, { 0, 1, 5 },
	  "its pid would be 5242880", 2 },
	/* In one direction, there is no other thread. In the other direction, the entry is not a
	 * thread. */
	{ "threads, forward", 3, { { 1, 72, 0x1234, 8 } }, 3, { 0, 1, 2 },
	  "points back to 1234", 1 },
	{ "threads, backward", 3, { { 1, 64, 0x1234, 8 } }, 3, { 0, 1, 2 },
	  "the list of threads is cut", 1 },
	// clang-format on
};

static void lists_of_tasks(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		print_message("%s\n", lists[i].what);
		start();
		put_tasks(lists[i].nr);
		for (size_t w = 0; w < 2 && lists[i].words[w].size; w++)
			put(task_at(lists[i].words[w].task) + lists[i].words[w].offset,
			    lists[i].words[w].value, lists[i].words[w].size);
		expect_cuts(open_kernel(), lists[i].pids, lists[i].nr_pids, lists[i].damage,
			    lists[i].nr_cuts);
	}
}

static void threads_of_one(void **state)
{
	const int pids[] = { 0, 1, 7, 2 };

	(void)state;
	start();
	put_tasks(3);
	put_task(7, 7, 7);
	put32(task_at(7) + 20, 1);
	put64(task_at(7) + 56, VIRTUAL + task_at(1)); /* the signal_struct of this task */
	/* the list has the head, 1 and 7 */
	put64(task_at(1) + 80, VIRTUAL + task_at(1) + 64);
	put64(task_at(1) + 64, VIRTUAL + task_at(7) + 64);
	put64(task_at(7) + 64, VIRTUAL + task_at(1) + 80);
	put64(task_at(7) + 72, VIRTUAL + task_at(1) + 64);
	put64(task_at(1) + 72, VIRTUAL + task_at(1) + 80);
	put64(task_at(1) + 88, VIRTUAL + task_at(7) + 64);
	expect_tasks(open_kernel(), pids, 4, NULL);
}

/* PID_MAX_LIMIT is the first number that no task has. It is accepted. */
static void pids_of_tasks(void **state)
{
	static const struct {
		uint32_t pid, tgid;
		bool is_task;
	} rows[] = {
		{ 4194304, 4194304, true }, { 4194305, 1, false },    { 1, 4194305, false },
		{ UINT32_MAX, 1, false },   { 1, UINT32_MAX, false }, { 0, 0, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const int pids[] = { 0, (int)rows[i].pid };

		start();
		put_tasks(2);
		put32(task_at(1) + 16, rows[i].pid);
		put32(task_at(1) + 20, rows[i].tgid);
		expect_tasks(open_kernel(), pids, 1 + rows[i].is_task,
			     rows[i].is_task ? NULL : "is not a task: its pid");
	}
}

/* Threads after a damaged thread are found from the other end of the list. */
static void threads_behind_a_damaged_one(void **state)
{
	const int pids[] = { 0, 1, 9, 7 };

	(void)state;
	start();
	put_tasks(2);
	for (unsigned int nr = 7; nr < 10; nr++) {
		put_task(nr, nr, nr);
		put32(task_at(nr) + 20, 1);
		put64(task_at(nr) + 56, VIRTUAL + task_at(1));
	}
	/* the list has the head, 1, 7, 8 and 9, but 8 is not a thread */
	put64(task_at(1) + 80, VIRTUAL + task_at(1) + 64);
	put64(task_at(1) + 64, VIRTUAL + task_at(9) + 64);
	put64(task_at(1) + 72, VIRTUAL + task_at(1) + 80);
	put64(task_at(9) + 64, VIRTUAL + task_at(8) + 64);
	put64(task_at(9) + 72, VIRTUAL + task_at(1) + 64);
	put32(task_at(8) + 16, 5 << 20);
	put64(task_at(8) + 72, VIRTUAL + task_at(9) + 64);
	put64(task_at(7) + 64, VIRTUAL + task_at(1) + 80);
	put64(task_at(7) + 72, VIRTUAL + task_at(8) + 64);
	put64(task_at(1) + 88, VIRTUAL + task_at(7) + 64);
	expect_tasks(open_kernel(), pids, 4, "the list of threads is cut after");
}

/* Threads in a circular list without a head: thread_group, which is the only list until 3.14; and
 * until 2.6.17 (47e65328a7b1), the second element of a task's pids, if types give the place of the
 * list in pids. */
static void threads_in_a_ring(void **state)
{
	enum { GROUP = 64, PIDS = 56, PID_SIZE = 4 };
	static const struct {
		uint32_t pids, list, list_size; /* the size of pids[], and the place of its lists */
		const char *note;
		bool group, found;
	} rows[] = {
		{ 0, 0, 0, "", true, true },
		{ 0, 0, 0, "", false, false },
		{ 24, 4, 16, "SIZE(pid)=4\n", false, true },
		{ 23, 4, 16, "SIZE(pid)=4\n", false, false },
		{ 23, 4, 16, "SIZE(pid)=4\n", true, true },
		{ 24, 4, 16, "", false, false },
		{ 24, 4, 16, "", true, true },
		{ 24, 4, 12, "SIZE(pid)=4\n", true, true },
		{ 3, 4, 16, "SIZE(pid)=4\n", true, true },
		{ 0, 4, 16, "SIZE(pid)=4\n", true, true },
		{ 24, 0, 0, "SIZE(pid)=4\n", true, true },
		{ 24, 4, 16, "SIZE(pid)=18446744073709551612\n", true, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const int pids[] = { 0, 1, 7, 2 };
		struct kernel *kernel;
		char whole[400];

		snprintf(whole, sizeof(whole), "%s%s", note, rows[i].note);
		memory_start(false, whole);
		put_memory();
		put_tasks(3);
		put_task(7, 7, 7);
		put32(task_at(7) + 20, 1);
		for (unsigned int nr = 0; nr < 3; nr++) {
			put64(task_at(nr) + 64, VIRTUAL + task_at(nr) + 64);
			put64(task_at(nr) + 72, VIRTUAL + task_at(nr) + 64);
		}
		put64(task_at(1) + 64, VIRTUAL + task_at(7) + 64);
		put64(task_at(1) + 72, VIRTUAL + task_at(7) + 64);
		put64(task_at(7) + 64, VIRTUAL + task_at(1) + 64);
		put64(task_at(7) + 72, VIRTUAL + task_at(1) + 64);
		kernel = open_kernel();
		placed_forget(kernel, SIGNAL_THREAD_HEAD);
		placed_forget(kernel, TASK_THREAD_NODE);
		placed_set(kernel, TASK_SIGNAL, 88, 8);
		if (rows[i].pids)
			placed_set(kernel, TASK_PIDS, PIDS, rows[i].pids);
		if (rows[i].list)
			placed_set(kernel, PID_LIST, rows[i].list, rows[i].list_size);
		if (rows[i].group)
			placed_set(kernel, TASK_THREAD_GROUP, GROUP, 16);
		if (rows[i].found) {
			expect_tasks(kernel, pids, 4, NULL);
			continue;
		}
		assert_null(task_all(kernel, NULL));
		open_close(kernel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_of_tasks),    cmocka_unit_test(threads_of_one),
		cmocka_unit_test(pids_of_tasks),     cmocka_unit_test(threads_behind_a_damaged_one),
		cmocka_unit_test(threads_in_a_ring),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
