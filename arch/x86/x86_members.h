/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The members of the kernel's structs that the files in arch/x86 read. */
#pragma once

#include "kernel/member.h"

// clang-format off
#define MEMBERS_OF_X86(X) \
	X(TASK_SWITCHED_SP, "task_struct", "thread.sp") \
	X(TASK_SWITCHED_IP, "task_struct", "thread.ip") \
	X(INFO_FLAGS, "thread_info", "flags") \
	X(SWITCHED_FLAGS, "inactive_task_frame", "flags") \
	X(SWITCHED_R15, "inactive_task_frame", "r15") \
	X(SWITCHED_R14, "inactive_task_frame", "r14") \
	X(SWITCHED_R13, "inactive_task_frame", "r13") \
	X(SWITCHED_R12, "inactive_task_frame", "r12") \
	X(SWITCHED_SI, "inactive_task_frame", "si") \
	X(SWITCHED_DI, "inactive_task_frame", "di") \
	X(SWITCHED_BX, "inactive_task_frame", "bx") \
	X(SWITCHED_BP, "inactive_task_frame", "bp") \
	X(SWITCHED_RETURN, "inactive_task_frame", "ret_addr") \
	X(MODULE_ORC_IP, "module", "arch.orc_unwind_ip") \
	X(MODULE_ORC, "module", "arch.orc_unwind") \
	X(MODULE_NR_ORCS, "module", "arch.num_orcs") \
	X(ORC_SIGNAL, "orc_entry", "signal") \
	X(PCPU_HOT_INUSE, "pcpu_hot", "hardirq_stack_inuse") \
	X(PCPU_HOT_HARDIRQ, "pcpu_hot", "hardirq_stack_ptr") \
	X(PCPU_HOT_SOFTIRQ, "pcpu_hot", "softirq_stack_ptr") \
	X(SPACE_NONLINEAR, "address_space", "i_mmap_nonlinear") \
	X(SWAP_FLAGS, "swap_info_struct", "flags") \
	X(SWAP_MAX, "swap_info_struct", "max") \
	X(X86_SPACE_HOST, "address_space", "host")
// clang-format on

MEMBER_IDS(X86);
