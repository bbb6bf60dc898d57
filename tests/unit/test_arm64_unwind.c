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

/* The registers of a function, of which x30 may be unknown (0). The record at x29, and x29, pc and
 * pstate of the struct pt_regs below the record. Then the result, and the caller's ip, sp, x29. */
static const struct row {
	uint64_t ip, sp, x29, x30;
	bool exact;
	struct {
		uint64_t fp, lr;
	} record;
	struct {
		uint64_t x29, pc, pstate;
	} saved;
	enum result result;
	uint64_t caller[3];
} rows[] = {
	/* The function has not made its record yet, or has none. */
	{ AT(CALLEE),
	  SP,
	  AT(RECORD),
	  AT(AFTER_BL),
	  true,
	  { AT(0x9100), AT(0xd100) },
	  { 0 },
	  STEP,
	  { AT(AFTER_BL), AT(RECORD), AT(RECORD) } },
	/* The record at x29 cannot be read. */
	{ AT(CALLEE),
	  SP,
	  AT(0x400000),
	  AT(AFTER_BL),
	  true,
	  { 0 },
	  { 0 },
	  STEP,
	  { AT(AFTER_BL), AT(0x400000), AT(0x400000) } },
	/* The record is of this function, or x30 is from another call. */
	{ AT(CALLEE),
	  SP,
	  AT(RECORD),
	  AT(AFTER_BL),
	  false,
	  { AT(0x9100), AT(0xd100) },
	  { 0 },
	  STEP,
	  { AT(0xd100), AT(0x9100), AT(0x9100) } },
	{ AT(CALLEE),
	  AT(RECORD),
	  AT(RECORD),
	  AT(AFTER_BL),
	  true,
	  { AT(0x9100), AT(0xd100) },
	  { 0 },
	  STEP,
	  { AT(0xd100), AT(0x9100), AT(0x9100) } },
	{ AT(CALLEE),
	  AT(RECORD) + 8,
	  AT(RECORD),
	  AT(AFTER_BL),
	  true,
	  { AT(0x9100), AT(0xd100) },
	  { 0 },
	  STEP,
	  { AT(0xd100), AT(0x9100), AT(0x9100) } },
	{ AT(CALLEE),
	  SP,
	  AT(RECORD),
	  0,
	  true,
	  { AT(0x9100), AT(0xd100) },
	  { 0 },
	  STEP,
	  { AT(0xd100), AT(0x9100), AT(0x9100) } },
	{ AT(CALLEE),
	  SP,
	  AT(RECORD),
	  AT(AFTER_BL),
	  true,
	  { AT(0x9100), AT(AFTER_BL) },
	  { 0 },
	  STEP,
	  { AT(AFTER_BL), AT(0x9100), AT(0x9100) } },
	{ AT(CALLEE),
	  SP,
	  AT(RECORD),
	  AT(AFTER_BL) + 4,
	  true,
	  { AT(0x9100), AT(0xd100) },
	  { 0 },
	  STEP,
	  { AT(0xd100), AT(0x9100), AT(0x9100) } },
	{ AT(CALLEE),
	  SP,
	  AT(RECORD),
	  AT(AFTER_BLR),
	  true,
	  { AT(0x9100), AT(0xd100) },
	  { 0 },
	  STEP,
	  { AT(0xd100), AT(0x9100), AT(0x9100) } },
	{ AT(0xd040),
	  SP,
	  AT(RECORD),
	  AT(AFTER_BL),
	  true,
	  { AT(0x9100), AT(0xd100) },
	  { 0 },
	  STEP,
	  { AT(0xd100), AT(0x9100), AT(0x9100) } },
	{ AT(0x10),
	  SP,
	  AT(RECORD),
	  AT(AFTER_BL),
	  true,
	  { AT(0x9100), AT(0xd100) },
	  { 0 },
	  STEP,
	  { AT(0xd100), AT(0x9100), AT(0x9100) } },
	/* A call of an address that is not code. */
	{ WILD,
	  SP,
	  AT(RECORD),
	  AT(AFTER_BLR),
	  true,
	  { AT(0x9100), AT(0xd100) },
	  { 0 },
	  STEP,
	  { AT(AFTER_BLR), SP, AT(RECORD) } },
	{ WILD,
	  SP,
	  AT(RECORD),
	  AT(AFTER_BLR),
	  false,
	  { AT(0x9100), AT(0xd100) },
	  { 0 },
	  STEP,
	  { AT(0xd100), AT(0x9100), AT(0x9100) } },
	{ WILD,
	  SP,
	  AT(RECORD),
	  AT(AFTER_BL),
	  true,
	  { AT(0x9100), AT(0xd100) },
	  { 0 },
	  STEP,
	  { AT(0xd100), AT(0x9100), AT(0x9100) } },
	{ WILD,
	  SP,
	  AT(RECORD),
	  AT(0xd040),
	  true,
	  { AT(0x9100), AT(0xd100) },
	  { 0 },
	  STEP,
	  { AT(0xd100), AT(0x9100), AT(0x9100) } },
	{ WILD,
	  SP,
	  AT(RECORD),
	  0,
	  true,
	  { AT(0x9100), AT(0xd100) },
	  { 0 },
	  STEP,
	  { AT(0xd100), AT(0x9100), AT(0x9100) } },
	/* Codes of pointer authentication, in all bits above bit 47 but bit 55. */
	{ AT(0x10),
	  SP,
	  AT(RECORD),
	  0,
	  true,
	  { AT(0x9100), UINT64_C(0x3c8500000000d014) },
	  { 0 },
	  STEP,
	  { UINT64_C(0xffff00000000d014), AT(0x9100), AT(0x9100) } },
	{ AT(0x10),
	  SP,
	  AT(RECORD),
	  0,
	  true,
	  { AT(0x9100), UINT64_C(0x3d4580000000d014) },
	  { 0 },
	  STEP,
	  { UINT64_C(0x80000000d014), AT(0x9100), AT(0x9100) } },
	{ AT(CALLEE),
	  SP,
	  AT(RECORD),
	  UINT64_C(0x3c8580000800d014),
	  true,
	  { AT(0x9100), AT(0xd100) },
	  { 0 },
	  STEP,
	  { AT(AFTER_BL), AT(RECORD), AT(RECORD) } },
	/* The ends: a record of zeros, x29 of user mode, and x29 that cannot be of a record. */
	{ AT(0x10),
	  SP,
	  AT(RECORD),
	  0,
	  true,
	  { 0, AT(0xd100) },
	  { 0 },
	  STEP,
	  { AT(0xd100), AT(RECORD) + 16, 0 } },
	{ AT(0x10), SP, AT(RECORD), 0, true, { AT(0x9100), 0 }, { 0 }, OUTERMOST, { 0 } },
	{ AT(0x10), SP, AT(RECORD), 0, true, { 0, 0 }, { 0 }, OUTERMOST, { 0 } },
	{ AT(0x10), SP, 0x7fffffffff00, 0, true, { 0 }, { 0 }, OUTERMOST, { 0 } },
	{ AT(0x10), SP, UINT64_C(0x4000000000000000), 0, true, { 0 }, { 0 }, OUTERMOST, { 0 } },
	{ AT(0x10), SP, UINT64_C(0x8000000000000000), 0, true, { 0 }, { 0 }, ERROR, { 0 } },
	{ AT(0x10), SP, AT(RECORD) + 4, 0, true, { AT(0x9100), AT(0xd100) }, { 0 }, ERROR, { 0 } },
	{ AT(0x10), SP, AT(0x400000), 0, true, { 0 }, { 0 }, ERROR, { 0 } },
	/* The record is part of struct pt_regs: it has the same x29 and pc. */
	{ AT(0x10),
	  SP,
	  AT(RECORD),
	  0,
	  true,
	  { AT(0x9100), AT(0xd100) },
	  { AT(0x9100), AT(0xd100), EL1 },
	  KERNEL,
	  { AT(0xd100), AT(0xa000), AT(0x9100) } },
	{ AT(0x10),
	  SP,
	  AT(RECORD),
	  0,
	  true,
	  { 0x1230, 0x401000 },
	  { 0x1230, 0x401000, EL0 },
	  USER,
	  { 0x401000, AT(0xa000), 0x1230 } },
	{ AT(0x10),
	  SP,
	  AT(RECORD),
	  0,
	  true,
	  { AT(0x9100), AT(0xd100) },
	  { AT(0x9100), AT(0xd104), EL1 },
	  STEP,
	  { AT(0xd100), AT(0x9100), AT(0x9100) } },
	{ AT(0x10),
	  SP,
	  AT(RECORD),
	  0,
	  true,
	  { AT(0x9100), AT(0xd100) },
	  { AT(0x9108), AT(0xd100), EL1 },
	  STEP,
	  { AT(0xd100), AT(0x9100), AT(0x9100) } },
	/* Since 6.13, it is 0 if the entry code interrupted EL0: c2c6b27b5aa1. */
	{ AT(0x10),
	  SP,
	  AT(RECORD),
	  0,
	  true,
	  { 0, 0 },
	  { 0x1230, 0x401000, EL0 },
	  USER,
	  { 0x401000, AT(0xa000), 0x1230 } },
	{ AT(0x10),
	  SP,
	  AT(RECORD),
	  0,
	  true,
	  { 0, 0 },
	  { 0x1230, AT(0xd100), EL1 },
	  KERNEL,
	  { AT(0xd100), AT(0xa000), 0x1230 } },
	{ AT(0x10), SP, AT(RECORD), 0, true, { 0, 0 }, { 0x1230, 0, EL0 }, OUTERMOST, { 0 } },
	{ AT(0x10), SP, AT(RECORD), 0, true, { 0, 0 }, { 0x1230, 0x401000, EL1 }, OUTERMOST, { 0 } },
	{ AT(0x10),
	  SP,
	  AT(RECORD),
	  0,
	  true,
	  { 0, 0 },
	  { 0x1230, UINT64_C(0x7fffffffffffffff), EL1 },
	  OUTERMOST,
	  { 0 } },
	{ AT(0x10),
	  SP,
	  AT(RECORD),
	  0,
	  true,
	  { AT(0x9100), 0 },
	  { 0x1230, 0x401000, EL0 },
	  OUTERMOST,
	  { 0 } },
	{ AT(0x10),
	  SP,
	  AT(RECORD),
	  0,
	  true,
	  { 0, AT(0xd100) },
	  { 0x1230, 0x401000, EL0 },
	  STEP,
	  { AT(0xd100), AT(RECORD) + 16, 0 } },
};

static struct kernel *open_row(const struct row *row, bool with_mask)
{
	struct linked linked = { .machine = EM_AARCH64 };

	memory_start(false,
		     with_mask ?
			     "OSRELEASE=6.1.0\nPAGESIZE=4096\nNUMBER(VA_BITS)=48\n"
			     "NUMBER(TCR_EL1_T1SZ)=0x10\nNUMBER(PHYS_OFFSET)=0\nKERNELOFFSET=0\n"
			     "NUMBER(kimage_voffset)=0xffff800008000000\n"
			     "SYMBOL(swapper_pg_dir)=ffff800008001000\n"
			     "NUMBER(KERNELPACMASK)=0xff7f000000000000\n" :
			     "OSRELEASE=6.1.0\nPAGESIZE=4096\nNUMBER(VA_BITS)=48\n"
			     "NUMBER(TCR_EL1_T1SZ)=0x10\nNUMBER(PHYS_OFFSET)=0\nKERNELOFFSET=0\n"
			     "NUMBER(kimage_voffset)=0xffff800008000000\n"
			     "SYMBOL(swapper_pg_dir)=ffff800008001000\n");
	image.machine = EM_AARCH64;
	put(ROOT + 8 * 256, 0x2000 | TABLE, 8);
	put(0x2000, 0x3000 | TABLE, 8);
	put(0x3000 + 8 * 64, BLOCK, 8);
	put(AFTER_BL - 4, 0x97fffbfc, 4); /* BL -0x1010 */
	put(AFTER_BLR - 4, 0xd63f0020, 4);
	put(RECORD, row->record.fp, 8);
	put(RECORD + 8, row->record.lr, 8);
	put(REGS + 8 * 29, row->saved.x29, 8);
	put(REGS + 8 * 31, AT(0xa000), 8);
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

static void steps(void **state)
{
	struct unwind_state unwind;

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i / 2];
		struct kernel *kernel = open_row(row, i % 2);
		const uint64_t *value = unwind.registers.value;
		enum result result = step(kernel, row, &unwind);

		if (result != row->result)
			fail_msg("row %zu: result %d", i / 2, result);
		if (row->caller[0] &&
		    (value[CPU_IP] != row->caller[0] || value[CPU_SP] != row->caller[1] ||
		     value[CPU_X29] != row->caller[2]))
			fail_msg("row %zu: %llx %llx %llx", i / 2,
				 (unsigned long long)value[CPU_IP],
				 (unsigned long long)value[CPU_SP],
				 (unsigned long long)value[CPU_X29]);
		open_close(kernel);
	}
}

static void without_a_frame_pointer(void **state)
{
	struct kernel *kernel = open_row(&rows[0], true);
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
		cmocka_unit_test(steps),
		cmocka_unit_test(without_a_frame_pointer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
