/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The members of the kernel's structs that the files in arch/riscv64 read. */
#pragma once

#include "kernel/member.h"

// clang-format off
#define MEMBERS_OF_RISCV64(X) \
	X(THREAD_RA, "task_struct", "thread.ra") \
	X(THREAD_SP, "task_struct", "thread.sp") \
	X(THREAD_S, "task_struct", "thread.s")
// clang-format on

MEMBER_IDS(RISCV64);
