/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The vCPUs of x86: AMD's SVM and Intel's VMX. */
#include "kvm/vcpu_family.h"

#include <string.h>

#include "linux/module/modules.h"
#include "kvm/guests.h"
#include "kvm/members.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "paging/second_stage.h"

enum { WORD = 8 };

/* --- struct kvm_vcpu --- */

/* enum kvm_reg: the general registers in the order of their numbers in instructions, then rip. */
static const enum cpu_register order[] = {
	CPU_AX, CPU_CX,	 CPU_DX,  CPU_BX,  CPU_SP,  CPU_BP,  CPU_SI,  CPU_DI, CPU_R8,
	CPU_R9, CPU_R10, CPU_R11, CPU_R12, CPU_R13, CPU_R14, CPU_R15, CPU_IP,
};
enum { NR_REGS = sizeof(order) / sizeof(order[0]) };

/* Reads the general registers in struct kvm_vcpu. A register is valid if its bit is set in
 * `available`. If not, the value is only in the VMCB or VMCS. */
static void read_general(struct kernel *kernel, struct guest_cpu *cpu, uint64_t available)
{
	const struct member *regs = kernel_member(kernel, VCPU_REGS, NULL);
	uint64_t value;

	if (!regs || regs->size < sizeof(uint64_t) * NR_REGS)
		return;
	for (unsigned int i = 0; i < NR_REGS; i++)
		if (available >> i & 1 &&
		    kernel_read_number(kernel, cpu->address + regs->offset + WORD * i, WORD, &value,
				       NULL))
			registers_set(&cpu->registers, order[i], value);
}

static void read_control(struct kernel *kernel, struct guest_cpu *cpu, unsigned int id,
			 enum cpu_register which)
{
	uint64_t value;

	if (kernel_read_member(kernel, cpu->address, id, &value, NULL))
		registers_set(&cpu->registers, which, value);
}

/* Is the value of CR3 in struct kvm_vcpu valid? It is valid if the bit VCPU_EXREG_CR3 of
 * `available` is set. The number of this bit differs between kernels. */
static bool has_cr3(struct kernel *kernel, uint64_t available)
{
	int64_t bit;

	return guest_enumerator(kernel, "enum kvm_reg", "VCPU_EXREG_CR3", &bit) && bit >= 0 &&
	       bit < 64 && available >> bit & 1;
}

static void read_registers(struct kernel *kernel, struct guest_cpu *cpu)
{
	uint64_t available;

	if (!kernel_read_member(kernel, cpu->address, VCPU_AVAILABLE, &available, NULL))
		available = 0;
	read_general(kernel, cpu, available);
	read_control(kernel, cpu, VCPU_CR0, CPU_CR0);
	read_control(kernel, cpu, VCPU_CR4, CPU_CR4);
	if (has_cr3(kernel, available))
		read_control(kernel, cpu, VCPU_CR3, CPU_CR3);
	cpu->has_efer = kernel_read_member(kernel, cpu->address, VCPU_EFER, &cpu->efer, NULL);
}

/* --- AMD's VMCB: AMD64 APM vol. 2, appendix B --- */

enum {
	VMCB_SIZE = 0x1000,
	VMCB_NESTED = 0x90, /* offset in the control area of the VMCB */
	IS_NESTED = 1 << 0,
	IS_SEV = 1 << 1,
	VMCB_SAVE = 0x400,
	SAVE_SEGMENTS = 0, /* es, cs, ss, ds, fs, gs: 16 bytes each; the base is at the end */
	SEGMENT_SIZE = 16,
	SAVE_IDTR = 0x80,
};

static const struct {
	uint16_t offset;
	enum cpu_register which;
} saved[] = {
	{ 0x150, CPU_CR3 }, { 0x170, CPU_FLAGS }, { 0x178, CPU_IP },
	{ 0x1d8, CPU_SP },  { 0x1f8, CPU_AX },	  { 0x240, CPU_CR2 },
};

static void vcpu_take_segments(struct guest_cpu *cpu, const uint8_t *save)
{
	static const enum cpu_register selectors[] = {
		CPU_ES, CPU_CS, CPU_SS, CPU_DS, CPU_FS, CPU_GS,
	};
	const uint8_t *at = save + SAVE_SEGMENTS;

	for (unsigned int i = 0; i < 6; i++, at += SEGMENT_SIZE)
		registers_set(&cpu->registers, selectors[i], load_le16(at));
	at = save + SAVE_SEGMENTS + 4 * SEGMENT_SIZE;
	cpu->registers.bases[0] = load_le64(at + 8);
	cpu->registers.bases[1] = load_le64(at + SEGMENT_SIZE + 8);
	registers_set(&cpu->registers, CPU_FS_BASE, cpu->registers.bases[0]);
	registers_set(&cpu->registers, CPU_GS_BASE, cpu->registers.bases[1]);
}

static void take_vmcb(struct guest_cpu *cpu, const uint8_t *vmcb)
{
	const uint8_t *save = vmcb + VMCB_SAVE;
	uint64_t nested = load_le64(vmcb + VMCB_NESTED);

	cpu->nested = nested & IS_NESTED ? NESTED_NPT : NESTED_SHADOW;
	cpu->encrypted = nested & IS_SEV;
	/* Do not overwrite registers from struct kvm_vcpu: they are newer. The VMCB contains the
	 * registers from the time when the CPU left the guest. If KVM has emulated an instruction
	 * since then, rip in the VMCB is old. */
	for (size_t i = 0; i < sizeof(saved) / sizeof(saved[0]); i++)
		if (!registers_have(&cpu->registers, saved[i].which) &&
		    (saved[i].which != CPU_CR3 || cpu->nested == NESTED_NPT))
			registers_set(&cpu->registers, saved[i].which,
				      load_le64(save + saved[i].offset));
	cpu->vector_table = load_le64(save + SAVE_IDTR + 8);
	vcpu_take_segments(cpu, save);
}

static void read_vmcb(struct kernel *kernel, struct guest_cpu *cpu)
{
	const struct space *space = kernel_space(kernel, NULL);
	uint8_t vmcb[VMCB_SIZE];
	uint64_t address;
	struct walk walk;

	if (!space ||
	    !kernel_read_member(kernel, cpu->address, SVM_VMCB, &address, &cpu->no_vmcb) ||
	    !kernel_read(kernel, address, vmcb, sizeof(vmcb), &cpu->no_vmcb))
		return;
	walk = walk_page_table(space, address);
	cpu->vmcb = walk.outcome == WALK_MAPPED ? walk.paddr : 0;
	take_vmcb(cpu, vmcb);
}

/* --- EPT and NPT --- */

struct vendor {
	bool amd, intel;
};

static bool is_vendor(struct kernel *kernel, const struct listed_module *module, void *arg)
{
	struct vendor *vendor = arg;

	(void)kernel;
	vendor->amd |= !strcmp(module->name, "kvm_amd");
	vendor->intel |= !strcmp(module->name, "kvm_intel");
	return true;
}

static bool read_variable(struct kernel *kernel, const char *name, const char *module, size_t size,
			  uint64_t *value)
{
	uint64_t address;

	return guest_symbol(kernel, name, module, &address) &&
	       kernel_read_number(kernel, address, size, value, NULL);
}

static bool read_flag(struct kernel *kernel, const char *name, const char *module, uint64_t *value)
{
	return read_variable(kernel, name, module, 1, value);
}

/* Finds KVM's mark for emulated memory as is_mmio_spte() of arch/x86/kvm/mmu/spte.h does. In newer
 * kernels each machine has a separate value. */
static void find_mark(struct kernel *kernel, struct guest_cpu *cpu)
{
	uint64_t guest, mask, value;

	if (!read_variable(kernel, "shadow_mmio_mask", "kvm", WORD, &mask))
		return;
	if ((kernel_member(kernel, KVM_MARK, NULL) &&
	     kernel_read_member(kernel, cpu->address, VCPU_KVM, &guest, NULL) &&
	     kernel_read_member(kernel, guest, KVM_MARK, &value, NULL)) ||
	    read_variable(kernel, "shadow_mmio_value", "kvm", WORD, &value)) {
		cpu->mark_mask = value ? mask : 0;
		cpu->mark_value = value;
	}
}

/* Finds the vendor by the kvm module that is loaded. If both kvm modules are built in, the vendor
 * of the first CPU decides: arch/x86/include/asm/processor.h. */
static void find_vendor(struct kernel *kernel, struct vendor *vendor)
{
	enum { INTEL = 0, CENTAUR = 5, ZHAOXIN = 10 };
	uint64_t cpu, number, flag;

	module_each(kernel, is_vendor, vendor, NULL);
	if (vendor->amd != vendor->intel)
		return;
	vendor->amd = read_flag(kernel, "npt_enabled", "kvm_amd", &flag);
	vendor->intel = read_flag(kernel, "enable_ept", "kvm_intel", &flag);
	if (vendor->amd && vendor->intel && kernel_symbol(kernel, "boot_cpu_data", &cpu, NULL) &&
	    kernel_read_member(kernel, cpu, CPU_VENDOR, &number, NULL)) {
		vendor->intel = number == INTEL || number == CENTAUR || number == ZHAOXIN;
		vendor->amd = !vendor->intel;
	}
}

static void vcpu_find_kind(struct kernel *kernel, struct guest_cpu *cpu)
{
	struct vendor vendor = { 0 };
	uint64_t flag;

	find_vendor(kernel, &vendor);
	if (vendor.amd) {
		if (read_flag(kernel, "npt_enabled", "kvm_amd", &flag))
			cpu->nested = flag ? NESTED_NPT : NESTED_SHADOW;
		read_vmcb(kernel, cpu);
	} else if (vendor.intel && read_flag(kernel, "enable_ept", "kvm_intel", &flag)) {
		cpu->nested = flag ? NESTED_EPT : NESTED_SHADOW;
	}
	if (cpu->nested == NESTED_UNKNOWN && !cpu->trouble.code)
		fail(&cpu->trouble, ERROR_UNKNOWN,
		     "it is not known whether the vCPU uses EPT, NPT or shadow paging: the dump has neither the symbol enable_ept of the module kvm_intel nor npt_enabled of kvm_amd");
}

/* Finds the struct kvm_mmu that translates the guest's physical addresses. In newer kernels this is
 * root_mmu. If arch.mmu points to another kvm_mmu, the guest runs a nested guest. */
static bool find_mmu(struct kernel *kernel, struct guest_cpu *cpu, uint64_t *mmu)
{
	const struct member *root = kernel_member(kernel, VCPU_ROOT_MMU, NULL);
	const struct member *own = kernel_member(kernel, VCPU_MMU, root ? NULL : &cpu->trouble);
	uint64_t current;

	*mmu = cpu->address + (root ? root->offset : own ? own->offset : 0);
	cpu->nested_guest =
		root && own && own->size == WORD &&
		kernel_read_number(kernel, cpu->address + own->offset, WORD, &current, NULL) &&
		current != *mmu;
	return root || own;
}

/* Returns the number of levels of the page table: shadow_root_level, or in newer kernels bits 3:0
 * of the role (union kvm_mmu_page_role). */
static unsigned int levels_of(struct kernel *kernel, uint64_t mmu)
{
	enum { MASK = 15, USUAL = 4 };
	uint64_t value;

	if (kernel_read_member(kernel, mmu, MMU_LEVELS, &value, NULL) ||
	    kernel_read_member(kernel, mmu, MMU_ROLE, &value, NULL))
		return value & MASK;
	return USUAL;
}

static void find_root(struct kernel *kernel, struct guest_cpu *cpu)
{
	unsigned int id = kernel_member(kernel, MMU_ROOT, NULL) ? MMU_ROOT : MMU_OLD_ROOT;
	const struct paging *paging;
	unsigned int levels;
	uint64_t mmu, root;

	if (!kernel_space(kernel, &cpu->trouble) || !find_mmu(kernel, cpu, &mmu) ||
	    !kernel_read_member(kernel, mmu, id, &root, &cpu->trouble))
		return;
	find_mark(kernel, cpu);
	if (root == UINT64_MAX) { /* INVALID_PAGE */
		fail(&cpu->trouble, ERROR_NO_ANSWER,
		     "the vCPU has no tables at the moment: KVM makes them when the vCPU runs");
		return;
	}
	levels = levels_of(kernel, mmu);
	paging = second_stage_paging(cpu->nested == NESTED_EPT ? STAGE_EPT : STAGE_NPT, levels);
	cpu->space = kernel_other_space(kernel, paging, root);
	cpu->has_root =
		paging ||
		fail(&cpu->trouble, ERROR_FORMAT,
		     "the tables of the vCPU have %u levels, which is not possible", levels);
}

static void read_x86(struct kernel *kernel, struct guest_cpu *cpu)
{
	read_registers(kernel, cpu);
	vcpu_find_kind(kernel, cpu);
	if (cpu->nested == NESTED_SHADOW)
		fail(&cpu->trouble, ERROR_NO_ANSWER,
		     "KVM uses shadow paging, so only memory slots translate guest-physical addresses");
	else if (cpu->nested != NESTED_UNKNOWN)
		find_root(kernel, cpu);
}

/* --- the page tables of the guest itself --- */

enum { CR4_PAE = 1 << 5, CR4_LA57 = 1 << 12, EFER_LMA = 1 << 10 };
#define CR0_PG (UINT64_C(1) << 31)

static const struct paging *own_paging(const struct kernel *kernel, const struct guest_cpu *cpu)
{
	uint64_t cr4 = cpu->registers.value[CPU_CR4];

	if (!(cr4 & CR4_PAE))
		return arch_paging(kernel->arch, MODE_I386, 2);
	if (!(cpu->efer & EFER_LMA))
		return arch_paging(kernel->arch, MODE_PAE, 3);
	return arch_paging(kernel->arch, MODE_X86_64, cr4 & CR4_LA57 ? 5 : 4);
}

static bool find_x86_space(struct kernel *kernel, const struct guest_cpu *cpu, const uint64_t *cr3,
			   struct space *space, struct error *err)
{
	const struct registers *registers = &cpu->registers;

	if (!registers_have(registers, CPU_CR0) || !registers_have(registers, CPU_CR4) ||
	    !cpu->has_efer)
		return fail(err, ERROR_UNKNOWN, "the control registers of vCPU %d are not known",
			    cpu->id);
	if (!(registers->value[CPU_CR0] & CR0_PG))
		return true;
	space->paging = own_paging(kernel, cpu);
	if (!space->paging)
		return fail(err, ERROR_UNKNOWN, "the paging mode of vCPU %d is not known", cpu->id);
	if (!cr3 && registers_have(registers, CPU_CR3))
		cr3 = &registers->value[CPU_CR3];
	if (!cr3)
		return fail(err, ERROR_UNKNOWN,
			    "CR3 of vCPU %d is not in memory: %s; give a table by -r", cpu->id,
			    cpu->nested == NESTED_EPT ?
				    "it is in the VMCS, whose format only the processor knows" :
			    cpu->no_vmcb.code ? cpu->no_vmcb.message :
						"KVM has not stored it");
	return kernel->arch->root_of_register(space, *cr3, &space->root) ||
	       fail(err, ERROR_FORMAT, "CR3 has reserved bits set");
}

static const uint16_t x86_machines[] = { EM_X86_64, EM_386, EM_NONE };

const struct vcpu_family vcpu_x86 = {
	.machines = x86_machines,
	.read = read_x86,
	.find_space = find_x86_space,
};
