/* SPDX-License-Identifier: GPL-3.0-or-later */
/* VMCOREINFO: lines KEY=value that the kernel wrote about itself
 * (kernel/vmcore_info.c, before 6.9 kernel/crash_core.c). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct vmcoreinfo {
	struct bytes text; /* not terminated; borrowed */
};

/* Value of a whole key ("OSRELEASE", "SYMBOL(_stext)") without the newline. */
bool vmcoreinfo_find(const struct vmcoreinfo *note, const char *key,
		     struct bytes *value);

/* KIND(name): SYMBOL is hexadecimal, the others decimal, maybe negative, or
 * hexadecimal with 0x. False where it is missing or not a number. */
bool vmcoreinfo_symbol(const struct vmcoreinfo *note, const char *name,
		       uint64_t *value);
bool vmcoreinfo_number(const struct vmcoreinfo *note, const char *name,
		       uint64_t *value);
bool vmcoreinfo_size(const struct vmcoreinfo *note, const char *name,
		     uint64_t *value);
bool vmcoreinfo_offset(const struct vmcoreinfo *note, const char *name,
		       uint64_t *value); /* "page.flags" */
bool vmcoreinfo_length(const struct vmcoreinfo *note, const char *name,
		       uint64_t *value);
/* A plain key whose value is hexadecimal without 0x: KERNELOFFSET. */
bool vmcoreinfo_hex(const struct vmcoreinfo *note, const char *key,
		    uint64_t *value);

/* The next SYMBOL(name) behind *at, which is 0 first. */
enum { VMCOREINFO_NAME = 128 };
bool vmcoreinfo_next_symbol(const struct vmcoreinfo *note, size_t *at,
			    char name[VMCOREINFO_NAME], uint64_t *value);
