/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of symbols in a kernel's memory, in each encoding. The note gives the addresses of its
 * parts. */
#pragma once

#include "symbols/kallsyms.h"
#include "memory.h"

#include "unit.h"

enum {
	MARK = 0x5000,
	BANNER = 0x5100,
	NAMES = 0x6000,
	TOKENS = 0x6800,
	INDEX = 0x6a00,
	VALUES = 0x6c00,
	BASE = 0x6e00,
	COUNT = 0x6e08,
	/* for the types of modules */
	HEAD = 0x7000,
	MODULES = 0x7100,
	BTFS = 0x7400,
	KERNEL_BTF = 0x8000,
	MODULE_BTF = 0xc000,
	BTF_SIZE = 0x4000,
};

static const char version[] = "Linux version 6.1.0";

struct entry {
	const char *name; /* a letter for the type, and then the name */
	uint32_t at;
};

static const struct entry entries[] = {
	{ "T_stext", 0x4000 },
	{ "tlocal", 0x4800 },
	{ "Dmark", MARK },
	{ "Dinit_task", 0x5080 },
	{ "Dlinux_banner", BANNER },
	{ "Dbtf_modules", HEAD },
	{ "D__start_BTF", KERNEL_BTF },
	{ "D__stop_BTF", KERNEL_BTF + BTF_SIZE },
	{ "Tasm_exc_divide_error", 0xc100 },
	{ "tdivide_error", 0xc200 },
};

enum { NR = sizeof(entries) / sizeof(entries[0]) };

struct table {
	bool narrow;
	enum kallsyms_encoding encoding;
	bool based; /* the table has a relative base */
	const char *left_out; /* key that is missing in the note; may be NULL */
	uint32_t skipped; /* entries with these bits are left out of the table */
	uint32_t nr; /* the number that the table gives; 0: the true number */
	uint32_t values; /* address of the values; 0: VALUES */
	const char *more; /* more lines for the note; may be NULL */
};

static inline uint64_t start_of(const struct table *table)
{
	return table->narrow ? IMAGE_32 : IMAGE;
}

static inline uint32_t values_of(const struct table *table)
{
	return table->values ? table->values : VALUES;
}

static inline uint64_t value_of(const struct table *table, uint32_t nr, uint32_t at)
{
	uint64_t address = start_of(table) + at;
	uint64_t base = table->based ? start_of(table) + 0x1000 : 0;

	switch (table->encoding) {
	case KALLSYMS_RELATIVE: return address - base;
	case KALLSYMS_PERCPU: return base - 1 - address;
	case KALLSYMS_PLACE: return address - (start_of(table) + values_of(table) + 4 * nr);
	default: return address;
	}
}

/* Writes the names. Each token is one letter, except the first, which is empty. */
static inline void put_names(const struct table *table)
{
	unsigned int word = table->narrow ? 4 : 8;
	unsigned int size = table->encoding == KALLSYMS_ABSOLUTE ? word : 4;
	uint32_t at = NAMES, nr = 0;

	for (unsigned int i = 1; i < 256; i++) {
		put(TOKENS + 2 * i - 1, i, 2);
		put(INDEX + 2 * i, 2 * i - 1, 2);
	}
	for (unsigned int i = 0; i < NR; i++) {
		size_t length = strlen(entries[i].name);

		if (table->skipped >> i & 1)
			continue;
		put(at, length, 1);
		memcpy(image.bytes + MEMORY + at + 1, entries[i].name, length);
		at += 1 + (uint32_t)length;
		put(values_of(table) + size * nr, value_of(table, nr, entries[i].at), size);
		nr++;
	}
	put(COUNT, table->nr ? table->nr : nr, 4);
	put(BASE, start_of(table) + 0x1000, word);
	strcpy((char *)image.bytes + MEMORY + BANNER, version);
}

static inline void start(const struct table *table)
{
	const struct {
		const char *name;
		uint32_t at;
		bool there;
	} keys[] = {
		{ "kallsyms_num_syms", COUNT, true },
		{ "kallsyms_names", NAMES, true },
		{ "kallsyms_token_table", TOKENS, true },
		{ "kallsyms_token_index", INDEX, true },
		{ "kallsyms_addresses", values_of(table), table->encoding == KALLSYMS_ABSOLUTE },
		{ "kallsyms_offsets", values_of(table), table->encoding != KALLSYMS_ABSOLUTE },
		{ "kallsyms_relative_base", BASE, table->based },
	};
	char more[900] = "";

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (keys[i].there && (!table->left_out || strcmp(table->left_out, keys[i].name)))
			sprintf(more + strlen(more), "SYMBOL(%s)=%llx\n", keys[i].name,
				(unsigned long long)start_of(table) + keys[i].at);
	if (table->more)
		strcat(more, table->more);
	if (table->narrow)
		memory_start_32("6.1.0", more);
	else
		memory_start_64("6.1.0", more);
	put_names(table);
}

#define PLAIN                                                                                      \
	{                                                                                          \
		.encoding = KALLSYMS_PERCPU, .based = true                                         \
	}

static const struct table plain = PLAIN;
