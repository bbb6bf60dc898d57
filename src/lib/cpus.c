/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* CPUs and their registers, and the text of the VMCOREINFO note. */
#include "linux/crash/panic_cpus.h"
#include "kernel/vmcoreinfo.h"
#include "kernel/arch.h"
#include "kernel/space.h"
#include "lib/handle.h"

#define SAME(which) ((int)KWALK_##which == (int)CPU_##which)
_Static_assert(SAME(IP) && SAME(SP) && SAME(FLAGS) && SAME(AX) && SAME(BX) && SAME(CX) &&
		       SAME(DX) && SAME(SI) && SAME(DI) && SAME(BP) && SAME(R8) && SAME(R9) &&
		       SAME(R10) && SAME(R11) && SAME(R12) && SAME(R13) && SAME(R14) && SAME(R15) &&
		       SAME(CS) && SAME(SS) && SAME(CR0) && SAME(CR2) && SAME(CR3) && SAME(CR4) &&
		       SAME(X0) && SAME(X30),
	       "kwalk.h and dump/registers.h have the same registers");

const char *kwalk_register_name(kwalk_kernel *kernel, int which)
{
	return kernel && kernel->kernel && kernel->kernel->arch && which >= 0 &&
			       which < NR_CPU_REGISTERS ?
		       register_name((enum cpu_register)which, kernel->kernel->arch->machine) :
		       NULL;
}

/* Describes a CPU. found->comm is borrowed from run. */
static void cpus_describe(const struct cpu_run *run, uint16_t machine, struct kwalk_cpu *found)
{
	*found = KWALK_INIT(struct kwalk_cpu);
	found->has_cpu = run->has_cpu;
	found->cpu = run->has_cpu ? run->cpu : 0;
	found->has_base = run->has_base;
	found->base = run->has_base ? run->base : 0;
	found->task = run->task;
	found->has_pid = run->has_name;
	found->pid = run->has_name ? run->pid : 0;
	found->comm = run->has_name ? run->comm : NULL;
	if (!run->has_registers)
		return;
	for (int i = 0; i < NR_CPU_REGISTERS && i < KWALK_MAX_REGISTERS; i++) {
		if (!registers_have(&run->registers, (enum cpu_register)i) ||
		    !register_name((enum cpu_register)i, machine))
			continue; /* for example r8, which QEMU writes even on i386 */
		found->known |= UINT64_C(1) << i;
		found->value[i] = run->registers.value[i];
	}
}

/* Finds the CPUs. If the kernel's list of CPUs is unknown, uses the CPUs that have notes. Fails if
 * the list is unknown and there are no notes. */
static bool cpus_find_runs(struct call *call, struct panic *panic)
{
	if (!panic_find_runs(call->kernel, panic, &call->err))
		return false;
	if (!panic->nr_runs && !panic->cpus_known)
		call->err = panic->cpus_trouble;
	return panic->nr_runs || panic->cpus_known;
}

int kwalk_cpus(kwalk_kernel *kernel, bool (*visit)(void *arg, const struct kwalk_cpu *cpu),
	       void *arg, struct kwalk_error *error)
{
	struct panic panic = { 0 };
	uint16_t machine;
	struct kwalk_cpu found;
	struct call call;
	int code;

	if (!call_begin(&call, kernel, READS_ALL, error))
		return call.refused;
	machine = call.kernel->arch->machine;
	code = call_end(&call,
			call_wants(&call, (void *)visit, "visit") && cpus_find_runs(&call, &panic));
	for (size_t i = 0; status_shows(code) && i < panic.nr_runs; i++) {
		cpus_describe(&panic.run[i], machine, &found);
		if (!visit(arg, &found))
			break;
	}
	panic_release(&panic);
	return code;
}

static bool find_note(struct call *call, const char **text, size_t *size)
{
	const struct vmcoreinfo *note = call->kernel->note;

	if (!call_wants(call, text, "the text") || !call_wants(call, size, "the size"))
		return false;
	if (!note->text.size)
		return fail(
			&call->err, ERROR_UNKNOWN,
			"the dump has no VMCOREINFO note, and no VMCOREINFO was found in its memory");
	*text = (const char *)note->text.data;
	*size = note->text.size;
	return true;
}

int kwalk_vmcoreinfo(kwalk_kernel *kernel, const char **text, size_t *size,
		     struct kwalk_error *error)
{
	struct call call;

	if (!call_begin(&call, kernel, READS_DUMP, error))
		return call.refused;
	return call_end(&call, find_note(&call, text, size));
}
