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
#define ALL_MEMBERS(X) \
	MEMBERS_OF_KERNEL(X) \
	MEMBERS_OF_FRAMES(X) \
	MEMBERS_OF_TASKS(X) \
	MEMBERS_OF_AREAS(X) \
	MEMBERS_OF_ARCH(X) \
	MEMBERS_OF_BUS(X) \
	MEMBERS_OF_GUESTS(X) \
	MEMBERS_OF_ANSWERS(X) \
	MEMBERS_OF_WHATIS(X)

/* C takes a text without its NUL where that alone does not fit. */
#define FITS(ID, TYPE, NAME, ...) \
	_Static_assert(sizeof(TYPE) <= sizeof(((struct member_row *)0)->type) && \
		       sizeof(NAME) <= sizeof(((struct member_row *)0)->name), \
		       "struct member_row has room for " TYPE "." NAME);
#define ROW(ID, TYPE, ...) [ID] = { .type = TYPE, .name = __VA_ARGS__ },

ALL_MEMBERS(FITS)
const struct member_row member_rows[NR_MEMBERS] = { ALL_MEMBERS(ROW) };
// clang-format on
