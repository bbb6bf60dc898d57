/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "linux/crash_members.h"
#include "arch/x86/x86_members.h"
#include "linux/area_members.h"
#include "devices/members.h"
#include "linux/page_members.h"
#include "kvm/members.h"
#include "kernel/percpu.h"
#include "open/opened.h"
#include "linux/task_members.h"
#include "query/object_owner.h"

// clang-format off
#define ROW(ID, TYPE, ...) [ID] = { .type = TYPE, .name = __VA_ARGS__ },

const struct member_row member_rows[NR_MEMBERS] = {
	MEMBERS_OF_KERNEL(ROW)
	MEMBERS_OF_FRAMES(ROW)
	MEMBERS_OF_TASKS(ROW)
	MEMBERS_OF_AREAS(ROW)
	MEMBERS_OF_ARCH(ROW)
	MEMBERS_OF_BUS(ROW)
	MEMBERS_OF_GUESTS(ROW)
	MEMBERS_OF_ANSWERS(ROW)
	MEMBERS_OF_WHATIS(ROW)
};
// clang-format on
