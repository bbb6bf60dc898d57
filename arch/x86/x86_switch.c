/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Loads the registers of a stopped task. The kernel saved them on the stack of this task when it
 * switched to another task. */
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "dump/registers.h"
#include "linux/task/stack.h"
#include "symbols/symbol_lookup.h"

#include "arch/x86/x86.h"
#include "arch/x86/x86_members.h"

/* Are all bytes of [sp, sp + size) on the stack of the task? */
static bool is_on_its_stack(struct kernel *kernel, uint64_t task, uint64_t sp, uint64_t size)
{
	struct stack stack;

	return task_stack_at(kernel, sp, &stack) && stack.task && stack.task->address == task &&
	       !stack.guard && stack.last - sp >= size - 1;
}

static bool not_its_stack(uint64_t sp, struct error *err)
{
	return fail(err, ERROR_FORMAT,
		    "thread.sp, %" PRIx64 ", is not on a known stack of the task", sp);
}

/* Is the address in the function that begins at start? */
static bool is_within(struct kernel *kernel, uint64_t vaddr, uint64_t start)
{
	struct kernel_symbol symbol;

	return symbol_lookup_at(kernel->symbols, vaddr, &symbol, NULL) && symbol.address == start;
}

/* Loads the registers that a kernel since 4.9 saved: __switch_to_asm() pushes a struct
 * inactive_task_frame of asm/switch_to.h (0100301bfdf5). When the task continues, the kernel pops
 * the struct, and returns to the address in its last member. */
static bool load_frame(struct kernel *kernel, uint64_t task, uint64_t sp,
		       struct registers *registers, struct error *err)
{
	static const struct {
		unsigned int member;
		enum cpu_register which;
	} kept[] = {
		{ SWITCHED_FLAGS, CPU_FLAGS }, { SWITCHED_R15, CPU_R15 }, { SWITCHED_R14, CPU_R14 },
		{ SWITCHED_R13, CPU_R13 },     { SWITCHED_R12, CPU_R12 }, { SWITCHED_SI, CPU_SI },
		{ SWITCHED_DI, CPU_DI },       { SWITCHED_BX, CPU_BX },	  { SWITCHED_BP, CPU_BP },
		{ SWITCHED_RETURN, CPU_IP },
	};
	const struct member *last = kernel_member_as(kernel, SWITCHED_RETURN, MEMBER_POINTER, err);
	uint64_t value, size;

	if (!last)
		return false;
	size = (uint64_t)last->offset + last->size;
	if (!is_on_its_stack(kernel, task, sp, size))
		return not_its_stack(sp, err);
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		if (!kernel_member(kernel, kept[i].member, NULL))
			continue;
		if (!kernel_read_member(kernel, sp, kept[i].member, &value, err))
			return false;
		registers_set(registers, kept[i].which, value);
	}
	registers_set(registers, CPU_SP, sp + size);
	return true;
}

/* Loads the registers that an i386 kernel before 4.9 saved. In these kernels, the macro switch_to()
 * pushes the flags and then the frame pointer. thread.ip is the address of the instructions that
 * pop both. */
static bool load_pushed_32(struct kernel *kernel, uint64_t task, uint64_t sp,
			   struct registers *registers, struct error *err)
{
	static const uint8_t pops[] = { 0x5d /* pop %ebp */, 0x9d /* popf */ };
	uint64_t frame, flags, ip;
	uint8_t code[sizeof(pops)];

	if (!is_on_its_stack(kernel, task, sp, 8))
		return not_its_stack(sp, err);
	if (!kernel_read_member(kernel, task, TASK_SWITCHED_IP, &ip, err) ||
	    !kernel_read_number(kernel, sp, 4, &frame, err) ||
	    !kernel_read_number(kernel, sp + 4, 4, &flags, err) ||
	    !kernel_read(kernel, ip, code, sizeof(code), err))
		return false;
	if (memcmp(code, pops, sizeof(pops)) != 0)
		return fail(err, ERROR_FORMAT,
			    "thread.ip, %" PRIx64
			    ", does not point to code where a switched task continues",
			    ip);
	registers_set(registers, CPU_IP, ip + sizeof(pops));
	registers_set(registers, CPU_BP, frame);
	registers_set(registers, CPU_FLAGS, flags);
	registers_set(registers, CPU_SP, sp + 8);
	return true;
}

/* The code of x86-64 before 4.9 at which a switched task continues: the macro switch_to() of
 * asm/switch_to.h, which is in one function of the scheduler, calls __switch_to() on the stack of
 * the next task, and then pops what the macro pushed before: BP, and until 4.1 (2c7577a75837) the
 * flags. No variable contains the address of this code. */
struct resumption {
	uint64_t ip; /* of the instruction after the pops */
	bool pops_flags;
};

/* Are these bytes the instructions mov %rbp,%rsi and pop %rbp of the macro RESTORE_CONTEXT? */
static bool is_restore(const uint8_t *code)
{
	static const uint8_t restore[] = { 0x48, 0x89, 0xee, 0x5d };

	return !memcmp(code, restore, sizeof(restore));
}

static bool learn_resumption(struct kernel *kernel, void *state, struct error *err)
{
	enum { CALL_SIZE = 5, RESTORE_SIZE = 4, POPF = 0x9d, BETWEEN = 64, LARGEST = 8192 };
	struct resumption *resumption = state;
	uint8_t code[LARGEST];
	uint64_t start, target, called;
	unsigned int nr = 0;

	/* __schedule() is a separate function since 3.1 (c259e01a1ec9). */
	if (!kernel_symbol(kernel, "__schedule", &start, NULL) &&
	    !kernel_symbol(kernel, "schedule", &start, err))
		return false;
	if (!kernel_symbol(kernel, "__switch_to", &target, err) ||
	    !kernel_read(kernel, start, code, sizeof(code), err))
		return false;
	for (unsigned int i = CALL_SIZE; i < LARGEST - BETWEEN; i++) {
		called = start + i + (uint64_t)(int64_t)(int32_t)load_le32(code + i - 4);
		if (code[i - CALL_SIZE] != 0xe8 || called != target ||
		    !is_within(kernel, start + i - 1, start))
			continue;
		for (unsigned int k = i; k + RESTORE_SIZE < i + BETWEEN; k++)
			if (is_restore(code + k)) {
				resumption->pops_flags = code[k + RESTORE_SIZE] == POPF;
				resumption->ip = start + k + RESTORE_SIZE + resumption->pops_flags;
				nr++;
				break;
			}
	}
	return nr == 1 ||
	       fail(err, ERROR_UNKNOWN,
		    "the code of the scheduler at which switched tasks continue is not known");
}

static const struct state_type state_resumption = {
	.size = sizeof(struct resumption),
	.learn = learn_resumption,
};

/* Has the task never run? Then its stack contains only the registers with which it will start, and
 * the flag TIF_FORK of asm/thread_info.h is set. struct thread_info is at the start of the stack. */
static bool has_never_run(struct kernel *kernel, uint64_t sp)
{
	enum { TIF_FORK = 18 };
	struct stack stack;
	uint64_t flags;

	return task_stack_at(kernel, sp, &stack) &&
	       kernel_read_member(kernel, stack.first, INFO_FLAGS, &flags, NULL) &&
	       flags >> TIF_FORK & 1;
}

/* Loads the registers that a kernel of x86-64 before 4.9 saved. */
static bool load_pushed_64(struct kernel *kernel, uint64_t task, uint64_t sp,
			   struct registers *registers, struct error *err)
{
	const struct resumption *resumption = kernel_learnt(kernel, &state_resumption, err);
	uint64_t size, frame, flags;

	if (!resumption)
		return false;
	size = resumption->pops_flags ? 16 : 8;
	if (!is_on_its_stack(kernel, task, sp, size))
		return not_its_stack(sp, err);
	if (has_never_run(kernel, sp))
		return fail(err, ERROR_UNKNOWN, "the task has never run");
	if (!kernel_read_number(kernel, sp, 8, &frame, err))
		return false;
	if (resumption->pops_flags) {
		if (!kernel_read_number(kernel, sp + 8, 8, &flags, err))
			return false;
		registers_set(registers, CPU_FLAGS, flags);
	}
	registers_set(registers, CPU_IP, resumption->ip);
	registers_set(registers, CPU_BP, frame);
	registers_set(registers, CPU_SP, sp + size);
	return true;
}

bool x86_saved_sp(struct kernel *kernel, uint64_t task, uint64_t *sp)
{
	return kernel_member_as(kernel, TASK_SWITCHED_SP, MEMBER_POINTER, NULL) &&
	       kernel_read_member(kernel, task, TASK_SWITCHED_SP, sp, NULL);
}

bool x86_switched_registers(struct kernel *kernel, uint64_t task, struct registers *registers,
			    struct error *err)
{
	uint64_t sp;

	*registers = (struct registers){ 0 };
	if (!kernel_member_as(kernel, TASK_SWITCHED_SP, MEMBER_POINTER, err) ||
	    !kernel_read_member(kernel, task, TASK_SWITCHED_SP, &sp, err))
		return false;
	if (kernel_member(kernel, SWITCHED_RETURN, NULL))
		return load_frame(kernel, task, sp, registers, err);
	return kernel_pointer_size(kernel) == 4 ? load_pushed_32(kernel, task, sp, registers, err) :
						  load_pushed_64(kernel, task, sp, registers, err);
}
