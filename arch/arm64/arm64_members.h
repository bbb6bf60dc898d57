/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Members of the kernel's structs that this room reads. */
#pragma once

#include "kernel/member.h"

// clang-format off
#define MEMBERS_OF_ARM64(X) \
	X(TASK_CPU_CONTEXT, "task_struct", "thread.cpu_context")
// clang-format on

MEMBER_IDS(ARM64);
