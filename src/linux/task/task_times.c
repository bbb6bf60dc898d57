/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/task/task_times.h"

#include "kernel/kernel.h"
#include "kernel/percpu.h"
#include "linux/task_members.h"

uint64_t task_run_clock(struct kernel *kernel)
{
	struct cpu_set cpus;
	uint64_t queue, clock, latest = 0;

	if (!kernel_possible_cpus(kernel, &cpus, NULL))
		return 0;
	for (unsigned int cpu = 0; cpu_set_next(&cpus, &cpu); cpu++)
		if (kernel_per_cpu(kernel, "runqueues", cpu, &queue, NULL) &&
		    kernel_read_member(kernel, queue, RQ_CLOCK, &clock, NULL) && clock > latest)
			latest = clock;
	return latest;
}

/* Before 2.6.23 last_arrival is a long, in jiffies, and struct rq has no member clock. It stays 0 for idle
 * tasks (sched_info_switch() in kernel/sched/stats.h). */
bool task_last_run(struct kernel *kernel, uint64_t task, uint64_t *nsec)
{
	return kernel_member(kernel, RQ_CLOCK, NULL) &&
	       kernel_read_member(kernel, task, TASK_LAST_ARRIVAL, nsec, NULL) && *nsec;
}

/* start_time is in nanoseconds since 3.17 (ccbf62d8a284), utime and stime since 4.11 (5613fda9a503);
 * before, they are a struct timespec, and ticks or another unit of the configuration. */
struct task_times task_times_read(struct kernel *kernel, uint64_t task)
{
	const unsigned int version = kernel_version(kernel);
	struct task_times times = { 0 };

	times.has_start = version >= KERNEL_VERSION(3, 17, 0) &&
			  kernel_read_member(kernel, task, TASK_START_TIME, &times.start, NULL);
	times.has_used = version >= KERNEL_VERSION(4, 11, 0) &&
			 kernel_read_member(kernel, task, TASK_UTIME, &times.user, NULL) &&
			 kernel_read_member(kernel, task, TASK_STIME, &times.system, NULL);
	return times;
}

bool task_policy(struct kernel *kernel, uint64_t task, uint32_t *policy)
{
	uint64_t value;

	if (!kernel_read_member(kernel, task, TASK_POLICY, &value, NULL))
		return false;
	*policy = (uint32_t)value;
	return true;
}
