/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Processes that have page tables, in memory. */
#pragma once

#include "linux/task_members.h"
#include "placed.h"

#include "unit.h"

#define NX (UINT64_C(1) << 63)

enum {
	TASKS = 0x4000,
	TASK_SIZE = 0x60,
	MMS = 0x5000,
	MM_SIZE = 0x80,
	/* a process with page-table isolation: the kernel's table, the user's table, and the tables
	 * below */
	TOP = 0x6000,
	USER_TOP = 0x7000,
	UPPER = 0x8000,
	MIDDLE = 0x9000,
	LAST = 0xa000,
	DATA = 0xb000, /* mapped at 40400000 and once more directly after that */
	PLAIN_TOP = 0xc000,
	PLAIN_UPPER = 0xd000,
	PLAIN_MIDDLE = 0xe000,
	OTHER_TOP = 0xf000,
};

/* The mm_structs, in this order: of the process with isolation, of the process without isolation,
 * with a table that maps itself, with a table that does not map itself, and without a table. */
enum { MM_ISOLATED, MM_PLAIN, MM_OTHER, MM_EMPTY, MM_WILD, NO_MM };

static const struct placed layout[] = {
	{ TASK_TASKS, 0, 16 },
	{ TASK_PID, 16, 4 },
	{ TASK_TGID, 20, 4 },
	{ TASK_COMM, 24, 16 },
	{ TASK_MM, 40, 8 },
	{ TASK_ACTIVE_MM, 48, 8 },
	{ TASK_SIGNAL, 56, 8 },
	{ TASK_THREAD_NODE, 64, 16 },
	{ SIGNAL_THREAD_HEAD, 80, 16 }, /* the signal_struct is at the address of its task */
	{ MM_PGD, 0, 8 },
	{ MM_ARG_START, 8, 8 },
	{ MM_ARG_END, 16, 8 },
};

static inline uint64_t mm_at(unsigned int nr)
{
	return nr == NO_MM ? 0 : IMAGE + MMS + MM_SIZE * nr;
}

static inline uint64_t task_at(unsigned int nr)
{
	return IMAGE + TASKS + TASK_SIZE * nr;
}

static const struct {
	unsigned int mm, active_mm;
} tasks[] = {
	{ NO_MM, NO_MM },
	{ NO_MM, MM_ISOLATED },
	{ MM_ISOLATED, MM_ISOLATED },
	{ MM_ISOLATED, MM_ISOLATED },
	{ NO_MM, MM_OTHER },
	{ MM_PLAIN, MM_PLAIN },
	{ NO_MM, MM_WILD },
	{ MM_WILD, MM_WILD },
};

enum { NR_TASKS = sizeof(tasks) / sizeof(tasks[0]) };

static inline void put_task(unsigned int nr)
{
	uint64_t at = TASKS + TASK_SIZE * nr;

	put(at, task_at((nr + 1) % NR_TASKS), 8);
	put(at + 8, task_at((nr + NR_TASKS - 1) % NR_TASKS), 8);
	put(at + 16, nr, 4);
	put(at + 20, nr, 4);
	memcpy(image.bytes + MEMORY + at + 24, "task", 5);
	put(at + 40, mm_at(tasks[nr].mm), 8);
	put(at + 48, mm_at(tasks[nr].active_mm), 8);
	put(at + 56, IMAGE + at, 8);
	put(at + 64, IMAGE + at + 80, 8);
	put(at + 72, IMAGE + at + 80, 8);
	put(at + 80, IMAGE + at + 64, 8);
	put(at + 88, IMAGE + at + 64, 8);
}

static inline void put_tables(uint64_t c)
{
	uint64_t below = P | RW | US | c;

	put(0, LAST | below, 8); /* belongs to no table */
	put(0x1ff8, 0x2000 | P | RW | c, 8);
	put(0x2ff0, 0x3000 | P | RW | c, 8);
	put(0x3000, P | RW | PS | c, 8);
	put(TOP + 0xff8, 0x2000 | P | RW | c, 8);
	put(USER_TOP + 0xff8, 0x2000 | P | RW | c, 8);
	put(TOP, UPPER | below | NX, 8);
	put(USER_TOP, UPPER | below, 8);
	put(UPPER + 8, MIDDLE | below, 8);
	put(MIDDLE + 16, LAST | below, 8);
	put(LAST, DATA | below, 8);
	put(LAST + 8, DATA | below, 8);
	put(PLAIN_TOP + 0xff8, 0x2000 | P | RW | c, 8);
	put(PLAIN_TOP + 8 * 255, PLAIN_UPPER | below, 8);
	put(PLAIN_UPPER + 8 * 511, PLAIN_MIDDLE | below, 8);
	put(OTHER_TOP + 0xff8, 0x2000 | P | RW | c, 8);
}

static inline void start_with(const char *note, uint64_t c)
{
	static const uint64_t tops[] = { TOP, PLAIN_TOP, OTHER_TOP, PLAIN_MIDDLE };
	char more[200];

	snprintf(more, sizeof(more), "SYMBOL(init_task)=%llx\n%s", (unsigned long long)task_at(0),
		 note);
	memory_start_64("6.1.0", more);
	put_tables(c);
	for (unsigned int i = 0; i < NR_TASKS; i++)
		put_task(i);
	for (unsigned int i = 0; i < 4; i++)
		put(MMS + MM_SIZE * i, IMAGE + tops[i], 8);
	put(MMS + MM_SIZE * MM_WILD, IMAGE + 0x40000000, 8);
}

static inline void start(void)
{
	start_with("", 0);
}

static inline struct kernel *open_kernel(void)
{
	return PLACED_OPEN(NULL, layout);
}

static inline const struct task *task_of(struct kernel *kernel, unsigned int nr)
{
	const struct task_list *list = task_all(kernel, NULL);

	assert_non_null(list);
	assert_int_equal(list->nr, NR_TASKS);
	assert_int_equal(list->task[nr].pid, nr);
	return &list->task[nr];
}
