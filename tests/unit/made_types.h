/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kernels whose types are BTF that the test makes, one kernel at a time. Without libbpf, there is
 * only the main() of skip_all.h. */
#pragma once

#ifdef HAVE_LIBBPF
#include <bpf/btf.h>
#endif

#include "kernel/kernel.h"
#include "linked.h"
#include "memory.h"
#include "skip_all.h"

#include "unit.h"

#ifdef HAVE_LIBBPF

static struct linked linked;
static struct btf *btf;
static bool without_types;

/* Starts a kernel that has no types yet. Call it after memory_start(). */
static inline void start_types(bool narrow)
{
	linked = (struct linked){ .narrow = narrow };
	linked_add(&linked, "_stext", narrow ? LINKED_BASE_32 : LINKED_BASE, 0);
	btf = btf__new_empty();
	assert_non_null(btf);
	btf__set_endianness(btf, BTF_LITTLE_ENDIAN);
	btf__set_pointer_size(btf, narrow ? 4 : 8);
	btf__add_int(btf, "char", 1, 0);
}

static inline void start_with(const char *release, const char *more)
{
	memory_start_64(release, more);
	start_types(false);
}

static inline void start_64(const char *release)
{
	start_with(release, "");
}

static inline void start_32(void)
{
	memory_start_32("6.1.0", "");
	start_types(true);
}

struct slot {
	const char *name;
	int value;
};

static inline void add_slots(const struct slot *slots)
{
	btf__add_enum(btf, "fixed_addresses", 4);
	for (; slots->name; slots++)
		btf__add_enum_value(btf, slots->name, slots->value);
}

/* A member of a struct, usually an array of char. */
struct part {
	const char *name;
	unsigned int size;
	int type; /* 0: an array of char */
};

static inline int add_struct(const char *name, const struct part *parts)
{
	unsigned int size = 0, at = 0;
	int types[32];

	for (size_t i = 0; parts[i].name; i++) {
		types[i] = parts[i].type ? parts[i].type : btf__add_array(btf, 1, 1, parts[i].size);
		size += parts[i].size;
	}
	btf__add_struct(btf, name, size);
	for (size_t i = 0; parts[i].name; i++) {
		btf__add_field(btf, parts[i].name, types[i], at * 8, 0);
		at += parts[i].size;
	}
	return (int)btf__type_cnt(btf) - 1;
}

static inline struct kernel *open_kernel(const char *override)
{
	struct kernel *kernel;

	if (!without_types)
		linked.btf = btf__raw_data(btf, &linked.btf_size);
	without_types = false;
	kernel = memory_open(linked_open(&linked), override);
	btf__free(btf);
	return kernel;
}

#endif
