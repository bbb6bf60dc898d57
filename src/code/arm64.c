/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* What instructions of arm64 do besides loads and stores (Arm ARM, C4.1), and the texts of atomics. */
#include "code/arm64.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { ZERO = 31, LINK = 30 };

static uint32_t field(uint32_t word, unsigned int low, unsigned int bits)
{
	return word >> low & ((1U << bits) - 1);
}

/* A number with a sign, in words of 4 bytes. */
static uint64_t offset_of(uint32_t word, unsigned int low, unsigned int bits)
{
	return (uint64_t)((int64_t)((uint64_t)word << (64 - low - bits)) >> (64 - bits)) * 4;
}

static void name_register(uint32_t number, char text[CODE_REGISTER])
{
	snprintf(text, CODE_REGISTER, number == ZERO ? "sp" : "x%" PRIu32, number);
}

/* The bits of an immediate offset of 4-byte words, by class; and of adr and adrp. */
static void find_target(uint32_t word, uint64_t address, struct code_instruction *instruction)
{
	/* clang-format off */
	static const struct {
		uint32_t mask, value;
		uint8_t low, bits;
		bool is_branch;
	} rows[] = {
		{ 0x7c000000, 0x14000000, 0, 26, true }, /* b, bl */
		{ 0xff000000, 0x54000000, 5, 19, true }, /* b.cond, bc.cond */
		{ 0x7e000000, 0x34000000, 5, 19, true }, /* cbz, cbnz */
		{ 0x7e000000, 0x36000000, 5, 14, true }, /* tbz, tbnz */
		{ 0x3b000000, 0x18000000, 5, 19, false }, /* ldr of a literal */
	};
	/* clang-format on */
	uint64_t immediate = offset_of(word, 5, 19) | field(word, 29, 2);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if ((word & rows[i].mask) != rows[i].value)
			continue;
		instruction->has_target = true;
		instruction->is_branch = rows[i].is_branch;
		instruction->target = address + offset_of(word, rows[i].low, rows[i].bits);
	}
	if (field(word, 24, 5) != 0x10) /* not adr or adrp */
		return;
	instruction->has_target = true;
	instruction->target =
		word >> 31 ? (address & ~UINT64_C(0xfff)) + immediate * 4096 : address + immediate;
}

/* br, blr, ret and eret, also with authentication. */
static void find_indirect(uint32_t word, struct code_instruction *instruction)
{
	uint32_t operation = field(word, 21, 4), authenticated = field(word, 11, 5);

	instruction->is_call = field(word, 26, 6) == 0x25; /* bl */
	if (field(word, 25, 7) != 0x6b || field(word, 16, 5) != ZERO)
		return;
	instruction->is_return = operation == 2 || operation == 4;
	instruction->is_call = (operation & 7) == 1;
	instruction->is_branch = !instruction->is_return;
	if (operation == 4)
		return;
	name_register(operation == 2 && authenticated ? LINK : field(word, 5, 5),
		      instruction->operand);
	instruction->operand_size = 8;
}

/* "Add/subtract (immediate)" of 64 bits without flags, and mov from a register. */
static void find_copy(uint32_t word, struct code_instruction *instruction)
{
	uint32_t to = field(word, 0, 5), from = field(word, 5, 5);
	int64_t addend = (int64_t)field(word, 10, 12) << (field(word, 22, 1) ? 12 : 0);
	struct code_memory *memory = &instruction->memory[0];

	if ((word & 0xffe0ffe0) == 0xaa0003e0 && to != ZERO && field(word, 16, 5) != ZERO) {
		name_register(to, instruction->loaded);
		name_register(field(word, 16, 5), instruction->source);
		return;
	}
	if ((word & 0xbf800000) != 0x91000000)
		return;
	name_register(to, instruction->loaded);
	if (word >> 30 & 1)
		addend = -addend;
	if (to == from) {
		instruction->has_addend = true;
		instruction->addend = addend;
	} else if (!addend) {
		name_register(from, instruction->source);
	} else {
		*memory =
			(struct code_memory){ .scale = 1, .index_size = 8, .displacement = addend };
		name_register(from, memory->base);
		instruction->nr_memories = 1;
		instruction->is_address = true;
	}
}

/* Which registers may change, by the main groups of instructions. */
static uint32_t find_written(uint32_t word, const struct code_instruction *instruction)
{
	/* AAPCS64: x0 to x18 may change; kernels set x29 as others do. */
	static const uint32_t of_call = 0x4007ffff;
	uint32_t group = field(word, 25, 4), to = 1U << field(word, 0, 5);

	if (instruction->is_call)
		return of_call;
	if (instruction->is_branch || instruction->is_return || instruction->is_trap)
		return 0;
	if ((group & 0xe) == 8 || (group & 7) == 5 || (group & 7) == 7) /* data */
		return to;
	if ((word & 0xfffff01f) == 0xd503201f) /* hints: some sign x17 or the link */
		return 1U << 16 | 1U << 17 | 1U << LINK;
	if ((word & 0xffe00000) == 0xd5000000) /* barriers, msr, sys */
		return 0;
	return (word & 0xfff00000) == 0xd5300000 ? to : UINT32_MAX; /* mrs */
}

struct atomic {
	bool is_compare, is_pair, is_wide, is_load, is_store;
	char name[12];
};

/* The name of cas, casp, swp, ldadd and so on, and ldapr, with its suffixes of order and size. */
static void name_atomic(uint32_t word, struct atomic *atomic)
{
	static const char operations[][5] = { "add",  "clr",  "eor",  "set", "smax",
					      "smin", "umax", "umin", "swp" };
	uint32_t operation = field(word, 12, 4), size = field(word, 30, 2);
	bool acquires = field(word, atomic->is_compare ? 22 : 23, 1) && !atomic->is_load;
	bool releases = field(word, atomic->is_compare ? 15 : 22, 1);
	const char *size_name = atomic->is_pair || size > 1 ? "" : size ? "h" : "b";
	const char *start = "ld", *name = "apr";

	if (atomic->is_compare)
		start = "cas", name = atomic->is_pair ? "p" : "";
	else if (!atomic->is_load)
		name = operations[operation];
	atomic->is_store =
		!atomic->is_compare && operation < 8 && field(word, 0, 5) == ZERO && !acquires;
	if (atomic->is_store)
		start = "st";
	else if (!atomic->is_compare && operation == 8)
		start = "";
	snprintf(atomic->name, sizeof(atomic->name), "%s%s%s%s%s", start, name, acquires ? "a" : "",
		 releases ? "l" : "", size_name);
}

static void name_operand(uint32_t number, bool wide, char text[CODE_REGISTER])
{
	if (number == ZERO)
		snprintf(text, CODE_REGISTER, "%czr", wide ? 'x' : 'w');
	else
		snprintf(text, CODE_REGISTER, "%c%" PRIu32, wide ? 'x' : 'w', number);
}

/* Writes the text of an atomic of Armv8.1, or of ldapr, as objdump does. Returns false if the word is none; it is a
 * load or store. */
static bool write_atomic(uint32_t word, const char *base, char *text, size_t size)
{
	bool is_compare = (word & 0x3f207c00) == 0x08207c00,
	     is_pair = is_compare && !field(word, 23, 1);
	struct atomic atomic = { .is_compare = is_compare,
				 .is_pair = is_pair,
				 .is_wide = is_pair ? field(word, 30, 1) : field(word, 30, 2) == 3,
				 .is_load = !is_compare && field(word, 12, 4) == 12 };
	uint32_t compared = field(word, 16, 5), to = field(word, 0, 5);
	char reg[4][CODE_REGISTER];

	if (!is_compare && (word & 0x3f200c00) != 0x38200000)
		return false;
	name_atomic(word, &atomic);
	for (uint32_t i = 0; i < 4; i++)
		name_operand((i < 2 ? compared : to) + (i & 1), atomic.is_wide, reg[i]);
	if (is_pair)
		snprintf(text, size, "%s %s, %s, %s, %s, [%s]", atomic.name, reg[0], reg[1], reg[2],
			 reg[3], base);
	else if (atomic.is_store || atomic.is_load)
		snprintf(text, size, "%s %s, [%s]", atomic.name, reg[atomic.is_load ? 2 : 0], base);
	else
		snprintf(text, size, "%s %s, %s, [%s]", atomic.name, reg[0], reg[2], base);
	return true;
}

void code_arm64(uint32_t word, uint64_t address, struct code_instruction *instruction)
{
	bool accesses = code_arm64_memory(word, address, instruction);

	instruction->size = 4;
	instruction->is_trap = (word & 0xffe0001f) == 0xd4200000; /* brk */
	find_target(word, address, instruction);
	find_indirect(word, instruction);
	instruction->known = accesses && write_atomic(word, instruction->memory[0].base,
						      instruction->text, sizeof(instruction->text));
	if (!instruction->known)
		snprintf(instruction->text, sizeof(instruction->text), ".inst 0x%08" PRIx32, word);
	if (accesses)
		return;
	find_copy(word, instruction);
	instruction->written = find_written(word, instruction);
	/* "Data processing", but with pointer authentication, and with an immediate or registers (Arm ARM, C4.1) */
	instruction->is_inside = (field(word, 26, 3) == 4 || field(word, 25, 3) == 5) &&
				 (word & 0x7fff0000) != 0x5ac10000;
}
