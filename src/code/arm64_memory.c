/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Loads and stores of arm64 (Arm ARM, C4.1, "Loads and Stores"; by its classes). Not the ones of SVE and SME, and
 * not the copies of FEAT_MOPS, whose registers change while they run. */
#include <stdio.h>

#include "code/arm64.h"

enum { ZERO = 31 }; /* the register that is 0; as a base, sp */

struct decoding {
	uint32_t word;
	uint64_t address;
	unsigned int size, opc, rt, rt2, rs; /* fields with these names; not all words have them */
	bool is_vector; /* V */
	struct code_memory *memory;
	struct code_instruction *to;
};

static unsigned int field(const struct decoding *decoding, unsigned int low, unsigned int bits)
{
	return decoding->word >> low & ((1U << bits) - 1);
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
	decoding->to->written |= mode & 1 ? 1U << field(decoding, 5, 5) : 0; /* sp, too */
}

/* Exclusive and ordered accesses; "compare and swap", where Rs gets the old value. */
static bool take_exclusive(const struct decoding *decoding)
{
	bool ordered = field(decoding, 23, 1), is_load = field(decoding, 22, 1);
	bool second = field(decoding, 21, 1), is_pair = second && !ordered;
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
	unsigned int opcode = field(decoding, 13, 3), scale = opcode >> 1;
	unsigned int nr = ((opcode & 1) << 1 | field(decoding, 21, 1)) + 1;
	bool is_single = field(decoding, 24, 1), is_load = field(decoding, 22, 1);

	take_offset(decoding, 0, field(decoding, 23, 1));
	if (!is_single)
		nr = registers[field(decoding, 12, 4)], scale = 3 + field(decoding, 30, 1);
	else if (scale == 3) /* to all lanes */
		scale = field(decoding, 10, 2);
	else if (scale == 2 && field(decoding, 10, 1))
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
	unsigned int opc = decoding->opc, mode = field(decoding, 10, 2);
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
	unsigned int opc = decoding->size, mode = field(decoding, 23, 2);
	bool is_load = field(decoding, 22, 1), is_mixed = !decoding->is_vector && opc == 1;
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
	bool is_scaled = field(decoding, 29, 1) && field(decoding, 24, 1);
	unsigned int mode = is_scaled ? 0 : field(decoding, 10, 2);

	if (!take_register(decoding) || (mode == 2 && decoding->is_vector))
		return false;
	take_offset(decoding,
		    is_scaled ? (int64_t)field(decoding, 10, 12) * decoding->memory->size :
				signed_field(decoding, 12, 9),
		    mode);
	return true;
}

static bool take_indexed(const struct decoding *decoding)
{
	struct code_memory *memory = decoding->memory;
	unsigned int option = field(decoding, 13, 3);

	if (!(option & 2) || !take_register(decoding))
		return false;
	if (decoding->rs != ZERO)
		snprintf(memory->index, CODE_REGISTER, "x%u", decoding->rs);
	memory->scale = field(decoding, 12, 1) ? memory->size : 1;
	memory->index_size = option & 1 ? 8 : 4;
	memory->index_signed = option & 4;
	return true;
}

/* "Atomic memory operations", and the ordered load ldapr. */
static bool take_atomic(const struct decoding *decoding)
{
	unsigned int operation = field(decoding, 12, 4);
	bool is_load = operation == 12 && decoding->rs == ZERO && decoding->opc == 2;

	load(decoding, is_load);
	decoding->memory->is_atomic = true;
	access(decoding, 1U << decoding->size, true, !is_load);
	return operation <= 8 || is_load;
}

/* "Load/store register (pac)": the base is authenticated, so its upper bits do not count. */
static bool take_authenticated(const struct decoding *decoding)
{
	int64_t offset = (int64_t)field(decoding, 12, 9) - (field(decoding, 22, 1) ? 512 : 0);

	take_offset(decoding, offset * 8, field(decoding, 11, 1) ? 3 : 0);
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
