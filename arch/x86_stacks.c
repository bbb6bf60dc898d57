/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stacks of CPUs on x86: of interrupts, of exceptions until 5.1, and of IRET. Later
 * ones lie in the cpu entry area: x86_cpu_entry.c. */
#include <string.h>

#include "arch/x86.h"
#include "arch/x86_64.h"
#include "areas/stack.h"
#include "kernel/members.h"
#include "kernel/percpu.h"
#include "vmlinux/types.h"

/* --- interrupts --- */

/* Where CPUs keep the pointer to a stack: a variable, or from 6.2 to 6.14 a
 * member of pcpu_hot (d7b6d709a76a). */
struct irq_pointer {
	const char *kind, *variable;
	enum member_id member; /* NR_MEMBERS: only a variable */
};

/*
 * x86-64 keeps the address of the top, or of the last word below it (5.12,
 * 951c2a51ae75; 64 bytes below before 4.14); irq_stack_ptr is its name before
 * 5.2 (758a2e312228). i386 keeps the bottom; of both names here the last is from
 * 3.15 to 5.1 (198d208df437).
 */
static const struct irq_pointer pointers_64[] = {
	{ "irq", "hardirq_stack_ptr", PCPU_HOT_HARDIRQ },
	{ "irq", "irq_stack_ptr", NR_MEMBERS },
};
static const struct irq_pointer pointers_32[] = {
	{ "hardirq", "hardirq_stack_ptr", PCPU_HOT_HARDIRQ },
	{ "hardirq", "hardirq_stack", NR_MEMBERS },
	{ "softirq", "softirq_stack_ptr", PCPU_HOT_SOFTIRQ },
	{ "softirq", "softirq_stack", NR_MEMBERS },
};

static bool read_pointer(struct kernel *kernel,
			 const struct irq_pointer *pointer, unsigned int cpu,
			 uint64_t *value)
{
	uint64_t address;

	if (kernel_per_cpu(kernel, pointer->variable, cpu, &address, NULL))
		return kernel_read_pointer(kernel, address, value, NULL);
	return pointer->member != NR_MEMBERS &&
	       kernel_per_cpu(kernel, "pcpu_hot", cpu, &address, NULL) &&
	       kernel_read_member(kernel, address, pointer->member, value,
				  NULL);
}

/* IRQ_STACK_SIZE; on i386 THREAD_SIZE. */
static bool find_irq_size(struct kernel *kernel, uint64_t *size)
{
	struct types *types = kernel_types(kernel);

	return types &&
	       (types_size(types, "struct irq_stack", size) ||
		types_size(types, "union irq_stack_union", size)) &&
	       stack_size_is_valid(*size);
}

static void add_irq_stacks(struct kernel *kernel, struct stack_list *list)
{
	bool wide = kernel_pointer_size(kernel) == 8;
	const struct irq_pointer *pointers = wide ? pointers_64 : pointers_32;
	size_t nr = wide ? sizeof(pointers_64) / sizeof(pointers_64[0]) :
			   sizeof(pointers_32) / sizeof(pointers_32[0]);
	struct cpu_set cpus;
	uint64_t size, at;

	if (!kernel_possible_cpus(kernel, &cpus, NULL) ||
	    !find_irq_size(kernel, &size))
		return;
	for (unsigned int cpu = 0; cpu < cpus.nr; cpu++) {
		if (!cpu_set_has(&cpus, cpu))
			continue;
		for (size_t i = 0; i < nr; i++) {
			if (!read_pointer(kernel, &pointers[i], cpu, &at) ||
			    !at)
				continue;
			if (wide)
				at = ((at + PAGE_BYTES - 1) &
				      -(uint64_t)PAGE_BYTES) -
				     size;
			stack_add(list, &(struct stack){
						.kind = pointers[i].kind,
						.first = at,
						.last = at + size - 1,
						.cpu = cpu,
					});
		}
	}
}

/* --- exceptions --- */

/*
 * struct orig_ist of a CPU holds the tops of its exception stacks until 5.1
 * (4d68c3d0ecd5): one above the other, all of one size but that of debug
 * exceptions, which is twice as large. There were five until the first of them
 * went with 3.19 (6f442be2fb22) and many stable releases. arch/x86/kernel/cpu/
 * common.c, cpu_init().
 */
enum { MOST_IST = 7, FEWEST_IST = 4 };
static const char *const ist_names[] = { "SS", "DF", "NMI", "DB", "MCE" };

/* The number of stacks, and the size of all but the debug stack; 0 if the tops do not
 * form such a row. */
static unsigned int count_ist(const uint64_t tops[MOST_IST], uint64_t *size)
{
	unsigned int nr = 0;

	while (nr < MOST_IST && tops[nr])
		nr++;
	if (nr != FEWEST_IST && nr != FEWEST_IST + 1)
		return 0;
	*size = tops[nr - 1] - tops[nr - 2];
	if (!stack_size_is_valid(*size))
		return 0;
	for (unsigned int i = 1; i < nr; i++)
		if (tops[i] - tops[i - 1] != (i == nr - 2 ? 2 * *size : *size))
			return 0;
	return nr;
}

static void add_exception_stacks(struct kernel *kernel, struct stack_list *list)
{
	uint64_t tops[MOST_IST], address, size = 0;
	struct cpu_set cpus;
	unsigned int nr;

	if (kernel_pointer_size(kernel) != 8 ||
	    !kernel_possible_cpus(kernel, &cpus, NULL))
		return;
	for (unsigned int cpu = 0; cpu < cpus.nr; cpu++) {
		if (!cpu_set_has(&cpus, cpu) ||
		    !kernel_per_cpu(kernel, "orig_ist", cpu, &address, NULL))
			continue;
		for (unsigned int i = 0; i < MOST_IST; i++)
			if (!kernel_read_pointer(kernel, address + 8 * i,
						 &tops[i], NULL))
				tops[i] = 0;
		nr = count_ist(tops, &size);
		for (unsigned int i = 0; i < nr; i++) {
			struct stack stack = {
				.kind = "exception",
				.first = tops[i] -
					 (i == nr - 2 ? 2 * size : size),
				.last = tops[i] - 1,
				.cpu = cpu,
			};

			strcpy(stack.exception,
			       ist_names[FEWEST_IST + 1 - nr + i]);
			stack_add(list, &stack);
		}
	}
}

void x86_add_cpu_stacks(struct kernel *kernel, struct stack_list *list)
{
	add_irq_stacks(kernel, list);
	add_exception_stacks(kernel, list);
}

/* --- espfix --- */

/* The little stacks for IRET to 16-bit segments, one for each CPU:
 * arch/x86/kernel/espfix_64.c. Each is mapped 65536 times, at every value of these bits: IRET takes
 * them from the user's stack pointer. */
#define CLONE_BITS UINT64_C(0xffff0000)

enum { STACK_SIZE = 64 };

bool x86_64_espfix_stack(struct kernel *kernel, uint64_t vaddr,
			 struct stack *stack)
{
	struct cpu_set cpus;
	uint64_t variable, bottom;

	if (!kernel_possible_cpus(kernel, &cpus, NULL))
		return false;
	for (unsigned int cpu = 0; cpu < cpus.nr; cpu++) {
		/* 0: the CPU was never brought up. */
		if (!cpu_set_has(&cpus, cpu) ||
		    !kernel_per_cpu(kernel, "espfix_stack", cpu, &variable,
				    NULL) ||
		    !kernel_read_pointer(kernel, variable, &bottom, NULL) ||
		    !bottom)
			continue;
		bottom = (bottom & ~CLONE_BITS) | (vaddr & CLONE_BITS);
		if (vaddr - bottom < STACK_SIZE) {
			*stack = (struct stack){
				.kind = "espfix",
				.first = bottom,
				.last = bottom + STACK_SIZE - 1,
				.cpu = cpu,
			};
			return true;
		}
	}
	return false;
}
