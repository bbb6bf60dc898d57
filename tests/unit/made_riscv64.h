/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A riscv64 kernel with 64K of memory from paddr 0 on, and its page table. Include it before
 * cmocka.h, which defines a macro fail(). */
#pragma once

#include "arch/riscv64/riscv64.h"
#include "memory.h"

/* The image is mapped at its link address, and the linear map begins where Linux has it since 5.17
 * (Sv48, Sv57) or 6.9 (Sv39). */
#define LINK RISCV64_LINK_ADDRESS
#define LINEAR_SV39 UINT64_C(0xffffffd600000000)
#define LINEAR_SV48 UINT64_C(0xffffaf8000000000)
#define LINEAR_SV57 UINT64_C(0xff60000000000000)
#define NOTE_OF_SV39 "NUMBER(VA_BITS)=39\nNUMBER(PAGE_OFFSET)=0xffffffd600000000\n"
#define IMAGE_NOTE                                                                                 \
	"NUMBER(va_kernel_pa_offset)=0xffffffff80000000\n"                                         \
	"SYMBOL(swapper_pg_dir)=ffffffff80001000\nKERNELOFFSET=0\n"

enum { ROOT = 0x1000, VALID = 1, LEAF = 0xcf /* V, R, W, X, A, D */ };

static uint64_t next_table;

static inline void start_riscv64(const char *release, const char *more)
{
	char note[2048];

	snprintf(note, sizeof(note), "OSRELEASE=%s\nPAGESIZE=4096\n%s", release, more);
	memory_start(false, note);
	image.machine = EM_RISCV;
	next_table = 0x2000;
}

/* Maps a page of 2M. */
static inline void map_riscv64(unsigned int levels, uint64_t vaddr, uint64_t paddr)
{
	uint64_t table = ROOT;

	for (unsigned int shift = 9 * levels + 3; shift > 21; shift -= 9) {
		uint64_t *entry =
			(uint64_t *)(image.bytes + MEMORY + table + 8 * (vaddr >> shift & 511));

		if (!*entry) {
			*entry = htole64(next_table >> 2 | VALID);
			next_table += 0x1000;
		}
		table = le64toh(*entry) >> 10 << 12;
	}
	put(table + 8 * (vaddr >> 21 & 511), paddr >> 2 | LEAF, 8);
}

/* Sv39, as it boots: the image and the linear map. */
static inline void start_sv39(const char *release, const char *more)
{
	char note[1024];

	snprintf(note, sizeof(note), NOTE_OF_SV39 IMAGE_NOTE "%s", more);
	start_riscv64(release, note);
	map_riscv64(3, LINK, 0);
	map_riscv64(3, LINEAR_SV39, 0);
}
