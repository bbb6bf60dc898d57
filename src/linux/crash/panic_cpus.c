/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/crash/panic_cpus.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "dump/dump.h"
#include "dump/registers.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/noted.h"
#include "kernel/percpu.h"
#include "linux/task_members.h"

/* --- tasks --- */

/* Reads the address of the task that a CPU runs. On x86 the address is in the per-CPU variable
 * current_task before 6.2 and since 6.15. Between these releases it is in the first member of
 * pcpu_hot (e57ef2ed97c1). On arm64 it is in __entry_task since 4.10 (c02433dd6de3). If none of
 * these variables exists, the address is read from the CPU's runqueue. */
static bool read_current(struct kernel *kernel, unsigned int cpu, uint64_t *task)
{
	static const char *const names[] = { "current_task", "pcpu_hot", "__entry_task" };
	const struct member *curr;
	uint64_t address;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (kernel_per_cpu(kernel, names[i], cpu, &address, NULL))
			return kernel_read_pointer(kernel, address, task, NULL);
	curr = kernel_member_as(kernel, RQ_CURR, MEMBER_POINTER, NULL);
	return curr && kernel_per_cpu(kernel, "runqueues", cpu, &address, NULL) &&
	       kernel_read_pointer(kernel, address + curr->offset, task, NULL);
}

static void name_task(struct kernel *kernel, struct cpu_run *run)
{
	const struct member *comm = kernel_member_as(kernel, TASK_COMM, MEMBER_TEXT, NULL);
	size_t size;
	uint64_t pid;

	if (!comm || !kernel_read_member(kernel, run->task, TASK_PID, &pid, NULL))
		return;
	size = comm->size < TASK_COMM_MAX ? comm->size : TASK_COMM_MAX;
	if (!kernel_read_field(kernel, run->task + comm->offset, run->comm, size, NULL) ||
	    !memchr(run->comm, '\0', size))
		return;
	run->pid = (int32_t)pid;
	run->has_name = true;
}

/* --- registers --- */

/* Reads the registers of a CPU that stopped for kdump. The CPU saved its registers as a note in
 * per-CPU memory. The variable crash_notes points to this memory (crash_save_cpu() in
 * kernel/kexec_core.c). */
static bool read_crash_note(struct kernel *kernel, unsigned int cpu, struct registers *registers)
{
	enum { NAME_SIZE = 8, DESC_AT = sizeof(Elf64_Nhdr) + NAME_SIZE };
	uint8_t note[DESC_AT + PRSTATUS_MOST];
	uint64_t address, offset = 0;
	struct bytes desc = { note + DESC_AT, prstatus_size(kernel->arch->machine) };

	if (!desc.size || !kernel_read_variable(kernel, "crash_notes", &address))
		return false;
	kernel_per_cpu_offset(kernel, cpu, &offset, NULL);
	address = (address + offset) & kernel->arch->address_mask;
	return kernel_read(kernel, address, note, DESC_AT + desc.size, NULL) &&
	       load_le32(note) == sizeof("CORE") && load_le32(note + 4) == desc.size &&
	       load_le32(note + 8) == NT_PRSTATUS &&
	       !memcmp(note + sizeof(Elf64_Nhdr), "CORE", sizeof("CORE")) &&
	       registers_of_prstatus(registers, desc) != EM_NONE && registers_have_any(registers);
}

static void set_registers(struct cpu_run *run, const struct registers *registers)
{
	run->registers = *registers;
	run->has_registers = registers_have_any(registers);
}

/* Assigns QEMU's notes to CPUs. In a note, the base of a segment is usually the start of the CPU's
 * per-CPU memory. Notes without such a base, for example of an i386 CPU in user mode, are assigned
 * in the order of the notes. */
static void take_qemu(struct kernel *kernel, struct panic *panic, bool *taken)
{
	const struct dump *dump = kernel->dump;

	for (size_t i = 0; i < dump->nr_cpus && !kernel_stopped(kernel); i++)
		for (size_t k = 0; k < panic->nr_runs && !taken[i]; k++) {
			struct cpu_run *run = &panic->run[k];
			const struct registers *registers = &dump->cpus[i].registers;

			if (!run->has_base || run->has_registers ||
			    (run->base != registers->bases[0] && run->base != registers->bases[1]))
				continue;
			set_registers(run, registers);
			taken[i] = true;
		}
	for (size_t i = 0; i < panic->nr_runs && i < dump->nr_cpus; i++)
		if (!panic->run[i].has_registers && !taken[i])
			set_registers(&panic->run[i], &dump->cpus[i].registers);
}

/* Does the note belong to a task that another CPU ran? If so, the note is not the note of this CPU,
 * even if the order of the notes suggests this. */
static bool note_is_elsewhere(const struct panic *panic, const struct cpu_run *run, int32_t pid)
{
	for (size_t i = 0; i < panic->nr_runs && pid && run->pid != pid; i++)
		if (panic->run[i].has_name && panic->run[i].pid == pid)
			return true;
	return false;
}

static void take_note_of_task(const struct dump *dump, struct cpu_run *run)
{
	for (size_t i = 0; i < dump->nr_stopped && run->has_name && run->pid && !run->has_registers;
	     i++)
		if (dump->stopped[i].pid == run->pid)
			set_registers(run, &dump->stopped[i]);
}

/* Did QEMU write the notes? Then the pids are missing or are the numbers 1, 2, 3... of the notes: on
 * riscv64, nothing else distinguishes such notes (target/riscv/arch_dump.c). */
static bool qemu_wrote(const struct dump *dump)
{
	for (size_t i = 0; i < dump->nr_stopped; i++)
		if (dump->stopped[i].pid && dump->stopped[i].pid != (int32_t)i + 1)
			return false;
	return true;
}

/* Assigns to a CPU its note, of as many notes as the kernel has CPUs, which QEMU wrote in the order of the
 * machine's own numbers of CPUs. If this number is not known, neither is the note: any CPU of the machine
 * may be CPU 0. */
static void take_note_of_machine(struct kernel *kernel, struct cpu_run *run)
{
	const struct dump *dump = kernel->dump;
	uint64_t address, place = 0;

	run->is_unplaced =
		dump->nr_stopped > 1 &&
		(!kernel_symbol(kernel, kernel->arch->cpu_numbers, &address, NULL) ||
		 !kernel_read_pointer(kernel, address + 8 * (uint64_t)run->cpu, &place, NULL) ||
		 place >= dump->nr_stopped);
	if (!run->is_unplaced)
		set_registers(run, &dump->stopped[place]);
}

/* Assigns the kernel's notes with registers to CPUs. Notes in the dump do not contain the number of
 * their CPU, so the note in the CPU's memory is used if it can be read. If not, and if the dump has
 * a note for each CPU, the notes are assigned in their order. In all other cases a note is assigned
 * to the CPU that ran the task with the note's pid. */
static void take_notes(struct kernel *kernel, struct panic *panic)
{
	const struct dump *dump = kernel->dump;
	const bool qemu = kernel->arch->cpu_numbers && qemu_wrote(dump);
	const bool complete = dump->nr_stopped == panic->nr_runs;

	for (size_t i = 0; i < panic->nr_runs; i++) {
		struct cpu_run *run = &panic->run[i];

		if (read_crash_note(kernel, run->cpu, &run->registers))
			run->has_registers = true;
		else if (complete && qemu)
			take_note_of_machine(kernel, run);
		else if (complete && !note_is_elsewhere(panic, run, dump->stopped[i].pid))
			set_registers(run, &dump->stopped[i]);
		if (!qemu)
			take_note_of_task(dump, run);
	}
}

/* Makes the entries only from notes, if the CPUs of the kernel cannot be found. QEMU writes a note
 * for each CPU, in the order of CPUs, so entries made from QEMU's notes have CPU numbers. The notes
 * of the kernel may lack some CPUs, so entries made from these notes have no CPU numbers. */
static bool take_unnamed(struct kernel *kernel, struct panic *panic, struct error *err)
{
	const struct dump *dump = kernel->dump;
	size_t nr = dump->nr_cpus ? dump->nr_cpus : dump->nr_stopped;

	panic->run = calloc(nr + 1, sizeof(*panic->run));
	if (!panic->run)
		return out_of_memory(err);
	for (size_t i = 0; i < nr; i++) {
		struct cpu_run *run = &panic->run[panic->nr_runs];

		run->has_cpu = dump->nr_cpus != 0;
		run->cpu = (unsigned int)i;
		set_registers(run, dump->nr_cpus ? &dump->cpus[i].registers : &dump->stopped[i]);
		/* Drop an entry that has neither a CPU nor registers: the next entry overwrites
		 * it. */
		panic->nr_runs += run->has_cpu || run->has_registers;
	}
	return true;
}

static bool find_cpus(struct kernel *kernel, struct cpu_set *cpus, struct error *err)
{
	struct error why;

	if (kernel_has_copies(kernel) == UNSURE)
		return fail(
			err, ERROR_UNKNOWN,
			"what the CPUs ran is not known, because no source of symbols has __per_cpu_offset; %.300s",
			kernel_symbol_advice(kernel, "__per_cpu_offset", &why));
	return kernel_present_cpus(kernel, cpus, err);
}

static void start_run(struct kernel *kernel, struct panic *panic, unsigned int cpu)
{
	struct cpu_run *run = &panic->run[panic->nr_runs++];

	run->has_cpu = true;
	run->cpu = cpu;
	run->has_base = kernel_per_cpu_offset(kernel, cpu, &run->base, NULL);
	if (read_current(kernel, cpu, &run->task) && run->task)
		name_task(kernel, run);
}

bool panic_find_runs(struct kernel *kernel, struct panic *panic, struct error *err)
{
	size_t nr_cpus = kernel->dump->nr_cpus, nr = 0;
	struct cpu_set cpus;
	bool *taken;

	panic->cpus_known = find_cpus(kernel, &cpus, &panic->cpus_trouble);
	if (!panic->cpus_known)
		return take_unnamed(kernel, panic, err);
	for (unsigned int cpu = 0; cpu_set_next(&cpus, &cpu); cpu++)
		nr++;
	panic->run = calloc(nr + 1, sizeof(*panic->run));
	taken = calloc(nr_cpus + 1, sizeof(*taken));
	if (!panic->run || !taken) {
		free(taken);
		return out_of_memory(err);
	}
	for (unsigned int cpu = 0; cpu_set_next(&cpus, &cpu) && !kernel_stopped(kernel); cpu++)
		start_run(kernel, panic, cpu);
	if (nr_cpus)
		take_qemu(kernel, panic, taken);
	else
		take_notes(kernel, panic);
	free(taken);
	return !kernel_stopped(kernel) || fail(err, ERROR_INTERRUPTED, "interrupted");
}
