/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Members of the kernel's structs, each looked up in kernel_types() on first use. The members that
 * exist show which layout the kernel has. Each room lists its members as MEMBERS_OF_ROOM(X): X(ID,
 * struct, member), and may add .module and .older. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;
struct state_type;

enum { MOST_OLDER = 2 };

/* Texts are stored in the rows: for pointers the loader would write to each page of the table at
 * each start. */
struct member_row {
	char type[26], name[26];
	char module[16]; /* a module whose types also have the struct; "": none */
	struct {
		char type[14], name[14];
	} older[MOST_OLDER]; /* earlier members with the same meaning */
};

/* Ids of members are numbers below NR_MEMBERS; each room has a range. open/members.c has all
 * rows. */
enum {
	ROOM_KERNEL,
	ROOM_FRAMES,
	ROOM_TASKS,
	ROOM_AREAS,
	ROOM_ARCH,
	ROOM_ARM64,
	ROOM_BUS,
	ROOM_GUESTS,
	ROOM_ANSWERS,
	ROOM_WHATIS,
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
	uint32_t offset; /* in bytes */
	uint32_t size;
};

/* Valid until facts are forgotten. NULL: the member does not exist, or types are missing; err shows
 * which. */
const struct member *kernel_member(struct kernel *kernel, unsigned int id, struct error *err);

/* The form of a member, and the size in bytes that it must have. */
enum member_form {
	MEMBER_NUMBER, /* 1, 2, 4 or 8 */
	MEMBER_INT, /* 4 */
	MEMBER_POINTER, /* as large as a pointer or long of this kernel */
	MEMBER_LINKS, /* two pointers: struct list_head */
	MEMBER_TEXT, /* at least 1 */
};

/* The same; also fails if types give the member another size. */
const struct member *kernel_member_as(struct kernel *kernel, unsigned int id, enum member_form form,
				      struct error *err);

/* Consecutive bytes of a struct. */
struct member_bytes {
	const uint8_t *data;
	uint64_t start; /* offset of data[0] in the struct */
	uint64_t size;
};

/* Loads the number of size bytes at offset at of a member; 0: it extends beyond the member or
 * bytes. */
uint64_t member_load(const struct member_bytes *bytes, const struct member *member, uint64_t at,
		     size_t size);

/* Reads a MEMBER_NUMBER of the struct at a virtual address. */
bool kernel_read_member(struct kernel *kernel, uint64_t address, unsigned int id, uint64_t *value,
			struct error *err);
