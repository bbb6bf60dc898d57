/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The stacks of riscv64 CPUs, and the registers of a task that is not running, which the kernel
 * saved when it switched to another task. */
#include "arch/riscv64/riscv64.h"
#include "arch/riscv64/riscv64_members.h"
#include "base/bytes.h"
#include "kernel/percpu.h"
#include "linux/task/stack.h"

static void riscv64_add_stack(struct stack_list *list, enum stack_kind kind, unsigned int cpu,
			      uint64_t first, uint64_t size)
{
	stack_add(list, &(struct stack){
				.kind = kind,
				.exception = kind == STACK_EXCEPTION ? "overflow" : NULL,
				.first = first,
				.last = first + size - 1,
				.cpu = cpu,
			});
}

/* Interrupts have a stack since 6.6 (163e76cc6ef4, arch/riscv/kernel/irq.c). The stack for overflows
 * of other stacks exists since 5.14 (31da94c25aea, traps.c). */
void riscv64_add_cpu_stacks(struct kernel *kernel, struct stack_list *list)
{
	enum { OVERFLOW_STACK_SIZE = 4096 };
	struct cpu_set cpus;
	uint64_t size, at;

	if (!kernel_possible_cpus(kernel, &cpus, NULL))
		return;
	for (unsigned int cpu = 0; cpu < cpus.nr; cpu++) {
		if (!cpu_set_has(&cpus, cpu))
			continue;
		if (stack_task_size(kernel, &size) &&
		    kernel_per_cpu(kernel, "irq_stack_ptr", cpu, &at, NULL) &&
		    kernel_read_pointer(kernel, at, &at, NULL) && at)
			riscv64_add_stack(list, STACK_IRQ, cpu, at, size);
		if (kernel_per_cpu(kernel, "overflow_stack", cpu, &at, NULL))
			riscv64_add_stack(list, STACK_EXCEPTION, cpu, at, OVERFLOW_STACK_SIZE);
	}
}

bool riscv64_saved_sp(struct kernel *kernel, uint64_t task, uint64_t *sp)
{
	return kernel_read_member(kernel, task, THREAD_SP, sp, NULL);
}

/* The words of thread_struct (asm/processor.h) that __switch_to() of entry.S fills. */
bool riscv64_switched_registers(struct kernel *kernel, uint64_t task, struct registers *registers,
				struct error *err)
{
	enum { NR_S = 12 };
	const struct member *s = kernel_member(kernel, THREAD_S, err);
	uint8_t words[8 * NR_S];
	uint64_t ra, sp;

	*registers = (struct registers){ 0 };
	if (!s || !kernel_read_member(kernel, task, THREAD_RA, &ra, err) ||
	    !kernel_read_member(kernel, task, THREAD_SP, &sp, err) ||
	    !kernel_read(kernel, task + s->offset, words, sizeof(words), err))
		return false;
	registers_set(registers, CPU_IP, ra);
	registers_set(registers, RISCV64_RA, ra);
	registers_set(registers, CPU_SP, sp);
	registers_set(registers, RISCV64_S0, load_le64(words));
	registers_set(registers, RISCV64_S1, load_le64(words + 8));
	for (unsigned int i = 2; i < NR_S; i++)
		registers_set(registers, RISCV64_S2 + i - 2, load_le64(words + 8 * i));
	return true;
}
