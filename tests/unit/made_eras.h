/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kernels that have only a release and symbols, each at a limit in the table of eras or next to it.
 * Facts that follow from the release alone are in test_entry_rules.c (entries), test_page.c and
 * test_page_types.c (frames, sections), and test_region.c (layouts of x86-64). */
#pragma once

#include "linked.h"
#include "memory.h"

#include "unit.h"

/* A kernel with its image from paddr 0 on and its top-level table at 1000. With five levels, the
 * next table is at 2000. */
static inline void start_x86_64(const char *release, unsigned int levels, const char *more)
{
	char note[1024];

	snprintf(note, sizeof(note),
		 "%s%s%sSYMBOL(swapper_pg_dir)=ffffffff80001000\n"
		 "NUMBER(phys_base)=0\nNUMBER(pgtable_l5_enabled)=%d\n%s",
		 *release ? "OSRELEASE=" : "", release, *release ? "\n" : "", levels == 5, more);
	memory_start(false, note);
	if (levels == 5)
		put(0x1ff8, 0x2000 | P | RW, 8);
	put(levels == 5 ? 0x2ff8 : 0x1ff8, 0x3000 | P | RW, 8);
	put(0x3ff0, 0x4000 | P | RW, 8);
	put(0x4000, P | RW | PS, 8);
}

/* names: symbols, separated by blanks. NULL: there is no table of symbols. */
static inline struct vmlinux *vmlinux_with(const char *names)
{
	static struct linked linked;
	static char text[256];

	if (!names)
		return NULL;
	linked = (struct linked){ 0 };
	snprintf(text, sizeof(text), "%s", names);
	linked_add(&linked, "_stext", LINKED_BASE, 0);
	for (char *name = strtok(text, " "); name; name = strtok(NULL, " "))
		linked_add(&linked, name, LINKED_BASE + 0x1000 * linked.nr, 16);
	return linked_open(&linked);
}

#define OLD "ffff880000000000"
#define OFFSET_0 "KERNELOFFSET=0\n"

enum { ROOT_32 = 0x1000, DIRECT = 0x2000, HIGH = 0x5000, HIGH_PTE = 0x6000, GATES = 0x7000 };
#define AREA UINT64_C(0xff800000)

/* A kernel with a direct map of 4M, and with the IDT in a separate page at AREA. The four page
 * directories of PAE are from 2000 on; the last one is for high memory. */
static inline void start_i386(bool pae, const char *release)
{
	size_t size = pae ? 8 : 4;
	unsigned int shift = pae ? 21 : 22;
	uint64_t table = pae ? HIGH : ROOT_32, at = pae ? AREA & 0x3fffffff : AREA;
	char note[256];

	snprintf(note, sizeof(note),
		 "OSRELEASE=%s\nSYMBOL(swapper_pg_dir)=c0001000\n"
		 "SYMBOL(_stext)=c2000000\n%s",
		 release, pae ? "CONFIG_X86_PAE=y\n" : "");
	memory_start(true, note);
	if (pae) {
		put(ROOT_32 + 3 * 8, HIGH | P, 8);
		put(HIGH, 0 | P | RW | PS, 8);
		put(HIGH + 8, 0x200000 | P | RW | PS, 8);
	} else {
		put(ROOT_32 + 4 * (0xc0000000 >> 22), P | RW | PS, 4);
	}
	put(table + size * (at >> shift), HIGH_PTE | P | RW, size);
	/* page tables for the addresses below AREA */
	for (unsigned int i = 1; i <= 2; i++)
		put(table + size * ((at >> shift) - i), 0x8000 | P | RW, size);
	put(HIGH_PTE, GATES | P, size);
	put(GATES, 0xc2008e0000601234, 8);
}
