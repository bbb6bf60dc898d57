/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "code/code.h"

#include <dlfcn.h>
#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef HAVE_CAPSTONE
#include <capstone/capstone.h>
#endif

#include "base/bytes.h"
#include "base/dlopen_note.h"
#include "code/arm64.h"
#include "code/riscv.h"
#include "code/x86.h"

/* The bits of `written`: the numbers of registers, and 31 for arm64's sp. */
bool code_writes(const struct code_instruction *instruction, const char *name)
{
	int number = code_x86_register(name);

	if (strcmp(name, "sp") == 0)
		number = 31;
	else if (*name == 'x')
		number = atoi(name + 1);
	return number < 0 || number > 31 || instruction->written >> number & 1;
}

bool code_decode_alone(unsigned int machine, uint64_t address, const uint8_t *bytes, size_t size,
		       struct code_instruction *instruction)
{
	if (machine == EM_AARCH64 && size >= 4)
		code_arm64(load_le32(bytes), address, instruction);
	else if (machine == EM_RISCV && size >= 4)
		code_riscv(load_le32(bytes), address, instruction);
	else if (machine == EM_RISCV && size >= 2 && (*bytes & 3) != 3)
		code_riscv(load_le16(bytes), address, instruction);
	else
		return false;
	return true;
}

#ifdef HAVE_CAPSTONE

#define CAPSTONE_TEXT(NUMBER) CAPSTONE_TEXT_OF(NUMBER)
#define CAPSTONE_TEXT_OF(NUMBER) #NUMBER
/* The library's binary interface has the number of its release. */
#define CAPSTONE_SONAME "libcapstone.so." CAPSTONE_TEXT(CS_API_MAJOR)

DLOPEN_NOTE("disassembly", CAPSTONE_SONAME, "Show instructions");

struct code {
	unsigned int machine;
	csh handle;
	cs_insn *instruction;
	__typeof__(cs_open) *open;
	__typeof__(cs_close) *close;
	__typeof__(cs_option) *option;
	__typeof__(cs_malloc) *allocate;
	__typeof__(cs_free) *free;
	__typeof__(cs_disasm_iter) *next;
	__typeof__(cs_insn_group) *has_group;
	__typeof__(cs_insn_name) *name;
};

static bool find_functions(struct code *code, void *library)
{
	const struct {
		const char *name;
		void *function;
	} functions[] = {
		{ "cs_open", &code->open },
		{ "cs_close", &code->close },
		{ "cs_option", &code->option },
		{ "cs_malloc", &code->allocate },
		{ "cs_free", &code->free },
		{ "cs_disasm_iter", &code->next },
		{ "cs_insn_group", &code->has_group },
		{ "cs_insn_name", &code->name },
	};

	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		void *found = dlsym(library, functions[i].name);

		if (!found)
			return false;
		memcpy(functions[i].function, &found, sizeof(found));
	}
	return true;
}

/* The library decodes riscv64 since release 5. */
static const struct {
	unsigned int machine;
	cs_arch arch;
	cs_mode mode;
} known_machines[] = {
	{ EM_X86_64, CS_ARCH_X86, CS_MODE_64 },
	{ EM_386, CS_ARCH_X86, CS_MODE_32 },
	{ EM_AARCH64, CS_ARCH_ARM64, CS_MODE_LITTLE_ENDIAN },
#if CS_API_MAJOR >= 5
	{ EM_RISCV, CS_ARCH_RISCV, CS_MODE_RISCV64 | CS_MODE_RISCVC },
#endif
};

static bool start(struct code *code, struct error *err)
{
	const size_t nr = sizeof(known_machines) / sizeof(known_machines[0]);
	size_t i = 0;

	while (i < nr && known_machines[i].machine != code->machine)
		i++;
	if (i == nr || code->open(known_machines[i].arch, known_machines[i].mode, &code->handle))
		return fail(err, ERROR_NO_ANSWER, "the library %s does not decode %s",
			    CAPSTONE_SONAME,
			    code->machine == EM_RISCV ? "riscv64; capstone 5 and later do" :
							"code of this machine");
	code->option(code->handle, CS_OPT_DETAIL, CS_OPT_ON);
	if (known_machines[i].arch == CS_ARCH_X86)
		code->option(code->handle, CS_OPT_SYNTAX, CS_OPT_SYNTAX_ATT);
	code->instruction = code->allocate(code->handle);
	if (code->instruction)
		return true;
	code->close(&code->handle);
	return out_of_memory(err);
}

struct code *code_open(unsigned int machine, struct error *err)
{
	void *library = dlopen(CAPSTONE_SONAME, RTLD_NOW | RTLD_LOCAL);
	struct code *code = calloc(1, sizeof(*code));

	if (!code) {
		out_of_memory(err);
		return NULL;
	}
	code->machine = machine;
	if (!library || !find_functions(code, library))
		fail(err, ERROR_SYSTEM, "the library %s cannot be loaded; it decodes instructions",
		     CAPSTONE_SONAME);
	else if (start(code, err))
		return code;
	free(code);
	return NULL;
}

void code_close(struct code *code)
{
	if (!code)
		return;
	code->free(code->instruction, 1);
	code->close(&code->handle);
	free(code);
}

unsigned int code_alignment(const struct code *code)
{
	return code->machine == EM_AARCH64 ? 4 : code->machine == EM_RISCV ? 2 : 1;
}

static void take_target(struct code_instruction *instruction, uint64_t target)
{
	instruction->has_target = true;
	instruction->target = target;
}

/* The address of a branch of x86, or a place relative to the instruction pointer. */
static void find_target(const cs_insn *found, struct code_instruction *instruction)
{
	const cs_x86 *x86 = &found->detail->x86;

	for (unsigned int i = 0; i < x86->op_count; i++) {
		const cs_x86_op *operand = &x86->operands[i];

		if (operand->type == X86_OP_IMM && instruction->is_branch)
			take_target(instruction, (uint64_t)operand->imm);
		if (operand->type == X86_OP_MEM && operand->mem.base == X86_REG_RIP)
			take_target(instruction,
				    found->address + found->size + (uint64_t)operand->mem.disp);
	}
}

/* The number of bytes of a ModRM byte and the bytes that belong to it (Intel SDM vol. 2, 2.1.5). */
static size_t modrm_length(const uint8_t *modrm, size_t size)
{
	unsigned int mod = *modrm >> 6, rm = *modrm & 7;
	bool sib = mod != 3 && rm == 4;
	bool wide = mod == 2 || (mod == 0 && (rm == 5 || (sib && size > 1 && (modrm[1] & 7) == 5)));

	return 1 + sib + (wide ? 4 : mod == 1);
}

/* The library ends ud1 after its opcode 0f b9, but a ModRM byte follows. The kernel uses ud1 for traps of
 * UBSAN and for static calls (arch/x86/include/asm/bug.h, arch/x86/kernel/static_call.c). */
static void mend_ud1(const uint8_t *bytes, size_t size, struct code_instruction *instruction)
{
	unsigned int at = instruction->size;

	if (instruction->text[0] != 'u' || at < 2 || bytes[at - 2] != 0x0f ||
	    bytes[at - 1] != 0xb9 || at >= size || at + modrm_length(bytes + at, size - at) > size)
		return;
	instruction->size += (unsigned int)modrm_length(bytes + at, size - at);
	strcpy(instruction->text, "ud1");
}

/* Does objdump leave out the suffix of size? It does if a register shows the size, and for some instructions that
 * have one size. */
static bool has_plain_name(const cs_insn *found, const char *name)
{
	static const char *const plain[] = { "call", "ret", "push", "pop", "jmp", "leave" };
	const cs_x86 *x86 = &found->detail->x86;
	size_t length = strlen(name);

	if (strncmp(found->mnemonic, name, length) != 0 || !found->mnemonic[length] ||
	    !strchr("bwlq", found->mnemonic[length]) || found->mnemonic[length + 1])
		return false;
	for (unsigned int i = 0; i < x86->op_count; i++)
		if (x86->operands[i].type == X86_OP_REG)
			return true;
	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
		if (!strcmp(name, plain[i]))
			return true;
	return false;
}

/* Writes an immediate operand, which begins with "$", in hexadecimal: a negative one as the unsigned number of the
 * operand's size. The library writes numbers below 10 in decimal, and version 5 large ones too. Returns the end of the
 * operand. */
static const char *write_immediate(const cs_insn *found, const char *operand, char *text,
				   size_t size)
{
	const cs_x86 *x86 = &found->detail->x86;
	unsigned int bytes = 8;
	char *end;
	uint64_t number = strtoull(operand + 1, &end, 0); /* accepts a minus */

	for (unsigned int i = 0; i < x86->op_count; i++)
		if (x86->operands[i].type == X86_OP_IMM && x86->operands[i].size)
			bytes = x86->operands[i].size;
	if (operand[1] == '-' && bytes < 8)
		number &= (UINT64_C(1) << 8 * bytes) - 1;
	snprintf(text, size, "$0x%" PRIx64, number);
	return end;
}

/* Writes the instruction as objdump does, which everybody compares: no blank after a comma, and numbers in
 * hexadecimal. The library writes displacements below 10 without 0x. */
static void write_x86(const cs_insn *found, const char *name, char *text, size_t size)
{
	const char *operand = found->op_str;
	size_t used = (size_t)snprintf(text, size, "%s%s",
				       has_plain_name(found, name) ? name : found->mnemonic,
				       *operand ? " " : "");

	for (; *operand && used + 3 < size; operand++) {
		bool is_first = operand == found->op_str;

		if (*operand == '$') {
			operand = write_immediate(found, operand, text + used, size - used) - 1;
			used += strlen(text + used);
			continue;
		}
		if (*operand >= '0' && *operand <= '9' && operand[1] == '(' &&
		    (is_first || strchr("-,(: ", operand[-1]))) {
			text[used++] = '0';
			text[used++] = 'x';
		}
		if (*operand != ' ' || is_first || operand[-1] != ',')
			text[used++] = *operand;
	}
	text[used] = '\0';
}

/* Do prefixes f2 and f3 belong to the opcode? To pause, and to opcodes that begin with 0f, but not to the integer
 * instructions cmovcc (40), jcc (80) to btr (b3), movzx (b6), bt (ba), btc, movsx (be) and xadd (c0). ae has
 * instructions of both kinds (Intel SDM vol. 2, table A-3). */
static bool has_mandatory_prefix(const uint8_t *opcode, size_t size)
{
	uint8_t second = size > 1 ? opcode[1] : 0;

	if (*opcode != 0x0f)
		return *opcode == 0x90;
	return second == 0xae ||
	       !((second >= 0x40 && second <= 0x4f) || (second >= 0x80 && second <= 0xb7) ||
		 second == 0xba || second == 0xbb || (second >= 0xbe && second <= 0xc1));
}

/* Writes the longest instruction that may begin here, in a form that each release of the library reads as a CPU does,
 * if prefix 66 and f2 or f3 stand before it. Where f2 and f3 belong to the opcode, they stand last, because release 4
 * ignores all but the last; elsewhere 66, the operand's size, stands last (Intel SDM vol. 2, 2.1). Release 5 reads pause
 * only without 66, and integer instructions of the 0f map not with f2 or f3 in all places: such prefixes, which have no
 * effect on operands, are left out. Sets *left_out to their number; the instruction ends at the same address. */
static size_t order_prefixes(const uint8_t *bytes, size_t size, bool wide,
			     uint8_t ordered[CODE_LONGEST], unsigned int *left_out)
{
	static const char prefixes[] = "\x26\x2e\x36\x3e\x64\x65\x66\x67\xf0\xf2\xf3";
	size_t nr, opcode, small = CODE_LONGEST, repeat = CODE_LONGEST, used = 0;
	bool is_pause, is_integer, is_mandatory;

	size = size < CODE_LONGEST ? size : CODE_LONGEST;
	memcpy(ordered, bytes, size);
	for (nr = 0; nr < size && memchr(prefixes, bytes[nr], sizeof(prefixes) - 1); nr++) {
		if (bytes[nr] == 0x66)
			small = nr;
		if (bytes[nr] == 0xf2 || bytes[nr] == 0xf3)
			repeat = nr;
	}
	opcode = nr + (wide && nr < size && (bytes[nr] & 0xf0) == 0x40); /* REX */
	if (opcode >= size || small >= size || repeat >= size)
		return size;
	is_pause = bytes[opcode] == 0x90;
	is_mandatory = has_mandatory_prefix(bytes + opcode, size - opcode);
	is_integer = bytes[opcode] == 0x0f && !is_mandatory;
	if ((repeat > small) != is_mandatory) {
		ordered[small] = bytes[repeat];
		ordered[repeat] = 0x66;
	}
	for (size_t i = 0; i < size; i++)
		if (i >= nr || !((is_pause && ordered[i] == 0x66) ||
				 (is_integer && (ordered[i] == 0xf2 || ordered[i] == 0xf3))))
			ordered[used++] = ordered[i];
	*left_out = (unsigned int)(size - used);
	return used;
}

static void decode_x86(struct code *code, const uint8_t *bytes, size_t size,
		       struct code_instruction *instruction)
{
	const cs_insn *found = code->instruction;
	const char *name = code->name(code->handle, found->id);

	instruction->is_call = code->has_group(code->handle, found, CS_GRP_CALL);
	instruction->is_return = code->has_group(code->handle, found, CS_GRP_RET) ||
				 code->has_group(code->handle, found, CS_GRP_IRET);
	instruction->is_branch = instruction->is_call ||
				 code->has_group(code->handle, found, CS_GRP_JUMP) ||
				 code->has_group(code->handle, found, CS_GRP_BRANCH_RELATIVE);
	write_x86(found, name ? name : found->mnemonic, instruction->text,
		  sizeof(instruction->text));
	find_target(found, instruction);
	code_x86_operands(found, name ? name : "", code->machine == EM_X86_64, instruction);
	mend_ud1(bytes, size, instruction);
	if (code->machine == EM_386)
		instruction->target &= UINT32_MAX;
}

void code_decode(struct code *code, uint64_t address, const uint8_t *bytes, size_t size,
		 struct code_instruction *instruction)
{
	const cs_insn *found = code->instruction;
	bool is_x86 = code->machine == EM_X86_64 || code->machine == EM_386;
	uint8_t ordered[CODE_LONGEST];
	const uint8_t *at = bytes;
	unsigned int left_out = 0;
	size_t left = size;

	*instruction = (struct code_instruction){ .size = 1, .written = UINT32_MAX };
	snprintf(instruction->text, sizeof(instruction->text), ".byte 0x%02x", *bytes);
	code_decode_alone(code->machine, address, bytes, size, instruction);
	if (is_x86) {
		left = order_prefixes(bytes, size, code->machine == EM_X86_64, ordered, &left_out);
		at = ordered;
		address += left_out;
	}
	if (!code->next(code->handle, &at, &left, &address, code->instruction))
		return;
	instruction->known = true;
	snprintf(instruction->text, sizeof(instruction->text), "%s%s%s", found->mnemonic,
		 *found->op_str ? " " : "", found->op_str);
	if (is_x86) {
		instruction->size = found->size + left_out;
		decode_x86(code, bytes, size, instruction);
	}
}

#else

struct code *code_open(unsigned int machine, struct error *err)
{
	(void)machine;
	fail(err, ERROR_SYSTEM,
	     "this kwalk was built without the library capstone, which decodes instructions");
	return NULL;
}

void code_close(struct code *code)
{
	(void)code;
}

unsigned int code_alignment(const struct code *code)
{
	(void)code;
	return 1;
}

void code_decode(struct code *code, uint64_t address, const uint8_t *bytes, size_t size,
		 struct code_instruction *instruction)
{
	(void)code, (void)address, (void)bytes, (void)size;
	*instruction = (struct code_instruction){ .size = 1, .written = UINT32_MAX };
}

#endif
