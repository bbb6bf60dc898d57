/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a task_struct says of a task: its state, CPU, parent, and pages, of each era and
 * each layout, and of both sizes of words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "placed.h"
#include "linux/task_members.h"
#include "linux/task/task_info.h"

/* Has a macro fail() of its own. */
#include <cmocka.h>

enum {
	TASK = 0x5000,
	PARENT = 0x5800,
	STACK = 0x6000,
	MM = 0x7000,
	OFFSETS = 0x8000,
	MASK = 0x8100,
	QUEUES = 0x8200,
	COUNTERS = 0x8300,
	CPU_BYTES = 0x400
};

static const struct task_list no_tasks;

static struct task_info info_of(struct kernel *kernel, const struct task_list *list,
				const struct task *task)
{
	struct task_facts facts;
	struct task_info info;

	task_facts_read(kernel, list, &facts);
	info = task_info_read(kernel, &facts, task);
	task_facts_release(&facts);
	return info;
}

static struct task_info info_at(struct kernel *kernel, uint64_t address, uint64_t mm)
{
	const struct task task = { .address = address, .mm = mm };

	return info_of(kernel, &no_tasks, &task);
}

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

/* "state" until 5.14 (2f064a59a11f); without exit_state a zombie would be said to run. */
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

/* thread_info was at the stack's start, and came into the task (c65eacbe290b, 4.9). */
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

/* --- what the process has --- */

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

/* --- resident pages --- */

static void expect_rss(const struct task_info *info, bool has, uint64_t bytes)
{
	assert_int_equal(info->has_rss, has);
	if (has && info->rss != bytes)
		fail_msg("%llx", (unsigned long long)info->rss);
}

/* Of four words the third counts what is in swap. */
static void pages_of_an_array(void **state)
{
	static const struct {
		int64_t count[4];
		uint64_t pages;
	} rows[] = {
		{ { 3, 5, 1000, 7 }, 15 },
		{ { 0, 0, 1000, 0 }, 0 },
		{ { 1, 0, 0, 0 }, 1 },
		{ { 3, 5, 0, -2 }, 6 },
		{ { -9, 5, 1000, 0 }, 0 },
		{ { 0, -1, 0, 0 }, 0 },
		{ { 0x7fffffff, 1, 0, 1 }, 0x80000001 },
	};

	(void)state;
	for (int narrow = 0; narrow < 2; narrow++)
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			unsigned int word = narrow ? 4 : 8;
			uint64_t base = narrow ? IMAGE_32 : IMAGE;
			struct kernel *kernel;
			struct task_info info;

			if (narrow)
				memory_start_32("3.2.0", "SIZE(mm_rss_stat)=16\n");
			else
				memory_start_64("3.2.0", "SIZE(mm_rss_stat)=32\n");
			for (unsigned int j = 0; j < 4; j++)
				put(MM + 16 + j * word, (uint64_t)rows[i].count[j], word);
			/* what lies behind the array is not counted */
			put(MM + 16 + 4 * word, 0x55, word);
			kernel = placed_open(NULL, NULL, 0);
			placed_set(kernel, MM_RSS_COUNT, 16, 4 * word);
			info = info_at(kernel, base + TASK, base + MM);
			expect_rss(&info, true, rows[i].pages << 12);
			info = info_at(kernel, base + TASK, 0);
			expect_rss(&info, false, 0);
			open_close(kernel);
		}
}

/* Of more than 16 counters the types lie; three have no shared memory, before 4.5. */
static void numbers_of_counters(void **state)
{
	static const struct {
		unsigned int nr;
		bool has;
		uint64_t pages;
	} rows[] = { { 3, true, 2 }, { 5, true, 4 }, { 16, true, 15 }, { 17, false, 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		struct task_info info;

		memory_start_64("3.2.0", "SIZE(mm_rss_stat)=32\n");
		for (unsigned int j = 0; j < 20; j++)
			put(MM + 8 * j, 1, 8);
		kernel = placed_open(NULL, NULL, 0);
		info = info_at(kernel, IMAGE + TASK, IMAGE + MM);
		expect_rss(&info, false, 0);
		placed_set(kernel, MM_RSS_COUNT, 0, 8 * rows[i].nr);
		info = info_at(kernel, IMAGE + TASK, IMAGE + MM);
		expect_rss(&info, rows[i].has, rows[i].pages << 12);
		open_close(kernel);
		/* the same as counters without CPUs of their own */
		memory_start_64("6.6.0", "SIZE(percpu_counter)=16\n");
		for (unsigned int j = 0; j < 20; j++)
			put(MM + 16 * j + 8, 1, 8);
		kernel = placed_open(NULL, NULL, 0);
		placed_set(kernel, COUNTER_COUNT, 8, 8);
		placed_set(kernel, MM_RSS, 0, 16 * rows[i].nr);
		info = info_at(kernel, IMAGE + TASK, IMAGE + MM);
		expect_rss(&info, rows[i].has, rows[i].pages << 12);
		open_close(kernel);
	}
}

/* CPUs 0 and 2, whose memory is 400 bytes apart. */
static void add_cpus(struct linked *linked)
{
	linked_add(linked, "_stext", LINKED_BASE, 0);
	linked_add(linked, "__per_cpu_offset", IMAGE + OFFSETS, 32);
	linked_add(linked, "__cpu_possible_mask", IMAGE + MASK, 8);
	linked_add(linked, "runqueues", IMAGE + QUEUES, 0x40);
	put(MASK, 5, 8);
	for (unsigned int cpu = 0; cpu < 4; cpu++)
		put(OFFSETS + 8 * cpu, CPU_BYTES * cpu, 8);
}

/* mm->rss_stat[] of 6.2 (f1a7941243c1): each a spinlock, a sum, a list and a pointer to
 * what CPUs have beside the sum. */
static void put_counters(void)
{
	for (unsigned int i = 0; i < 4; i++) {
		put(MM + 0x20 + 24 * i + 8, i == 2 ? 500 : 10 * (i + 1), 8);
		put(MM + 0x20 + 24 * i + 16, IMAGE + COUNTERS + 4 * i, 8);
		for (unsigned int cpu = 0; cpu < 4; cpu++)
			put(COUNTERS + CPU_BYTES * cpu + 4 * i, i == 3 ? (uint64_t)-3 : cpu + 1, 4);
	}
}

static void pages_of_counters(void **state)
{
	static const struct placed members[] = {
		{ MM_RSS, 0x20, 4 * 24 },
		{ COUNTER_COUNT, 8, 8 },
		{ COUNTER_COUNTERS, 16, 8 },
	};
	/* What is not known, and what is told then: the sums are 10 + 20 + 40, what CPUs
	 * have beside them is 1 + 3, 1 + 3, and -3 - 3. */
	static const struct {
		int forgotten;
		const char *note;
		bool symbols, has;
		uint64_t pages;
	} rows[] = {
		{ -1, "SIZE(percpu_counter)=24\n", true, true, 70 + 8 - 6 },
		{ COUNTER_COUNTERS, "SIZE(percpu_counter)=24\n", true, true, 70 },
		{ COUNTER_COUNTERS, "SIZE(percpu_counter)=24\n", false, true, 70 },
		{ -1, "SIZE(percpu_counter)=24\n", false, false, 0 },
		{ COUNTER_COUNT, "SIZE(percpu_counter)=24\n", true, false, 0 },
		{ MM_RSS, "SIZE(percpu_counter)=24\n", true, false, 0 },
		{ -1, "", true, false, 0 },
		{ -1, "SIZE(percpu_counter)=0\n", true, false, 0 },
		{ -1, "SIZE(percpu_counter)=24\nSIZE(mm_rss_stat)=32\n", true, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct linked linked = { .nr = 0 };
		struct kernel *kernel;
		struct task_info info;

		memory_start_64("6.6.0", rows[i].note);
		put_counters();
		add_cpus(&linked);
		kernel = PLACED_OPEN(rows[i].symbols ? &linked : NULL, members);
		if (rows[i].forgotten >= 0)
			placed_forget(kernel, (unsigned int)rows[i].forgotten);
		info = info_at(kernel, IMAGE + TASK, IMAGE + MM);
		if (info.has_rss != rows[i].has || info.rss != rows[i].pages << 12)
			fail_msg("row %zu: %llx", i, (unsigned long long)info.rss);
		open_close(kernel);
	}
}

/* Their number would be the array's size by theirs. */
static void counters_of_unknown_size(void **state)
{
	static const struct placed members[] = {
		{ MM_RSS, 0x20, 8 },
		{ COUNTER_COUNT, 8, 8 },
	};
	struct kernel *kernel;
	struct task_info info;

	(void)state;
	memory_start_64("6.6.0", "");
	kernel = PLACED_OPEN(NULL, members);
	info = info_at(kernel, IMAGE + TASK, IMAGE + MM);
	expect_rss(&info, false, 0);
	open_close(kernel);
}

/* A CPU whose offset cannot be read, and counters that cannot: no sum is better than a part. */
static void counters_that_cannot_be_read(void **state)
{
	static const struct placed members[] = {
		{ MM_RSS, 0x20, 4 * 24 },
		{ COUNTER_COUNT, 8, 8 },
		{ COUNTER_COUNTERS, 16, 8 },
	};

	(void)state;
	for (int part = 0; part < 4; part++) {
		struct linked linked = { .nr = 0 };
		struct kernel *kernel;
		struct task_info info;

		memory_start_64("6.6.0", "SIZE(percpu_counter)=24\n");
		put_counters();
		add_cpus(&linked);
		if (part == 1)
			put(OFFSETS + 16, 0x10000000, 8);
		if (part == 2)
			linked.symbols[1].address = IMAGE + MEMORY_SIZE - 8;
		if (part == 3)
			put(MM + 0x20 + 24 + 16, 0x1234, 8);
		kernel = PLACED_OPEN(&linked, members);
		info = info_at(kernel, IMAGE + TASK, IMAGE + MM);
		expect_rss(&info, part == 0, (70 + 8 - 6) << 12);
		open_close(kernel);
	}
}

/* --- what threads have counted by themselves --- */

enum { NR_THREADS = 9 };

/* SPLIT_RSS_COUNTING, until 6.1: threads of three processes in any order, and a kernel
 * thread. Each has i + 1 pages of files, one anonymous less, and entries of swap. */
static void pages_that_threads_have_counted(void **state)
{
	static const unsigned int owner[NR_THREADS] = { 5, 2, 3, 2, 0, 5, 1, 4, 5 };
	static const uint64_t pages[6] = {
		0, 100 + 6, 200 + 1 + 3, 300 + 2, 400 + 7, 500 + 0 + 5 + 8,
	};
	struct task tasks[NR_THREADS + 1] = { { 0 } };
	const struct task_list list = { .task = tasks, .nr = NR_THREADS };

	(void)state;
	for (int counted = 0; counted < 2; counted++) {
		struct kernel *kernel;

		memory_start_64("4.4.0", "SIZE(mm_rss_stat)=32\n");
		for (unsigned int i = 0; i < NR_THREADS; i++) {
			tasks[i].address = IMAGE + TASK + 0x40 * i;
			if (owner[i])
				tasks[i].mm = IMAGE + MM + 0x100 * owner[i];
			put(TASK + 0x40 * i + 16, 2 * i, 4);
			put(TASK + 0x40 * i + 20, (uint64_t)-i, 4);
			put(TASK + 0x40 * i + 24, 77, 4);
			put(TASK + 0x40 * i + 32, 99, 4); /* behind them */
		}
		tasks[NR_THREADS] = tasks[1]; /* behind the list */
		for (unsigned int i = 1; i < 6; i++)
			put(MM + 0x100 * i, 100 * i, 8);
		kernel = placed_open(NULL, NULL, 0);
		placed_set(kernel, MM_RSS_COUNT, 0, 32);
		if (counted)
			placed_set(kernel, TASK_RSS_COUNT, 16, 16);
		for (unsigned int i = 0; i < NR_THREADS; i++) {
			struct task_info info = info_of(kernel, &list, &tasks[i]);
			unsigned int mm = owner[i];

			expect_rss(&info, mm != 0, (counted ? pages[mm] : 100 * mm) << 12);
		}
		open_close(kernel);
	}
}

static bool ask(void *arg)
{
	unsigned int *left = arg;

	return !*left || !--*left;
}

/* Stopped while they are sorted, or before: none is better than some. */
static void a_search_of_threads_that_was_stopped(void **state)
{
	struct task tasks[NR_THREADS] = { { 0 } };
	const struct task_list list = { .task = tasks, .nr = NR_THREADS };

	(void)state;
	for (unsigned int answers = 1; answers < 20; answers++) {
		unsigned int left = answers;
		struct listener listener = { .stop = ask, .arg = &left };
		struct task_facts facts;
		struct kernel *kernel;

		memory_start_64("4.4.0", "SIZE(mm_rss_stat)=32\n");
		for (unsigned int i = 0; i < NR_THREADS; i++) {
			tasks[i].address = IMAGE + TASK + 0x40 * i;
			tasks[i].mm = IMAGE + MM + 0x100 * (NR_THREADS - i);
			put(TASK + 0x40 * i + 16, 5, 4);
		}
		kernel = placed_open(NULL, NULL, 0);
		placed_set(kernel, TASK_RSS_COUNT, 16, 16);
		kernel->listener = &listener;
		task_facts_read(kernel, &list, &facts);
		kernel->listener = NULL;
		assert_int_equal(facts.nr_cached, left ? NR_THREADS : 0);
		task_facts_release(&facts);
		open_close(kernel);
	}
}

/* As many as 16 of them. */
static void many_counters_of_a_thread(void **state)
{
	struct task task = { .address = IMAGE + TASK, .mm = IMAGE + MM };
	const struct task_list list = { .task = &task, .nr = 1 };

	(void)state;
	for (unsigned int nr = 15; nr < 19; nr++) {
		struct kernel *kernel;
		struct task_info info;

		memory_start_64("4.4.0", "SIZE(mm_rss_stat)=32\n");
		for (unsigned int i = 0; i < 20; i++)
			put(TASK + 4 * i, 1, 4);
		kernel = placed_open(NULL, NULL, 0);
		placed_set(kernel, MM_RSS_COUNT, 0, 32);
		placed_set(kernel, TASK_RSS_COUNT, 0, 4 * nr);
		info = info_of(kernel, &list, &task);
		expect_rss(&info, true, (nr == 15 ? 14 : 15) << 12);
		open_close(kernel);
	}
}

/* --- what runs --- */

static void running_tasks(void **state)
{
	/* the current tasks of CPUs 0 and 2, and whether their queues can be read */
	static const struct {
		uint64_t current[2];
		uint64_t offset;
		unsigned int nr;
		int cpu; /* of the task; -1: none runs it */
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
		put(TASK, 1, 4); /* where it ran last, by itself */
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
		assert_false(facts.has_offsets);
		info = task_info_read(kernel, &facts, &task);
		assert_int_equal(info.running, rows[i].cpu >= 0);
		assert_true(info.has_cpu);
		assert_int_equal(info.cpu, rows[i].cpu >= 0 ? rows[i].cpu : 1);
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
		cmocka_unit_test(pages_of_an_array),
		cmocka_unit_test(numbers_of_counters),
		cmocka_unit_test(pages_of_counters),
		cmocka_unit_test(counters_of_unknown_size),
		cmocka_unit_test(counters_that_cannot_be_read),
		cmocka_unit_test(pages_that_threads_have_counted),
		cmocka_unit_test(a_search_of_threads_that_was_stopped),
		cmocka_unit_test(many_counters_of_a_thread),
		cmocka_unit_test(running_tasks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
