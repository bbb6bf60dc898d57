/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A kernel whose image is the 64K of memory.h, at PLACED, and whose structs are laid out as
 * a test says. Include it before cmocka.h. */
#pragma once

#include "kernel/kernel.h"
#include "kernel/members.h"
#include "linked.h"
#include "memory.h"

#define PLACED UINT64_C(0xffffffff80000000)
#define PLACED_32 UINT64_C(0xc0000000)

struct placed {
	enum member_id id;
	uint32_t offset, size;
};

/* more: further lines of the note. Its tables are in the first 16K. */
static inline void placed_start(const char *release, const char *more)
{
	static char note[1024];

	snprintf(note, sizeof(note),
		 "OSRELEASE=%s\nSYMBOL(swapper_pg_dir)=ffffffff80001000\n"
		 "NUMBER(phys_base)=0\nNUMBER(pgtable_l5_enabled)=0\n"
		 "KERNELOFFSET=0\n%s",
		 release, more);
	memory_start(false, note);
	put(0x1ff8, 0x2000 | P | RW, 8);
	put(0x2ff0, 0x3000 | P | RW, 8);
	put(0x3000, P | RW | PS, 8);
}

static inline void placed_start_32(const char *release, const char *more)
{
	static char note[1024];

	snprintf(note, sizeof(note),
		 "OSRELEASE=%s\nSYMBOL(swapper_pg_dir)=c0001000\n"
		 "SYMBOL(_stext)=c1000000\n%s",
		 release, more);
	memory_start(true, note);
	put(0x1000 + 4 * (PLACED_32 >> 22), P | RW | PS, 4);
}

static inline void placed_set(struct kernel *kernel, enum member_id id,
			      uint32_t offset, uint32_t size)
{
	struct member *members = kernel_state(kernel, STATE_MEMBERS);

	members[id] = (struct member){ true, true, offset, size };
}

static inline void placed_forget(struct kernel *kernel, enum member_id id)
{
	struct member *members = kernel_state(kernel, STATE_MEMBERS);

	members[id] = (struct member){ .tried = true };
}

/* Has these members, and no others. linked: symbols, or NULL. */
static inline struct kernel *placed_open(const struct linked *linked,
					 const struct placed *placed, size_t nr)
{
	struct kernel *kernel =
		memory_open(linked ? linked_open(linked) : NULL, NULL);

	for (unsigned int id = 0; id < NR_MEMBERS; id++)
		placed_forget(kernel, id);
	for (size_t i = 0; i < nr; i++)
		placed_set(kernel, placed[i].id, placed[i].offset,
			   placed[i].size);
	return kernel;
}

#define PLACED_OPEN(LINKED, MEMBERS) \
	placed_open(LINKED, MEMBERS, sizeof(MEMBERS) / sizeof((MEMBERS)[0]))
