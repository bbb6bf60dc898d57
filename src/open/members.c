/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/crash_members.h"
#include "arch/arm64/arm64_members.h"
#include "arch/riscv64/riscv64_members.h"
#include "arch/x86/x86_members.h"
#include "linux/area_members.h"
#include "devices/members.h"
#include "linux/page_members.h"
#include "kvm/members.h"
#include "kernel/kernel_members.h"
#include "linux/task_members.h"
#include "linux/wait_members.h"
#include "query/object_owner.h"

// clang-format off
/* Checks at compile time that the texts fit with their NULs, because C also accepts an initializer
 * that has no space for the NUL. */
#define FITS(ID, TYPE, NAME, ...) \
	_Static_assert(sizeof(TYPE) <= sizeof(((struct member_row *)0)->type) && \
		       sizeof(NAME) <= sizeof(((struct member_row *)0)->name), \
		       "struct member_row has room for " TYPE "." NAME);
#define ROW(ID, TYPE, ...) { .type = TYPE, .name = __VA_ARGS__ },
#define ROOM(NAME) [ROOM_##NAME] = (const struct member_row[]){ MEMBERS_OF_##NAME(ROW) }

MEMBERS_OF_KERNEL(FITS)
MEMBERS_OF_PAGE(FITS)
MEMBERS_OF_TASK(FITS)
MEMBERS_OF_UNWIND(FITS)
MEMBERS_OF_LINUX(FITS)
MEMBERS_OF_X86(FITS)
MEMBERS_OF_ARM64(FITS)
MEMBERS_OF_RISCV64(FITS)
MEMBERS_OF_DEVICES(FITS)
MEMBERS_OF_KVM(FITS)
MEMBERS_OF_CRASH(FITS)
MEMBERS_OF_QUERY(FITS)

const struct member_row *const member_rows[NR_ROOMS] = {
	ROOM(KERNEL), ROOM(PAGE), ROOM(TASK), ROOM(UNWIND), ROOM(LINUX), ROOM(X86), ROOM(ARM64),
	ROOM(RISCV64), ROOM(DEVICES), ROOM(KVM), ROOM(CRASH), ROOM(QUERY),
};
// clang-format on
