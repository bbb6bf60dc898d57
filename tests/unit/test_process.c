/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of tasks and of mappings, whole, cut, looping and damaged, in a kernel
 * whose structs are laid out here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "areas/stack.h"
#include "diff/diff_tasks.h"
#include "kernel/kernel.h"
#include "kernel/members.h"
#include "memory.h"
#include "open/open.h"
#include "tasks/task.h"
#include "tasks/vma.h"

/* Has a macro fail() of its own. */
#include <cmocka.h>

#define VIRTUAL UINT64_C(0xffffffff80000000)

static const char note[] =
	"OSRELEASE=6.0.0\n"
	"SYMBOL(swapper_pg_dir)=ffffffff80001000\n"
	"SYMBOL(init_task)=ffffffff80004000\n"
	"NUMBER(phys_base)=0\n"
	"NUMBER(pgtable_l5_enabled)=0\n";

static const struct {
	enum member_id id;
	uint32_t offset, size;
} layout[] = {
	{ TASK_TASKS, 0, 16 }, { TASK_PID, 16, 4 }, { TASK_TGID, 20, 4 },
	{ TASK_COMM, 24, 16 }, { TASK_MM, 40, 8 }, { TASK_ACTIVE_MM, 48, 8 },
	{ TASK_SIGNAL, 56, 8 }, { TASK_THREAD_NODE, 64, 16 },
	{ SIGNAL_THREAD_HEAD, 80, 16 }, /* a task is its own signal_struct */
	{ MM_MMAP, 0, 8 }, { MM_RB_ROOT, 8, 8 },
	{ VMA_START, 0, 8 }, { VMA_END, 8, 8 }, { VMA_NEXT, 16, 8 },
	{ VMA_MM, 24, 8 }, { VMA_FLAGS, 32, 8 }, { VMA_PGOFF, 40, 8 },
	{ VMA_FILE, 48, 8 }, { VMA_RB, 56, 24 }, { VMA_RB_RIGHT, 64, 8 },
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

/* Memory from 0, of which the kernel's image is the first 2M. */
static void start(void)
{
	memory_start(false, note);
	put64(0x1ff8, 0x2000 | P | RW);
	put64(0x2ff0, 0x2000 | P | RW); /* its own pmd's first entry is below */
	put64(0x2000, P | RW | PS);
}

static struct kernel *open_kernel(void)
{
	struct kernel *kernel = memory_open(NULL, NULL);

	for (unsigned int id = 0; id < NR_MEMBERS; id++)
		((struct member *)kernel_state(kernel, STATE_MEMBERS))[id].tried = true;
	for (size_t i = 0; i < sizeof(layout) / sizeof(layout[0]); i++)
		((struct member *)kernel_state(kernel, STATE_MEMBERS))[layout[i].id] = (struct member){
			true, true, layout[i].offset, layout[i].size,
		};
	return kernel;
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

/* The tasks there are, and what of the list's damages is not for want of CPUs. */
static void expect_tasks(struct kernel *kernel, const int *pids, size_t nr,
			 const char *damage)
{
	struct error err = { .message = "" };
	const struct task_list *list = kernel_tasks(kernel, &err);
	bool told = false;

	if (!list)
		fail_msg("%s", err.message);
	assert_int_equal(list->nr, nr);
	for (size_t i = 0; i < nr; i++)
		assert_int_equal(list->task[i].pid, pids[i]);
	for (size_t i = 0; i < list->damages.nr; i++)
		told |= damage && strstr(list->damages.error[i].message, damage);
	assert_int_equal(told, damage != NULL);
	kernel_close(kernel);
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

/* A task whose prev alone is damaged is in the list all the same. */
static void damaged_back_pointer(void **state)
{
	const int pids[] = { 0, 1, 4, 3, 2 };

	(void)state;
	start();
	put_tasks(5);
	put64(task_at(2) + 8, 0x1234);
	expect_tasks(open_kernel(), pids, 5,
		     "task ffffffff800040c0 comes next but points back to 1234");
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
	assert_null(kernel_tasks(kernel, &err));
	assert_int_equal(err.code, ERROR_INTERRUPTED);
	assert_in_range(asked, 1, 3);
	assert_non_null(kernel_tasks_so_far(kernel));
	assert_int_equal(kernel_tasks_so_far(kernel)->nr, 256);
	kernel->listener = NULL;
	assert_int_equal(kernel_tasks(kernel, &err)->nr, 400);
	assert_null(kernel_tasks_so_far(kernel));
	kernel_close(kernel);
}

/* --- mappings --- */

static uint64_t vma_at(unsigned int nr)
{
	return VMA + nr * VMA_SIZE;
}

/* The nr-th of size 1000, followed by next in the list (0: the last). */
static void put_vma(unsigned int nr, unsigned int next, unsigned int left,
		    unsigned int right)
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

static void expect_vmas(struct kernel *kernel, size_t nr, size_t nr_damages,
			const char *damage)
{
	struct error err = { .message = "" };
	struct vma_list list;

	if (!kernel_vmas(kernel, VIRTUAL + MM, &list, &err))
		fail_msg("%s", err.message);
	assert_int_equal(list.nr, nr);
	for (size_t i = 0; i < nr; i++)
		assert_int_equal(list.vma[i].first, (i + 1) * 0x10000);
	assert_int_equal(list.damages.nr, nr_damages);
	if (damage && !strstr(list.damages.error[nr_damages - 1].message, damage))
		fail_msg("%s", list.damages.error[nr_damages - 1].message);
	vma_list_release(&list);
	kernel_close(kernel);
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
	assert_true(kernel_vmas(kernel, VIRTUAL + MM, &list, NULL));
	assert_int_equal(vma_list_at(&list, 0)->first, 0x10000);
	assert_int_equal(vma_list_at(&list, 0x10fff)->first, 0x10000);
	assert_int_equal(vma_list_at(&list, 0x11000)->first, 0x20000);
	assert_null(vma_list_at(&list, 0x41000));
	vma_list_release(&list);
	kernel_close(kernel);
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
	expect_vmas(
		open_kernel(), 1, 2,
		"at ffffffff800040c0 belongs to the mm at ffffffff80003008");
	/* a tree that comes back to its top */
	start();
	put_vmas();
	put64(vma_at(1) + 16, 0x1234);
	put64(vma_at(4) + 72, VIRTUAL + vma_at(2) + 56);
	expect_vmas(open_kernel(), 3, 2, "leads to ffffffff800040f8 again");
}

/* lib/maple_tree.c of 6.1, 64 bits: maple_arange_64 has 9 pivots and 10 slots,
 * maple_range_64 15 and 16, behind the parent; the type is in bits 6:3. */
enum { LEAF = 1, RANGE = 2, ARANGE = 3, TREE = MM + 0x20 };

static uint64_t node_of(uint64_t paddr, unsigned int type)
{
	return (VIRTUAL + paddr) | type << 3 | 2;
}

static void put_node(uint64_t at, unsigned int type, uint64_t parent,
		     const uint64_t *pivots, const uint64_t *slots, unsigned int nr)
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
	struct member *members = kernel_state(kernel, STATE_MEMBERS);

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
	expect_vmas(open_maple(), 7, 1,
		    "from 30000 to 31fff, but its range is 30000 to 30fff");
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
			uint64_t in[3] = { 0x10000 * (i + 1) - 1,
					   0x10000 * (i + 1) + 0xfff, 0 };
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

			assert_true(kernel_vmas(kernel, VIRTUAL + MM, &list, NULL));
			assert_int_equal(list.nr, nr - 1);
			assert_int_equal(list.damages.nr, 1);
			vma_list_release(&list);
			kernel_close(kernel);
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
	assert_false(kernel_vmas(kernel, VIRTUAL + MM, &list, &err));
	assert_int_equal(err.code, ERROR_INTERRUPTED);
	assert_in_range(asked, 1, 3);
	vma_list_release(&list);
	kernel_close(kernel);
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

static bool count_diff(const struct task_diff *diff, void *arg)
{
	(void)diff;
	++*(unsigned int *)arg;
	return true;
}

static unsigned int diffs_until(struct kernel *kernel, unsigned int yes_after)
{
	const struct pair pair = {
		.kernel = { kernel, kernel },
		.same_boot = NO,
	};
	struct diff_counts counts = { 0 };
	unsigned int nr = 0;

	questions = (struct questions){ .yes_after = yes_after };
	assert_true(diff_tasks(&pair, count_diff, &nr, &counts, NULL));
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
	assert_non_null(kernel_tasks(kernel, NULL));
	kernel->listener = &listener;
	assert_int_equal(diffs_until(kernel, UINT32_MAX), 1);
	assert_in_range(questions.nr, 8, 100);
	assert_int_equal(diffs_until(kernel, questions.nr - 4), 0);
	kernel->listener = NULL;
	kernel_close(kernel);
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
		{ "SYMBOL(__start_init_stack)=ffffffff80010000\nSYMBOL(__end_init_stack)=ffffffff80014000\n", 0x4000 },
		{ "SYMBOL(__start_init_task)=ffffffff80010000\nSYMBOL(__end_init_task)=ffffffff80012000\n", 0x2000 },
		{ "SYMBOL(__start_init_task)=ffffffff80010000\nSYMBOL(__end_init_task)=ffffffff80012000\n"
		  "SYMBOL(__start_init_stack)=ffffffff80010000\nSYMBOL(__end_init_stack)=ffffffff80014000\n", 0x4000 },
		{ "SYMBOL(__start_init_stack)=ffffffff80010000\nSYMBOL(__end_init_task)=ffffffff80014000\n", 0 },
		{ "SYMBOL(__start_init_stack)=ffffffff80010000\nSYMBOL(__end_init_stack)=ffffffff80011000\n", 0x1000 },
		{ "SYMBOL(__start_init_stack)=ffffffff80010000\nSYMBOL(__end_init_stack)=ffffffff80010800\n", 0 },
		{ "SYMBOL(__start_init_stack)=ffffffff80010000\nSYMBOL(__end_init_stack)=ffffffff80020000\n", 0x10000 },
		{ "SYMBOL(__start_init_stack)=ffffffff80010000\nSYMBOL(__end_init_stack)=ffffffff80030000\n", 0 },
		{ "SYMBOL(__start_init_stack)=ffffffff80010000\nSYMBOL(__end_init_stack)=ffffffff80013000\n", 0 },
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
				((struct member *)kernel_state(kernel, STATE_MEMBERS))[TASK_STACK] =
					(struct member){ true, true, 0x800, 8 };
			for (unsigned int nr = 0; nr < 3; nr++) {
				uint64_t first = from + 0x100000 * (nr + 1);

				assert_false(kernel_stack_at(kernel, first - 1, &stack));
				assert_int_equal(kernel_stack_at(kernel, first, &stack), size != 0);
				if (!size)
					continue;
				assert_string_equal(stack.kind, "task");
				assert_int_equal(stack.task->pid, nr);
				assert_true(stack.first == first);
				if (stack.last != first + size - 1)
					fail_msg("row %zu: %llx", i, (unsigned long long)stack.last);
				assert_true(kernel_stack_at(kernel, stack.last, &stack));
				assert_false(kernel_stack_at(kernel, first + size, &stack));
			}
			assert_false(kernel_stack_at(kernel, 0, &stack));
			assert_false(kernel_stack_at(kernel, 0xfff, &stack));
			kernel_close(kernel);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_list),
		cmocka_unit_test(threads_of_one),
		cmocka_unit_test(cut_list),
		cmocka_unit_test(looping_list),
		cmocka_unit_test(damaged_back_pointer),
		cmocka_unit_test(skipped_tasks),
		cmocka_unit_test(damaged_members),
		cmocka_unit_test(stopped_search),
		cmocka_unit_test(mappings),
		cmocka_unit_test(mappings_cut_or_looping),
		cmocka_unit_test(damaged_mappings),
		cmocka_unit_test(a_leaf_of_a_maple_tree),
		cmocka_unit_test(a_full_root_of_a_maple_tree),
		cmocka_unit_test(stopped_mappings),
		cmocka_unit_test(tasks_of_one_name),
		cmocka_unit_test(stacks_of_tasks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
