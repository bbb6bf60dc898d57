/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* What instructions of arm64 do besides loads and stores (Arm ARM, C4.1), and the texts of atomics. */
#include "code/arm64.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* --- memory operands --- */

/* Loads and stores of arm64 (Arm ARM, C4.1, "Loads and Stores"; by its classes). Not the ones of SVE and SME, and
 * not the copies of FEAT_MOPS, whose registers change while they run. */

enum { ZERO = 31 }; /* the register that is 0; as a base, sp */

struct decoding {
	uint32_t word;
	uint64_t address;
	unsigned int size, opc, rt, rt2, rs; /* fields with these names; not all words have them */
	bool is_vector; /* V */
	struct code_memory *memory;
	struct code_instruction *to;
};

static unsigned int bits(const struct decoding *decoding, unsigned int low, unsigned int nr)
{
	return decoding->word >> low & ((1U << nr) - 1);
}

static int64_t signed_field(const struct decoding *decoding, unsigned int low, unsigned int bits)
{
	return (int64_t)((uint64_t)decoding->word << (64 - low - bits)) >> (64 - bits);
}

static void change(const struct decoding *decoding, unsigned int reg)
{
	decoding->to->written |= reg == ZERO ? 0 : 1U << reg;
}

/* Rt is loaded; as a whole, or with a sign. */
static void load(const struct decoding *decoding, bool is_whole)
{
	change(decoding, decoding->rt);
	if (is_whole && decoding->rt != ZERO)
		snprintf(decoding->to->loaded, CODE_REGISTER, "x%u", decoding->rt);
}

static bool access(const struct decoding *decoding, unsigned int size, bool reads, bool writes)
{
	decoding->memory->size = size;
	decoding->memory->is_read = reads;
	decoding->memory->is_write = writes;
	return true;
}

/* The modes of an index: 0 and 2 leave the base alone, 1 adds the offset after the access, 3 before it. */
static void take_offset(const struct decoding *decoding, int64_t offset, unsigned int mode)
{
	decoding->memory->displacement = mode == 1 ? 0 : offset;
	decoding->to->written |= mode & 1 ? 1U << bits(decoding, 5, 5) : 0; /* sp, too */
}

/* Exclusive and ordered accesses; "compare and swap", where Rs gets the old value. */
static bool take_exclusive(const struct decoding *decoding)
{
	bool ordered = bits(decoding, 23, 1), is_load = bits(decoding, 22, 1);
	bool second = bits(decoding, 21, 1), is_pair = second && !ordered;
	bool compares = second && (ordered || decoding->size < 2);

	if (compares && (decoding->rt2 != ZERO || (is_pair && (decoding->rs | decoding->rt) & 1)))
		return false;
	if (compares || (!is_load && !ordered)) /* or the status */
		change(decoding, decoding->rs);
	if (compares && is_pair)
		change(decoding, decoding->rs + 1);
	else if (is_load && is_pair)
		change(decoding, decoding->rt2);
	if (!compares && is_load)
		load(decoding, !is_pair);
	decoding->memory->is_atomic = true;
	return access(decoding, is_pair ? 8U << (decoding->size & 1) : 1U << decoding->size,
		      compares || is_load, compares || !is_load);
}

/* "Advanced SIMD load/store multiple structures", and "single structure". */
static bool take_structures(const struct decoding *decoding)
{
	static const uint8_t registers[16] = { 4, 0, 4, 0, 3, 0, 3, 1, 2, 0, 2 }; /* by opcode */
	unsigned int opcode = bits(decoding, 13, 3), scale = opcode >> 1;
	unsigned int nr = ((opcode & 1) << 1 | bits(decoding, 21, 1)) + 1;
	bool is_single = bits(decoding, 24, 1), is_load = bits(decoding, 22, 1);

	take_offset(decoding, 0, bits(decoding, 23, 1));
	if (!is_single)
		nr = registers[bits(decoding, 12, 4)], scale = 3 + bits(decoding, 30, 1);
	else if (scale == 3) /* to all lanes */
		scale = bits(decoding, 10, 2);
	else if (scale == 2 && bits(decoding, 10, 1))
		scale = 3;
	access(decoding, nr << scale, is_load, !is_load);
	return nr && (!is_single || is_load || opcode < 6);
}

/* A single register, by size, V and opc. */
static bool take_register(const struct decoding *decoding)
{
	unsigned int size = decoding->size, opc = decoding->opc;

	if (decoding->is_vector)
		return !(opc & 2 && size) &&
		       access(decoding, opc & 2 ? 16 : 1U << size, opc & 1, !(opc & 1));
	if (size + opc > 4) /* a prefetch, or not allocated */
		return false;
	if (opc)
		load(decoding, opc == 1);
	return access(decoding, 1U << size, opc, !opc);
}

/* "Load/store memory tags": a granule has 16 bytes. ldgm, stgm and stzgm access what depends on the machine. */
static bool take_tags(const struct decoding *decoding)
{
	unsigned int opc = decoding->opc, mode = bits(decoding, 10, 2);
	bool is_load = mode == 0 && opc & 1, is_one = is_load && opc == 1;

	take_offset(decoding, signed_field(decoding, 12, 9) * 16, mode);
	if (is_load)
		load(decoding, false);
	access(decoding, mode ? 16U << (opc >> 1) : is_one ? 16 : 0, is_load, !is_load);
	return mode || is_one || !decoding->memory->displacement;
}

/* "Load register (literal)": the displacement is the address. */
static bool take_literal(const struct decoding *decoding)
{
	unsigned int opc = decoding->size;

	*decoding->memory->base = 0;
	decoding->memory->displacement =
		(int64_t)(decoding->address + (uint64_t)signed_field(decoding, 5, 19) * 4);
	if (!decoding->is_vector && opc < 3)
		load(decoding, opc < 2);
	access(decoding, decoding->is_vector ? 4U << opc : opc == 1 ? 8 : 4, true, false);
	return opc < 3; /* not a prefetch, or not allocated */
}

/* "Load/store register pair" in all modes, and stgp of tags. */
static bool take_pair(const struct decoding *decoding)
{
	unsigned int opc = decoding->size, mode = bits(decoding, 23, 2);
	bool is_load = bits(decoding, 22, 1), is_mixed = !decoding->is_vector && opc == 1;
	unsigned int size = decoding->is_vector ? 4U << opc : opc == 2 ? 8 : 4;

	if (is_mixed && !is_load)
		size = 8;
	take_offset(decoding,
		    signed_field(decoding, 15, 7) * (is_mixed && !is_load ? 16 : (int)size), mode);
	if (is_load && !decoding->is_vector)
		load(decoding, false), change(decoding, decoding->rt2);
	access(decoding, 2 * size, is_load, !is_load);
	return opc < 3 && !(is_mixed && mode == 0);
}

/* A single register with a constant offset: scaled; not scaled, in all modes, and unprivileged; or ordered. */
static bool take_constant(const struct decoding *decoding)
{
	bool is_scaled = bits(decoding, 29, 1) && bits(decoding, 24, 1);
	unsigned int mode = is_scaled ? 0 : bits(decoding, 10, 2);

	if (!take_register(decoding) || (mode == 2 && decoding->is_vector))
		return false;
	take_offset(decoding,
		    is_scaled ? (int64_t)bits(decoding, 10, 12) * decoding->memory->size :
				signed_field(decoding, 12, 9),
		    mode);
	return true;
}

static bool take_indexed(const struct decoding *decoding)
{
	struct code_memory *memory = decoding->memory;
	unsigned int option = bits(decoding, 13, 3);

	if (!(option & 2) || !take_register(decoding))
		return false;
	if (decoding->rs != ZERO)
		snprintf(memory->index, CODE_REGISTER, "x%u", decoding->rs);
	memory->scale = bits(decoding, 12, 1) ? memory->size : 1;
	memory->index_size = option & 1 ? 8 : 4;
	memory->index_signed = option & 4;
	return true;
}

/* "Atomic memory operations", and the ordered load ldapr. */
static bool take_atomic(const struct decoding *decoding)
{
	unsigned int operation = bits(decoding, 12, 4);
	bool is_load = operation == 12 && decoding->rs == ZERO && decoding->opc == 2;

	load(decoding, is_load);
	decoding->memory->is_atomic = true;
	access(decoding, 1U << decoding->size, true, !is_load);
	return operation <= 8 || is_load;
}

/* "Load/store register (pac)": the base is authenticated, so its upper bits do not count. */
static bool take_authenticated(const struct decoding *decoding)
{
	int64_t offset = (int64_t)bits(decoding, 12, 9) - (bits(decoding, 22, 1) ? 512 : 0);

	take_offset(decoding, offset * 8, bits(decoding, 11, 1) ? 3 : 0);
	load(decoding, true);
	return access(decoding, 8, true, false);
}

/* clang-format off */
static const struct {
	uint32_t mask, value;
	bool (*take)(const struct decoding *decoding);
} classes[] = {
	{ 0x3f000000, 0x08000000, take_exclusive }, { 0xbfbf0000, 0x0c000000, take_structures },
	{ 0xbfa00000, 0x0c800000, take_structures }, { 0xbf9f0000, 0x0d000000, take_structures },
	{ 0xbf800000, 0x0d800000, take_structures }, { 0x3f200c00, 0x19000000, take_constant },
	{ 0xff200000, 0xd9200000, take_tags }, { 0x3b000000, 0x18000000, take_literal },
	{ 0x3a000000, 0x28000000, take_pair }, { 0x3b200000, 0x38000000, take_constant },
	{ 0x3b000000, 0x39000000, take_constant }, { 0x3f200c00, 0x38200000, take_atomic },
	{ 0x3b200c00, 0x38200800, take_indexed }, { 0xff200400, 0xf8200400, take_authenticated },
};
/* clang-format on */

bool code_arm64_memory(uint32_t word, uint64_t address, struct code_instruction *instruction)
{
	/* dc zva: the size, and the lower bits of the address, depend on the machine. */
	bool is_zero = (word & ~31U) == 0xd50b7420;
	unsigned int base = word >> (is_zero ? 0 : 5) & 31;
	struct code_memory *memory = &instruction->memory[0];
	const struct decoding decoding = {
		word,	   address,	    word >> 30,	     word >> 22 & 3,
		word & 31, word >> 10 & 31, word >> 16 & 31, word >> 26 & 1,
		memory,	   instruction
	};

	*instruction = (struct code_instruction){ .memory[0] = { .scale = 1, .index_size = 8 } };
	snprintf(memory->base, sizeof(memory->base), base == ZERO && !is_zero ? "sp" : "x%u", base);
	instruction->nr_memories = is_zero && access(&decoding, 0, false, true);
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		if ((word & classes[i].mask) == classes[i].value)
			instruction->nr_memories = classes[i].take(&decoding);
	}
	if (!instruction->nr_memories)
		*instruction = (struct code_instruction){ .written = UINT32_MAX };
	return instruction->nr_memories;
}

/* --- instructions --- */

enum { LINK = 30 };

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
