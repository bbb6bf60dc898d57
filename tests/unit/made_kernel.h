/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kernels that consist of a few tables and a note in memory. */
#pragma once

#include "memory.h"

#include "unit.h"

static inline void put64(uint64_t paddr, uint64_t entry)
{
	put(paddr, entry, 8);
}

#define NOTE_6_1                                                                                   \
	"OSRELEASE=6.1.0\n"                                                                        \
	"SYMBOL(swapper_pg_dir)=ffffffff80001000\n"                                                \
	"NUMBER(phys_base)=0\n"                                                                    \
	"NUMBER(pgtable_l5_enabled)=0\n"

/* The first 2M of memory are the kernel's image, in which the table maps itself. This proves that
 * it is the kernel's table. c: the C-bit. */
static inline void start_x86_64(const char *note, uint64_t c)
{
	memory_start(false, note);
	put64(0x1ff8, 0x8000 | P | RW | c);
	put64(0x8ff0, 0x9000 | P | RW | c);
	put64(0x9000, P | RW | PS | c);
}

/* Maps the user addresses 0 to 1fffff with the table at 4000. */
static inline void start_user_table(const char *note, uint64_t c)
{
	start_x86_64(note, c);
	put64(0x1000, 0x2000 | P | RW | US | c);
	put64(0x2000, 0x3000 | P | RW | US | c);
	put64(0x3000, 0x4000 | P | RW | US | c);
}
