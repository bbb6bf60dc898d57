/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of tasks that are valid, cut off, circular or damaged. */
#include "kernel/kernel.h"
#include "open/open.h"
#include "linux/task_members.h"
#include "linux/task/task.h"
#include "made_tasks.h"
#include "placed.h"

#include "unit.h"

/* Number of places where lists are cut off; 0: one if there is damage. */
static unsigned int nr_cuts;

/* Expects these tasks, and this damage of the list. Damage that is caused by missing CPUs is
 * ignored. */
static void expect_tasks(struct kernel *kernel, const int *pids, size_t nr, const char *damage)
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
	assert_int_equal(cut, nr_cuts ? nr_cuts : told);
	open_close(kernel);
}

static void whole_list(void **state)
{
	const int pids[] = { 0, 1, 2, 3 };

	(void)state;
	start();
	put_tasks(4);
	expect_tasks(open_kernel(), pids, 4, NULL);
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

/* Tasks after the cut are found from the other end of the list. */
static void cut_list(void **state)
{
	const int pids[] = { 0, 1, 4, 3, 2 };

	(void)state;
	start();
	put_tasks(5);
	put64(task_at(1), 0x1234);
	expect_tasks(open_kernel(), pids, 5, "is cut after its entry at ffffffff80004060");
}

static void looping_list(void **state)
{
	const int pids[] = { 0, 1, 2, 4, 3 };

	(void)state;
	start();
	put_tasks(5);
	put64(task_at(2), VIRTUAL + task_at(1));
	expect_tasks(open_kernel(), pids, 5,
		     "task ffffffff80004060, which points back to ffffffff80004000");
}

/* A task whose next pointer points to the task. The tasks after it are found from the other end. */
static void entry_that_leads_to_itself(void **state)
{
	const int pids[] = { 0, 1, 2, 4, 3 };

	(void)state;
	start();
	put_tasks(5);
	put64(task_at(2), VIRTUAL + task_at(2));
	expect_tasks(open_kernel(), pids, 5,
		     "is cut after its entry at ffffffff800040c0: this entry points to itself");
}

/* If only the prev pointer of a task is damaged, the task is still in the list. */
static void damaged_back_pointer(void **state)
{
	const int pids[] = { 0, 1, 4, 3, 2 };

	(void)state;
	start();
	put_tasks(5);
	put64(task_at(2) + 8, 0x1234);
	nr_cuts = 2; /* both in the forward and in the backward direction */
	expect_tasks(open_kernel(), pids, 5, "task ffffffff800040c0, which points back to 1234");
	nr_cuts = 0;
}

/* A next pointer that skips tasks. The task to which it points does not end the search from the
 * other end. */
static void skipped_tasks(void **state)
{
	const int pids[] = { 0, 1, 5, 4, 3, 2 };

	(void)state;
	start();
	put_tasks(6);
	put64(task_at(1), VIRTUAL + task_at(4));
	expect_tasks(open_kernel(), pids, 6,
		     "task ffffffff80004180, which points back to ffffffff80004120");
}

static void damaged_members(void **state)
{
	const int pids[] = { 0, 1 }, named[] = { 0, 1, 3 };

	(void)state;
	start();
	put_tasks(3);
	put32(task_at(2) + 16, 5 << 20);
	expect_tasks(open_kernel(), pids, 2, "is not a task: its pid would be 5242880");
	start();
	put_tasks(4);
	memset(image.bytes + MEMORY + task_at(2) + 24, 'x', 16);
	expect_tasks(open_kernel(), named, 3, "is not a task: its comm has no end");
}

/* If a list is cut in two places, both are reported, and the tasks between the two are unknown. */
static void two_damaged_tasks(void **state)
{
	const int pids[] = { 0, 1, 5 };

	(void)state;
	start();
	put_tasks(6);
	put32(task_at(2) + 16, 5 << 20);
	put32(task_at(4) + 16, 6 << 20);
	nr_cuts = 2;
	expect_tasks(open_kernel(), pids, 3, "its pid would be 6291456");
	expect_tasks(open_kernel(), pids, 3, "its pid would be 5242880");
	nr_cuts = 0;
}

/* In one direction, there is no other thread. In the other direction, the entry is not a thread. */
static void a_thread_list_of_two_minds(void **state)
{
	const int pids[] = { 0, 1, 2 };

	(void)state;
	start();
	put_tasks(3);
	put64(task_at(1) + 72, 0x1234);
	expect_tasks(open_kernel(), pids, 3, "points back to 1234");
	start();
	put_tasks(3);
	put64(task_at(1) + 64, 0x1234);
	expect_tasks(open_kernel(), pids, 3, "the list of threads is cut");
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
		cmocka_unit_test(whole_list),
		cmocka_unit_test(threads_of_one),
		cmocka_unit_test(cut_list),
		cmocka_unit_test(looping_list),
		cmocka_unit_test(entry_that_leads_to_itself),
		cmocka_unit_test(damaged_back_pointer),
		cmocka_unit_test(skipped_tasks),
		cmocka_unit_test(damaged_members),
		cmocka_unit_test(two_damaged_tasks),
		cmocka_unit_test(a_thread_list_of_two_minds),
		cmocka_unit_test(pids_of_tasks),
		cmocka_unit_test(threads_behind_a_damaged_one),
		cmocka_unit_test(threads_in_a_ring),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
