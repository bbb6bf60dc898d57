/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Modules and their tables of symbols, in memory. */
#pragma once

#include "linux/area_members.h"
#include "symbols/symbol_lookup.h"
#include "kernel/kernel.h"
#include "memory.h"
#include "placed.h"

#include "unit.h"

enum { HEAD = 0x5000, FIRST = 0x6000, SECOND = 0x6200, KALLSYMS = 0x100 };
enum { SYMBOLS = 0x7000, STRINGS = 0x8000 };

#define TEXT UINT64_C(0xffffffffc0000000)

static inline void start(void)
{
	memory_start_64("6.1.0", "SYMBOL(modules)=ffffffff80005000\n");
}

enum { NR_MEMBERS_OF_MODULES = 7 };

static inline struct kernel *open_as(struct vmlinux *vmlinux, const struct placed *layout)
{
	struct kernel *kernel = memory_open(vmlinux, NULL);

	placed_set_all(kernel, layout, NR_MEMBERS_OF_MODULES);
	return kernel;
}

static inline struct kernel *open_vmlinux(struct vmlinux *vmlinux)
{
	static const struct placed layout[NR_MEMBERS_OF_MODULES] = {
		{ MODULE_LIST, 8, 16 },		{ MODULE_NAME, 24, 56 },
		{ MODULE_KALLSYMS, 80, 8 },	{ MODULE_SYMBOLS, 0, 8 },
		{ MODULE_NR_SYMBOLS, 8, 4 },	{ MODULE_STRINGS, 16, 8 },
		{ MODULE_SYMBOL_TYPES, 24, 8 },
	};

	return open_as(vmlinux, layout);
}

static inline struct kernel *open_kernel(void)
{
	return open_vmlinux(NULL);
}

struct entry {
	const char *name;
	uint64_t value, size;
	unsigned int bind;
	uint16_t section;
};

/* Writes a module. next: address of the list_head of the next module. */
static inline void put_module(uint64_t at, uint64_t next, const char *name, uint64_t symbols,
			      uint64_t strings, const struct entry *entries, unsigned int nr)
{
	uint64_t text = strings + 1;

	put(at + 8, next, 8);
	memcpy(image.bytes + MEMORY + at + 24, name, strlen(name));
	put(at + 80, IMAGE + at + KALLSYMS, 8);
	put(at + KALLSYMS, IMAGE + symbols, 8);
	put(at + KALLSYMS + 8, nr, 4);
	put(at + KALLSYMS + 16, IMAGE + strings, 8);
	for (unsigned int i = 0; i < nr; i++) {
		const Elf64_Sym symbol = {
			.st_name = htole32((uint32_t)(text - strings)),
			.st_info = ELF64_ST_INFO(entries[i].bind, STT_FUNC),
			.st_shndx = htole16(entries[i].section),
			.st_value = htole64(entries[i].value),
			.st_size = htole64(entries[i].size),
		};

		memcpy(image.bytes + MEMORY + symbols + i * sizeof(symbol), &symbol,
		       sizeof(symbol));
		memcpy(image.bytes + MEMORY + text, entries[i].name, strlen(entries[i].name) + 1);
		text += strlen(entries[i].name) + 1;
	}
	put(at + KALLSYMS + 24, IMAGE + text, 8);
}

static const struct entry first[] = {
	{ "", 0, 0, STB_LOCAL, 0 },
	{ "start", TEXT, 0x10, STB_GLOBAL, 1 },
	{ "outer", TEXT + 0x100, 0x100, STB_GLOBAL, 1 },
	{ "inner", TEXT + 0x140, 0x10, STB_LOCAL, 1 },
	{ "label", TEXT + 0x200, 0, STB_GLOBAL, 1 },
	{ "sized", TEXT + 0x200, 0x10, STB_LOCAL, 1 },
	{ "sized_too", TEXT + 0x200, 0x10, STB_GLOBAL, 1 },
	{ "undefined", TEXT + 0x300, 0x10, STB_GLOBAL, SHN_UNDEF },
	{ "absolute", TEXT + 0x310, 0x10, STB_GLOBAL, SHN_ABS },
	{ "point", TEXT + 0x320, 0, STB_GLOBAL, 1 },
	{ "last", TEXT + 0x400, 2, STB_GLOBAL, 1 },
};
static const struct entry second[] = {
	{ "", 0, 0, STB_LOCAL, 0 },
	{ "other", TEXT + 0x10000, 1, STB_GLOBAL, 1 },
	{ "start", TEXT + 0x10010, 1, STB_GLOBAL, 1 },
};

static inline void put_both(void)
{
	start();
	put(HEAD, IMAGE + FIRST + 8, 8);
	put_module(FIRST, IMAGE + SECOND + 8, "one", SYMBOLS, STRINGS, first, 11);
	put_module(SECOND, IMAGE + HEAD, "two", SYMBOLS + 0x400, STRINGS + 0x400, second, 3);
}

static inline void expect_at(struct kernel *kernel, uint64_t address, const char *name,
			     uint64_t start_at)
{
	struct kernel_symbol symbol;
	bool found = symbol_lookup_at(kernel->symbols, address, &symbol, NULL);

	if (found != (name != NULL))
		fail_msg("%llx: %s", (unsigned long long)address, found ? symbol.name : "nothing");
	if (!found)
		return;
	assert_string_equal(symbol.name, name);
	assert_true(symbol.address == start_at);
}

/* struct module before 6.4: its text and data, and the text and data of its init part. */
enum { BASE = 0x180, SIZE = 0x188, TEXT_SIZE = 0x18c, RO_SIZE = 0x190, STEP = 0x20 };

static const unsigned int ids_of_layouts[][4] = {
	{ MODULE_CORE_BASE, MODULE_CORE_SIZE, MODULE_CORE_TEXT_SIZE, MODULE_CORE_RO_SIZE },
	{ MODULE_INIT_BASE, MODULE_INIT_SIZE, MODULE_INIT_TEXT_SIZE, MODULE_INIT_RO_SIZE },
	{ MODULE_OLD_CORE, MODULE_OLD_CORE_SIZE, MODULE_OLD_CORE_TEXT_SIZE,
	  MODULE_OLD_CORE_RO_SIZE },
	{ MODULE_OLD_INIT, MODULE_OLD_INIT_SIZE, MODULE_OLD_INIT_TEXT_SIZE,
	  MODULE_OLD_INIT_RO_SIZE },
};

/* have: how many members of the layout the kernel has. */
static inline void know_layout(struct kernel *kernel, unsigned int layout, unsigned int at,
			       int have)
{
	static const uint32_t offsets[] = { BASE, SIZE, TEXT_SIZE, RO_SIZE };

	for (int i = 0; i < have; i++)
		placed_set(kernel, ids_of_layouts[layout][i], offsets[i] + at * STEP, i ? 4 : 8);
}

static inline void put_layout(uint64_t module, unsigned int at, uint64_t base, uint32_t text,
			      uint32_t ro, uint32_t size)
{
	put(module + at * STEP + BASE, base, 8);
	put(module + at * STEP + SIZE, size, 4);
	put(module + at * STEP + TEXT_SIZE, text, 4);
	put(module + at * STEP + RO_SIZE, ro, 4);
}
