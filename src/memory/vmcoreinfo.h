/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* VMCOREINFO: lines KEY=value that describe the kernel (kernel/vmcore_info.c, before
 * 6.9 kernel/crash_core.c). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct vmcoreinfo {
	struct bytes text; /* borrowed; not terminated */
	bool found; /* found in memory instead of the dump's notes */
	uint64_t paddr; /* physical address, if found in memory */
};

/* The value of a key ("OSRELEASE", "SYMBOL(_stext)") without the newline, borrowed from note.
 * False: the key is missing. */
bool vmcoreinfo_find(const struct vmcoreinfo *note, const char *key, struct bytes *value);

/* The value of SYMBOL(name), NUMBER(name), SIZE(name), OFFSET(page.flags) or
 * LENGTH(name). SYMBOL is hexadecimal; the others are decimal, maybe negative, or
 * hexadecimal with 0x. False if the key is missing or the value is not a number. */
bool vmcoreinfo_value(const struct vmcoreinfo *note, const char *kind, const char *name,
		      uint64_t *value);
bool vmcoreinfo_symbol(const struct vmcoreinfo *note, const char *name, uint64_t *value);
bool vmcoreinfo_number(const struct vmcoreinfo *note, const char *name, uint64_t *value);
/* The value of a key with a decimal number: PAGESIZE. */
bool vmcoreinfo_decimal(const struct vmcoreinfo *note, const char *key, uint64_t *value);
/* The value of a key with a hexadecimal number without 0x: KERNELOFFSET. */
bool vmcoreinfo_hex(const struct vmcoreinfo *note, const char *key, uint64_t *value);

/* The next SYMBOL(name) from offset *at on, which is 0 in the first call. Moves *at after it. */
enum { VMCOREINFO_NAME = 128 };
bool vmcoreinfo_next_symbol(const struct vmcoreinfo *note, size_t *at, char name[VMCOREINFO_NAME],
			    uint64_t *value);
