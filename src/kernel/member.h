/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Members of the kernel's structs. The first use of a member looks it up in kernel_types(). The
 * members that exist show which layout a kernel has. Each folder that reads members (a room, see
 * HACKING.md) lists them in a macro MEMBERS_OF_ROOM(X), where ROOM is the name of the room. The
 * rows are X(ID, struct, member), and may also set .module and .older. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;
struct state_type;

enum { MOST_OLDER = 2 };

/* A row of the table of members. The texts are arrays and not pointers, because the loader would
 * have to relocate the pointers at each start, and so write to each page of the table. */
struct member_row {
	char type[26], name[26];
	char module[16]; /* a module whose types contain the struct, too; "": none */
	struct {
		char type[20], name[16];
	} older[MOST_OLDER]; /* names of the same member in older kernels */
};

/* Each member has an id, which is a number below NR_MEMBERS. Each room has a range of ids. The
 * table in open/opened.c contains all rows. */
enum {
	ROOM_KERNEL,
	ROOM_PAGE,
	ROOM_TASK,
	ROOM_UNWIND,
	ROOM_LINUX,
	ROOM_X86,
	ROOM_ARM64,
	ROOM_RISCV64,
	ROOM_DEVICES,
	ROOM_KVM,
	ROOM_CRASH,
	ROOM_QUERY,
	NR_ROOMS,
	MEMBERS_OF_A_ROOM = 128,
	NR_MEMBERS = NR_ROOMS * MEMBERS_OF_A_ROOM
};

#define MEMBER_ID(ID, ...) ID,
#define MEMBER_IDS(ROOM)                                                                           \
	enum {                                                                                     \
		ROOM##_BEFORE = ROOM_##ROOM * MEMBERS_OF_A_ROOM - 1,                               \
		MEMBERS_OF_##ROOM(MEMBER_ID) ROOM##_END                                            \
	};                                                                                         \
	_Static_assert(ROOM##_END <= (ROOM_##ROOM + 1) * MEMBERS_OF_A_ROOM,                        \
		       "a room's members fit in its range")

extern const struct state_type state_members;

struct member {
	bool tried, known;
	bool is_pointer;
	uint32_t offset; /* in bytes */
	uint32_t size;
};

/* Finds the place of a member, which is valid until facts are forgotten. If there is no such
 * member, or if types are missing, returns NULL and sets *err to the reason. */
const struct member *kernel_member(struct kernel *kernel, unsigned int id, struct error *err);

/* The kind of value that a member contains, and its size in bytes. */
enum member_form {
	MEMBER_NUMBER, /* a number of 1, 2, 4 or 8 bytes */
	MEMBER_INT, /* a number of 4 bytes */
	MEMBER_POINTER, /* a pointer or long of this kernel */
	MEMBER_LINKS, /* a struct list_head, which has the size of two pointers */
	MEMBER_TEXT, /* a text of at least 1 byte */
};

/* Like kernel_member(), but also fails if the types show that the member has another size. */
const struct member *kernel_member_as(struct kernel *kernel, unsigned int id, enum member_form form,
				      struct error *err);

/* Reads a member of the form MEMBER_NUMBER. Removes the tag of a pointer. `address` is the
 * virtual address of the struct. */
bool kernel_read_member(struct kernel *kernel, uint64_t address, unsigned int id, uint64_t *value,
			struct error *err);
