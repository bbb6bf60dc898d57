/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames of a kernel whose types are BTF that is made here, with the offsets given here. */
#pragma once

#include "made_types.h"

#ifdef HAVE_LIBBPF

enum { PAGES = 0x9000, NODE = 0x6000 };

static inline void start(const char *release, const char *more)
{
	start_with(release, more);
	put(0x5000, IMAGE + PAGES, 8);
}

struct enumerator {
	const char *name;
	int64_t value;
};

static inline void add_enum(const char *name, const struct enumerator *values)
{
	btf__add_enum(btf, name, 4);
	for (; values->name; values++)
		btf__add_enum_value(btf, values->name, values->value);
}

static inline uint64_t page_at(uint64_t pfn)
{
	return PAGES + 64 * pfn;
}

#define FLAT                                                                                       \
	"SIZE(page)=64\nSYMBOL(mem_map)=ffffffff80005000\n"                                        \
	"OFFSET(page.flags)=0\nOFFSET(page.compound_head)=8\n"                                     \
	"OFFSET(page.mapping)=24\nNUMBER(PG_head_mask)=65536\n"

#endif
