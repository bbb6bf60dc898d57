/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* VMCOREINFO, the note in which the kernel describes itself with lines KEY=value
 * (kernel/vmcore_info.c; before 6.9, kernel/crash_core.c). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct vmcoreinfo {
	struct bytes text; /* borrowed; without a final NUL */
	bool found; /* true if the text was found in memory, false if it is from the dump's notes */
	uint64_t paddr; /* the physical address of the text, if found */
};

/* Finds the value of a key, such as "OSRELEASE" or "SYMBOL(_stext)". *value is borrowed from the
 * note, and has no newline. Returns false if there is no such key. */
bool vmcoreinfo_find(const struct vmcoreinfo *note, const char *key, struct bytes *value);

/* Finds the value of a key such as SYMBOL(name), NUMBER(name), SIZE(name), OFFSET(page.flags) or
 * LENGTH(name). `kind` is the word before the parenthesis, and `name` is the text in the
 * parentheses. The value of a SYMBOL is hexadecimal. The other values are decimal, and may be
 * negative, or are hexadecimal with 0x. Returns false if there is no such key, or if the value is
 * not a number. */
bool vmcoreinfo_value(const struct vmcoreinfo *note, const char *kind, const char *name,
		      uint64_t *value);
bool vmcoreinfo_symbol(const struct vmcoreinfo *note, const char *name, uint64_t *value);
bool vmcoreinfo_number(const struct vmcoreinfo *note, const char *name, uint64_t *value);
/* Finds the value of a key whose value is a decimal number, such as PAGESIZE. */
bool vmcoreinfo_decimal(const struct vmcoreinfo *note, const char *key, uint64_t *value);
/* Finds the value of a key whose value is a hexadecimal number without 0x, such as KERNELOFFSET. */
bool vmcoreinfo_hex(const struct vmcoreinfo *note, const char *key, uint64_t *value);

/* Enumerates the symbols: finds the next SYMBOL(name) at or after offset *at, and moves *at to the
 * end of its line. *at must be 0 in the first call. Returns false if there are no more symbols. */
enum { VMCOREINFO_NAME = 128 };
bool vmcoreinfo_next_symbol(const struct vmcoreinfo *note, size_t *at, char name[VMCOREINFO_NAME],
			    uint64_t *value);
