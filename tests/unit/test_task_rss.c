/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The resident pages of a process, in all eras and layouts, with the pages that threads count
 * separately. */
#include "linux/area_members.h"
#include "made_task_info.h"
#include "stop.h"

static void expect_rss(const struct task_info *info, bool has, uint64_t bytes)
{
	assert_int_equal(info->has_rss, has);
	if (has && info->rss != bytes)
		fail_msg("%llx", (unsigned long long)info->rss);
}

/* The third of four words counts pages in swap. */
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
			/* words after the array are not counted */
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

/* Types give the numbers of counters, of which there are more than 16. Before 4.5, there are three,
 * without shared memory. */
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
		/* the same as counters without separate counts for CPUs */
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

/* mm->rss_stat[] of 6.2 (f1a7941243c1): each counter has a spinlock, a sum, a list, and a pointer
 * to the counts of CPUs that are not in the sum yet. The memory of CPUs 0 and 2 is 400 bytes
 * apart. */
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
	/* The missing member or symbol, and the result without it: the sums are 10 + 20 + 40, and
	 * the counts of CPUs are 1 + 3, 1 + 3, and -3 - 3. */
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

/* The number of counters would be the size of the array divided by the size of a counter. */
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

/* If the offset of a CPU or a counter cannot be read, there is no result, because a part of the sum
 * would be wrong. */
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

/* --- counts of threads --- */

enum { NR_THREADS = 9 };

/* SPLIT_RSS_COUNTING, until 6.1: threads of three processes in any order, and a kernel thread.
 * Thread i has counted i + 1 pages of files, one anonymous page less, and entries of swap. */
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
			put(TASK + 0x40 * i + 32, 99, 4); /* after the counts */
		}
		tasks[NR_THREADS] = tasks[1]; /* after the end of the list */
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

/* If the work is stopped before or during the sorting, there is no result, because a part would be
 * wrong. */
static void a_search_of_threads_that_was_stopped(void **state)
{
	struct task tasks[NR_THREADS] = { { 0 } };
	const struct task_list list = { .task = tasks, .nr = NR_THREADS };

	(void)state;
	for (unsigned int answers = 1; answers < 20; answers++) {
		unsigned int left = answers;
		struct listener listener = { .stop = stop_after, .arg = &left };
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

/* A thread may have up to 16 counters. */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_of_an_array),
		cmocka_unit_test(numbers_of_counters),
		cmocka_unit_test(pages_of_counters),
		cmocka_unit_test(counters_of_unknown_size),
		cmocka_unit_test(counters_that_cannot_be_read),
		cmocka_unit_test(pages_that_threads_have_counted),
		cmocka_unit_test(a_search_of_threads_that_was_stopped),
		cmocka_unit_test(many_counters_of_a_thread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
