/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What types.c asks of a source of type information: to find a type by its
 * name and to describe one level of it. Names, paths, typedefs and anonymous
 * members are types.c's business. Ids are the source's own (a DIE's address,
 * a BTF type id) and 0 is no type. Files are not trusted: ids may form cycles.
 */
#pragma once

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

enum type_kind {
	TYPE_OTHER,     /* integers, pointers: a size and nothing within */
	TYPE_STRUCT,
	TYPE_UNION,
	TYPE_ENUM,
	TYPE_ALIAS,     /* typedef, const, volatile...: target is the type */
	TYPE_ARRAY,     /* count elements of target, all dimensions of one level */
};

struct type {
	enum type_kind kind;
	uint64_t size; /* bytes; nothing for aliases and arrays */
	uint64_t target;
	uint64_t count;
};

struct raw_member {
	const char *name; /* NULL or "" for an anonymous one */
	uint64_t type;
	uint64_t bit_offset; /* from the start of its struct */
	uint64_t bit_size;   /* 0: not a bit field */
};

typedef bool (*member_visitor)(const struct raw_member *member, void *arg);
typedef bool (*enumerator_visitor)(const char *name, int64_t value, void *arg);

struct types_backend {
	const char *name;
	/* NULL where the file has no such information. */
	void *(*open)(Elf *elf, Elf *supplement);
	/* The same from bytes that are no file; NULL where it cannot. */
	void *(*open_bytes)(struct bytes bytes);
	void (*close)(void *source);
	/* The first complete definition; TYPE_ALIAS asks for a name that needs
	 * no keyword: a typedef's or a base type's. */
	uint64_t (*find)(void *source, enum type_kind kind, const char *name);
	bool (*describe)(void *source, uint64_t id, struct type *type);
	/* Until visit returns false. Names live as long as the source. */
	void (*each_member)(void *source, uint64_t id, member_visitor visit,
			    void *arg);
	void (*each_enumerator)(void *source, uint64_t id,
				enumerator_visitor visit, void *arg);
};


extern const struct types_backend types_dwarf;
#ifdef HAVE_LIBBPF
extern const struct types_backend types_btf;
#endif
