/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdb/target.h"

#include <elf.h>
#include <string.h>

#include "base/text.h"
#include "gdb/packet.h"

enum { NO_REGISTER = NR_CPU_REGISTERS };

struct target_register {
	char name[17], type[10];
	unsigned char bits;
	unsigned char which; /* enum cpu_register; NO_REGISTER: kwalk never knows the value */
};

struct feature {
	const char *name;
	const struct target_register *registers; /* the last element has no name */
};

/* The registers of gdb's core feature: 32bit-core.xml and 64bit-core.xml in gdb/features/i386. */
// clang-format off
#define FLOATING_POINT \
	{ "st0", "i387_ext", 80, NO_REGISTER }, { "st1", "i387_ext", 80, NO_REGISTER }, \
	{ "st2", "i387_ext", 80, NO_REGISTER }, { "st3", "i387_ext", 80, NO_REGISTER }, \
	{ "st4", "i387_ext", 80, NO_REGISTER }, { "st5", "i387_ext", 80, NO_REGISTER }, \
	{ "st6", "i387_ext", 80, NO_REGISTER }, { "st7", "i387_ext", 80, NO_REGISTER }, \
	{ "fctrl", "int", 32, NO_REGISTER }, { "fstat", "int", 32, NO_REGISTER }, \
	{ "ftag", "int", 32, NO_REGISTER }, { "fiseg", "int", 32, NO_REGISTER }, \
	{ "fioff", "int", 32, NO_REGISTER }, { "foseg", "int", 32, NO_REGISTER }, \
	{ "fooff", "int", 32, NO_REGISTER }, { "fop", "int", 32, NO_REGISTER }
#define SEGMENTS \
	{ "cs", "int32", 32, CPU_CS }, { "ss", "int32", 32, CPU_SS }, \
	{ "ds", "int32", 32, CPU_DS }, { "es", "int32", 32, CPU_ES }, \
	{ "fs", "int32", 32, CPU_FS }, { "gs", "int32", 32, CPU_GS }

static const struct target_register core_64[] = {
	{ "rax", "int64", 64, CPU_AX }, { "rbx", "int64", 64, CPU_BX },
	{ "rcx", "int64", 64, CPU_CX }, { "rdx", "int64", 64, CPU_DX },
	{ "rsi", "int64", 64, CPU_SI }, { "rdi", "int64", 64, CPU_DI },
	{ "rbp", "data_ptr", 64, CPU_BP }, { "rsp", "data_ptr", 64, CPU_SP },
	{ "r8", "int64", 64, CPU_R8 }, { "r9", "int64", 64, CPU_R9 },
	{ "r10", "int64", 64, CPU_R10 }, { "r11", "int64", 64, CPU_R11 },
	{ "r12", "int64", 64, CPU_R12 }, { "r13", "int64", 64, CPU_R13 },
	{ "r14", "int64", 64, CPU_R14 }, { "r15", "int64", 64, CPU_R15 },
	{ "rip", "code_ptr", 64, CPU_IP }, { "eflags", "int32", 32, CPU_FLAGS },
	SEGMENTS, FLOATING_POINT, { .name = "" }
};
static const struct target_register bases_64[] = {
	{ "fs_base", "int64", 64, CPU_FS_BASE }, { "gs_base", "int64", 64, CPU_GS_BASE }, { .name = "" }
};
static const struct target_register control_64[] = {
	{ "cr0", "int64", 64, CPU_CR0 }, { "cr2", "int64", 64, CPU_CR2 },
	{ "cr3", "int64", 64, CPU_CR3 }, { "cr4", "int64", 64, CPU_CR4 }, { .name = "" }
};
static const struct target_register core_32[] = {
	{ "eax", "int32", 32, CPU_AX }, { "ecx", "int32", 32, CPU_CX },
	{ "edx", "int32", 32, CPU_DX }, { "ebx", "int32", 32, CPU_BX },
	{ "esp", "data_ptr", 32, CPU_SP }, { "ebp", "data_ptr", 32, CPU_BP },
	{ "esi", "int32", 32, CPU_SI }, { "edi", "int32", 32, CPU_DI },
	{ "eip", "code_ptr", 32, CPU_IP }, { "eflags", "int32", 32, CPU_FLAGS },
	SEGMENTS, FLOATING_POINT, { .name = "" }
};
static const struct target_register control_32[] = {
	{ "cr0", "int32", 32, CPU_CR0 }, { "cr2", "int32", 32, CPU_CR2 },
	{ "cr3", "int32", 32, CPU_CR3 }, { "cr4", "int32", 32, CPU_CR4 }, { .name = "" }
};

/* The registers in gdb/features/aarch64-core.xml. After them are the masks in QEMU's
 * gdb-xml/aarch64-pauth.xml: for data and code of the lower half, then for data and code of the
 * upper half. */
#define X(NUMBER) { "x" #NUMBER, "int", 64, CPU_X0 + NUMBER }
static const struct target_register core_arm64[] = {
	X(0), X(1), X(2), X(3), X(4), X(5), X(6), X(7), X(8), X(9), X(10), X(11), X(12), X(13),
	X(14), X(15), X(16), X(17), X(18), X(19), X(20), X(21), X(22), X(23), X(24), X(25), X(26),
	X(27), X(28), X(29), X(30), { "sp", "data_ptr", 64, CPU_SP },
	{ "pc", "code_ptr", 64, CPU_IP }, { "cpsr", "int", 32, CPU_FLAGS }, { .name = "" }
};
static const struct target_register pauth_arm64[] = {
	{ "pauth_dmask", "int", 64, NO_REGISTER }, { "pauth_cmask", "int", 64, NO_REGISTER },
	{ "pauth_dmask_high", "int", 64, CPU_PAC_MASK },
	{ "pauth_cmask_high", "int", 64, CPU_PAC_MASK }, { .name = "" }
};

/* The registers in gdb/features/riscv/64bit-cpu.xml. */
#define R(NAME, NUMBER) { NAME, "int", 64, CPU_X0 + NUMBER - 1 }
static const struct target_register core_riscv64[] = {
	{ "zero", "int", 64, NO_REGISTER }, R("ra", 1), { "sp", "data_ptr", 64, CPU_SP },
	R("gp", 3), R("tp", 4), R("t0", 5), R("t1", 6), R("t2", 7), R("s0", 8), R("s1", 9),
	R("a0", 10), R("a1", 11), R("a2", 12), R("a3", 13), R("a4", 14), R("a5", 15), R("a6",
	16), R("a7", 17), R("s2", 18), R("s3", 19), R("s4", 20), R("s5", 21), R("s6", 22),
	R("s7", 23), R("s8", 24), R("s9", 25), R("s10", 26), R("s11", 27), R("t3", 28),
	R("t4", 29), R("t5", 30), R("t6", 31), { "pc", "code_ptr", 64, CPU_IP },
	{ .name = "" }
};
// clang-format on

static const struct feature features_64[] = { { "org.gnu.gdb.i386.core", core_64 },
					      { "org.gnu.gdb.i386.segments", bases_64 },
					      { "org.kwalk.x86.control", control_64 },
					      { 0 } };
static const struct feature features_32[] = { { "org.gnu.gdb.i386.core", core_32 },
					      { "org.kwalk.x86.control", control_32 },
					      { 0 } };
static const struct feature features_arm64[] = { { "org.gnu.gdb.aarch64.core", core_arm64 },
						 { "org.gnu.gdb.aarch64.pauth_v2", pauth_arm64 },
						 { 0 } };
static const struct feature features_riscv64[] = { { "org.gnu.gdb.riscv.cpu", core_riscv64 },
						   { 0 } };

static const struct target {
	uint16_t machine;
	const char *name; /* gdb's name of the architecture */
	const struct feature *features;
} targets[] = {
	{ EM_X86_64, "i386:x86-64", features_64 },
	{ EM_AARCH64, "aarch64", features_arm64 },
	{ EM_386, "i386", features_32 },
	{ EM_RISCV, "riscv:rv64", features_riscv64 },
};

/* Returns a target without name and registers if there is none for the machine. */
static const struct target *target_of(uint16_t machine)
{
	static const struct feature none = { 0 };
	static const struct target unknown = { EM_NONE, NULL, &none };

	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
		if (targets[i].machine == machine)
			return &targets[i];
	return &unknown;
}

/* Writes <osabi>none</osabi>, because with the name of an operating system, gdb would expect a
 * dynamic linker and signal frames, which a kernel does not have. */
size_t target_description(uint16_t machine, char text[TARGET_TEXT])
{
	const struct target *target = target_of(machine);

	text[0] = '\0';
	if (!target->name)
		return 0;
	text_append(text, TARGET_TEXT,
		    "<?xml version=\"1.0\"?>\n"
		    "<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n"
		    "<target version=\"1.0\">\n"
		    "<architecture>%s</architecture>\n"
		    "<osabi>none</osabi>\n",
		    target->name);
	for (const struct feature *feature = target->features; feature->name; feature++) {
		text_append(text, TARGET_TEXT, "<feature name=\"%s\">\n", feature->name);
		for (const struct target_register *at = feature->registers; *at->name; at++)
			text_append(text, TARGET_TEXT,
				    "<reg name=\"%s\" bitsize=\"%u\" type=\"%s\"/>\n", at->name,
				    at->bits, at->type);
		text_append(text, TARGET_TEXT, "</feature>\n");
	}
	text_append(text, TARGET_TEXT, "</target>\n");
	return strlen(text);
}

/* Writes the digits of a register. Returns the number of digits. */
static size_t target_put_value(const struct target_register *at, const struct registers *registers,
			       char *text)
{
	size_t nr = at->bits / 4;
	uint64_t value;

	if (at->which == NO_REGISTER || !registers_have(registers, (enum cpu_register)at->which)) {
		memset(text, 'x', nr);
		return nr;
	}
	value = registers->value[at->which];
	for (size_t i = 0; i < nr; i += 2, value >>= 8)
		hex_put(text + i, &(uint8_t){ (uint8_t)value }, 1);
	return nr;
}

size_t target_registers(uint16_t machine, const struct registers *registers, char text[TARGET_TEXT])
{
	size_t size = 0;

	for (const struct feature *feature = target_of(machine)->features; feature->name; feature++)
		for (const struct target_register *at = feature->registers; *at->name; at++)
			size += target_put_value(at, registers, text + size);
	return size;
}

size_t target_register(uint16_t machine, const struct registers *registers, unsigned int number,
		       char text[TARGET_TEXT])
{
	for (const struct feature *feature = target_of(machine)->features; feature->name; feature++)
		for (const struct target_register *at = feature->registers; *at->name; at++)
			if (number-- == 0)
				return target_put_value(at, registers, text);
	return 0;
}
