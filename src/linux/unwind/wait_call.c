/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/unwind/wait_call.h"

#include "base/text.h"
#include "kernel/kernel.h"
#include "kernel/percpu.h"
#include "linux/wait_members.h"
#include "symbols/symbol_lookup.h"

enum { CALL_LOCKED = 1 /* CSD_FLAG_LOCK: the call was sent, and the other CPU has not run it */ };

static bool is_pending(struct kernel *kernel, uint64_t call)
{
	unsigned int id = kernel_member(kernel, CALL_FLAGS, NULL) ? CALL_FLAGS : CALL_FLAGS_OLD;
	uint64_t flags;

	return kernel_read_member(kernel, call, id, &flags, NULL) && flags & CALL_LOCKED;
}

/* The number of bytes, in whole longs, that contain the bits of all possible CPUs. A mask may have
 * no more: cpumask_size() of include/linux/cpumask.h. */
static size_t mask_size(struct kernel *kernel, const struct cpu_set *possible)
{
	unsigned int word = kernel_pointer_size(kernel), nr = possible->nr;

	while (nr && !cpu_set_has(possible, nr - 1))
		nr--;
	return (nr + 8 * word - 1) / (8 * word) * word;
}

/* Reads the set of the CPUs to which a CPU has sent its last call. Calls for which it does not wait
 * may be pending on other CPUs. The set is a cpumask_var_t, which is a struct cpumask or a pointer
 * to one. If both have the same size, a pointer would be a set of CPUs that are not possible. */
static bool read_targets(struct kernel *kernel, uint64_t data, struct cpu_set *cpus)
{
	const struct member *targets = kernel_member(kernel, CALL_TARGETS, NULL);
	struct cpu_set possible;
	uint64_t size, mask;

	if (!targets || !kernel_type_size(kernel, "cpumask", &size) ||
	    !kernel_possible_cpus(kernel, &possible, NULL))
		return false;
	mask = data + targets->offset;
	if (targets->size != size && !kernel_read_pointer(kernel, mask, &mask, NULL))
		return false;
	if (!kernel_read_cpus(kernel, mask, mask_size(kernel, &possible), cpus, NULL))
		return false;
	for (unsigned int cpu = 0; cpu < cpus->nr; cpu++)
		if (cpu_set_has(cpus, cpu) && !cpu_set_has(&possible, cpu))
			return false;
	return true;
}

/* Each CPU has a call_function_data, which points to the per-CPU variable with its calls: the copy
 * of a CPU is the call that was sent to this CPU. */
static bool find_calls(struct kernel *kernel, unsigned int cpu, struct wait *wait)
{
	uint64_t data, calls, offset;
	struct cpu_set cpus;

	if (!kernel_member_as(kernel, CALL_OF_CPUS, MEMBER_POINTER, NULL) ||
	    !kernel_per_cpu(kernel, "cfd_data", cpu, &data, NULL) ||
	    !kernel_read_member(kernel, data, CALL_OF_CPUS, &calls, NULL) ||
	    !read_targets(kernel, data, &cpus))
		return false;
	for (unsigned int target = 0; target < cpus.nr && !kernel_stopped(kernel); target++) {
		if (!cpu_set_has(&cpus, target) ||
		    !kernel_per_cpu_offset(kernel, target, &offset, NULL) ||
		    !is_pending(kernel, calls + offset))
			continue;
		if (!wait->nr_targets++) {
			wait->object = calls + offset;
			wait->target = target;
		}
	}
	return wait->nr_targets;
}

/* Finds the frame of smp_call_function_many_cond() (before 5.10: smp_call_function_many()) that
 * waits. Interrupts are enabled while it waits. */
static bool find_caller(struct kernel *kernel, const struct backtrace *trace, size_t *found)
{
	struct kernel_symbol symbol;

	for (size_t i = 0; i < trace->nr && trace->frame[i].sure && !trace->frame[i].user; i++) {
		if ((i && !trace->frame[i].interrupted) ||
		    !symbol_lookup_at(kernel->symbols, stack_frame_code(&trace->frame[i]), &symbol,
				      NULL) ||
		    !starts_with(symbol.name, "smp_call_function_many"))
			continue;
		*found = i;
		return true;
	}
	return false;
}

bool wait_call_find(struct kernel *kernel, unsigned int cpu, const struct backtrace *trace,
		    struct wait *wait)
{
	*wait = (struct wait){ .kind = "call" };
	return find_caller(kernel, trace, &wait->frame) && find_calls(kernel, cpu, wait) &&
	       kernel_read_member(kernel, wait->object, CALL_FUNCTION, &wait->function, NULL);
}
