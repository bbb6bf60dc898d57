/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The members of the kernel's structs that the files in arch/arm64 read. */
#pragma once

#include "kernel/member.h"

// clang-format off
#define MEMBERS_OF_ARM64(X) \
	X(TASK_CPU_CONTEXT, "task_struct", "thread.cpu_context")
// clang-format on

MEMBER_IDS(ARM64);
