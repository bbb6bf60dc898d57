/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* VMCOREINFO: lines KEY=value that describe the kernel (kernel/vmcore_info.c; before 6.9,
 * kernel/crash_core.c). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct vmcoreinfo {
	struct bytes text; /* borrowed; without a final NUL */
	bool found; /* the text was found in memory, and not in the dump's notes */
	uint64_t paddr; /* the physical address of the text, if found */
};

/* Finds the value of a key ("OSRELEASE", "SYMBOL(_stext)"), without the newline. The value is
 * borrowed from note. Returns false if there is no such key. */
bool vmcoreinfo_find(const struct vmcoreinfo *note, const char *key, struct bytes *value);

/* Finds the value of a key such as SYMBOL(name), NUMBER(name), SIZE(name), OFFSET(page.flags) or
 * LENGTH(name). kind is the word before the parenthesis. The value of SYMBOL is hexadecimal. The
 * others are decimal, and may be negative, or hexadecimal with 0x. Returns false if there is no
 * such key, or if the value is not a number. */
bool vmcoreinfo_value(const struct vmcoreinfo *note, const char *kind, const char *name,
		      uint64_t *value);
bool vmcoreinfo_symbol(const struct vmcoreinfo *note, const char *name, uint64_t *value);
bool vmcoreinfo_number(const struct vmcoreinfo *note, const char *name, uint64_t *value);
/* Finds the value of a key that has a decimal number, such as PAGESIZE. */
bool vmcoreinfo_decimal(const struct vmcoreinfo *note, const char *key, uint64_t *value);
/* Finds the value of a key that has a hexadecimal number without 0x, such as KERNELOFFSET. */
bool vmcoreinfo_hex(const struct vmcoreinfo *note, const char *key, uint64_t *value);

/* Finds the next SYMBOL(name) from offset *at on, and moves *at to the end of its line. *at must be
 * 0 in the first call. */
enum { VMCOREINFO_NAME = 128 };
bool vmcoreinfo_next_symbol(const struct vmcoreinfo *note, size_t *at, char name[VMCOREINFO_NAME],
			    uint64_t *value);
