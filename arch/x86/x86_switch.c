/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Loads the registers of a stopped task. The kernel saved them on the stack of this task when it
 * switched to another task. */
#include <inttypes.h>
#include <string.h>

#include "linux/task/stack.h"
#include "dump/registers.h"

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
 * pop both. Kernels of x86-64 before 4.9 do not save this address. */
static bool load_pushed(struct kernel *kernel, uint64_t task, uint64_t sp,
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

bool x86_switched_registers(struct kernel *kernel, uint64_t task, struct registers *registers,
			    struct error *err)
{
	uint64_t sp;

	*registers = (struct registers){ 0 };
	if (!kernel_member_as(kernel, TASK_SWITCHED_SP, MEMBER_POINTER, err) ||
	    !kernel_read_member(kernel, task, TASK_SWITCHED_SP, &sp, err))
		return false;
	if (kernel_pointer_size(kernel) == 4 && !kernel_member(kernel, SWITCHED_RETURN, NULL) &&
	    kernel_member(kernel, TASK_SWITCHED_IP, NULL))
		return load_pushed(kernel, task, sp, registers, err);
	return load_frame(kernel, task, sp, registers, err);
}
