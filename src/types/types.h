/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Sizes, member offsets and array lengths of C types, and enumerators, from DWARF
 * (libdw) or, without DWARF, from the section .BTF. DWARF is read up to the
 * definition of the type asked for, and each compilation unit only once. */
#pragma once

#include <libelf.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/listener.h"

struct types; /* opaque */

/* Borrows elf, which must outlive the types; decompresses its debug sections in place.
 * NULL: no types. Returns NULL only if out of memory. */
struct types *types_open(Elf *elf);
/* Sets the supplementary file of dwz, also borrowed, before the first question. DWARF
 * that needs one is not read without it. */
void types_supplement(struct types *types, Elf *supplement);
/* The same from raw BTF, which must outlive the types. */
struct types *types_open_btf(struct bytes btf);
/* The same for a module, whose BTF continues the BTF of its kernel: base, which has BTF and
 * must outlive these types. Types of base are found too. NULL also if base has no BTF. */
struct types *types_open_split_btf(struct bytes btf, struct types *base);
void types_close(struct types *types); /* NULL is fine */

/* Searches ask the listener, which is borrowed, whether to stop. Nothing more is found
 * then, nor remembered as missing. */
void types_listen(struct types *types, const struct listener *listener);

/* Has types that were not found searched for once more. */
void types_forget(struct types *types);

/* "DWARF", "BTF", or NULL if there is neither. */
const char *types_source(struct types *types);

/* A bit field is described by the bytes that contain its bits. */
struct type_member {
	uint64_t offset; /* bytes from the start of the outermost struct */
	uint64_t size; /* bytes of the member; 0 for a flexible array */
	/* Elements of an array (of all dimensions; 0 for a flexible one), 1 for
	 * any other member. */
	uint64_t count;
};

/* Size in bytes of "struct page", "union x", "pgd_t" (a typedef) or "enum
 * zone_type"; false if the type is missing or incomplete. */
bool types_size(struct types *types, const char *type, uint64_t *size);

/* member: "flags", or a path "a.b.c". Members of anonymous structs and unions are
 * found as in C. In a path an array stands for its first element. */
bool types_member(struct types *types, const char *type, const char *member,
		  struct type_member *found);

enum variable_kind {
	VARIABLE_UNSIGNED,
	VARIABLE_SIGNED,
	VARIABLE_BOOL,
	VARIABLE_CHAR, /* of a string */
	VARIABLE_POINTER,
	VARIABLE_ENUM,
	VARIABLE_STRUCT, /* or a union */
	VARIABLE_OTHER,
};

struct variable_type {
	enum variable_kind kind; /* of an element */
	bool is_array;
	uint64_t size, count; /* bytes of an element, and elements of all dimensions, or 1 */
	uint64_t row; /* elements of the last dimension; 0: of an array without a length */
	char text[160]; /* in C */
	const struct types_backend *backend; /* who describes the type */
	void *source;
	uint64_t id; /* of an element */
};

/* The type of a variable, which is linked at this address. False: there is none, or BTF, which
 * knows no addresses, has one of another size than this; 0: any. */
bool types_variable(struct types *types, const char *name, uint64_t address, uint64_t size,
		    struct variable_type *found);
/* The name of a value; NULL: it has none. Valid until types_close(). */
const char *types_enumerator_of(const struct variable_type *type, uint64_t value);

/* Value of an enumerator of a named enum: ("pageflags", "PG_locked"), or ("enum
 * pageflags", "PG_locked"). */
bool types_enumerator(struct types *types, const char *enumeration, const char *name,
		      int64_t *value);

/* Calls visit for each enumerator in the order of declaration, until it returns
 * false. Returns false if there is no such enum. name is valid until
 * types_close(). */
bool types_each_enumerator(struct types *types, const char *enumeration,
			   bool (*visit)(const char *name, int64_t value, void *arg), void *arg);
