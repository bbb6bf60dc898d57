/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The stacks of arm64 CPUs, and the registers of a task that is not running, which the kernel saved
 * when it switched to another task. */
#include "arch/arm64/arm64.h"
#include "arch/arm64/arm64_members.h"
#include "base/bytes.h"
#include "dump/registers.h"
#include "kernel/percpu.h"
#include "linux/task/stack.h"

/* The per-CPU variables for stacks: arch/arm64/kernel/irq.c, traps.c, sdei.c. Interrupts have a
 * stack since 4.5 (132cd887b5c5). Before 4.14 (f60fe78f1332) the variable is the stack itself;
 * since 4.14 the variable points to the bottom of an allocated stack. All stacks have the size of a
 * task's stack (IRQ_STACK_SIZE, SDEI_STACK_SIZE), except the stack that is used when another stack
 * overflows (OVERFLOW_STACK_SIZE, 4.14, 872d8327ce89). */
static const struct cpu_stack {
	const char *variable;
	enum stack_kind kind;
	const char *exception;
	/* True: the variable points to the stack; false: the variable is the stack. */
	bool is_pointer;
	uint64_t size; /* in bytes; 0: the size of a task's stack */
} cpu_stacks[] = {
	{ "irq_stack_ptr", STACK_IRQ, NULL, true, 0 },
	{ "irq_stack", STACK_IRQ, NULL, false, 0 },
	{ "overflow_stack", STACK_EXCEPTION, "overflow", false, 4096 },
	{ "sdei_stack_normal_ptr", STACK_EXCEPTION, "SDEI-normal", true, 0 },
	{ "sdei_stack_critical_ptr", STACK_EXCEPTION, "SDEI-critical", true, 0 },
};

static void arm64_add_stack(struct kernel *kernel, const struct cpu_stack *row, unsigned int cpu,
			    uint64_t size, struct stack_list *list)
{
	uint64_t at;

	if (!kernel_per_cpu(kernel, row->variable, cpu, &at, NULL) ||
	    (row->is_pointer && !kernel_read_pointer(kernel, at, &at, NULL)) || !at)
		return;
	stack_add(list, &(struct stack){
				.kind = row->kind,
				.exception = row->exception,
				.first = at,
				.last = at + size - 1,
				.cpu = cpu,
			});
}

void arm64_add_cpu_stacks(struct kernel *kernel, struct stack_list *list)
{
	struct cpu_set cpus;
	uint64_t task_size;

	if (!kernel_possible_cpus(kernel, &cpus, NULL))
		return;
	if (!stack_task_size(kernel, &task_size))
		task_size = 0; /* no stack is added, because stack_add() ignores a size of 0 */
	for (unsigned int cpu = 0; cpu_set_next(&cpus, &cpu); cpu++)
		for (size_t i = 0; i < sizeof(cpu_stacks) / sizeof(cpu_stacks[0]); i++)
			arm64_add_stack(kernel, &cpu_stacks[i], cpu,
					cpu_stacks[i].size ?: task_size, list);
}

/* The words of struct cpu_context (asm/processor.h), which cpu_switch_to() of entry.S fills: x19 to
 * x28, x29, sp, and the address at which the task continues. */
enum { KEPT = 11, SP = 11, PC, NR_WORDS };

bool arm64_saved_sp(struct kernel *kernel, uint64_t task, uint64_t *sp)
{
	const struct member *context = kernel_member(kernel, TASK_CPU_CONTEXT, NULL);

	return context && context->size == 8 * NR_WORDS &&
	       kernel_read_pointer(kernel, task + context->offset + 8 * SP, sp, NULL);
}

bool arm64_switched_registers(struct kernel *kernel, uint64_t task, struct registers *registers,
			      struct error *err)
{
	const struct member *context = kernel_member(kernel, TASK_CPU_CONTEXT, err);
	uint8_t words[8 * NR_WORDS];

	*registers = (struct registers){ 0 };
	if (!context)
		return false;
	if (context->size != sizeof(words))
		return fail(err, ERROR_FORMAT, "thread.cpu_context has %u bytes, not %zu",
			    context->size, sizeof(words));
	if (!kernel_read(kernel, task + context->offset, words, sizeof(words), err))
		return false;
	for (unsigned int i = 0; i < KEPT; i++)
		registers_set(registers, CPU_X0 + 19 + i, load_le64(words + 8 * i));
	registers_set(registers, CPU_SP, load_le64(words + 8 * SP));
	registers_set(registers, CPU_IP, load_le64(words + 8 * PC));
	registers_set(registers, CPU_X30, load_le64(words + 8 * PC));
	return true;
}
