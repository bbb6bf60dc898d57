/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the caller of a function on arm64 using frame records. See
 * arch/arm64/kernel/stacktrace.c. */
#include <inttypes.h>

#include "arch/arm64/arm64.h"
#include "base/bytes.h"
#include "dump/registers.h"
#include "linux/unwind/unwind.h"
#include "linux/unwind/unwind_code.h"
#include "symbols/symbol_lookup.h"

/* The kernel's struct frame_record. fp is the x29 of the caller, and lr the address to which the
 * function returns. */
struct frame_record {
	uint64_t fp, lr;
};

static bool read_record(struct kernel *kernel, uint64_t fp, struct frame_record *record,
			struct error *err)
{
	return kernel_read_pointer(kernel, fp, &record->fp, err) &&
	       kernel_read_pointer(kernel, fp + 8, &record->lr, err);
}

/* Removes the pointer authentication code from an address. The code replaced the upper bits of the
 * address, which were all equal to bit 55. Bit 55 itself is not part of the code. If the note does
 * not give the bits, they are the bits above the address bits in use (ptrauth_kernel_pac_mask()).
 * An address without a code is not changed. */
static uint64_t strip_code(struct kernel *kernel, uint64_t address)
{
	uint64_t mask, bits;

	if (!kernel_fact(kernel, FACT_PAC_MASK, &mask)) {
		if (!kernel_fact(kernel, FACT_VA_BITS, &bits) || bits > 55)
			return address;
		mask = -(UINT64_C(1) << bits);
	}
	return address >> 55 & 1 ? address | mask : address & ~mask;
}

bool arm64_in_user_mode(const struct registers *registers)
{
	enum { MODE = 0xf }; /* the mode bits of pstate: 0 is EL0 */

	return registers_have(registers, CPU_FLAGS) && !(registers->value[CPU_FLAGS] & MODE);
}

/* Loads the registers from the struct pt_regs whose member stackframe is at fp. The caller must
 * check with belong_to() whether the record at fp is such a member. The entry code stores the
 * interrupted x29 and pc in this record. Since 6.13 (c2c6b27b5aa1) the entry code stores zeros if
 * it interrupted EL0. */
static bool arm64_load_pt_regs(struct kernel *kernel, uint64_t fp, struct registers *registers)
{
	enum { NR_X = 31, SP = NR_X, PC, PSTATE, NR_WORDS, USUAL_PLACE = 304 };
	uint8_t words[8 * NR_WORDS];
	uint64_t place;

	if (!kernel_member_offset(kernel, "pt_regs", "stackframe", &place))
		place = USUAL_PLACE;
	if (place < sizeof(words) || !kernel_read(kernel, fp - place, words, sizeof(words), NULL))
		return false;
	*registers = (struct registers){ 0 };
	for (unsigned int i = 0; i < NR_X; i++)
		registers_set(registers, CPU_X0 + i, load_le64(words + 8 * i));
	registers_set(registers, CPU_SP, load_le64(words + 8 * SP));
	registers_set(registers, CPU_IP, load_le64(words + 8 * PC));
	registers_set(registers, CPU_FLAGS, load_le64(words + 8 * PSTATE));
	return true;
}

/* Did the entry code save these registers together with this record? At the start of a task this is
 * not so: pc is zero. */
static bool belong_to(const struct registers *registers, const struct frame_record *record)
{
	uint64_t ip = registers->value[CPU_IP];

	if (!record->fp && !record->lr)
		return ip && (arm64_in_user_mode(registers) || ip >> 63);
	return record->fp == registers->value[CPU_X29] && record->lr == ip;
}

bool arm64_follows_call(struct kernel *kernel, uint64_t vaddr, uint64_t *target)
{
	enum { BL = 0x94000000u, BL_MASK = 0xfc000000u };
	uint64_t code;

	*target = 0;
	if (vaddr % 4 || !kernel_read_number(kernel, vaddr - 4, 4, &code, NULL))
		return false;
	if ((code & BL_MASK) == BL) {
		*target = vaddr - 4 + (uint64_t)((int64_t)(code << 38) >> 36);
		return true;
	}
	/* The instructions BLR, BLRAA, BLRAB, BLRAAZ and BLRABZ call the address in a register. */
	return (code & 0xfffffc1f) == 0xd63f0000 || (code & 0xfefff800) == 0xd63f0800;
}

/* Does the current function lack a record? Leaf functions make none, and a function may be
 * interrupted before it makes one. In this case x29 is the x29 of the caller, and x30 is the return
 * address. As proof, the instruction before the return address must be a call of this function. If
 * the record at x29 contains the value of x30, the function has stored this value there. */
static bool has_no_record(struct kernel *kernel, const struct unwind_state *state)
{
	const struct registers *registers = &state->registers;
	struct kernel_symbol symbol;
	struct frame_record record;
	uint64_t target;

	return state->exact && registers_have(registers, CPU_X30) &&
	       registers->value[CPU_X29] > registers->value[CPU_SP] &&
	       symbol_lookup_at(kernel->symbols, registers->value[CPU_IP], &symbol, NULL) &&
	       arm64_follows_call(kernel, strip_code(kernel, registers->value[CPU_X30]), &target) &&
	       target == symbol.address &&
	       !(read_record(kernel, registers->value[CPU_X29], &record, NULL) &&
		 record.lr == registers->value[CPU_X30]);
}

/* Did a call jump to an address that is not code, such as NULL? Then no instruction ran after the
 * call, so x30 is the return address and x29 belongs to the caller. As proof, the instruction
 * before the return address must call the address in a register. */
static bool is_wild_call(struct kernel *kernel, const struct unwind_state *state)
{
	const struct registers *registers = &state->registers;
	uint64_t target;

	return state->exact && registers_have(registers, CPU_X30) &&
	       !unwind_is_code(kernel, registers->value[CPU_IP]) &&
	       arm64_follows_call(kernel, strip_code(kernel, registers->value[CPU_X30]), &target) &&
	       !target;
}

/* Continues with the caller. Only its ip, sp and x29 are known. sp is usually equal to x29, which
 * points to the caller's record. */
static void arm64_enter_caller(struct kernel *kernel, struct unwind_state *state, uint64_t ip,
			       uint64_t sp, uint64_t fp)
{
	state->registers = (struct registers){ 0 };
	state->exact = false;
	registers_set(&state->registers, CPU_IP, strip_code(kernel, ip));
	registers_set(&state->registers, CPU_SP, sp);
	registers_set(&state->registers, CPU_X29, fp);
}

bool arm64_unwind_step(struct kernel *kernel, struct unwind_state *state, struct error *err)
{
	enum { RECORD_SIZE = 16 };
	uint64_t fp = state->registers.value[CPU_X29];
	struct frame_record record;
	struct registers saved;

	state->interrupted = false;
	if (!registers_have(&state->registers, CPU_X29))
		return fail(err, ERROR_UNKNOWN, "the frame pointer, x29, is not known");
	if (has_no_record(kernel, state)) {
		arm64_enter_caller(kernel, state, state->registers.value[CPU_X30], fp, fp);
		return true;
	}
	if (is_wild_call(kernel, state)) {
		arm64_enter_caller(kernel, state, state->registers.value[CPU_X30],
				   state->registers.value[CPU_SP], fp);
		return true;
	}
	/* If the kernel was entered from user mode, x29 of the outermost function is still the x29
	 * of user mode. */
	state->outermost = !(fp >> 63);
	if (state->outermost)
		return true;
	if (fp % 8)
		return fail(err, ERROR_FORMAT,
			    "the frame pointer %" PRIx64 " is not a multiple of 8", fp);
	if (!read_record(kernel, fp, &record, err))
		return false;
	if (arm64_load_pt_regs(kernel, fp, &saved) && belong_to(&saved, &record)) {
		state->registers = saved;
		state->interrupted = true;
		state->exact = true;
		state->user = arm64_in_user_mode(&saved);
		return true;
	}
	state->outermost = !record.lr;
	if (record.lr)
		arm64_enter_caller(kernel, state, record.lr,
				   record.fp ? record.fp : fp + RECORD_SIZE, record.fp);
	return true;
}
