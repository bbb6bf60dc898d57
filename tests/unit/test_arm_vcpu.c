/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vCPUs of a KVM host on arm64: their registers, the stage 2 tables, and the tables of the guest.
 * The structs have the layouts given here. The fields of registers are from Arm ARM (DDI 0487),
 * D24. */
#include "kvm/members.h"
#include "kvm/vcpu.h"
#include "open/open.h"
#include "made_types.h"
#include "placed.h"

#ifdef HAVE_LIBBPF

/* The image, of 2M, maps the first 2M of memory. */
#define IMAGE_AT UINT64_C(0xffff800008000000)

enum {
	ROOT = 0x1000,
	TABLE = 3,
	BLOCK = 0x701,
	NR_GENERAL = 34, /* struct user_pt_regs: x0 to x30, SP_EL0, pc, pstate */
	/* a struct kvm_vcpu and its members */
	VCPU = 0x8000,
	ID = 8,
	CPU = 12,
	MODE = 16,
	CONTEXT = 0x20,
	SYSTEM = 0x200,
	NR_SYSTEM = 6,
	VNCR = 0x300,
	/* a struct kvm and its members */
	KVM = 0x9000,
	PGD = 0,
	VTCR = 8,
	STAGE2 = 0xc000,
	EL1H = 5, /* pstate, with SP_EL1 */
	EL0T = 0,
};

/* The indices in sys_regs[] of the registers, and their values. */
enum system_register { SCTLR, TCR, TTBR0, TTBR1, SP_EL1, NR_NAMED };
static const char *const system_names[NR_NAMED] = { "SCTLR_EL1", "TCR_EL1", "TTBR0_EL1",
						    "TTBR1_EL1", "SP_EL1" };
static int system_index[NR_NAMED];
static uint64_t system_value[NR_NAMED];

static const struct placed layout[] = {
	{ VCPU_KVM, 0, 8 },
	{ VCPU_ID, ID, 4 },
	{ VCPU_CPU, CPU, 4 },
	{ VCPU_MODE, MODE, 4 },
	{ VCPU_CONTEXT, CONTEXT, 8 * NR_GENERAL },
	{ VCPU_SYSTEM, SYSTEM, 8 * NR_SYSTEM },
	{ VCPU_VNCR, VNCR, 8 },
	{ KVM_STAGE2, PGD, 8 },
	{ KVM_VTCR, VTCR, 8 },
};

/* A vCPU that is not loaded, at EL1, of a machine with 40 bits and pages of 4K. */
static void start(void)
{
	memory_start(false,
		     "OSRELEASE=6.1.0\nPAGESIZE=4096\nNUMBER(VA_BITS)=48\nNUMBER(TCR_EL1_T1SZ)=0x10\n"
		     "NUMBER(PHYS_OFFSET)=0\nNUMBER(kimage_voffset)=0xffff800008000000\n"
		     "KERNELOFFSET=0\nSYMBOL(swapper_pg_dir)=ffff800008001000\n");
	image.machine = EM_AARCH64;
	put(ROOT + 8 * 256, 0x2000 | TABLE, 8);
	put(0x2000, 0x3000 | TABLE, 8);
	put(0x3000 + 8 * 64, BLOCK, 8);
	put(VCPU, IMAGE_AT + KVM, 8);
	put(VCPU + ID, 7, 4);
	put(VCPU + CPU, UINT32_MAX, 4);
	for (unsigned int i = 0; i < NR_GENERAL; i++)
		put(VCPU + CONTEXT + 8 * i, 0x1000 + i, 8);
	put(VCPU + CONTEXT + 8 * (NR_GENERAL - 1), EL1H, 8);
	put(KVM + PGD, STAGE2, 8);
	put(KVM + VTCR, 1 << 6 | 24, 8);
	for (int i = 0; i < NR_NAMED; i++) {
		system_index[i] = i + 1;
		system_value[i] = 0x51000 + (uint64_t)i;
	}
}

static struct kernel *open_host(void)
{
	struct kernel *kernel;

	start_types(false);
	linked.machine = EM_AARCH64;
	linked.nr = 0;
	linked_add(&linked, "_stext", IMAGE_AT + 0x10000, 0);
	btf__add_enum(btf, "vcpu_sysreg", 4);
	for (int i = 0; i < NR_NAMED; i++) {
		btf__add_enum_value(btf, system_names[i], system_index[i]);
		put(VCPU + SYSTEM + 8 * (uint64_t)system_index[i], system_value[i], 8);
	}
	kernel = open_kernel("page_offset=ffff000000000000");
	placed_set_all(kernel, layout, sizeof(layout) / sizeof(layout[0]));
	return kernel;
}

static struct guest_cpu read_cpu(struct kernel *kernel)
{
	struct guest_cpu cpu;

	assert_true(guest_cpu_read(kernel, IMAGE_AT + VCPU, &cpu, NULL));
	return cpu;
}

static void registers_of_a_vcpu(void **state)
{
	struct kernel *kernel;
	struct guest_cpu cpu;

	(void)state;
	start();
	put(VCPU + MODE, 1, 4);
	kernel = open_host();
	cpu = read_cpu(kernel);
	assert_int_equal(cpu.id, 7);
	assert_int_equal(cpu.cpu, -1);
	assert_true(cpu.in_guest);
	assert_int_equal(cpu.nested, NESTED_STAGE2);
	for (unsigned int i = 0; i < 31; i++)
		assert_int_equal(cpu.registers.value[CPU_X0 + i], 0x1000 + i);
	assert_int_equal(cpu.registers.value[CPU_IP], 0x1000 + 32);
	assert_int_equal(cpu.registers.value[CPU_FLAGS], EL1H);
	assert_int_equal(cpu.registers.value[CPU_SP], 0x51000 + SP_EL1);
	assert_true(cpu.has_system);
	assert_int_equal(cpu.sctlr, 0x51000 + SCTLR);
	assert_int_equal(cpu.tcr, 0x51000 + TCR);
	assert_int_equal(cpu.ttbr0, 0x51000 + TTBR0);
	assert_int_equal(cpu.ttbr1, 0x51000 + TTBR1);
	open_close(kernel);
}

/* Which registers are in memory, and which stack pointer is in use. */
static void registers_that_are_known(void **state)
{
	static const struct {
		uint32_t cpu, pstate;
		uint64_t vncr;
		int index_of_ttbr1, index_of_sp;
		uint32_t context;
		bool general, system, sp;
	} rows[] = {
		{ UINT32_MAX, EL1H, 0, 4, 5, 272, true, true, true },
		{ UINT32_MAX, EL0T, 0, 4, 5, 272, true, true, true },
		/* a loaded vCPU: a CPU may have newer system registers */
		{ 0, EL1H, 0, 4, 5, 272, true, false, false },
		{ 0, EL0T, 0, 4, 5, 272, true, false, true },
		{ UINT32_MAX, EL1H, 0xffff800008009000, 4, 5, 272, true, false, false },
		/* a register whose index is not within sys_regs[] */
		{ UINT32_MAX, EL1H, 0, 5, 6, 272, true, true, false },
		{ UINT32_MAX, EL1H, 0, 6, 5, 272, true, false, false },
		{ UINT32_MAX, EL1H, 0, 4, 0, 272, true, true, true },
		{ UINT32_MAX, EL1H, 0, 4, -1, 272, true, true, false },
		{ UINT32_MAX, EL0T, 0, 4, 5, 273, true, true, true },
		{ UINT32_MAX, EL0T, 0, 4, 5, 271, false, true, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		struct guest_cpu cpu;

		start();
		put(VCPU + CPU, rows[i].cpu, 4);
		put(VCPU + CONTEXT + 8 * (NR_GENERAL - 1), rows[i].pstate, 8);
		put(VCPU + VNCR, rows[i].vncr, 8);
		system_index[TTBR1] = rows[i].index_of_ttbr1;
		system_index[SP_EL1] = rows[i].index_of_sp;
		kernel = open_host();
		placed_set(kernel, VCPU_CONTEXT, CONTEXT, rows[i].context);
		cpu = read_cpu(kernel);
		if (registers_have(&cpu.registers, CPU_IP) != rows[i].general ||
		    cpu.has_system != rows[i].system ||
		    registers_have(&cpu.registers, CPU_SP) != rows[i].sp)
			fail_msg("row %zu", i);
		if (rows[i].sp)
			assert_int_equal(cpu.registers.value[CPU_SP],
					 rows[i].pstate == EL0T ? 0x1000 + 31 : 0x51000 + SP_EL1);
		open_close(kernel);
	}
}

#define GRANULE(TG) ((uint64_t)(TG) << 14)
#define START(SL0) ((uint64_t)(SL0) << 6)
#define DS (UINT64_C(1) << 32)
#define SL2 (UINT64_C(1) << 33)

/* VTCR_EL2: the rows are from Arm ARM, D8.2.2. */
static void tables_of_stage_2(void **state)
{
	static const struct {
		uint64_t vtcr;
		unsigned int page_shift, bits, levels; /* levels = 0: there are no such tables */
		bool high; /* entries have bits of an address above bit 47 */
	} rows[] = {
		{ GRANULE(0) | START(1) | 24, 12, 40, 3, false },
		{ 0x80023558, 12, 40, 3, false }, /* with the fields that Linux sets, too */
		{ GRANULE(0) | START(2) | 16, 12, 48, 4, false },
		{ GRANULE(0) | START(0) | 34, 12, 30, 2, false },
		{ GRANULE(0) | START(3) | 43, 12, 21, 1, false },
		{ GRANULE(0) | START(2) | DS | 16, 12, 48, 4, true },
		{ GRANULE(1) | START(1) | 24, 16, 40, 2, true },
		{ GRANULE(1) | START(2) | 16, 16, 48, 3, true },
		{ GRANULE(1) | START(2) | DS | 16, 16, 48, 3, true },
		{ GRANULE(2) | START(1) | 28, 14, 36, 2, false },
		{ GRANULE(2) | START(2) | 17, 14, 47, 3, false },
		{ GRANULE(2) | START(2) | DS | 17, 14, 47, 3, true },
		{ GRANULE(3) | START(1) | 24, 0, 0, 0, false },
		{ GRANULE(0) | START(2) | 0, 0, 0, 0, false },
		{ GRANULE(0) | START(2) | SL2 | DS | 12, 0, 0, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		struct guest_cpu cpu;

		start();
		put(KVM + VTCR, rows[i].vtcr, 8);
		kernel = open_host();
		cpu = read_cpu(kernel);
		if (cpu.has_root != (rows[i].levels != 0) ||
		    (cpu.trouble.code == 0) != cpu.has_root)
			fail_msg("row %zu: %s", i, cpu.trouble.message);
		if (cpu.has_root && (paging_page_shift(cpu.space.paging) != rows[i].page_shift ||
				     cpu.space.paging->address_bits != rows[i].bits ||
				     cpu.space.paging->nr_levels != rows[i].levels ||
				     (cpu.space.paging->high_mask != 0) != rows[i].high ||
				     cpu.space.root != STAGE2))
			fail_msg("row %zu", i);
		open_close(kernel);
	}
}

/* Until 5.8, struct kvm has the root and VTCR_EL2 at other places. Each of these may be unknown. */
static void what_stage_2_needs(void **state)
{
	static const struct {
		struct placed placed;
		unsigned int forgotten;
		bool known;
	} rows[] = {
		{ { KVM_STAGE2, PGD, 8 }, KVM_OLD_STAGE2, true },
		{ { KVM_OLD_STAGE2, PGD, 8 }, KVM_STAGE2, true },
		{ { KVM_OLD_VTCR, VTCR, 8 }, KVM_VTCR, true },
		{ { KVM_STAGE2, PGD + 0x100, 8 }, KVM_OLD_STAGE2, false }, /* the root is 0 */
		{ { KVM_STAGE2, PGD, 8 }, VCPU_KVM, false },
		{ { KVM_VTCR, VTCR, 8 }, KVM_STAGE2, false },
		{ { KVM_STAGE2, PGD, 8 }, KVM_VTCR, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		struct guest_cpu cpu;

		start();
		kernel = open_host();
		placed_set_all(kernel, &rows[i].placed, 1);
		placed_forget(kernel, rows[i].forgotten);
		cpu = read_cpu(kernel);
		if (cpu.has_root != rows[i].known || (cpu.trouble.code == 0) != rows[i].known)
			fail_msg("row %zu: %s", i, cpu.trouble.message);
		open_close(kernel);
	}
}

/* TCR_EL1, whose fields TG1 and T1SZ are for the upper half. */
#define HALVES(TG0, T0SZ, TG1, T1SZ)                                                               \
	((uint64_t)(TG0) << 14 | (T0SZ) | (uint64_t)(TG1) << 30 | (uint64_t)(T1SZ) << 16)
#define IPS(BITS) ((uint64_t)(BITS) << 32)
#define LPA2 (UINT64_C(1) << 59)

static void tables_of_the_guest(void **state)
{
	static const struct {
		uint64_t tcr;
		unsigned int page_shift, bits; /* page_shift = 0: Linux has no such tables */
		bool high;
	} rows[] = {
		{ HALVES(0, 16, 2, 16), 12, 48, false },
		{ 0x00500075b5503510, 12, 48, false }, /* with the fields that Linux sets, too */
		{ HALVES(0, 25, 2, 25), 12, 39, false },
		{ HALVES(0, 12, 2, 12) | LPA2, 12, 52, true },
		{ HALVES(2, 16, 1, 16) | IPS(6), 14, 48, false },
		{ HALVES(2, 12, 1, 12) | LPA2, 14, 52, true },
		{ HALVES(1, 22, 3, 22) | IPS(5), 16, 42, false },
		{ HALVES(1, 22, 3, 22) | IPS(6), 16, 42, true },
		{ HALVES(1, 16, 3, 16) | IPS(5) | LPA2, 16, 48, false },
		{ HALVES(1, 12, 3, 12) | IPS(6), 16, 52, true },
		{ HALVES(0, 12, 2, 12), 0, 0, false },
		{ HALVES(0, 17, 2, 16), 0, 0, false },
		{ HALVES(0, 16, 2, 17), 0, 0, false },
		{ HALVES(1, 16, 2, 16), 0, 0, false },
		{ HALVES(3, 16, 0, 16), 0, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const uint64_t root = 0x40000;
		struct space space = { 0 };
		struct kernel *kernel;
		struct guest_cpu cpu;

		start();
		system_value[SCTLR] = 1;
		system_value[TCR] = rows[i].tcr;
		system_value[TTBR0] = UINT64_C(5) << 48 | 0x30000; /* with an ASID */
		system_value[TTBR1] = 0x20000;
		kernel = open_host();
		cpu = read_cpu(kernel);
		if (guest_cpu_space(kernel, &cpu, NULL, &space, NULL) != (rows[i].page_shift != 0))
			fail_msg("row %zu", i);
		if (rows[i].page_shift) {
			if (paging_page_shift(space.paging) != rows[i].page_shift ||
			    space.paging->address_bits != rows[i].bits + 1 ||
			    (space.paging->high_mask != 0) != rows[i].high)
				fail_msg("row %zu", i);
			assert_int_equal(space.root, 0x30000);
			assert_int_equal(space.upper_root, 0x20000);
			assert_true(guest_cpu_space(kernel, &cpu, &root, &space, NULL));
			assert_int_equal(space.root, 0x40000);
			assert_int_equal(space.upper_root, 0x20000);
		}
		open_close(kernel);
	}
}

/* When the tables of the guest are not known, not read, or not used. */
static void guests_without_tables(void **state)
{
	static const struct {
		uint32_t cpu, pstate;
		uint64_t sctlr, ttbr0, ttbr1;
		enum error_code code; /* 0: addresses are physical */
	} rows[] = {
		{ UINT32_MAX, EL1H, 0, 0x30000, 0x20000, 0 },
		{ UINT32_MAX, EL1H, 1 << 12, 0x30000, 0x20000, 0 },
		{ 3, EL1H, 0, 0x30000, 0x20000, ERROR_UNKNOWN },
		{ UINT32_MAX, 1 << 4, 0, 0x30000, 0x20000, ERROR_UNKNOWN }, /* AArch32 */
		{ UINT32_MAX, EL1H, 1, 0x30800, 0x20000, ERROR_FORMAT },
		{ UINT32_MAX, EL1H, 1, 0x30000, 0x20800, ERROR_FORMAT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct error err = { 0 };
		struct space space = { 0 };
		struct kernel *kernel;
		struct guest_cpu cpu;

		start();
		put(VCPU + CPU, rows[i].cpu, 4);
		put(VCPU + CONTEXT + 8 * (NR_GENERAL - 1), rows[i].pstate, 8);
		system_value[SCTLR] = rows[i].sctlr;
		system_value[TCR] = HALVES(0, 16, 2, 16);
		system_value[TTBR0] = rows[i].ttbr0;
		system_value[TTBR1] = rows[i].ttbr1;
		kernel = open_host();
		cpu = read_cpu(kernel);
		if (guest_cpu_space(kernel, &cpu, NULL, &space, &err) != (rows[i].code == 0) ||
		    err.code != rows[i].code)
			fail_msg("row %zu: %s", i, err.message);
		if (!rows[i].code)
			assert_null(space.paging);
		open_close(kernel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(registers_of_a_vcpu), cmocka_unit_test(registers_that_are_known),
		cmocka_unit_test(tables_of_stage_2),   cmocka_unit_test(what_stage_2_needs),
		cmocka_unit_test(tables_of_the_guest), cmocka_unit_test(guests_without_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
