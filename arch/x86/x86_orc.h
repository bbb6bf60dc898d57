/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The ORC tables of x86-64 (4.14). For each address of code, an entry gives the location of the
 * caller's registers. See asm/orc_types.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct kernel;

enum orc_layout {
	ORC_4_14, /* ee9f8fce9964 */
	ORC_6_3, /* ffb1b4a41016: adds the bit "signal" */
	ORC_6_4, /* fb799447ae29: types "undefined" and "end of stack" replace the bit "end" */
	ORC_7_1, /* 1735858caa4b: the numbers of registers change */
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
	ORC_LOST, /* the caller is unknown */
	ORC_END, /* there is no caller */
	ORC_CALL,
	ORC_REGS, /* a whole pt_regs */
	ORC_REGS_PARTIAL, /* the registers that the CPU pushes: the end of pt_regs */
};

enum { ORC_SIZE = 6 };

struct orc {
	enum orc_type type;
	enum orc_base sp_base, bp_base;
	int16_t sp_offset, bp_offset;
	/* The resulting registers belong to an interrupted instruction. Otherwise IP is a return
	 * address. */
	bool exact;
};

struct orc x86_orc_decode(enum orc_layout layout, const uint8_t bytes[ORC_SIZE]);

/* Finds the layout of nr entries of a table. has_signal is true if struct orc_entry has the member
 * "signal". Returns false if the entries have no known layout. */
bool x86_orc_recognise(const uint8_t (*entries)[ORC_SIZE], unsigned int nr, bool has_signal,
		       enum orc_layout *layout);

/* Finds the entry for the code at vaddr. Returns false if no table has an entry for vaddr, or if
 * the entry is not in the dump. */
bool x86_orc_find(struct kernel *kernel, uint64_t vaddr, struct orc *orc);
/* Does the kernel have ORC tables? */
bool x86_orc_exists(struct kernel *kernel);
