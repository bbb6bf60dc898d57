/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The ORC tables of x86-64 (since 4.14). For each range of code, an entry describes where the
 * caller's registers are found: asm/orc_types.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct kernel;

enum orc_layout {
	ORC_4_14, /* ee9f8fce9964 */
	ORC_6_3, /* ffb1b4a41016 added the bit "signal" */
	/* fb799447ae29 replaced the bit "end" by the types "undefined" and "end of stack". */
	ORC_6_4,
	ORC_7_1, /* 1735858caa4b changed the numbers of registers */
	NR_ORC_LAYOUTS
};

enum orc_base {
	ORC_UNDEFINED,
	ORC_PREV_SP,
	ORC_AX,
	ORC_DX,
	ORC_DI,
	ORC_BP,
	ORC_SP,
	ORC_R10,
	ORC_R13,
	ORC_BP_INDIRECT,
	ORC_SP_INDIRECT,
	ORC_INVALID,
};

enum orc_type {
	ORC_LOST, /* the caller cannot be found */
	ORC_END, /* the function is the outermost one and has no caller */
	ORC_CALL,
	ORC_REGS, /* a whole pt_regs */
	ORC_REGS_PARTIAL, /* only the last words of a pt_regs: the registers that the CPU pushes */
};

enum { ORC_SIZE = 6 };

struct orc {
	enum orc_type type;
	enum orc_base sp_base, bp_base;
	int16_t sp_offset, bp_offset;
	/* True if the resulting IP is the address of an interrupted instruction. If false, IP is a
	 * return address. */
	bool exact;
};

struct orc x86_orc_decode(enum orc_layout layout, const uint8_t bytes[ORC_SIZE]);

/* Finds the layout of a table from nr of its entries. has_signal is true if struct orc_entry has
 * the member "signal". Returns false if the layout is none of the known layouts. */
bool x86_orc_recognise(const uint8_t (*entries)[ORC_SIZE], unsigned int nr, bool has_signal,
		       enum orc_layout *layout);

/* Finds the entry for the code at vaddr. Returns false if no table has an entry for vaddr, or if
 * the dump does not contain the entry. */
bool x86_orc_find(struct kernel *kernel, uint64_t vaddr, struct orc *orc);
bool x86_orc_exists(struct kernel *kernel);
