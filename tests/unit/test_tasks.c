/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tasks: holes in the dump, idle tasks, tasks of two boots, stacks, and a search that is
 * stopped. */
#include "linux/task/stack.h"
#include "diff/diff.h"
#include "kernel/kernel.h"
#include "kernel/noted.h"
#include "open/open.h"
#include "linux/task_members.h"
#include "linux/task/task.h"
#include "made_tasks.h"
#include "placed.h"

#include "unit.h"

/* --- tasks --- */

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

/* A page that has no needed members is missing in the middle of a task_struct, so the members are
 * read one by one. */
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
		/* the names of the list's head and of its only entry, however they were read */
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

/* The idle tasks of CPUs 1 and 2 of 4 are in idle_threads since 3.5 (29d5e0476e1c), and in the
 * runqueues before. The entry of the first CPU is not read, because its idle task is init_task. */
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
			if (!damaged) /* two CPUs with the same task */
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

/* The tasks that were found before are kept, but the list is incomplete. */
static void stopped_search(void **state)
{
	int asked = 0;
	struct listener listener = { .stop = should_stop, .arg = &asked };
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
	assert_true(HAVE_DIFF && diff_tasks(&diff));
	return nr;
}

/* All tasks have the same name. The count can be stopped, because a list may have millions of
 * tasks. */
static void tasks_of_one_name(void **state)
{
	static struct listener listener = { .stop = ask };
	struct kernel *kernel;

	(void)state;
	if (!HAVE_DIFF)
		return;
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

/* THREAD_SIZE is the space that the linker leaves for the stack of the first task, under the newer
 * or the older names. A task that has ended has no stack. */
static void stacks_of_tasks(void **state)
{
	static const struct {
		const char *symbols;
		uint64_t size; /* 0: unknown */
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
			for (unsigned int nr = 0; nr < 3; nr++) /* the fourth task has ended */
				put64(task_at(nr) + 0x800, from + 0x100000 * (nr + 1));
			kernel = open_kernel();
			if (known)
				placed_set(kernel, TASK_STACK, 0x800, 8);
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
		cmocka_unit_test(tasks_with_a_hole), cmocka_unit_test(idle_tasks),
		cmocka_unit_test(stopped_search),    cmocka_unit_test(tasks_of_one_name),
		cmocka_unit_test(stacks_of_tasks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
