/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "kvm/guest_dump.h"

#include <elf.h>
#include <stdlib.h>

#include "dump/dump.h"
#include "dump/registers.h"
#include "kvm/guests.h"
#include "kvm/vcpu_family.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"

/* The general registers, in the order of struct QEMUCPUState (registers.h). */
static const enum cpu_register general[] = {
	CPU_AX, CPU_BX,	 CPU_CX,  CPU_DX,  CPU_SI,  CPU_DI,  CPU_SP,  CPU_BP, CPU_R8,
	CPU_R9, CPU_R10, CPU_R11, CPU_R12, CPU_R13, CPU_R14, CPU_R15, CPU_IP, CPU_FLAGS,
};
static const enum cpu_register selectors[] = {
	CPU_CS, CPU_DS, CPU_ES, CPU_FS, CPU_GS, CPU_SS,
};
enum { SEGMENT = 24, SEGMENT_BASE = 16, FS = 3, GS = 4 };

/* Makes a note with the registers of a CPU, in the format of QEMU's notes. A dump that is extracted
 * from this dump then contains the CPUs, too. */
static void guest_cpus_make_note(const struct guest_cpu *cpu, uint8_t *note)
{
	const uint64_t *value = cpu->registers.value;
	uint8_t *at = note + QEMU_SEGMENTS;

	store_le(note, 1, 4); /* version of the format */
	store_le(note + 4, QEMU_SIZE, 4);
	for (unsigned int i = 0; i < sizeof(general) / sizeof(*general); i++)
		store_le(note + QEMU_REGISTERS + 8 * i, value[general[i]], 8);
	for (unsigned int i = 0; i < 6; i++)
		store_le(at + SEGMENT * i, (uint32_t)value[selectors[i]], 4);
	store_le(at + SEGMENT * FS + SEGMENT_BASE, cpu->registers.bases[0], 8);
	store_le(at + SEGMENT * GS + SEGMENT_BASE, cpu->registers.bases[1], 8);
	store_le(note + QEMU_IDT_BASE, cpu->vector_table, 8);
	store_le(note + QEMU_CR, value[CPU_CR0], 8);
	store_le(note + QEMU_CR + 16, value[CPU_CR2], 8);
	store_le(note + QEMU_CR + 24, value[CPU_CR3], 8);
	store_le(note + QEMU_CR + 32, value[CPU_CR4], 8);
}

static struct cpu_state guest_cpus_state_of(const struct guest_cpu *cpu, const uint8_t *note)
{
	return (struct cpu_state){
		.vector_table = cpu->vector_table,
		.registers = cpu->registers,
		.note = { note, QEMU_SIZE },
	};
}

/* Are all registers known that are needed to find the guest's kernel? Only a VMCB contains all of
 * them. */
static bool guest_cpus_is_complete(const struct guest_cpu *cpu)
{
	return cpu->vmcb && cpu->has_efer && !cpu->nested_guest && !cpu->encrypted &&
	       registers_have(&cpu->registers, CPU_CR3);
}

bool guest_cpus_take(struct kernel *host, const struct guest *guest, struct dump *dump,
		     uint8_t **notes)
{
	enum { LONG_MODE_ACTIVE = 1 << 10 };
	const struct vcpu_family *family = vcpu_family_of(host);
	struct guest_cpu cpu;

	*notes = calloc(guest->nr_cpus + 1, QEMU_SIZE);
	dump->cpus = calloc(guest->nr_cpus + 1, sizeof(*dump->cpus));
	if (!*notes || !dump->cpus)
		return false;
	/* Only x86's vCPUs are added to the dump, because no note of another machine contains the
	 * page table. */
	if (family)
		dump->machine = family->guest_machine;
	for (size_t i = 0; i < guest->nr_cpus; i++) {
		uint8_t *note = *notes + i * QEMU_SIZE;

		bool read = guest_cpu_read(host, guest->cpu[i], &cpu, NULL);

		if (read && cpu.encrypted && !dump->warning[0])
			dump_warn(
				dump,
				"the guest's memory is encrypted (SEV): only memory that the guest shares with its host can be read");
		if (!read || !guest_cpus_is_complete(&cpu)) {
			dump->nr_cpus = 0;
			return true;
		}
		guest_cpus_make_note(&cpu, note);
		dump->cpus[dump->nr_cpus++] = guest_cpus_state_of(&cpu, note);
		if (!i)
			dump->machine = cpu.efer & LONG_MODE_ACTIVE ? EM_X86_64 : EM_NONE;
	}
	return true;
}
