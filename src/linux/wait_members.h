/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Members of the kernel's structs that linux/unwind reads: what a task or a CPU waits for, and the
 * return addresses that tracers replaced. */
#pragma once

#include "kernel/member.h"

// clang-format off
#define MEMBERS_OF_UNWIND(X) \
	X(MUTEX_WAITER_LIST, "mutex_waiter", "list") \
	X(MUTEX_WAITER_TASK, "mutex_waiter", "task") \
	X(MUTEX_WAIT_LIST, "mutex", "wait_list") \
	X(MUTEX_FIRST_WAITER, "mutex", "first_waiter") /* in 7.2, but not in 6.12, instead of wait_list */ \
	X(MUTEX_OWNER, "mutex", "owner.counter", .older = { { "mutex", "owner" } }) /* before 4.10 (3ca0ff571b09) */ \
	X(RWSEM_WAITER_LIST, "rwsem_waiter", "list") \
	X(RWSEM_WAITER_TASK, "rwsem_waiter", "task") \
	X(RWSEM_WAIT_LIST, "rw_semaphore", "wait_list") \
	X(RWSEM_FIRST_WAITER, "rw_semaphore", "first_waiter") \
	X(RWSEM_OWNER, "rw_semaphore", "owner.counter", .older = { { "rw_semaphore", "owner" } }) /* before 5.3 (94a9717b3c40) */ \
	X(PERCPU_WRITER, "percpu_rw_semaphore", "writer.task") /* since 4.11 */ \
	X(PERCPU_BLOCK, "percpu_rw_semaphore", "block.counter", .older = { { "percpu_rw_semaphore", "readers_block" } }) /* before 5.7 (7f26482a872c) */ \
	X(SEM_WAITER_LIST, "semaphore_waiter", "list") \
	X(SEM_WAITER_TASK, "semaphore_waiter", "task") \
	X(SEM_WAIT_LIST, "semaphore", "wait_list") \
	X(SEM_FIRST_WAITER, "semaphore", "first_waiter") \
	X(SWAIT_LIST, "swait_queue", "task_list") \
	X(SWAIT_TASK, "swait_queue", "task") \
	X(COMPLETION_WAIT_LIST, "completion", "wait.task_list") \
	X(WAIT_QUEUE_HEAD, "wait_queue_head", "head", .older = { { "__wait_queue_head", "task_list" } }) /* before 4.13 (2055da97389a) */ \
	X(WAIT_ENTRY_FLAGS, "wait_queue_entry", "flags", .older = { { "__wait_queue", "flags" } }) /* before 4.13 */ \
	X(WAIT_ENTRY_TASK, "wait_queue_entry", "private", .older = { { "__wait_queue", "private" } }) \
	X(WAIT_ENTRY_FUNCTION, "wait_queue_entry", "func", .older = { { "__wait_queue", "func" } }) \
	X(WAIT_ENTRY_LIST, "wait_queue_entry", "entry", .older = { { "__wait_queue", "task_list" } }) \
	X(PAGE_WAIT_LIST, "wait_page_queue", "wait.entry") /* since 4.13 (2055da97389a) */ \
	X(PAGE_WAIT_TASK, "wait_page_queue", "wait.private") \
	X(PAGE_WAIT_FOLIO, "wait_page_queue", "folio", .older = { { "wait_page_queue", "page" } }) /* before 5.16 (df4d4f127394) */ \
	X(PAGE_WAIT_BIT, "wait_page_queue", "bit_nr") \
	X(BIT_WAIT_LIST, "wait_bit_queue_entry", "wq_entry.entry") /* since 4.13 (2055da97389a) */ \
	X(BIT_WAIT_TASK, "wait_bit_queue_entry", "wq_entry.private") \
	X(BIT_WAIT_WORD, "wait_bit_queue_entry", "key.flags") \
	X(BIT_WAIT_BIT, "wait_bit_queue_entry", "key.bit_nr") \
	X(SPIN_VALUE, "qspinlock", "val.counter") /* since 4.2 */ \
	X(SPIN_NODE_NEXT, "mcs_spinlock", "next") \
	X(SPIN_NODE_COUNT, "mcs_spinlock", "count") \
	X(BARRIER_DONE, "wq_barrier", "done") \
	X(BARRIER_LIST, "wq_barrier", "work.entry") \
	X(WORK_LIST, "work_struct", "entry") \
	X(WORK_FUNCTION, "work_struct", "func") \
	X(WORKER_SCHEDULED, "worker", "scheduled") /* since 2.6.36 */ \
	X(WORKER_TASK, "worker", "task") \
	X(WORKER_WORK, "worker", "current_work") \
	X(WORKER_FUNCTION, "worker", "current_func") /* since 3.9 (a2c1c57be8d9) */ \
	X(CALL_OF_CPUS, "call_function_data", "csd", .older = { { "call_function_data", "pcpu" } }) /* 6.1; the csd is the first member of its struct cfd_percpu */ \
	X(CALL_TARGETS, "call_function_data", "cpumask") \
	X(CALL_FLAGS, "__call_single_data", "node.u_flags") \
	X(CALL_FLAGS_OLD, "__call_single_data", "flags", .older = { { "call_single_data", "flags" } }) /* 5.10 has both names, 6.1 only the first */ \
	X(CALL_FUNCTION, "__call_single_data", "func", .older = { { "call_single_data", "func" } }) \
	X(TASK_RET_STACK, "task_struct", "ret_stack") /* of the tracer function_graph, since 2.6.29 */ \
	X(TASK_RET_STACK_INDEX, "task_struct", "curr_ret_stack") \
	X(GRAPH_INDEX, "fgraph_ops", "idx") /* since 6.11 (7aa1eaef9f42), see unwind.c */ \
	X(RET_STACK_RETURN, "ftrace_ret_stack", "ret") \
	X(RET_STACK_FUNCTION, "ftrace_ret_stack", "func") \
	X(RET_STACK_PLACE, "ftrace_ret_stack", "retp") /* since 4.9 (9a7c348ba6a4), if the architecture sets it */ \
	X(TASK_RETHOOKS, "task_struct", "rethooks.first") /* since 5.18 */ \
	X(RETHOOK_LINK, "rethook_node", "llist") \
	X(RETHOOK_RETURN, "rethook_node", "ret_addr") \
	X(RETHOOK_PLACE, "rethook_node", "frame") \
	X(TASK_KRETPROBES, "task_struct", "kretprobe_instances.first") /* since 5.11 (d741bf41d7c7) */ \
	X(KRETPROBE_LINK, "kretprobe_instance", "llist") \
	X(KRETPROBE_RETURN, "kretprobe_instance", "ret_addr") \
	X(KRETPROBE_PLACE, "kretprobe_instance", "fp")
// clang-format on

MEMBER_IDS(UNWIND);
