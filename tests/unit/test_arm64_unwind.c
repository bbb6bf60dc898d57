/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steps from a function to its caller on arm64: AAPCS64 (frame records), Arm ARM (calls, codes of
 * pointer authentication), and struct pt_regs, which the entry code of the kernel fills. */
#include "dump/registers.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "linked.h"
#include "linux/unwind/unwind.h"
#include "memory.h"

#include "unit.h"

/* The image maps the memory. A function at c000 is called at d010 (BL); d01c has BLR X1. */
#define AT(PADDR) (UINT64_C(0xffff800008000000) + (PADDR))
enum { BLOCK = 0x701, TABLE = 3, ROOT = 0x1000, RECORD = 0x9000, REGS = RECORD - 304 };
enum { CALLEE = 0xc000, AFTER_BL = 0xd014, AFTER_BLR = 0xd020, EL0 = 0, EL1 = 5 };
#define SP AT(RECORD - 16)
#define WILD UINT64_C(0xdead000000000000)

enum result { STEP, USER, KERNEL, OUTERMOST, ERROR };

/* The record of most rows, the struct pt_regs of a process, and the stack above such a struct. */
#define FP AT(0x9100)
#define LR AT(0xd100)
#define USER_REGS 0x1230, 0x401000, EL0
#define ABOVE_REGS AT(0xa000)
/* The caller's ip, sp and x29 by that record. */
#define BY_RECORD LR, FP, FP

/* The registers of a function, of which x30 may be unknown (0). The record at x29, and x29, pc and
 * pstate of the struct pt_regs below the record. */
struct row {
	uint64_t ip, sp, x29, x30;
	bool exact;
	struct record {
		uint64_t fp, lr;
	} record;
	struct saved {
		uint64_t x29, pc, pstate;
	} saved;
};

/* Calls with the record above, of which x30 may be the caller's address. */
static const struct {
	uint64_t ip, sp, x30;
	bool exact;
	uint64_t caller[3];
} calls[] = {
	/* The function has not made its record yet, or has none. */
	{ AT(CALLEE), SP, AT(AFTER_BL), true, { AT(AFTER_BL), AT(RECORD), AT(RECORD) } },
	/* The record is of this function, or x30 is from another call. */
	{ AT(CALLEE), SP, AT(AFTER_BL), false, { BY_RECORD } },
	{ AT(CALLEE), AT(RECORD), AT(AFTER_BL), true, { BY_RECORD } },
	{ AT(CALLEE), AT(RECORD) + 8, AT(AFTER_BL), true, { BY_RECORD } },
	{ AT(CALLEE), SP, 0, true, { BY_RECORD } },
	{ AT(CALLEE), SP, AT(AFTER_BL) + 4, true, { BY_RECORD } },
	{ AT(CALLEE), SP, AT(AFTER_BLR), true, { BY_RECORD } },
	{ AT(0xd040), SP, AT(AFTER_BL), true, { BY_RECORD } },
	{ AT(0x10), SP, AT(AFTER_BL), true, { BY_RECORD } },
	/* A call of an address that is not code. */
	{ WILD, SP, AT(AFTER_BLR), true, { AT(AFTER_BLR), SP, AT(RECORD) } },
	{ WILD, SP, AT(AFTER_BLR), false, { BY_RECORD } },
	{ WILD, SP, AT(AFTER_BL), true, { BY_RECORD } },
	{ WILD, SP, AT(0xd040), true, { BY_RECORD } },
	{ WILD, SP, 0, true, { BY_RECORD } },
	/* A code of pointer authentication. */
	{ AT(CALLEE), SP, 0x3c8580000800d014, true, { AT(AFTER_BL), AT(RECORD), AT(RECORD) } },
};

/* Functions that can be left by their record only, because x30 is unknown. */
static const struct {
	uint64_t x29;
	struct record record;
	struct saved saved;
	enum result result;
	uint64_t caller[3];
} records[] = {
	/* Codes of pointer authentication, in all bits above bit 47 but bit 55. */
	{ AT(RECORD), { FP, 0x3c8500000000d014 }, { 0 }, STEP, { 0xffff00000000d014, FP, FP } },
	{ AT(RECORD), { FP, 0x3d4580000000d014 }, { 0 }, STEP, { 0x80000000d014, FP, FP } },
	/* The ends: a record of zeros, x29 of user mode, and x29 that cannot be of a record. */
	{ AT(RECORD), { 0, LR }, { 0 }, STEP, { LR, AT(RECORD) + 16, 0 } },
	{ AT(RECORD), { FP, 0 }, { 0 }, OUTERMOST, { 0 } },
	{ AT(RECORD), { 0, 0 }, { 0 }, OUTERMOST, { 0 } },
	{ 0x7fffffffff00, { 0 }, { 0 }, OUTERMOST, { 0 } },
	{ 0x4000000000000000, { 0 }, { 0 }, OUTERMOST, { 0 } },
	{ 0x8000000000000000, { 0 }, { 0 }, ERROR, { 0 } },
	{ AT(RECORD) + 4, { FP, LR }, { 0 }, ERROR, { 0 } },
	{ AT(0x400000), { 0 }, { 0 }, ERROR, { 0 } },
	/* The record is part of struct pt_regs: it has the same x29 and pc. */
	{ AT(RECORD), { FP, LR }, { FP, LR, EL1 }, KERNEL, { LR, ABOVE_REGS, FP } },
	{ AT(RECORD), { 0x1230, 0x401000 }, { USER_REGS }, USER, { 0x401000, ABOVE_REGS, 0x1230 } },
	{ AT(RECORD), { FP, LR }, { FP, LR + 4, EL1 }, STEP, { BY_RECORD } },
	{ AT(RECORD), { FP, LR }, { FP + 8, LR, EL1 }, STEP, { BY_RECORD } },
	/* Since 6.13, it is 0 if the entry code interrupted EL0: c2c6b27b5aa1. */
	{ AT(RECORD), { 0, 0 }, { USER_REGS }, USER, { 0x401000, ABOVE_REGS, 0x1230 } },
	{ AT(RECORD), { 0, 0 }, { 0x1230, LR, EL1 }, KERNEL, { LR, ABOVE_REGS, 0x1230 } },
	{ AT(RECORD), { 0, 0 }, { 0x1230, 0, EL0 }, OUTERMOST, { 0 } },
	{ AT(RECORD), { 0, 0 }, { 0x1230, 0x401000, EL1 }, OUTERMOST, { 0 } },
	{ AT(RECORD), { 0, 0 }, { 0x1230, INT64_MAX, EL1 }, OUTERMOST, { 0 } },
	{ AT(RECORD), { FP, 0 }, { USER_REGS }, OUTERMOST, { 0 } },
	{ AT(RECORD), { 0, LR }, { USER_REGS }, STEP, { LR, AT(RECORD) + 16, 0 } },
};

#define NOTE                                                                                       \
	"OSRELEASE=6.1.0\nPAGESIZE=4096\nNUMBER(VA_BITS)=48\nNUMBER(TCR_EL1_T1SZ)=0x10\n"          \
	"NUMBER(PHYS_OFFSET)=0\nKERNELOFFSET=0\nNUMBER(kimage_voffset)=0xffff800008000000\n"       \
	"SYMBOL(swapper_pg_dir)=ffff800008001000\n"

static struct kernel *open_row(const struct row *row, bool with_mask)
{
	struct linked linked = { .machine = EM_AARCH64 };

	memory_start(false, with_mask ? NOTE "NUMBER(KERNELPACMASK)=0xff7f000000000000\n" : NOTE);
	image.machine = EM_AARCH64;
	put(ROOT + 8 * 256, 0x2000 | TABLE, 8);
	put(0x2000, 0x3000 | TABLE, 8);
	put(0x3000 + 8 * 64, BLOCK, 8);
	put(AFTER_BL - 4, 0x97fffbfc, 4); /* BL -0x1010 */
	put(AFTER_BLR - 4, 0xd63f0020, 4);
	put(RECORD, row->record.fp, 8);
	put(RECORD + 8, row->record.lr, 8);
	put(REGS + 8 * 29, row->saved.x29, 8);
	put(REGS + 8 * 31, ABOVE_REGS, 8);
	put(REGS + 8 * 32, row->saved.pc, 8);
	put(REGS + 8 * 33, row->saved.pstate, 8);
	linked_add(&linked, "_stext", AT(0xb000), 0);
	linked_add(&linked, "callee", AT(CALLEE), 0x1000);
	linked_add(&linked, "caller", AT(0xd000), 0x1000);
	return memory_open(linked_open(&linked), "page_offset=ffff000000000000");
}

static enum result step(struct kernel *kernel, const struct row *row, struct unwind_state *unwind)
{
	*unwind = (struct unwind_state){ .exact = row->exact, .interrupted = true };
	registers_set(&unwind->registers, CPU_IP, row->ip);
	registers_set(&unwind->registers, CPU_SP, row->sp);
	registers_set(&unwind->registers, CPU_X29, row->x29);
	if (row->x30)
		registers_set(&unwind->registers, CPU_X30, row->x30);
	if (!kernel->arch->unwind_step(kernel, unwind, NULL))
		return ERROR;
	if (unwind->interrupted) {
		assert_true(unwind->exact);
		/* x0 to x30, pc, sp, pstate */
		for (enum cpu_register i = 0; i < NR_CPU_REGISTERS; i++)
			assert_int_equal(registers_have(&unwind->registers, i),
					 i <= CPU_FLAGS || (i >= CPU_X0 && i <= CPU_X30));
		return unwind->user ? USER : KERNEL;
	}
	if (unwind->outermost)
		return OUTERMOST;
	assert_false(unwind->exact);
	for (enum cpu_register i = 0; i < NR_CPU_REGISTERS; i++)
		assert_int_equal(registers_have(&unwind->registers, i),
				 i == CPU_IP || i == CPU_SP || i == CPU_X29);
	return STEP;
}

/* Both with the mask of codes in the note and without. */
static void check(const char *table, size_t nr, const struct row *row, enum result wanted,
		  const uint64_t caller[3])
{
	for (int with_mask = 0; with_mask <= 1; with_mask++) {
		struct kernel *kernel = open_row(row, with_mask);
		struct unwind_state unwind;
		const uint64_t *value = unwind.registers.value;
		enum result result = step(kernel, row, &unwind);

		if (result != wanted)
			fail_msg("%s, row %zu: result %d", table, nr, result);
		if (caller[0] && (value[CPU_IP] != caller[0] || value[CPU_SP] != caller[1] ||
				  value[CPU_X29] != caller[2]))
			fail_msg("%s, row %zu: %llx %llx %llx", table, nr,
				 (unsigned long long)value[CPU_IP],
				 (unsigned long long)value[CPU_SP],
				 (unsigned long long)value[CPU_X29]);
		open_close(kernel);
	}
}

static void steps_of_calls(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		const struct row row = { calls[i].ip,	 calls[i].sp, AT(RECORD), calls[i].x30,
					 calls[i].exact, { FP, LR },  { 0 } };

		check("calls", i, &row, STEP, calls[i].caller);
	}
}

static void steps_by_records(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		const struct row row = {
			AT(0x10), SP, records[i].x29, 0, true, records[i].record, records[i].saved
		};

		check("records", i, &row, records[i].result, records[i].caller);
	}
}

/* x30 is the caller's address if the record cannot be read, or has the same address. */
static void records_not_needed(void **state)
{
	static const struct row unreadable = { AT(CALLEE), SP,	  AT(0x400000), AT(AFTER_BL),
					       true,	   { 0 }, { 0 } };
	static const struct row same = { AT(CALLEE),	       SP,   AT(RECORD), AT(AFTER_BL), true,
					 { FP, AT(AFTER_BL) }, { 0 } };

	(void)state;
	check("unreadable", 0, &unreadable, STEP,
	      (const uint64_t[]){ AT(AFTER_BL), AT(0x400000), AT(0x400000) });
	check("same", 0, &same, STEP, (const uint64_t[]){ AT(AFTER_BL), FP, FP });
}

static void without_a_frame_pointer(void **state)
{
	struct kernel *kernel = open_row(&(const struct row){ .record = { FP, LR } }, true);
	struct unwind_state unwind = { .exact = true };

	(void)state;
	registers_set(&unwind.registers, CPU_IP, AT(CALLEE));
	registers_set(&unwind.registers, CPU_SP, SP);
	assert_false(kernel->arch->unwind_step(kernel, &unwind, NULL));
	open_close(kernel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_of_calls),
		cmocka_unit_test(steps_by_records),
		cmocka_unit_test(records_not_needed),
		cmocka_unit_test(without_a_frame_pointer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
