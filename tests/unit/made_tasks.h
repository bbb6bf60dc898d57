/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tasks of a kernel whose structs have the layouts given here. */
#pragma once

#include "kernel/kernel.h"
#include "kernel/kernel_members.h"
#include "linux/task_members.h"
#include "placed.h"

#include "unit.h"

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
	{ SIGNAL_THREAD_HEAD, 80, 16 }, /* the signal_struct is at the address of its task */
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
	{ RB_RIGHT, 8, 8 },
	{ RB_LEFT, 16, 8 },
};

enum { TASK = 0x4000, TASK_SIZE = 0x60, MM = 0x3000, VMA = 0x4000, VMA_SIZE = 0x60 };

static inline void put64(uint64_t paddr, uint64_t value)
{
	put(paddr, value, 8);
}

static inline void put32(uint64_t paddr, uint32_t value)
{
	put(paddr, value, 4);
}

/* The kernel's image is the first 2M of memory. */
static inline void put_memory(void)
{
	put64(0x1ff8, 0x2000 | P | RW);
	put64(0x2ff0, 0x2000 | P | RW); /* page 2000 is also the pmd, whose first entry follows */
	put64(0x2000, P | RW | PS);
}

/* Starts a kernel whose memory begins at 0. */
static inline void start(void)
{
	memory_start(false, note);
	put_memory();
}

static inline struct kernel *open_kernel(void)
{
	return PLACED_OPEN(NULL, layout);
}

static inline uint64_t task_at(unsigned int nr)
{
	return TASK + nr * TASK_SIZE;
}

static inline void put_task(unsigned int nr, unsigned int before, unsigned int behind)
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

static inline void put_tasks(unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++)
		put_task(i, i ? i - 1 : nr - 1, i + 1 < nr ? i + 1 : 0);
}

static inline bool should_stop(void *arg)
{
	return ++*(int *)arg;
}
