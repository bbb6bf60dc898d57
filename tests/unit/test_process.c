/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of tasks and of mappings, whole, cut, looping and damaged, in a kernel
 * whose structs are laid out here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "linux/task/stack.h"
#include "diff/diff.h"
#include "kernel/kernel.h"
#include "kernel/noted.h"
#include "open/open.h"
#include "placed.h"
#include "linux/task_members.h"
#include "linux/vma/rbtree.h"
#include "linux/task/task.h"
#include "linux/vma/vma.h"

/* Has a macro fail() of its own. */
#include <cmocka.h>

#define VIRTUAL UINT64_C(0xffffffff80000000)

static const char note[] = "OSRELEASE=6.0.0\n"
			   "SYMBOL(swapper_pg_dir)=ffffffff80001000\n"
			   "SYMBOL(init_task)=ffffffff80004000\n"
			   "NUMBER(phys_base)=0\n"
			   "NUMBER(pgtable_l5_enabled)=0\n"
			   "KERNELOFFSET=0\n";

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
	{ MM_MMAP, 0, 8 },
	{ MM_RB_ROOT, 8, 8 },
	{ VMA_START, 0, 8 },
	{ VMA_END, 8, 8 },
	{ VMA_NEXT, 16, 8 },
	{ VMA_MM, 24, 8 },
	{ VMA_FLAGS, 32, 8 },
	{ VMA_PGOFF, 40, 8 },
	{ VMA_FILE, 48, 8 },
	{ VMA_RB, 56, 24 },
	{ VMA_RB_RIGHT, 64, 8 },
	{ VMA_RB_LEFT, 72, 8 },
};

enum { TASK = 0x4000, TASK_SIZE = 0x60, MM = 0x3000, VMA = 0x4000, VMA_SIZE = 0x60 };

static void put64(uint64_t paddr, uint64_t value)
{
	put(paddr, value, 8);
}

static void put32(uint64_t paddr, uint32_t value)
{
	put(paddr, value, 4);
}

/* The kernel's image is the first 2M. */
static void put_memory(void)
{
	put64(0x1ff8, 0x2000 | P | RW);
	put64(0x2ff0, 0x2000 | P | RW); /* its own pmd's first entry is below */
	put64(0x2000, P | RW | PS);
}

/* Memory from 0. */
static void start(void)
{
	memory_start(false, note);
	put_memory();
}

static struct kernel *open_kernel(void)
{
	return PLACED_OPEN(NULL, layout);
}

/* --- tasks --- */

static uint64_t task_at(unsigned int nr)
{
	return TASK + nr * TASK_SIZE;
}

static void put_task(unsigned int nr, unsigned int before, unsigned int behind)
{
	uint64_t at = task_at(nr);

	put64(at, VIRTUAL + task_at(behind));
	put64(at + 8, VIRTUAL + task_at(before));
	put32(at + 16, nr);
	put32(at + 20, nr);
	memcpy(image.bytes + MEMORY + at + 24, "task", 5);
	put64(at + 56, VIRTUAL + at);
	put64(at + 64, VIRTUAL + at + 80);
	put64(at + 72, VIRTUAL + at + 80);
	put64(at + 80, VIRTUAL + at + 64);
	put64(at + 88, VIRTUAL + at + 64);
}

static void put_tasks(unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++)
		put_task(i, i ? i - 1 : nr - 1, i + 1 < nr ? i + 1 : 0);
}

static unsigned int nr_cuts; /* places where lists are cut; 0: one, if there is damage */

/* The tasks there are, and what of the list's damages is not for want of CPUs. */
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
	/* once, though both ways along a list may end there */
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
	put64(task_at(7) + 56, VIRTUAL + task_at(1)); /* its signal_struct */
	/* head, 1, 7 */
	put64(task_at(1) + 80, VIRTUAL + task_at(1) + 64);
	put64(task_at(1) + 64, VIRTUAL + task_at(7) + 64);
	put64(task_at(7) + 64, VIRTUAL + task_at(1) + 80);
	put64(task_at(7) + 72, VIRTUAL + task_at(1) + 64);
	put64(task_at(1) + 72, VIRTUAL + task_at(1) + 80);
	put64(task_at(1) + 88, VIRTUAL + task_at(7) + 64);
	expect_tasks(open_kernel(), pids, 4, NULL);
}

/* What lies behind the cut is found from the other end. */
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
		     "task ffffffff80004060 comes next but points back to ffffffff80004000");
}

/* A task that is its own next: what follows is found from the other end. */
static void entry_that_leads_to_itself(void **state)
{
	const int pids[] = { 0, 1, 2, 4, 3 };

	(void)state;
	start();
	put_tasks(5);
	put64(task_at(2), VIRTUAL + task_at(2));
	expect_tasks(open_kernel(), pids, 5,
		     "is cut after its entry at ffffffff800040c0: it leads to itself");
}

/* A task whose prev alone is damaged is in the list all the same. */
static void damaged_back_pointer(void **state)
{
	const int pids[] = { 0, 1, 4, 3, 2 };

	(void)state;
	start();
	put_tasks(5);
	put64(task_at(2) + 8, 0x1234);
	nr_cuts = 2; /* on the way there, and on the way back */
	expect_tasks(open_kernel(), pids, 5,
		     "task ffffffff800040c0 comes next but points back to 1234");
	nr_cuts = 0;
}

/* A next that skips tasks: the one it leads to does not end the way back. */
static void skipped_tasks(void **state)
{
	const int pids[] = { 0, 1, 5, 4, 3, 2 };

	(void)state;
	start();
	put_tasks(6);
	put64(task_at(1), VIRTUAL + task_at(4));
	expect_tasks(open_kernel(), pids, 6,
		     "task ffffffff80004180 comes next but points back to ffffffff80004120");
}

static void damaged_members(void **state)
{
	const int pids[] = { 0, 1 }, named[] = { 0, 1, 3 };

	(void)state;
	start();
	put_tasks(3);
	put32(task_at(2) + 16, 5 << 20);
	expect_tasks(open_kernel(), pids, 2, "is no task: its pid would be 5242880");
	start();
	put_tasks(4);
	memset(image.bytes + MEMORY + task_at(2) + 24, 'x', 16);
	expect_tasks(open_kernel(), named, 3, "is no task: its comm does not end");
}

/* A list that is cut in two places is told to be, and what is between is not known. */
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

/* One way round there is no other thread, the other way what is none. */
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

/* PID_MAX_LIMIT is the first that no task has, and is let through. */
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
			     rows[i].is_task ? NULL : "is no task: its pid");
	}
}

/* What comes after a damaged thread is found from the head's other end. */
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
	/* head, 1, 7, 8, 9, of which 8 is none */
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

/* Threads in a ring without a head: thread_group, until 3.14 alone; the second of a task's
 * pids, until 2.6.17 (47e65328a7b1), where types place it within them. */
static void threads_in_a_ring(void **state)
{
	enum { GROUP = 64, PIDS = 56, PID_SIZE = 4 };
	static const struct {
		uint32_t pids, list, list_size; /* sizes of pids[], and its lists' place */
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

/* Members lie far from a task_struct's start, and the farthest 16K from the nearest. */
static void members_far_apart(void **state)
{
	enum { SHIFT = 0x2000 };

	(void)state;
	for (uint32_t last = 0; last < 3; last++) {
		const int pids[] = { 0, 1, 2, 3 };
		struct kernel *kernel;

		/* the list begins lower by as much */
		{
			char whole[400];
			char *at;

			strcpy(whole, note);
			at = strstr(whole, "init_task)=");
			memcpy(at, "init_task)=ffffffff80002000", 27);
			memory_start(false, whole);
			put_memory();
			put_tasks(4);
			for (unsigned int nr = 0; nr < 4; nr++)
				put64(task_at(nr) + 56, VIRTUAL + task_at(nr) - SHIFT);
			put64(task_at(1) + 0x3ff8, 0x77);
		}
		kernel = open_kernel();
		for (size_t i = 0; i < 8; i++)
			placed_set(kernel, layout[i].id, layout[i].offset + SHIFT, layout[i].size);
		placed_set(kernel, SIGNAL_THREAD_HEAD, 80 + SHIFT, 16);
		if (last)
			placed_set(kernel, TASK_ACTIVE_MM, SHIFT + (last == 1 ? 0x3ff8 : 0x3ff9),
				   8);
		if (last == 1) {
			const struct task_list *list = task_all(kernel, NULL);

			assert_non_null(list);
			assert_true(list->task[1].active_mm == 0x77);
		}
		if (last < 2) {
			expect_tasks(kernel, pids, 4, NULL);
			continue;
		}
		{
			struct error err = { .message = "" };

			assert_null(task_all(kernel, &err));
			assert_non_null(strstr(err.message, "16385 bytes apart"));
		}
		open_close(kernel);
	}
}

static void note_nothing(struct dump *dump, uint64_t paddr, size_t size)
{
	(void)dump, (void)paddr, (void)size;
}

static unsigned int names_told;

static void take_name(struct note_taker *taker, const struct noted *noted)
{
	(void)taker;
	names_told++;
	assert_int_equal(noted->kind, NOTED_NAME);
	assert_true(noted->vaddr == VIRTUAL + 0x200020);
	assert_int_equal(noted->size, 16);
	assert_string_equal(noted->text, "idle");
}

/* A page that is missing amid a task_struct, where none of the members is: they are read one
 * by one. */
static void tasks_with_a_hole(void **state)
{
	enum { TABLE = 0xd000, LOW = 0xe000, HIGH = 0xf000 };
	const uint64_t task = VIRTUAL + 0x200000;
	const struct task_list *list;
	struct kernel *kernel;
	char whole[400];
	char *at;

	(void)state;
	strcpy(whole, note);
	at = strstr(whole, "init_task)=");
	memcpy(at, "init_task)=ffffffff80200000", 27);
	for (int variant = 0; variant < 3; variant++) {
		struct note_taker taker = { take_name };
		const struct dump_format *format;
		struct dump_format noting;
		bool missing = variant == 1, noted = variant == 2;

		memory_start(false, whole);
		put_memory();
		put64(0x2008, TABLE | P | RW);
		put64(TABLE, LOW | P | RW);
		if (!missing)
			put64(TABLE + 16, HIGH | P | RW);
		put64(LOW + 8, task + 8);
		put64(LOW + 16, task + 8);
		put32(LOW + 24, 0);
		put32(LOW + 28, 0);
		memcpy(image.bytes + MEMORY + LOW + 32, "idle", 5);
		put64(LOW + 48, 0x99);
		put64(LOW + 0x60, task + 0x60);
		put64(LOW + 0x68, task + 0x60);
		put64(HIGH + 0x20, 0x77);
		kernel = open_kernel();
		for (size_t i = 0; i < 8; i++)
			placed_set(kernel, layout[i].id, layout[i].offset + 8, layout[i].size);
		placed_set(kernel, TASK_ACTIVE_MM, 0x2020, 8);
		placed_forget(kernel, SIGNAL_THREAD_HEAD);
		placed_forget(kernel, TASK_THREAD_NODE);
		placed_set(kernel, TASK_THREAD_GROUP, 0x60, 16);
		format = kernel->dump->format;
		noting = *format;
		noting.note_read = note_nothing;
		if (noted)
			kernel->dump->format = &noting;
		kernel->notes = &taker;
		names_told = 0;
		list = task_all(kernel, NULL);
		/* of the list's head and of its one entry, however they were read */
		assert_int_equal(names_told, missing ? 0 : 2);
		kernel->dump->format = format;
		kernel->notes = NULL;
		assert_int_equal(list != NULL, !missing);
		if (list) {
			assert_int_equal(list->nr, 1);
			for (size_t i = 0; i < list->damages.nr; i++)
				assert_null(strstr(list->damages.error[i].message, "is cut after"));
			assert_true(list->task[0].active_mm == 0x77);
			assert_true(list->task[0].mm == 0x99);
			assert_string_equal(list->task[0].comm, "idle");
		}
		open_close(kernel);
	}
}

/* Of CPUs 1 and 2 of 4, in idle_threads since 3.5 (29d5e0476e1c), in the runqueues before.
 * What the first CPU has there is not asked: it is init_task. */
static void idle_tasks(void **state)
{
	enum { OFFSETS = 0x8000, POSSIBLE = 0x8100, IDLE = 0x8200, QUEUE = 0x8300, STEP = 0x400 };

	(void)state;
	for (int queues = 0; queues < 2; queues++)
		for (int damaged = 0; damaged < 2; damaged++) {
			const int pids[] = { 0, 7, 1, 2 };
			struct linked linked = { .nr = 0 };
			const struct task_list *list;
			struct kernel *kernel;
			uint64_t at = queues ? QUEUE + 8 : IDLE;

			start();
			put_tasks(3);
			put_task(7, 7, 7);
			linked_add(&linked, "_stext", LINKED_BASE, 0);
			linked_add(&linked, "__per_cpu_offset", VIRTUAL + OFFSETS, 32);
			linked_add(&linked, "__cpu_possible_mask", VIRTUAL + POSSIBLE, 8);
			linked_add(&linked, "runqueues", VIRTUAL + QUEUE, 64);
			linked_add(&linked, "init_task", VIRTUAL + TASK, TASK_SIZE);
			if (!queues)
				linked_add(&linked, "idle_threads", VIRTUAL + IDLE, 8);
			put64(POSSIBLE, damaged ? 0xf : 7);
			for (unsigned int cpu = 0; cpu < 4; cpu++)
				put64(OFFSETS + 8 * cpu, STEP * cpu);
			put64(at, 0x1234);
			if (!damaged) /* of two CPUs: one task all the same */
				put64(at + STEP, VIRTUAL + task_at(7));
			put64(at + 2 * STEP, VIRTUAL + task_at(7));
			put64(at + 3 * STEP, 0x5678);
			kernel = placed_open(&linked, layout, sizeof(layout) / sizeof(layout[0]));
			placed_set(kernel, RQ_IDLE, 8, 8);
			list = task_all(kernel, NULL);
			assert_non_null(list);
			assert_int_equal(list->nr, 4);
			for (size_t i = 0; i < 4; i++) {
				assert_int_equal(list->task[i].pid, pids[i]);
				assert_int_equal(list->task[i].idle_cpu, i == 0 ? 0 :
									 i == 1 ? 1 + damaged :
										  -1);
			}
			assert_int_equal(list->damages.nr, damaged);
			open_close(kernel);
		}
}

static bool stop(void *arg)
{
	return ++*(int *)arg;
}

/* What was found before is kept, but is not all there is. */
static void stopped_search(void **state)
{
	int asked = 0;
	struct listener listener = { .stop = stop, .arg = &asked };
	struct kernel *kernel;
	struct error err;

	(void)state;
	start();
	put_tasks(400);
	kernel = open_kernel();
	kernel->listener = &listener;
	assert_null(task_all(kernel, &err));
	assert_int_equal(err.code, ERROR_INTERRUPTED);
	assert_in_range(asked, 1, 3);
	assert_non_null(task_all_so_far(kernel));
	assert_int_equal(task_all_so_far(kernel)->nr, 256);
	kernel->listener = NULL;
	assert_int_equal(task_all(kernel, &err)->nr, 400);
	assert_null(task_all_so_far(kernel));
	open_close(kernel);
}

/* --- mappings --- */

static uint64_t vma_at(unsigned int nr)
{
	return VMA + nr * VMA_SIZE;
}

/* The nr-th of size 1000, followed by next in the list (0: the last). */
static void put_vma(unsigned int nr, unsigned int next, unsigned int left, unsigned int right)
{
	uint64_t at = vma_at(nr);

	put64(at, nr * 0x10000);
	put64(at + 8, nr * 0x10000 + 0x1000);
	put64(at + 16, next ? VIRTUAL + vma_at(next) : 0);
	put64(at + 24, VIRTUAL + MM);
	put64(at + 64, right ? VIRTUAL + vma_at(right) + 56 : 0);
	put64(at + 72, left ? VIRTUAL + vma_at(left) + 56 : 0);
}

/* Four, in a list and in a tree: 2 above 1 and 3, 4 below 3. */
static void put_vmas(void)
{
	put64(MM, VIRTUAL + vma_at(1));
	put64(MM + 8, VIRTUAL + vma_at(2) + 56);
	put_vma(1, 2, 0, 0);
	put_vma(2, 3, 1, 3);
	put_vma(3, 4, 0, 4);
	put_vma(4, 0, 0, 0);
}

static void expect_vmas(struct kernel *kernel, size_t nr, size_t nr_damages, const char *damage)
{
	struct error err = { .message = "" };
	struct vma_list list;

	if (!vma_each(kernel, VIRTUAL + MM, &list, &err))
		fail_msg("%s", err.message);
	assert_int_equal(list.nr, nr);
	for (size_t i = 0; i < nr; i++)
		assert_int_equal(list.vma[i].first, (i + 1) * 0x10000);
	assert_int_equal(list.damages.nr, nr_damages);
	if (damage && !strstr(list.damages.error[nr_damages - 1].message, damage))
		fail_msg("%s", list.damages.error[nr_damages - 1].message);
	vma_list_release(&list);
	open_close(kernel);
}

static void mappings(void **state)
{
	struct vma_list list;
	struct kernel *kernel;

	(void)state;
	start();
	put_vmas();
	expect_vmas(open_kernel(), 4, 0, NULL);
	kernel = open_kernel();
	assert_true(vma_each(kernel, VIRTUAL + MM, &list, NULL));
	assert_int_equal(vma_list_at(&list, 0)->first, 0x10000);
	assert_int_equal(vma_list_at(&list, 0x10fff)->first, 0x10000);
	assert_int_equal(vma_list_at(&list, 0x11000)->first, 0x20000);
	assert_null(vma_list_at(&list, 0x41000));
	vma_list_release(&list);
	open_close(kernel);
}

/* The tree has what the list does not lead to. */
static void mappings_cut_or_looping(void **state)
{
	(void)state;
	start();
	put_vmas();
	put64(vma_at(2) + 16, 0x1234);
	expect_vmas(open_kernel(), 4, 1, "the list of mappings is cut after 2");
	put64(vma_at(3) + 16, VIRTUAL + vma_at(2));
	put64(vma_at(2) + 16, VIRTUAL + vma_at(3));
	expect_vmas(open_kernel(), 4, 1, "starts at 20000, before the end");
}

static void damaged_mappings(void **state)
{
	(void)state;
	start();
	put_vmas();
	put64(vma_at(3) + 8, 0x2fff);
	expect_vmas(open_kernel(), 2, 2, "is no vm_area_struct");
	start();
	put_vmas();
	put64(vma_at(2) + 24, VIRTUAL + MM + 8);
	expect_vmas(open_kernel(), 1, 2,
		    "at ffffffff800040c0 belongs to the mm at ffffffff80003008");
	/* one that begins in the one before it */
	start();
	put_vmas();
	put64(vma_at(2) + 8, 0x22000);
	put64(vma_at(3), 0x21000);
	put64(vma_at(3) + 8, 0x23000);
	put64(vma_at(4), 0x30000);
	put64(vma_at(4) + 8, 0x31000);
	expect_vmas(open_kernel(), 3, 1, "starts at 21000, before the end");
	/* one of the tree that begins in what the list had is skipped */
	start();
	put_vmas();
	put64(vma_at(1) + 8, 0x12000);
	put64(vma_at(1) + 16, 0x1234);
	put64(vma_at(2), 0x11fff);
	put64(vma_at(3), 0x20000);
	put64(vma_at(3) + 8, 0x21000);
	put64(vma_at(4), 0x30000);
	put64(vma_at(4) + 8, 0x31000);
	expect_vmas(open_kernel(), 3, 1, "the list of mappings is cut after 1");
	/* a tree that comes back to its top */
	start();
	put_vmas();
	put64(vma_at(1) + 16, 0x1234);
	put64(vma_at(4) + 72, VIRTUAL + vma_at(2) + 56);
	expect_vmas(open_kernel(), 3, 2, "leads to ffffffff800040f8 again");
}

/* A mapping begins and ends at pages and is not empty; each of its members is needed. */
static void what_is_no_mapping(void **state)
{
	static const struct {
		uint64_t first, end;
		bool is_one;
	} rows[] = {
		{ 0x10000, 0x11000, true },  { 0x10000, 0x10000, false },
		{ 0x10001, 0x11000, false }, { 0x10000, 0x11001, false },
		{ 0x10000, 0x10fff, false }, { 0x11000, 0x10000, false },
		{ 0x10000, 0, false },
	};
	static const unsigned int needed[] = { VMA_START, VMA_END, VMA_FLAGS, VMA_PGOFF, VMA_FILE };
	struct vma_list list = { 0 };
	struct kernel *kernel;
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		start();
		put_vmas();
		put64(vma_at(1), rows[i].first);
		put64(vma_at(1) + 8, rows[i].end);
		kernel = open_kernel();
		assert_int_equal(vma_list_add(kernel, &list, VIRTUAL + MM, VIRTUAL + vma_at(1),
					      &err),
				 rows[i].is_one);
		if (!rows[i].is_one)
			assert_int_equal(err.code, ERROR_FORMAT);
		vma_list_release(&list);
		open_close(kernel);
	}
	start();
	put_vmas();
	put64(vma_at(1) + 32, VMA_READ);
	put64(vma_at(1) + 40, 0x55);
	put64(vma_at(1) + 48, 0x66);
	kernel = open_kernel();
	for (size_t i = 0; i < 5; i++) {
		const struct member old = *kernel_member(kernel, needed[i], NULL);

		placed_forget(kernel, needed[i]);
		assert_false(vma_list_add(kernel, &list, VIRTUAL + MM, VIRTUAL + vma_at(1), &err));
		assert_int_equal(err.code, ERROR_UNKNOWN);
		placed_set(kernel, needed[i], old.offset, old.size);
	}
	/* whose it is, is not always told */
	assert_false(vma_list_add(kernel, &list, VIRTUAL + TASK, VIRTUAL + vma_at(1), NULL));
	placed_forget(kernel, VMA_MM);
	assert_true(vma_list_add(kernel, &list, VIRTUAL + TASK, VIRTUAL + vma_at(1), NULL));
	assert_int_equal(list.vma->pgoff, 0x55);
	assert_int_equal(list.vma->file, 0x66);
	vma_list_release(&list);
	open_close(kernel);
}

static void rights_of_mappings(void **state)
{
	static const struct {
		uint64_t flags;
		const char *rights;
	} rows[] = {
		{ 0, "---p" },	  { 1, "r--p" },	  { 2, "-w-p" },    { 4, "--xp" },
		{ 8, "---p" },	  { 0x40, "---p" },	  { 0x80, "---s" }, { 0x100, "---p" },
		{ 0x87, "rwxs" }, { 0xffffff78, "---p" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct vma vma = { .flags = rows[i].flags };
		char rights[] = "#######";

		vma_rights(&vma, rights);
		assert_string_equal(rights, rows[i].rights);
	}
}

static bool note_pid(void *arg, uint64_t address, struct error *err)
{
	char *seen = arg;

	if (strlen(seen) == 8) {
		err->code = ERROR_NO_ANSWER;
		return false;
	}
	sprintf(seen + strlen(seen), "%c", (char)('0' + (address - VIRTUAL - VMA) / VMA_SIZE % 10));
	return true;
}

/* 2 above 1 and 3, 4 below 3: parents before or between their children. */
static void orders_of_a_tree(void **state)
{
	char seen[10] = "";
	struct rbtree rbtree = {
		.node = VMA_RB,
		.left = VMA_RB_LEFT,
		.right = VMA_RB_RIGHT,
		.visit = note_pid,
		.arg = seen,
	};
	const uint64_t root = VIRTUAL + vma_at(2) + 56;
	struct kernel *kernel;
	struct error err;

	(void)state;
	start();
	put_vmas();
	kernel = open_kernel();
	assert_true(vma_visit_rbtree(kernel, &rbtree, root, &err));
	assert_string_equal(seen, "1234");
	seen[0] = '\0';
	rbtree.parents_first = true;
	assert_true(vma_visit_rbtree(kernel, &rbtree, root, &err));
	assert_string_equal(seen, "2134");
	for (int first = 0; first < 2; first++) {
		strcpy(seen, "12345678");
		rbtree.parents_first = first;
		assert_false(vma_visit_rbtree(kernel, &rbtree, root, &err));
		assert_int_equal(err.code, ERROR_NO_ANSWER);
	}
	rbtree.node = VMA_ANON_NAME;
	assert_false(vma_visit_rbtree(kernel, &rbtree, root, &err));
	open_close(kernel);
}

/* No balanced tree has a path of more than 64. */
static void depths_of_a_tree(void **state)
{
	(void)state;
	for (unsigned int nr = 64; nr < 66; nr++) {
		start();
		put64(MM, 0x1234);
		put64(MM + 8, VIRTUAL + vma_at(nr) + 56);
		for (unsigned int i = 1; i <= nr; i++)
			put_vma(i, 0, i - 1, 0);
		if (nr == 64)
			expect_vmas(open_kernel(), 64, 1, "the list of mappings");
		else
			expect_vmas(open_kernel(), 0, 2, "is deeper than possible");
	}
}

/* lib/maple_tree.c of 6.1, 64 bits: maple_arange_64 has 9 pivots and 10 slots,
 * maple_range_64 15 and 16, behind the parent; the type is in bits 6:3. */
enum { LEAF = 1, RANGE = 2, ARANGE = 3, TREE = MM + 0x20 };

static uint64_t node_of(uint64_t paddr, unsigned int type)
{
	return (VIRTUAL + paddr) | type << 3 | 2;
}

static void put_node(uint64_t at, unsigned int type, uint64_t parent, const uint64_t *pivots,
		     const uint64_t *slots, unsigned int nr)
{
	unsigned int nr_slots = type == ARANGE ? 10 : 16;

	memset(image.bytes + MEMORY + at, 0, 256);
	put64(at, parent);
	for (unsigned int i = 0; i < nr; i++) {
		if (i < nr_slots - 1)
			put64(at + 8 + 8 * i, pivots[i]);
		put64(at + 8 * nr_slots + 8 * i, slots[i]);
	}
}

static struct kernel *open_maple(void)
{
	struct kernel *kernel = open_kernel();
	struct member *members = kernel_state(kernel, &state_members);

	members[MM_MT] = (struct member){ true, true, TREE - MM, 16 };
	members[MAPLE_ROOT] = (struct member){ true, true, 8, 8 };
	return kernel;
}

/* One leaf, in the last bytes of memory: eight mappings with a gap before each, the
 * last without a pivot. */
static void put_leaf(uint64_t at, uint64_t parent, unsigned int nr)
{
	uint64_t pivots[16], slots[16];

	for (unsigned int i = 0; i < nr; i++) {
		put_vma(i + 1, 0, 0, 0);
		pivots[2 * i] = 0x10000 * (i + 1) - 1;
		slots[2 * i] = i ? 0x402 : 0; /* XA_ZERO_ENTRY */
		pivots[2 * i + 1] = pivots[2 * i] + 0x1000;
		slots[2 * i + 1] = VIRTUAL + vma_at(i + 1);
	}
	put_node(at, LEAF, parent, pivots, slots, 2 * nr);
}

static void a_leaf_of_a_maple_tree(void **state)
{
	const uint64_t leaf = MEMORY_SIZE - 256;

	(void)state;
	start();
	put64(TREE + 8, node_of(leaf, LEAF));
	put_leaf(leaf, (VIRTUAL + TREE) | 1, 7);
	expect_vmas(open_maple(), 7, 0, NULL);
	/* not the root's parent; not a type of node; not a node */
	put64(leaf, VIRTUAL + TREE);
	expect_vmas(open_maple(), 0, 1, "names ffffffff80003020 as its parent");
	put64(leaf, (VIRTUAL + TREE) | 1);
	for (unsigned int type = 0; type < 16; type++) {
		put64(TREE + 8, node_of(leaf, type));
		if (type == 0 || type > ARANGE)
			expect_vmas(open_maple(), 0, 1, "has the unknown type");
	}
	/* a vm_area_struct of another range */
	put64(TREE + 8, node_of(leaf, LEAF));
	put64(leaf + 8 + 8 * 5, 0x31fff);
	expect_vmas(open_maple(), 7, 1, "from 30000 to 31fff, but its range is 30000 to 30fff");
	/* pivots that go back */
	put64(leaf + 8 + 8 * 5, 0x2fffe);
	expect_vmas(open_maple(), 2, 1, "has pivot 2fffe out of order");
	put64(TREE + 8, 0);
	expect_vmas(open_maple(), 0, 0, NULL);
}

/* Below a root of ten slots, the last of which has no pivot. */
static void a_full_root_of_a_maple_tree(void **state)
{
	const uint64_t root = 0x8000, leaves = 0x9000;

	(void)state;
	for (unsigned int type = RANGE; type <= ARANGE; type++) {
		unsigned int nr = type == ARANGE ? 10 : 16;
		uint64_t pivots[16], slots[16];

		start();
		put64(TREE + 8, node_of(root, type));
		for (unsigned int i = 0; i < nr; i++) {
			uint64_t leaf = leaves + 0x100 * i;
			uint64_t in[3] = { 0x10000 * (i + 1) - 1, 0x10000 * (i + 1) + 0xfff, 0 };
			uint64_t areas[3] = { 0, VIRTUAL + vma_at(i + 1), 0 };

			put_vma(i + 1, 0, 0, 0);
			pivots[i] = 0x10000 * (i + 1) + 0x1fff;
			slots[i] = node_of(leaf, LEAF);
			put_node(leaf, LEAF, VIRTUAL + root, in, areas, 3);
		}
		put_node(root, type, (VIRTUAL + TREE) | 1, pivots, slots, nr);
		expect_vmas(open_maple(), nr, 0, NULL);
		/* one that hangs on another node is left out, no more */
		put64(leaves + 0x100, VIRTUAL + root + 0x100);
		{
			struct kernel *kernel = open_maple();
			struct vma_list list;

			assert_true(vma_each(kernel, VIRTUAL + MM, &list, NULL));
			assert_int_equal(list.nr, nr - 1);
			assert_int_equal(list.damages.nr, 1);
			vma_list_release(&list);
			open_close(kernel);
		}
	}
}

static void stopped_mappings(void **state)
{
	int asked = 0;
	struct listener listener = { .stop = stop, .arg = &asked };
	struct vma_list list;
	struct kernel *kernel;
	struct error err;

	(void)state;
	start();
	put_vmas();
	kernel = open_kernel();
	kernel->listener = &listener;
	assert_false(vma_each(kernel, VIRTUAL + MM, &list, &err));
	assert_int_equal(err.code, ERROR_INTERRUPTED);
	assert_in_range(asked, 1, 3);
	assert_int_equal(list.nr, 0); /* it asks before the first, then seldom */
	vma_list_release(&list);
	open_close(kernel);
}

/* --- tasks of two boots --- */

static struct questions {
	unsigned int nr, yes_after;
} questions;

static bool ask(void *arg)
{
	(void)arg;
	return questions.nr++ >= questions.yes_after;
}

static bool count_diff(const struct diff_row *row, void *arg)
{
	(void)row;
	++*(unsigned int *)arg;
	return true;
}

static unsigned int diffs_until(struct kernel *kernel, unsigned int yes_after)
{
	const struct pair pair = {
		.kernel = { kernel, kernel },
		.same_boot = NO,
	};
	struct diff_summary summary = { .compared = false };
	unsigned int nr = 0;
	const struct diff_visitor visitor = { .visit = count_diff, .arg = &nr };
	const struct diff diff = { &pair, &visitor, &summary };

	questions = (struct questions){ .yes_after = yes_after };
	assert_true(diff_tasks(&diff));
	return nr;
}

/* All have one name, and are counted as one: a list of millions is stopped within it. */
static void tasks_of_one_name(void **state)
{
	static struct listener listener = { .stop = ask };
	struct kernel *kernel;

	(void)state;
	start();
	put_tasks(8);
	kernel = open_kernel();
	assert_non_null(task_all(kernel, NULL));
	kernel->listener = &listener;
	assert_int_equal(diffs_until(kernel, UINT32_MAX), 1);
	assert_in_range(questions.nr, 8, 100);
	assert_int_equal(diffs_until(kernel, questions.nr - 4), 0);
	kernel->listener = NULL;
	open_close(kernel);
}

/* --- stacks --- */

/* THREAD_SIZE is what the linker leaves for the first task's: by the newer names, or the older. A
 * task that has ended has none. */
static void stacks_of_tasks(void **state)
{
	static const struct {
		const char *symbols;
		uint64_t size; /* 0: not known */
	} rows[] = {
		{ "SYMBOL(__start_init_stack)=ffffffff80010000\nSYMBOL(__end_init_stack)=ffffffff80014000\n",
		  0x4000 },
		{ "SYMBOL(__start_init_task)=ffffffff80010000\nSYMBOL(__end_init_task)=ffffffff80012000\n",
		  0x2000 },
		{ "SYMBOL(__start_init_task)=ffffffff80010000\nSYMBOL(__end_init_task)=ffffffff80012000\n"
		  "SYMBOL(__start_init_stack)=ffffffff80010000\nSYMBOL(__end_init_stack)=ffffffff80014000\n",
		  0x4000 },
		{ "SYMBOL(__start_init_stack)=ffffffff80010000\nSYMBOL(__end_init_task)=ffffffff80014000\n",
		  0 },
		{ "SYMBOL(__start_init_stack)=ffffffff80010000\nSYMBOL(__end_init_stack)=ffffffff80011000\n",
		  0x1000 },
		{ "SYMBOL(__start_init_stack)=ffffffff80010000\nSYMBOL(__end_init_stack)=ffffffff80010800\n",
		  0 },
		{ "SYMBOL(__start_init_stack)=ffffffff80010000\nSYMBOL(__end_init_stack)=ffffffff80020000\n",
		  0x10000 },
		{ "SYMBOL(__start_init_stack)=ffffffff80010000\nSYMBOL(__end_init_stack)=ffffffff80030000\n",
		  0 },
		{ "SYMBOL(__start_init_stack)=ffffffff80010000\nSYMBOL(__end_init_stack)=ffffffff80013000\n",
		  0 },
		{ "", 0 },
	};
	const uint64_t from = 0xffffc90000000000;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int known = 0; known < 2; known++) {
			uint64_t size = known ? rows[i].size : 0;
			struct kernel *kernel;
			struct stack stack;
			char text[768];

			snprintf(text, sizeof(text), "%s%s", note, rows[i].symbols);
			memory_start(false, text);
			put64(0x1ff8, 0x2000 | P | RW);
			put64(0x2ff0, 0x2000 | P | RW);
			put64(0x2000, P | RW | PS);
			put_tasks(4);
			for (unsigned int nr = 0; nr < 3; nr++) /* the fourth has ended */
				put64(task_at(nr) + 0x800, from + 0x100000 * (nr + 1));
			kernel = open_kernel();
			if (known)
				((struct member *)kernel_state(kernel,
							       &state_members))[TASK_STACK] =
					(struct member){ true, true, 0x800, 8 };
			for (unsigned int nr = 0; nr < 3; nr++) {
				uint64_t first = from + 0x100000 * (nr + 1);

				assert_false(task_stack_at(kernel, first - 1, &stack));
				assert_int_equal(task_stack_at(kernel, first, &stack), size != 0);
				if (!size)
					continue;
				assert_int_equal(stack.kind, STACK_TASK);
				assert_int_equal(stack.task->pid, nr);
				assert_true(stack.first == first);
				if (stack.last != first + size - 1)
					fail_msg("row %zu: %llx", i,
						 (unsigned long long)stack.last);
				assert_true(task_stack_at(kernel, stack.last, &stack));
				assert_false(task_stack_at(kernel, first + size, &stack));
			}
			assert_false(task_stack_at(kernel, 0, &stack));
			assert_false(task_stack_at(kernel, 0xfff, &stack));
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
		cmocka_unit_test(members_far_apart),
		cmocka_unit_test(tasks_with_a_hole),
		cmocka_unit_test(idle_tasks),
		cmocka_unit_test(stopped_search),
		cmocka_unit_test(mappings),
		cmocka_unit_test(mappings_cut_or_looping),
		cmocka_unit_test(damaged_mappings),
		cmocka_unit_test(what_is_no_mapping),
		cmocka_unit_test(rights_of_mappings),
		cmocka_unit_test(orders_of_a_tree),
		cmocka_unit_test(depths_of_a_tree),
		cmocka_unit_test(a_leaf_of_a_maple_tree),
		cmocka_unit_test(a_full_root_of_a_maple_tree),
		cmocka_unit_test(stopped_mappings),
		cmocka_unit_test(tasks_of_one_name),
		cmocka_unit_test(stacks_of_tasks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
