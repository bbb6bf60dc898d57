/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Init of an arm64 guest that is a host itself: a small VMM, which runs one virtual machine and
 * prints what it knows of it. The code of the machine fills pages at virtual addresses, through
 * stage 1 tables that the VMM made. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "init.h"
#include "vmm.h"

enum {
	PAGE = 4096,
	NR_VCPUS = 2,
	/* Guest-physical addresses. */
	TABLES = 0x10000, /* a page for each table */
	LOW = 4 << 20, /* size of the slot at 0 */
	DEVICE = 0x9000000, /* not in a slot */
	SHARED_SIZE = 64 * PAGE,
	NR_PAGES = 600, /* pages that the code fills */
};
#define HIGH UINT64_C(0x100000000) /* the second slot begins here */
#define HIGH_SIZE (UINT64_C(16) << 20)
#define SHARED UINT64_C(0x180000000) /* the third slot, of a memfd, begins here */
#define WINDOW UINT64_C(0xffff900000000000) /* the virtual address of the first filled page */
#define DEVICE_PAGE (WINDOW + NR_PAGES * PAGE)
#define PATTERN UINT64_C(0x9e3779b97f4a7c15)

/* Stage 1: Arm ARM (DDI 0487), D8.3, and the registers of D24. */
enum { TABLE_ENTRY = 3, BLOCK_ENTRY = 1, PAGE_ENTRY = 3, ACCESSED = 1 << 10, INNER = 3 << 8 };
enum { NORMAL = 0 << 2, DEVICE_MEMORY = 1 << 2 }; /* indices in MAIR_EL1 */
#define MAIR UINT64_C(0x00ff)
/* Both halves: 48 bits, pages of 4K, write-back, inner shareable; frames of 40 bits. */
#define TCR (UINT64_C(0x200000000) | UINT64_C(0xb510) << 16 | 0x3510)
#define SCTLR UINT64_C(0x30d01805) /* RES1, I, C, M */

static uint8_t *low; /* the memory at 0 */

/* For each word of [x0, x1): *x0 = x0 * x2. Then writes to the device. */
static const uint32_t code[] = {
	0x9b027c03, /* 1: mul x3, x0, x2 */
	0xf8008403, /* str x3, [x0], #8 */
	0xeb01001f, /* cmp x0, x1 */
	0x54ffffa3, /* b.lo 1b */
	0xf9000083, /* str x3, [x4] */
	0x14000000, /* b . */
};
enum { CODE = 0x8000 };

static uint64_t *table(unsigned int nr)
{
	return (uint64_t *)(low + TABLES + nr * PAGE);
}

static uint64_t to_table(unsigned int nr)
{
	return (TABLES + nr * PAGE) | TABLE_ENTRY;
}

/* Pages of the window are in the second slot and, each fourth, in the third one, backwards. */
static uint64_t window_page(unsigned int nr)
{
	if (nr % 4 == 3 && nr / 4 < SHARED_SIZE / PAGE)
		return SHARED + SHARED_SIZE - (nr / 4 + 1) * (uint64_t)PAGE;
	return HIGH + (NR_PAGES - nr) * UINT64_C(3) * PAGE;
}

static void make_tables(void)
{
	/* 0: the lower half; 1, 2: low memory, one block of 2M; 3: the upper half; 4, 5, and from 6
	 * on: the window. */
	table(0)[0] = to_table(1);
	table(1)[0] = to_table(2);
	table(2)[0] = 0 | BLOCK_ENTRY | ACCESSED | INNER | NORMAL;
	table(3)[WINDOW >> 39 & 511] = to_table(4);
	table(4)[WINDOW >> 30 & 511] = to_table(5);
	for (unsigned int i = 0; i <= NR_PAGES; i++) {
		table(5)[i / 512] = to_table(6 + i / 512);
		table(6 + i / 512)[i % 512] =
			i < NR_PAGES ? window_page(i) | PAGE_ENTRY | ACCESSED | INNER | NORMAL :
				       DEVICE | PAGE_ENTRY | ACCESSED | DEVICE_MEMORY;
	}
}

static uint64_t one_register(int vcpu, uint64_t id, unsigned long what, uint64_t value)
{
	struct kvm_one_reg one = { .id = id, .addr = (uintptr_t)&value };

	if (ioctl(vcpu, what, &one) < 0)
		die("register");
	return value;
}

#define CORE(member)                                                                               \
	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | KVM_REG_ARM_CORE_REG(member))
#define X(nr) (CORE(regs.regs[0]) + 2 * (nr))
#define SCTLR_EL1 ARM64_SYS_REG(3, 0, 1, 0, 0)
#define TTBR0_EL1 ARM64_SYS_REG(3, 0, 2, 0, 0)
#define TTBR1_EL1 ARM64_SYS_REG(3, 0, 2, 0, 1)
#define TCR_EL1 ARM64_SYS_REG(3, 0, 2, 0, 2)
#define MAIR_EL1 ARM64_SYS_REG(3, 0, 10, 2, 0)

static void put(int vcpu, uint64_t id, uint64_t value)
{
	one_register(vcpu, id, KVM_SET_ONE_REG, value);
}

static void start(int vm, int vcpu, unsigned int nr)
{
	const uint64_t half = NR_PAGES / NR_VCPUS * (uint64_t)PAGE;
	struct kvm_vcpu_init init;

	if (ioctl(vm, KVM_ARM_PREFERRED_TARGET, &init) < 0 ||
	    ioctl(vcpu, KVM_ARM_VCPU_INIT, &init) < 0)
		die("target");
	put(vcpu, MAIR_EL1, MAIR);
	put(vcpu, TCR_EL1, TCR);
	put(vcpu, TTBR0_EL1, TABLES);
	put(vcpu, TTBR1_EL1, TABLES + 3 * PAGE);
	put(vcpu, SCTLR_EL1, SCTLR);
	put(vcpu, CORE(regs.pc), CODE);
	put(vcpu, X(0), WINDOW + nr * half);
	put(vcpu, X(1), WINDOW + (nr + 1) * half);
	put(vcpu, X(2), PATTERN);
	put(vcpu, X(4), DEVICE_PAGE);
	put(vcpu, X(28), 0xabcdef + nr);
	put(vcpu, CORE(sp_el1), 0x7000 - nr * 0x100);
}

static void run(int vcpu, const struct kvm_run *state)
{
	if (ioctl(vcpu, KVM_RUN, 0) < 0)
		die("run");
	if (state->exit_reason != KVM_EXIT_MMIO) {
		printf("@no-device %u\n", state->exit_reason);
		die("device");
	}
}

static void print_registers(int vcpu, unsigned int nr)
{
	static const struct {
		const char *name;
		uint64_t id;
	} asked[] = {
		{ "x0", X(0) },
		{ "x1", X(1) },
		{ "x2", X(2) },
		{ "x3", X(3) },
		{ "x4", X(4) },
		{ "x28", X(28) },
		{ "pc", CORE(regs.pc) },
		{ "pstate", CORE(regs.pstate) },
		{ "sp", CORE(sp_el1) },
		{ "sctlr_el1", SCTLR_EL1 },
		{ "tcr_el1", TCR_EL1 },
		{ "ttbr0_el1", TTBR0_EL1 },
		{ "ttbr1_el1", TTBR1_EL1 },
	};

	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++)
		printf("@register %u %s %" PRIx64 "\n", nr, asked[i].name,
		       one_register(vcpu, asked[i].id, KVM_GET_ONE_REG, 0));
}

static void make_machine(int kvm)
{
	int vm = ioctl(kvm, KVM_CREATE_VM, 0);
	int memfd = memfd_create("guest", 0);
	int size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);

	if (vm < 0 || memfd < 0 || ftruncate(memfd, SHARED_SIZE) < 0)
		die("vm");
	low = memory(LOW, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	memcpy(low + CODE, code, sizeof(code));
	make_tables();
	add_slot(vm, 0, 0, LOW, low, 0);
	add_slot(vm, 1, HIGH, HIGH_SIZE, memory(HIGH_SIZE, MAP_PRIVATE | MAP_ANONYMOUS, -1), 0);
	add_slot(vm, 2, SHARED, SHARED_SIZE, memory(SHARED_SIZE, MAP_SHARED, memfd),
		 KVM_MEM_LOG_DIRTY_PAGES);
	printf("@vm %d %d\n", (int)getpid(), NR_VCPUS);
	for (unsigned int i = 0; i < NR_VCPUS; i++) {
		int vcpu = ioctl(vm, KVM_CREATE_VCPU, i);

		if (vcpu < 0)
			die("vcpu");
		start(vm, vcpu, i);
		run(vcpu, memory((size_t)size, MAP_SHARED, vcpu));
		print_registers(vcpu, i);
	}
	for (unsigned int i = 0; i < NR_PAGES; i++)
		printf("@page %" PRIx64 " %" PRIx64 "\n", WINDOW + i * (uint64_t)PAGE,
		       window_page(i));
}

int main(void)
{
	int kvm;

	begin_init();
	prctl(PR_SET_NAME, "tiny-vmm");
	mknod("/dev/kvm", S_IFCHR | 0600, makedev(10, KVM_MINOR));
	kvm = open("/dev/kvm", O_RDWR);
	if (kvm < 0)
		die("kvm");
	make_machine(kvm);
	printf("@ready\n");
	for (;;)
		pause();
}
