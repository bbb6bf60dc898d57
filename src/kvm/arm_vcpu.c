/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The vCPUs of arm64: arch/arm64/include/asm/kvm_host.h, since 5.9. The system registers are
 * described in Arm ARM (DDI 0487), D24. */
#include <inttypes.h>

#include "kvm/guests.h"
#include "kvm/members.h"
#include "kvm/vcpu_family.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/arm_stages.h"

enum { WORD = 8 };

static uint64_t bits(uint64_t value, unsigned int first, unsigned int nr)
{
	return value >> first & ((UINT64_C(1) << nr) - 1);
}

/* --- registers --- */

/* Reads a system register that KVM has stored in memory. KVM stores registers of nested
 * virtualization in another page, which vncr_array points to; these are not read. */
static bool arm_vcpu_read_system(struct kernel *kernel, const struct guest_cpu *cpu,
				 const char *name, uint64_t *value)
{
	const struct member *system = kernel_member(kernel, VCPU_SYSTEM, NULL);
	uint64_t other_page;
	int64_t index;

	if (!system || !guest_enumerator(kernel, "enum vcpu_sysreg", name, &index) || index < 0 ||
	    (uint64_t)index >= system->size / WORD)
		return false;
	if (kernel_read_member(kernel, cpu->address, VCPU_VNCR, &other_page, NULL) && other_page)
		return false;
	return kernel_read_number(kernel, cpu->address + system->offset + WORD * (uint64_t)index,
				  WORD, value, NULL);
}

/* Reads struct user_pt_regs: x0 to x30, SP_EL0, pc, pstate. Code that uses SP_EL1 has its stack
 * pointer there: bit 0 of pstate. */
static void arm_vcpu_read_general(struct kernel *kernel, struct guest_cpu *cpu)
{
	enum { NR_X = 31, SP = NR_X, PC, PSTATE, NR_REGS };
	const struct member *context = kernel_member(kernel, VCPU_CONTEXT, NULL);
	struct registers *registers = &cpu->registers;
	uint8_t bytes[NR_REGS * WORD];
	uint64_t sp;

	if (!context || context->size < sizeof(bytes) ||
	    !kernel_read(kernel, cpu->address + context->offset, bytes, sizeof(bytes), NULL))
		return;
	for (unsigned int i = 0; i < NR_X; i++)
		registers_set(registers, CPU_X0 + i, load_le64(bytes + WORD * i));
	registers_set(registers, CPU_IP, load_le64(bytes + WORD * PC));
	registers_set(registers, CPU_FLAGS, load_le64(bytes + WORD * PSTATE));
	if (!(registers->value[CPU_FLAGS] & 1))
		registers_set(registers, CPU_SP, load_le64(bytes + WORD * SP));
	else if (cpu->has_system && arm_vcpu_read_system(kernel, cpu, "SP_EL1", &sp))
		registers_set(registers, CPU_SP, sp);
}

/* While a vCPU is loaded on a CPU of the host, its system registers may be in that CPU and not in
 * memory (VHE). kvm_arch_vcpu_put() stores them and sets vcpu->cpu to -1. */
static void arm_vcpu_read_registers(struct kernel *kernel, struct guest_cpu *cpu)
{
	cpu->has_system = cpu->cpu < 0 &&
			  arm_vcpu_read_system(kernel, cpu, "SCTLR_EL1", &cpu->sctlr) &&
			  arm_vcpu_read_system(kernel, cpu, "TCR_EL1", &cpu->tcr) &&
			  arm_vcpu_read_system(kernel, cpu, "TTBR0_EL1", &cpu->ttbr0) &&
			  arm_vcpu_read_system(kernel, cpu, "TTBR1_EL1", &cpu->ttbr1);
	arm_vcpu_read_general(kernel, cpu);
}

/* --- stage 2 --- */

/* Reads VTCR_EL2, which determines the format of the tables. Without LPA2 (DS), the first level is
 * 2 - SL0 with pages of 4K, and 3 - SL0 with larger pages. SL2 adds a fifth level, which KVM does
 * not use. */
static bool arm_vcpu_read_format(uint64_t vtcr, struct arm_stage *stage)
{
	static const uint8_t shifts[4] = { 12, 16, 14, 0 };
	unsigned int sl0 = (unsigned int)bits(vtcr, 6, 2);
	bool sl2 = bits(vtcr, 33, 1);

	*stage = (struct arm_stage){
		.second = true,
		.page_shift = shifts[bits(vtcr, 14, 2)],
		.bits = (uint8_t)(64 - bits(vtcr, 0, 6)),
	};
	stage->long_address = stage->page_shift != 16 && bits(vtcr, 32, 1);
	/* With pages of 4K, the value 3 means level 3 (FEAT_TTST). */
	if (stage->page_shift == 12)
		stage->levels = (uint8_t)(sl0 == 3 ? 1 : sl0 + 2);
	else
		stage->levels = (uint8_t)(sl0 + 1);
	return !sl2;
}

static void arm_vcpu_find_root(struct kernel *kernel, struct guest_cpu *cpu)
{
	unsigned int root_id =
		kernel_member(kernel, KVM_STAGE2, NULL) ? KVM_STAGE2 : KVM_OLD_STAGE2;
	unsigned int vtcr_id = kernel_member(kernel, KVM_VTCR, NULL) ? KVM_VTCR : KVM_OLD_VTCR;
	const struct paging *paging;
	struct arm_stage stage;
	uint64_t guest, vtcr, root;

	if (!kernel_space(kernel, &cpu->trouble) ||
	    !kernel_read_member(kernel, cpu->address, VCPU_KVM, &guest, &cpu->trouble) ||
	    !kernel_read_member(kernel, guest, root_id, &root, &cpu->trouble) ||
	    !kernel_read_member(kernel, guest, vtcr_id, &vtcr, &cpu->trouble))
		return;
	if (!root) {
		fail(&cpu->trouble, ERROR_NO_ANSWER, "the virtual machine has no stage 2 tables");
		return;
	}
	if (!arm_vcpu_read_format(vtcr, &stage)) {
		fail(&cpu->trouble, ERROR_FORMAT, "VTCR_EL2, %" PRIx64 ", has five levels", vtcr);
		return;
	}
	paging = kernel_arm_stage(kernel, &stage, &cpu->trouble);
	if (!paging)
		return;
	cpu->space = kernel_other_space(kernel, paging, root);
	cpu->has_root = true;
}

static void read_arm(struct kernel *kernel, struct guest_cpu *cpu)
{
	cpu->nested = NESTED_STAGE2;
	arm_vcpu_read_registers(kernel, cpu);
	arm_vcpu_find_root(kernel, cpu);
}

/* --- the page tables of the guest itself --- */

/* Finds the paging mode that TCR_EL1 describes. Both halves must have the same mode, as in
 * Linux. */
static const struct paging *arm_vcpu_own_paging(const struct kernel *kernel, uint64_t tcr)
{
	enum { IPS_52_BITS = 6 };
	static const uint8_t shifts_0[4] = { 12, 16, 14, 0 }, shifts_1[4] = { 0, 14, 12, 16 };
	unsigned int shift = shifts_1[bits(tcr, 30, 2)];
	struct paging_choice choice = {
		.mode = MODE_ARM64,
		.page_size = UINT64_C(1) << shift,
		.va_bits = 64 - bits(tcr, 16, 6),
		.pa_bits = 48,
	};

	if (!shift || shifts_0[bits(tcr, 14, 2)] != shift || bits(tcr, 0, 6) != bits(tcr, 16, 6))
		return NULL;
	if (shift == 16 ? bits(tcr, 32, 3) == IPS_52_BITS : bits(tcr, 59, 1))
		choice.pa_bits = 52;
	/* The processor uses no more bits than these, even if the kernel is configured for more. */
	choice.config_va_bits = choice.va_bits;
	return kernel->arch->paging(&choice);
}

static bool find_arm_space(struct kernel *kernel, const struct guest_cpu *cpu, const uint64_t *root,
			   struct space *space, struct error *err)
{
	enum { MMU_ON = 1, IN_AARCH32 = 1 << 4 };

	if (!cpu->has_system || !registers_have(&cpu->registers, CPU_FLAGS))
		return fail(
			err, ERROR_UNKNOWN,
			"the system registers of vCPU %d are not known: %s; --guest opens the memory of the virtual machine as a dump",
			cpu->id,
			cpu->cpu >= 0 ? "the vCPU is loaded, so a CPU may contain them" :
					"the types do not describe where KVM stores them");
	if (cpu->registers.value[CPU_FLAGS] & IN_AARCH32)
		return fail(err, ERROR_UNKNOWN,
			    "vCPU %d runs 32-bit code, whose page tables kwalk does not read",
			    cpu->id);
	if (!(cpu->sctlr & MMU_ON))
		return true;
	space->paging = arm_vcpu_own_paging(kernel, cpu->tcr);
	if (!space->paging)
		return fail(
			err, ERROR_UNKNOWN,
			"the page tables of vCPU %d have a format that Linux does not use: TCR_EL1 is %" PRIx64,
			cpu->id, cpu->tcr);
	return (kernel->arch->root_of_register(space, root ? *root : cpu->ttbr0, &space->root) &&
		kernel->arch->root_of_register(space, cpu->ttbr1, &space->upper_root)) ||
	       fail(err, ERROR_FORMAT, "no table can begin at TTBR0_EL1 or TTBR1_EL1 of vCPU %d",
		    cpu->id);
}

static const uint16_t arm_machines[] = { EM_AARCH64, EM_NONE };

const struct vcpu_family vcpu_arm = {
	.machines = arm_machines,
	.guest_machine = EM_AARCH64,
	.read = read_arm,
	.find_space = find_arm_space,
};
