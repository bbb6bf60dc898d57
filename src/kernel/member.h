/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Members of the kernel's structs. Each member is looked up in kernel_types() on first use. The
 * layout of a kernel is recognised by the members that exist. Each room lists its members as
 * MEMBERS_OF_ROOM(X), with rows X(ID, struct, member), which may also set .module and .older. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;
struct state_type;

enum { MOST_OLDER = 2 };

/* The texts are arrays in the rows. If they were pointers, the loader would have to write to each
 * page of the table at each start. */
struct member_row {
	char type[26], name[26];
	char module[16]; /* a module whose types also contain the struct; "": none */
	struct {
		char type[14], name[14];
	} older[MOST_OLDER]; /* the same member in older kernels */
};

/* The id of a member is a number below NR_MEMBERS. Each room has a range of ids. open/members.c
 * contains all rows. */
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

/* Returns the place of a member, valid until facts are forgotten. If there is no such member, or if
 * types are missing, returns NULL and sets err to the reason. */
const struct member *kernel_member(struct kernel *kernel, unsigned int id, struct error *err);

/* The form of a member, and the required size in bytes. */
enum member_form {
	MEMBER_NUMBER, /* 1, 2, 4 or 8 */
	MEMBER_INT, /* 4 */
	MEMBER_POINTER, /* size of a pointer or long of this kernel */
	MEMBER_LINKS, /* struct list_head: size of two pointers */
	MEMBER_TEXT, /* at least 1 */
};

/* Like kernel_member(), but fails also if the member has another size according to the types. */
const struct member *kernel_member_as(struct kernel *kernel, unsigned int id, enum member_form form,
				      struct error *err);

/* Some bytes of a struct, which have been read. */
struct member_bytes {
	const uint8_t *data;
	uint64_t start; /* offset of data[0] in the struct */
	uint64_t size;
};

/* Loads a number of size bytes at offset at of a member. Returns 0 if the number extends beyond the
 * member or beyond bytes. */
uint64_t member_load(const struct member_bytes *bytes, const struct member *member, uint64_t at,
		     size_t size);

/* Reads a member of the form MEMBER_NUMBER from the struct at a virtual address. */
bool kernel_read_member(struct kernel *kernel, uint64_t address, unsigned int id, uint64_t *value,
			struct error *err);
