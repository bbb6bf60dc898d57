/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "answers/members.h"
#include "arch/x86_members.h"
#include "areas/members.h"
#include "bus/members.h"
#include "frames/members.h"
#include "guests/members.h"
#include "kernel/percpu.h"
#include "open/opened.h"
#include "tasks/members.h"
#include "whatis/object_owner.h"

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
