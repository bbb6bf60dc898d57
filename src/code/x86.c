/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The memory and registers that an instruction of x86 uses (Intel SDM vol. 2). The library knows the operands.
 * Whether they are read or written is derived here, because the library's answer is often wrong: for the
 * stores of cmpxchg, setcc, stos, movups, shifts by %cl and others. */
#include "code/x86.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In the order of their numbers. */
static const char *const names[] = { "ax", "cx", "dx", "bx", "sp", "bp", "si", "di",
				     "8",  "9",	 "10", "11", "12", "13", "14", "15" };

enum { REGISTERS = sizeof(names) / sizeof(names[0]) };

int code_x86_register(const char *name)
{
	for (int i = 0; i < REGISTERS && (*name == 'r' || *name == 'e'); i++) {
		if (strcmp(name + 1, names[i]) == 0)
			return i;
	}
	return -1;
}

#ifdef HAVE_CAPSTONE

enum { SP = 4, BP = 5 };
enum { REX_W = 8 };

struct decoding {
	const cs_insn *found;
	const cs_x86 *x86;
	const char *name;
	bool wide;
	struct code_instruction *to;
};

/* clang-format off */
static const struct {
	unsigned int bytes;
	x86_reg reg[REGISTERS];
} widths[] = {
	{ 8, { X86_REG_RAX, X86_REG_RCX, X86_REG_RDX, X86_REG_RBX, X86_REG_RSP, X86_REG_RBP, X86_REG_RSI, X86_REG_RDI,
	       X86_REG_R8, X86_REG_R9, X86_REG_R10, X86_REG_R11, X86_REG_R12, X86_REG_R13, X86_REG_R14, X86_REG_R15 } },
	{ 4, { X86_REG_EAX, X86_REG_ECX, X86_REG_EDX, X86_REG_EBX, X86_REG_ESP, X86_REG_EBP, X86_REG_ESI, X86_REG_EDI,
	       X86_REG_R8D, X86_REG_R9D, X86_REG_R10D, X86_REG_R11D, X86_REG_R12D, X86_REG_R13D, X86_REG_R14D, X86_REG_R15D } },
	{ 2, { X86_REG_AX, X86_REG_CX, X86_REG_DX, X86_REG_BX, X86_REG_SP, X86_REG_BP, X86_REG_SI, X86_REG_DI,
	       X86_REG_R8W, X86_REG_R9W, X86_REG_R10W, X86_REG_R11W, X86_REG_R12W, X86_REG_R13W, X86_REG_R14W, X86_REG_R15W } },
	{ 1, { X86_REG_AL, X86_REG_CL, X86_REG_DL, X86_REG_BL, X86_REG_SPL, X86_REG_BPL, X86_REG_SIL, X86_REG_DIL,
	       X86_REG_R8B, X86_REG_R9B, X86_REG_R10B, X86_REG_R11B, X86_REG_R12B, X86_REG_R13B, X86_REG_R14B, X86_REG_R15B } },
	{ 1, { X86_REG_AH, X86_REG_CH, X86_REG_DH, X86_REG_BH } },
};

/* What is done to memory that is the last operand, the destination in the syntax of AT&T. */
static const char both[] = "adc add and btc btr bts cmpxchg* dec inc neg not or rcl rcr rol ror sal sar sbb shl shld "
			   "shr shrd sub xadd xchg xor";
static const char writes[] = "fbst* fist* fnst* fnsave fst* fxsave* ins* mov* pextr* pop set* sgdt sidt sldt smsw stmxcsr "
			     "stos* str vextract* vmov* vmptrst vmread vpextr* vstmxcsr xsave*";
static const char reads[] = "bt call clflush* clwb cmp* div f* idiv imul jmp lcall ldmxcsr lgdt lidt ljmp lldt lmsw ltr mul "
			    "push scas* test vldmxcsr verr verw vmclear vmptrld vmxon xrstor*";
/* Operands whose memory is not accessed, or only in part. */
static const char none[] = "cldemote invlpg lea nop prefetch* ud* vmaskmov* vpmaskmov*";
/* The library's size is wrong, or the size depends on the machine's state. */
static const char unsized[] = "clwb fnsave frstor lcall lds les lfs lgs ljmp lss xrstor* xsave*";

/* Instructions that change only their last operand, if it is a register; and those that change none. */
static const char simple[] = "adc add and bswap bts btr btc cmov* dec inc lea mov movabs movsx movsxd movzx neg not or rol "
			     "ror sal sar sbb set* shl shr sub xor";
static const char unchanging[] = "bt clac clflush* cli cmp endbr* int3 invlpg j* lfence mfence nop prefetch* pause "
				 "sfence stac sti swapgs test ud* wrmsr";
/* clang-format on */

/* With general registers and constants, these raise no exception. */
static const char inside[] =
	"bsf bsr bt cdq cdqe cmp cqo cwde imul j* lzcnt mul nop popcnt shld shrd test tzcnt xadd xchg";

/* Is the name in the list? Blanks separate the names; one that ends in '*' stands for all that begin so. */
static bool is_one_of(const char *name, const char *list)
{
	while (*list) {
		size_t length = strcspn(list, " ");

		if (list[length - 1] == '*' ?
			    strncmp(name, list, length - 1) == 0 :
			    strlen(name) == length && strncmp(name, list, length) == 0)
			return true;
		list += length + (list[length] == ' ');
	}
	return false;
}

/* The number of a general register, or -1. */
static int number_of(x86_reg reg, unsigned int *bytes)
{
	if (reg == X86_REG_INVALID)
		return -1;
	for (size_t width = 0; width < sizeof(widths) / sizeof(widths[0]); width++) {
		for (int number = 0; number < REGISTERS; number++) {
			if (widths[width].reg[number] != reg)
				continue;
			*bytes = widths[width].bytes;
			return number;
		}
	}
	return -1;
}

static unsigned int word(const struct decoding *decoding)
{
	return decoding->wide ? 8 : 4;
}

static void name_register(const struct decoding *decoding, int number, char text[CODE_REGISTER])
{
	snprintf(text, CODE_REGISTER, "%c%s", decoding->wide ? 'r' : 'e', names[number]);
}

/* Names a register that is part of an address. Returns false if it has another width than addresses have. */
static bool name_part(const struct decoding *decoding, x86_reg reg, char text[CODE_REGISTER])
{
	unsigned int bytes = 0;
	int number = number_of(reg, &bytes);

	if (reg == X86_REG_INVALID || reg == X86_REG_RIZ || reg == X86_REG_EIZ)
		return true;
	if (reg == X86_REG_RIP)
		strcpy(text, "rip");
	else if (bytes == word(decoding))
		name_register(decoding, number, text);
	else
		return false;
	return true;
}

static struct code_memory *add_memory(const struct decoding *decoding,
				      const struct code_memory *memory)
{
	struct code_memory *place = &decoding->to->memory[decoding->to->nr_memories];

	if (decoding->to->nr_memories == CODE_MEMORIES)
		return NULL;
	decoding->to->nr_memories++;
	*place = *memory;
	return place;
}

/* Does the instruction read, write or do both to its memory? Returns false if it does neither, or if that is not
 * known. */
static bool find_access(const struct decoding *decoding, bool is_last, struct code_memory *memory)
{
	const char *name = decoding->name;

	if (is_one_of(name, none))
		return false;
	if (is_one_of(name, both) && (is_last || is_one_of(name, "xadd xchg")))
		memory->is_read = memory->is_write = true;
	else if (is_last && is_one_of(name, writes))
		memory->is_write = true;
	else if (!is_last || is_one_of(name, reads))
		memory->is_read = true;
	return memory->is_read || memory->is_write;
}

/* The operands of 64 bits in an instruction of 32 bits wrap. Without a register, the sum is the address. */
static int64_t displacement_of(const struct decoding *decoding, const x86_op_mem *mem)
{
	if (decoding->wide)
		return mem->disp;
	if (mem->base == X86_REG_INVALID && mem->index == X86_REG_INVALID)
		return (uint32_t)mem->disp;
	return (int32_t)mem->disp;
}

static void take_memory(const struct decoding *decoding, const cs_x86_op *operand, bool is_last)
{
	const x86_op_mem *mem = &operand->mem;
	struct code_memory memory = { .scale = 1, .index_size = word(decoding) };
	bool is_address = strcmp(decoding->name, "lea") == 0;

	if (!is_address && !find_access(decoding, is_last, &memory))
		return;
	if (!name_part(decoding, mem->base, memory.base) ||
	    !name_part(decoding, mem->index, memory.index))
		return;
	if (*memory.index)
		memory.scale = (unsigned int)mem->scale;
	memory.displacement = displacement_of(decoding, mem);
	if (mem->segment == X86_REG_FS || mem->segment == X86_REG_GS)
		strcpy(memory.segment, mem->segment == X86_REG_FS ? "fs" : "gs");
	if (is_one_of(decoding->name, "fxsave* fxrstor*"))
		memory.size = 512;
	else if (!is_address && !is_one_of(decoding->name, unsized))
		memory.size = operand->size;
	memory.is_atomic = memory.is_write && (decoding->x86->prefix[0] == X86_PREFIX_LOCK ||
					       strcmp(decoding->name, "xchg") == 0);
	/* pop adds to the stack pointer before it computes the address. */
	if (strcmp(decoding->name, "pop") == 0 && strcmp(memory.base + 1, "sp") == 0)
		memory.displacement += word(decoding);
	if (add_memory(decoding, &memory))
		decoding->to->is_address = is_address;
}

/* Some operands are no certain place: the bit number in a register reaches beyond the operand, and a mask leaves
 * parts out. */
static bool has_uncertain_place(const struct decoding *decoding)
{
	const cs_x86 *x86 = decoding->x86;

	for (unsigned int i = 0; i < x86->op_count; i++) {
		const cs_x86_op *operand = &x86->operands[i];

		if (operand->type == X86_OP_REG && operand->reg >= X86_REG_K0 &&
		    operand->reg <= X86_REG_K7)
			return true;
	}
	return x86->op_count && x86->operands[0].type == X86_OP_REG &&
	       is_one_of(decoding->name, "bt btc btr bts");
}

/* How many words an instruction pops; negative: pushes. far: the operand has the size of these words. */
struct stack_row {
	const char *names;
	int words;
	bool far;
};

/* Takes memory at the stack pointer, or for leave at the frame pointer. */
static void take_stack(const struct decoding *decoding)
{
	static const struct stack_row rows[] = {
		{ "pusha*", -8, false }, { "push* call enter", -1, false },
		{ "lcall", -2, true },	 { "popcnt", 0, false },
		{ "popa*", 8, false },	 { "pop* ret leave", 1, false },
		{ "retf*", 2, true },	 { "iret*", 3, true },
		{ "*", 0, false },
	};
	const struct stack_row *row = rows;
	struct code_memory memory = { .scale = 1, .index_size = word(decoding), .is_stack = true };
	unsigned int size = word(decoding);
	int words;

	while (!is_one_of(decoding->name, row->names))
		row++;
	if (!row->words)
		return;
	if (row->far)
		size = decoding->x86->rex & REX_W ? 8 : 4;
	else if (decoding->x86->prefix[2] == X86_PREFIX_OPSIZE)
		size = 2;
	memory.is_write = row->words < 0;
	memory.is_read = row->words > 0;
	/* iret of 64-bit code pops the stack pointer and its segment, too. */
	words = abs(row->words) + (decoding->wide && is_one_of(decoding->name, "iret*") ? 2 : 0);
	memory.size = (unsigned int)words * size;
	memory.displacement = memory.is_write ? -(int64_t)memory.size : 0;
	memory.is_stack = strcmp(decoding->name, "leave") != 0;
	name_register(decoding, memory.is_stack ? SP : BP, memory.base);
	add_memory(decoding, &memory);
}

static const cs_x86_op *operand_at(const struct decoding *decoding, unsigned int i)
{
	return &decoding->x86->operands[i];
}

/* The number of the general register that an operand is, if it is as wide as addresses; else -1. */
static int whole_register(const struct decoding *decoding, const cs_x86_op *operand)
{
	unsigned int bytes = 0;
	int number = operand->type == X86_OP_REG ? number_of(operand->reg, &bytes) : -1;

	return bytes == word(decoding) ? number : -1;
}

/* A register or memory that goes into a register as a whole. A register of 32 bits that is loaded from memory
 * is whole, too: its upper half is cleared. */
static void take_copy(const struct decoding *decoding, const cs_x86_op *last)
{
	struct code_instruction *to = decoding->to;
	const cs_x86_op *from = operand_at(decoding, 0);
	unsigned int bytes = 0;
	int number = last->type == X86_OP_REG ? number_of(last->reg, &bytes) : -1;
	bool is_copy = from->type == X86_OP_REG && from != last;

	if (number < 0 || bytes < 4)
		return;
	if (is_copy && whole_register(decoding, from) >= 0 && whole_register(decoding, last) >= 0)
		name_register(decoding, whole_register(decoding, from), to->source);
	else if (is_copy || !to->nr_memories)
		return;
	name_register(decoding, number, to->loaded);
}

/* add, sub, inc and dec of a constant. */
static void take_addend(const struct decoding *decoding, const cs_x86_op *last)
{
	const cs_x86_op *from = operand_at(decoding, 0);
	int64_t addend = from->type == X86_OP_IMM ? from->imm : 1;
	int number = whole_register(decoding, last);

	if (number < 0 || (from->type != X86_OP_IMM && from != last))
		return;
	if (!decoding->wide)
		addend = (int32_t)addend;
	decoding->to->has_addend = true;
	decoding->to->addend = is_one_of(decoding->name, "sub dec") ? -addend : addend;
	name_register(decoding, number, decoding->to->loaded);
}

/* The register that is the divisor, or that holds the target. */
static void take_operand(const struct decoding *decoding, const cs_x86_op *operand)
{
	unsigned int bytes = 0;
	int number = operand->type == X86_OP_REG ? number_of(operand->reg, &bytes) : -1;

	if (number < 0 || bytes < 2) /* not %ah */
		return;
	name_register(decoding, number, decoding->to->operand);
	decoding->to->operand_size = bytes;
}

static void take_loaded(const struct decoding *decoding, const cs_x86_op *last)
{
	int number = whole_register(decoding, last);

	if (is_one_of(decoding->name, "mov movabs movzx pop"))
		take_copy(decoding, last);
	else if (is_one_of(decoding->name, "add sub inc dec"))
		take_addend(decoding, last);
	else if (decoding->to->is_address && number >= 0)
		name_register(decoding, number, decoding->to->loaded);
}

/* The registers that are operands and may change: the last, or for xadd and xchg each. */
static uint32_t written_operands(const struct decoding *decoding)
{
	uint32_t written = 0;
	unsigned int bytes = 0;

	for (unsigned int i = 0; i < decoding->x86->op_count; i++) {
		const cs_x86_op *operand = operand_at(decoding, i);
		int number = operand->type == X86_OP_REG ? number_of(operand->reg, &bytes) : -1;

		if (!is_one_of(decoding->name, "xadd xchg"))
			written = 0;
		written |= number < 0 ? 0 : 1U << number;
	}
	return written;
}

/* Which registers may change. What is not known to leave registers alone may change all. */
static uint32_t find_written(const struct decoding *decoding)
{
	enum { A = 1, C = 2, D = 4, B = 8, STACK = 1 << SP, FRAME = 1 << BP, SI = 0x40, DI = 0x80 };
	/* What a call keeps: rbx, rsp, rbp, r12 to r15; ebx, esp, ebp, esi, edi (psABI). */
	static const uint32_t kept_64 = 0xf038, kept_32 = 0xf8;
	static const struct {
		const char *names;
		uint32_t registers;
	} rows[] = {
		{ "push pushf* popf* ret", STACK },
		{ "leave", STACK | FRAME },
		{ "cdqe cwde cmpxchg", A },
		{ "cqo cdq", D },
		{ "mul div idiv rdmsr rdtsc", A | D },
		{ "cpuid", A | B | C | D },
		{ "lods*", A | C | SI },
		{ "movs*", C | SI | DI },
		{ "stos*", C | DI },
	};

	if (decoding->to->is_call)
		return ~(decoding->wide ? kept_64 : kept_32);
	if (is_one_of(decoding->name, simple) || is_one_of(decoding->name, "xadd xchg"))
		return written_operands(decoding);
	if (is_one_of(decoding->name, "imul"))
		return decoding->x86->op_count == 1 ? A | D : written_operands(decoding);
	if (is_one_of(decoding->name, "pop"))
		return written_operands(decoding) | STACK;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (is_one_of(decoding->name, rows[i].names))
			return rows[i].registers;
	}
	return is_one_of(decoding->name, unchanging) ? 0 : UINT32_MAX;
}

static bool is_inside(const struct decoding *decoding)
{
	bool has_address = is_one_of(decoding->name, "lea nop");
	unsigned int bytes;

	for (unsigned int i = 0; i < decoding->x86->op_count; i++) {
		const cs_x86_op *operand = operand_at(decoding, i);

		if (!(operand->type == X86_OP_IMM || (operand->type == X86_OP_MEM && has_address) ||
		      (operand->type == X86_OP_REG && *decoding->name != 'j' &&
		       number_of(operand->reg, &bytes) >= 0)))
			return false;
	}
	return is_one_of(decoding->name, simple) || is_one_of(decoding->name, inside);
}

void code_x86_operands(const cs_insn *found, const char *name, bool wide,
		       struct code_instruction *instruction)
{
	const struct decoding decoding = { found, &found->detail->x86, name, wide, instruction };
	unsigned int nr = decoding.x86->op_count;
	bool uncertain = has_uncertain_place(&decoding);
	const cs_x86_op *last = nr ? operand_at(&decoding, nr - 1) : NULL;

	for (unsigned int i = 0; i < nr && !uncertain; i++) {
		if (operand_at(&decoding, i)->type == X86_OP_MEM)
			take_memory(&decoding, operand_at(&decoding, i), i + 1 == nr);
	}
	take_stack(&decoding);
	instruction->is_division = is_one_of(name, "div idiv");
	instruction->is_trap = is_one_of(name, "int3 ud*");
	if (last && (instruction->is_division || is_one_of(name, "call jmp")))
		take_operand(&decoding, last);
	if (last)
		take_loaded(&decoding, last);
	instruction->written = find_written(&decoding);
	instruction->is_inside = is_inside(&decoding);
}

#endif
