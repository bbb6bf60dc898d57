/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* What instructions of riscv64 do: The RISC-V Instruction Set Manual, volume I, "RV32/64G Instruction Set Listings" and
 * "RVC Instruction Set Listings". Compressed loads and stores are read as the ones that they stand for. */
#include "code/riscv.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { ZERO = 0, RA = 1, SP = 2, EBREAK = 0x00100073, C_EBREAK = 0x9002 };
enum {
	LOAD = 0x03,
	LOAD_FP = 0x07,
	STORE = 0x23,
	STORE_FP = 0x27,
	AMO = 0x2f,
	BRANCH = 0x63,
	JALR = 0x67,
	JAL = 0x6f
};

/* The fields of an instruction. */
struct parts {
	uint32_t opcode, funct3, rd, rs1, rs2;
	int32_t immediate;
};

static uint32_t field(uint32_t word, unsigned int low, unsigned int bits)
{
	return word >> low & ((1U << bits) - 1);
}

/* The names of the ABI, which the kernel prints. */
static const char registers[32][5] = {
	"zero", "ra", "sp", "gp", "tp",	 "t0",	"t1", "t2", "s0", "s1", "a0",
	"a1",	"a2", "a3", "a4", "a5",	 "a6",	"a7", "s2", "s3", "s4", "s5",
	"s6",	"s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
};
static const char float_registers[32][5] = {
	"ft0", "ft1", "ft2", "ft3", "ft4",  "ft5",  "ft6", "ft7", "fs0",  "fs1",  "fa0",
	"fa1", "fa2", "fa3", "fa4", "fa5",  "fa6",  "fa7", "fs2", "fs3",  "fs4",  "fs5",
	"fs6", "fs7", "fs8", "fs9", "fs10", "fs11", "ft8", "ft9", "ft10", "ft11",
};

/* Reads a compressed load, store or jump. Returns false if it is another instruction. */
static bool read_compressed(uint32_t word, struct parts *parts)
{
	/* By funct3: of a double of floating point, of a word, of a double word. */
	static const struct {
		uint8_t opcode, funct3;
	} kinds[8] = { [1] = { LOAD_FP, 3 },  [2] = { LOAD, 2 },  [3] = { LOAD, 3 },
		       [5] = { STORE_FP, 3 }, [6] = { STORE, 2 }, [7] = { STORE, 3 } };
	const uint32_t kind = field(word, 13, 3), rd = field(word, 7, 5), rs2 = field(word, 2, 5);
	const bool wide = kinds[kind].funct3 == 3, by_sp = (word & 3) == 2;
	uint32_t immediate;

	if (by_sp && kind == 4 && rd && !rs2) { /* c.jr, c.jalr */
		*parts = (struct parts){ .opcode = JALR, .rd = field(word, 12, 1), .rs1 = rd };
		return true;
	}
	*parts = (struct parts){ .opcode = kinds[kind].opcode, .funct3 = kinds[kind].funct3 };
	if (!parts->opcode || (word & 3) == 1)
		return false;
	if (!by_sp) {
		parts->rs1 = 8 + field(word, 7, 3);
		parts->rd = parts->rs2 = 8 + field(word, 2, 3);
		immediate = field(word, 10, 3) << 3 |
			    (wide ? field(word, 5, 2) << 6 :
				    field(word, 6, 1) << 2 | field(word, 5, 1) << 6);
	} else {
		parts->rs1 = SP;
		parts->rd = rd;
		parts->rs2 = rs2;
		if (kind >= 4)
			immediate = wide ? field(word, 10, 3) << 3 | field(word, 7, 3) << 6 :
					   field(word, 9, 4) << 2 | field(word, 7, 2) << 6;
		else
			immediate = field(word, 12, 1) << 5 |
				    (wide ? field(word, 5, 2) << 3 | field(word, 2, 3) << 6 :
					    field(word, 4, 3) << 2 | field(word, 2, 2) << 6);
	}
	parts->immediate = (int32_t)immediate;
	return !by_sp || parts->opcode != LOAD || rd; /* a load of zero is reserved */
}

static void read_whole(uint32_t word, struct parts *parts)
{
	*parts = (struct parts){ .opcode = word & 0x7f,
				 .funct3 = field(word, 12, 3),
				 .rd = field(word, 7, 5),
				 .rs1 = field(word, 15, 5),
				 .rs2 = field(word, 20, 5),
				 .immediate = (int32_t)word >> 20 };
	if (parts->opcode == STORE || parts->opcode == STORE_FP)
		parts->immediate = (parts->immediate & ~31) | (int32_t)parts->rd;
}

static struct code_memory *access_memory(const struct parts *parts, unsigned int size, bool reads,
					 bool writes, struct code_instruction *instruction)
{
	struct code_memory *memory = &instruction->memory[0];

	*memory = (struct code_memory){ .scale = 1,
					.index_size = 8,
					.displacement = parts->immediate,
					.size = size,
					.is_read = reads,
					.is_write = writes };
	if (parts->rs1 != ZERO)
		snprintf(memory->base, CODE_REGISTER, "%s", registers[parts->rs1]);
	instruction->nr_memories = 1;
	return memory;
}

static void decode_load(const struct parts *parts, struct code_instruction *instruction)
{
	/* By opcode: loads, loads of floating point, stores, stores of floating point. */
	static const char names[4][8][4] = {
		{ "lb", "lh", "lw", "ld", "lbu", "lhu", "lwu", "" },
		{ "", "flh", "flw", "fld", "flq", "", "", "" },
		{ "sb", "sh", "sw", "sd", "", "", "", "" },
		{ "", "fsh", "fsw", "fsd", "fsq", "", "", "" },
	};
	const bool stores = parts->opcode & 0x20, is_float = parts->opcode & 4;
	const char *name = names[2 * stores + is_float][parts->funct3];
	const uint32_t value = stores ? parts->rs2 : parts->rd;

	if (!*name)
		return;
	access_memory(parts, 1U << (is_float ? parts->funct3 : parts->funct3 & 3), !stores, stores,
		      instruction);
	snprintf(instruction->text, sizeof(instruction->text), "%s %s,%" PRId32 "(%s)", name,
		 is_float ? float_registers[value] : registers[value], parts->immediate,
		 registers[parts->rs1]);
}

static void decode_atomic(uint32_t word, struct parts *parts, struct code_instruction *instruction)
{
	static const char *const names[32] = {
		"amoadd",
		"amoswap",
		"lr",
		"sc",
		[4] = "amoxor",
		[8] = "amoor",
		[12] = "amoand",
		[16] = "amomin",
		[20] = "amomax",
		[24] = "amominu",
		[28] = "amomaxu",
	};
	static const char *const order[4] = { "", ".rl", ".aq", ".aqrl" };
	const uint32_t operation = field(word, 27, 5);
	const bool loads = operation == 2, stores = operation == 3;

	if (!names[operation] || (parts->funct3 != 2 && parts->funct3 != 3))
		return;
	parts->immediate = 0;
	access_memory(parts, 1U << parts->funct3, !stores, !loads, instruction)->is_atomic = true;
	snprintf(instruction->text, sizeof(instruction->text), "%s.%c%s %s,%s%s(%s)",
		 names[operation], parts->funct3 == 2 ? 'w' : 'd', order[field(word, 25, 2)],
		 registers[parts->rd], loads ? "" : registers[parts->rs2], loads ? "" : ",",
		 registers[parts->rs1]);
}

static void decode_jump(const struct parts *parts, struct code_instruction *instruction)
{
	const char *to = registers[parts->rs1];

	instruction->is_return = parts->rd == ZERO && parts->rs1 == RA && !parts->immediate;
	instruction->is_call = parts->rd == RA;
	instruction->is_branch = !instruction->is_return;
	instruction->operand_size = 8;
	snprintf(instruction->operand, CODE_REGISTER, "%s", to);
	if (instruction->is_return)
		strcpy(instruction->text, "ret");
	else if (parts->rd > RA)
		snprintf(instruction->text, sizeof(instruction->text), "jalr %s,%" PRId32 "(%s)",
			 registers[parts->rd], parts->immediate, to);
	else if (parts->immediate)
		snprintf(instruction->text, sizeof(instruction->text), "%s %" PRId32 "(%s)",
			 parts->rd ? "jalr" : "jr", parts->immediate, to);
	else
		snprintf(instruction->text, sizeof(instruction->text), "%s %s",
			 parts->rd ? "jalr" : "jr", to);
}

/* Finds where a jump or a branch goes to. The bits of the offset are scattered: each pair is a bit of the instruction,
 * and its place in the offset. The first is the sign. */
static void find_target(uint32_t word, uint64_t address, struct code_instruction *instruction)
{
	static const struct {
		uint32_t mask, value;
		uint8_t nr, from[6], bits[6], to[6];
	} jumps[] = {
		{ 0x7f, JAL, 4, { 31, 12, 20, 21 }, { 1, 8, 1, 10 }, { 20, 12, 11, 1 } },
		{ 0x7f, BRANCH, 4, { 31, 7, 25, 8 }, { 1, 1, 6, 4 }, { 12, 11, 5, 1 } },
		/* c.beqz and c.bnez */
		{ 0xc003, 0xc001, 5, { 12, 5, 2, 10, 3 }, { 1, 2, 1, 2, 2 }, { 8, 6, 5, 3, 1 } },
	};
	/* c.j: the places of bits 12 to 2 */
	static const uint8_t c_j[] = { 11, 4, 9, 8, 10, 6, 7, 3, 2, 1, 5 };
	uint64_t offset = 0, sign = 0;

	for (size_t i = 0; i < sizeof(jumps) / sizeof(jumps[0]); i++) {
		if ((word & jumps[i].mask) != jumps[i].value)
			continue;
		for (unsigned int j = 0; j < jumps[i].nr; j++)
			offset |= (uint64_t)field(word, jumps[i].from[j], jumps[i].bits[j])
				  << jumps[i].to[j];
		sign = UINT64_C(1) << jumps[i].to[0];
	}
	if ((word & 0xe003) == 0xa001) {
		for (unsigned int j = 0; j < sizeof(c_j); j++)
			offset |= (uint64_t)field(word, 12 - j, 1) << c_j[j];
		sign = 1 << 11;
	}
	if (!sign)
		return;
	instruction->has_target = instruction->is_branch = true;
	instruction->is_call = (word & 0x7f) == JAL && field(word, 7, 5) == RA;
	instruction->target = address + (offset ^ sign) - sign;
}

void code_riscv(uint32_t word, uint64_t address, struct code_instruction *instruction)
{
	const bool compressed = (word & 3) != 3;
	struct parts parts = { 0 };

	word &= compressed ? 0xffff : UINT32_MAX;
	*instruction =
		(struct code_instruction){ .size = compressed ? 2 : 4, .written = UINT32_MAX };
	instruction->is_trap = word == EBREAK || word == C_EBREAK;
	if (instruction->is_trap)
		strcpy(instruction->text, "ebreak");
	else if (!word)
		strcpy(instruction->text, "unimp");
	else if (compressed && !read_compressed(word, &parts))
		parts.opcode = 0;
	else if (!compressed)
		read_whole(word, &parts);
	if (!*instruction->text) {
		switch (parts.opcode) {
		case LOAD:
		case LOAD_FP:
		case STORE:
		case STORE_FP: decode_load(&parts, instruction); break;
		case AMO: decode_atomic(word, &parts, instruction); break;
		case JALR:
			if (!parts.funct3)
				decode_jump(&parts, instruction);
			break;
		}
	}
	find_target(word, address, instruction);
	instruction->known = *instruction->text;
	if (!instruction->known)
		snprintf(instruction->text, sizeof(instruction->text),
			 compressed ? ".inst 0x%04" PRIx32 : ".inst 0x%08" PRIx32, word);
}
