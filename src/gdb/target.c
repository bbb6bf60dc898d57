/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdb/target.h"

#include <string.h>

#include "base/text.h"
#include "gdb/packet.h"

enum { NO_REGISTER = NR_CPU_REGISTERS };

struct target_register {
	char name[10], type[10];
	unsigned char bits;
	unsigned char which; /* enum cpu_register, or NO_REGISTER: never known */
};

struct feature {
	const char *name;
	const struct target_register *registers; /* the last one has no name */
};

/* The registers that gdb expects in its core feature: gdb/features/i386/32bit-core.xml,
 * 64bit-core.xml. */
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
// clang-format on

static const struct feature features_64[] = { { "org.gnu.gdb.i386.core", core_64 },
					      { "org.gnu.gdb.i386.segments", bases_64 },
					      { "org.kwalk.x86.control", control_64 },
					      { 0 } };
static const struct feature features_32[] = { { "org.gnu.gdb.i386.core", core_32 },
					      { "org.kwalk.x86.control", control_32 },
					      { 0 } };

static const struct feature *features_of(unsigned int pointer_size)
{
	return pointer_size == 8 ? features_64 : features_32;
}

/* No operating system: a kernel has neither a dynamic linker nor signal frames. */
size_t target_description(unsigned int pointer_size, char text[TARGET_TEXT])
{
	text[0] = '\0';
	text_append(text, TARGET_TEXT,
		    "<?xml version=\"1.0\"?>\n"
		    "<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n"
		    "<target version=\"1.0\">\n"
		    "<architecture>i386%s</architecture>\n"
		    "<osabi>none</osabi>\n",
		    pointer_size == 8 ? ":x86-64" : "");
	for (const struct feature *feature = features_of(pointer_size); feature->name; feature++) {
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

/* Returns the number of digits. */
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

size_t target_registers(unsigned int pointer_size, const struct registers *registers,
			char text[TARGET_TEXT])
{
	size_t size = 0;

	for (const struct feature *feature = features_of(pointer_size); feature->name; feature++)
		for (const struct target_register *at = feature->registers; *at->name; at++)
			size += target_put_value(at, registers, text + size);
	return size;
}

size_t target_register(unsigned int pointer_size, const struct registers *registers,
		       unsigned int number, char text[TARGET_TEXT])
{
	for (const struct feature *feature = features_of(pointer_size); feature->name; feature++)
		for (const struct target_register *at = feature->registers; *at->name; at++)
			if (number-- == 0)
				return target_put_value(at, registers, text);
	return 0;
}
