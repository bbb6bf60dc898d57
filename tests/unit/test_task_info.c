/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts in a task_struct, in all eras and layouts: state, CPU and parent. */
#include "made_task_info.h"

/* --- state --- */

/* include/linux/sched.h; TASK_PARKED 8ef9925b02c2 (4.14), TASK_RTLOCK_WAIT 5.15. */
static void states(void **state)
{
	static const struct {
		const char *release;
		uint32_t state, exit;
		char letter;
	} rows[] = {
		{ "6.1.0", 0, 0, 'R' },	       { "6.1.0", 1, 0, 'S' },
		{ "6.1.0", 2, 0, 'D' },	       { "6.1.0", 4, 0, 'T' },
		{ "6.1.0", 8, 0, 't' },	       { "6.1.0", 0xc, 0, 't' },
		{ "6.1.0", 0x10, 0, 'R' },     { "6.1.0", 0x20, 0, 'R' },
		{ "6.1.0", 0x40, 0, 'P' },     { "6.1.0", 0x80, 0, 'R' },
		{ "6.1.0", 0x100, 0, 'R' },    { "6.1.0", 0x102, 0, 'D' },
		{ "6.1.0", 0x104, 0, 'T' },    { "6.1.0", 0x200, 0, 'R' },
		{ "6.1.0", 0x400, 0, 'R' },    { "6.1.0", 0x402, 0, 'I' },
		{ "6.1.0", 0x401, 0, 'S' },    { "6.1.0", 0x800, 0, 'R' },
		{ "6.1.0", 0x1000, 0, 'D' },   { "6.1.0", 0x2000, 0, 'R' },
		{ "6.1.0", 0x2001, 0, 'S' },   { "6.1.0", 0, 0x10, 'Z' },
		{ "6.1.0", 1, 0x20, 'Z' },     { "6.1.0", 0x80, 1, 'Z' },
		{ "4.14.0", 0x40, 0, 'P' },    { "4.14.0", 0x200, 0, 'R' },
		{ "4.13.16", 0x40, 0, 'R' },   { "4.13.16", 0x200, 0, 'P' },
		{ "4.13.255", 0x200, 0, 'P' }, { "4.13.16", 1, 0, 'S' },
		{ "", 0x40, 0, 'P' },	       { "", 0x200, 0, 'R' },
	};
	static const struct placed members[] = {
		{ TASK_STATE, 0, 4 },
		{ TASK_EXIT_STATE, 8, 4 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		char letter;

		memory_start_64(rows[i].release, "");
		put(TASK, rows[i].state, 4);
		put(TASK + 8, rows[i].exit, 4);
		kernel = PLACED_OPEN(NULL, members);
		letter = info_at(kernel, IMAGE + TASK, 0).state;
		if (letter != rows[i].letter)
			fail_msg("%s, %x: %c", rows[i].release, rows[i].state, letter);
		open_close(kernel);
	}
}

/* The member was "state" until 5.14 (2f064a59a11f). Without exit_state, a zombie would seem to
 * run. */
static void states_by_their_members(void **state)
{
	static const struct {
		bool now, before, exit;
		char letter;
	} rows[] = {
		{ true, false, true, 'S' },   { true, true, true, 'S' },
		{ false, true, true, 'D' },   { false, false, true, '\0' },
		{ true, false, false, '\0' }, { false, true, false, '\0' },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;

		memory_start_64("5.10.0", "");
		put(TASK, 1, 4);
		put(TASK + 16, 2, 8);
		kernel = placed_open(NULL, NULL, 0);
		if (rows[i].now)
			placed_set(kernel, TASK_STATE, 0, 4);
		if (rows[i].before)
			placed_set(kernel, TASK_OLD_STATE, 16, 8);
		if (rows[i].exit)
			placed_set(kernel, TASK_EXIT_STATE, 8, 4);
		assert_int_equal(info_at(kernel, IMAGE + TASK, 0).state, rows[i].letter);
		open_close(kernel);
	}
}

/* --- CPU, parent, stack --- */

/* thread_info was at the start of the stack, and was moved into the task_struct by c65eacbe290b
 * (4.9). */
static void cpus(void **state)
{
	static const struct {
		bool in_info, in_task, info, on_stack, stack;
		int cpu; /* -1: unknown */
	} rows[] = {
		{ true, true, true, true, true, 3 },	 { true, false, true, true, true, 3 },
		{ true, false, false, false, false, 3 }, { false, true, true, true, true, 4 },
		{ false, true, false, false, false, 4 }, { false, false, false, true, true, 5 },
		{ false, false, true, true, true, -1 },	 { false, false, false, true, false, -1 },
		{ false, false, true, true, false, -1 }, { false, false, false, false, true, -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		struct task_info info;

		memory_start_64("4.4.0", "");
		put(0x1000, 0x2000 | P | RW, 8); /* 0 is mapped, too */
		put(0x2000, P | RW | PS, 8);
		put(TASK, rows[i].stack ? IMAGE + STACK : 0, 8);
		put(TASK + 16, 3, 4);
		put(TASK + 20, 4, 4);
		put(STACK + 8, 5, 4);
		kernel = placed_open(NULL, NULL, 0);
		placed_set(kernel, TASK_STACK, 0, 8);
		if (rows[i].in_info)
			placed_set(kernel, TASK_INFO_CPU, 16, 4);
		if (rows[i].in_task)
			placed_set(kernel, TASK_CPU, 20, 4);
		if (rows[i].info)
			placed_set(kernel, TASK_INFO, 8, 16);
		if (rows[i].on_stack)
			placed_set(kernel, INFO_CPU, 8, 4);
		info = info_at(kernel, IMAGE + TASK, 0);
		if (info.has_cpu != (rows[i].cpu >= 0) ||
		    (info.has_cpu && info.cpu != (uint32_t)rows[i].cpu))
			fail_msg("row %zu: %u", i, info.cpu);
		assert_true(info.stack == (rows[i].stack ? IMAGE + STACK : 0));
		open_close(kernel);
	}
}

static void parents(void **state)
{
	struct kernel *kernel;
	struct task_info info;

	(void)state;
	memory_start_64("6.1.0", "");
	put(TASK, IMAGE + PARENT, 8);
	put(PARENT + 8, 4194303, 4);
	kernel = placed_open(NULL, NULL, 0);
	placed_set(kernel, TASK_PARENT, 0, 8);
	assert_false(info_at(kernel, IMAGE + TASK, 0).has_parent);
	placed_set(kernel, TASK_TGID, 8, 4);
	info = info_at(kernel, IMAGE + TASK, 0);
	assert_true(info.has_parent);
	assert_int_equal(info.parent, 4194303);
	assert_int_equal(info.stack, 0);
	placed_forget(kernel, TASK_PARENT);
	assert_false(info_at(kernel, IMAGE + TASK, 0).has_parent);
	open_close(kernel);
}

/* --- facts about the process --- */

static void scores_of_both_sizes(void **state)
{
	static const struct {
		uint64_t value, signal;
		unsigned int size;
		bool has;
		int32_t adj;
	} rows[] = {
		{ 0x7777fc18, IMAGE + PARENT, 2, true, -1000 },
		{ 0x777703e8, IMAGE + PARENT, 2, true, 1000 },
		{ 0xfffffc18, IMAGE + PARENT, 4, true, -1000 },
		{ 0x00007fff, IMAGE + PARENT, 4, true, 0x7fff },
		{ 0, IMAGE + PARENT, 2, true, 0 },
		{ 0xfc18, IMAGE + PARENT, 3, false, 0 }, /* no number */
		{ 0xfc18, 0, 2, false, 0 },
		{ 0xfc18, 0x1234, 2, false, 0 }, /* not mapped */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		int32_t adj = 0;

		memory_start_64("6.1.0", "");
		put(TASK, rows[i].signal, 8);
		put(PARENT + 8, rows[i].value, 4);
		kernel = placed_open(NULL, NULL, 0);
		placed_set(kernel, TASK_SIGNAL, 0, 8);
		assert_false(task_oom_score_adj(kernel, IMAGE + TASK, &adj));
		placed_set(kernel, SIGNAL_OOM_SCORE_ADJ, 8, rows[i].size);
		if (task_oom_score_adj(kernel, IMAGE + TASK, &adj) != rows[i].has ||
		    adj != rows[i].adj)
			fail_msg("row %zu: %d", i, adj);
		open_close(kernel);
	}
}

/* --- running tasks --- */

static void running_tasks(void **state)
{
	/* the current tasks of CPUs 0 and 2, and whether their runqueues can be read */
	static const struct {
		uint64_t current[2];
		uint64_t offset;
		unsigned int nr;
		int cpu; /* CPU of the task; -1: no CPU runs it */
	} rows[] = {
		{ { IMAGE + TASK, IMAGE + PARENT }, 2 * CPU_BYTES, 2, 0 },
		{ { IMAGE + PARENT, IMAGE + TASK }, 2 * CPU_BYTES, 2, 2 },
		{ { IMAGE + PARENT, IMAGE + PARENT }, 2 * CPU_BYTES, 2, -1 },
		{ { IMAGE + PARENT, IMAGE + TASK }, 0x10000000, 1, -1 },
		{ { IMAGE + TASK, IMAGE + TASK }, 0x10000000, 1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct linked linked = { .nr = 0 };
		struct task task = { .address = IMAGE + TASK };
		struct task_facts facts;
		struct task_info info;
		struct kernel *kernel;

		memory_start_64("6.6.0", "");
		add_cpus(&linked);
		put(OFFSETS + 16, rows[i].offset, 8);
		put(QUEUES + 8, rows[i].current[0], 8);
		put(QUEUES + 2 * CPU_BYTES + 8, rows[i].current[1], 8);
		put(TASK, 2, 4); /* the CPU where the task ran last, as the task_struct has it */
		kernel = placed_open(&linked, NULL, 0);
		task_facts_read(kernel, &no_tasks, &facts);
		assert_int_equal(facts.nr_cpus, 0);
		assert_false(facts.all_cpus);
		task_facts_release(&facts);
		placed_set(kernel, RQ_CURR, 8, 8);
		placed_set(kernel, TASK_CPU, 0, 4);
		task_facts_read(kernel, &no_tasks, &facts);
		assert_int_equal(facts.nr_cpus, rows[i].nr);
		assert_int_equal(facts.all_cpus, rows[i].nr == 2);
		info = task_info_read(kernel, &facts, &task);
		assert_int_equal(info.running, rows[i].cpu >= 0);
		assert_true(info.has_cpu);
		assert_int_equal(info.cpu, rows[i].cpu >= 0 ? rows[i].cpu : 2);
		placed_forget(kernel, TASK_CPU);
		info = task_info_read(kernel, &facts, &task);
		assert_int_equal(info.has_cpu, rows[i].cpu >= 0);
		task_facts_release(&facts);
		open_close(kernel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(states),
		cmocka_unit_test(states_by_their_members),
		cmocka_unit_test(cpus),
		cmocka_unit_test(parents),
		cmocka_unit_test(scores_of_both_sizes),
		cmocka_unit_test(running_tasks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
