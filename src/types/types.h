/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Sizes, member offsets and array lengths of C types, and enumerators, from DWARF (libdw) or,
 * without DWARF, from the section .BTF. DWARF is read only up to the definition of the requested
 * type, and each compilation unit only once. */
#pragma once

#include <libelf.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/listener.h"

struct types; /* defined in types.c */

/* Borrows elf, which must outlive the types; decompresses its debug sections in place.
 * NULL: no types. Returns NULL only if out of memory. */
struct types *types_open(Elf *elf);
/* Sets the supplementary file of dwz, also borrowed, before the first look-up. DWARF that needs a
 * supplement is not read without it. */
void types_supplement(struct types *types, Elf *supplement);
/* Opens raw BTF, which must outlive the types. */
struct types *types_open_btf(struct bytes btf);
/* Opens the BTF of a module, which continues the BTF of its kernel: base, which has BTF and must
 * outlive these types. Types of base are found, too. NULL also if base has no BTF. */
struct types *types_open_split_btf(struct bytes btf, struct types *base);
void types_close(struct types *types); /* NULL is fine */

/* Searches ask the listener, which is borrowed, whether to stop. A stopped search finds nothing,
 * and does not record types as missing. */
void types_listen(struct types *types, const struct listener *listener);

/* Forgets which types were not found, so that they are searched again. */
void types_forget(struct types *types);

/* "DWARF" or "BTF"; NULL: neither. */
const char *types_source(struct types *types);

/* A member. For a bit field, the bytes that contain its bits. */
struct type_member {
	uint64_t offset; /* bytes from the start of the outermost struct */
	uint64_t size; /* bytes of the member; 0: a flexible array */
	/* Number of elements of an array (over all dimensions; 0 for a flexible array); 1 for other
	 * members. */
	uint64_t count;
};

/* Size in bytes of "struct page", "union x", "pgd_t" (a typedef) or "enum zone_type". False: the
 * type is missing or incomplete. */
bool types_size(struct types *types, const char *type, uint64_t *size);

/* member: "flags", or a path "a.b.c". Members of anonymous structs and unions are
 * found as in C. In a path an array stands for its first element; "a->b" is a member of the struct
 * that a points to, with its place in that struct: of several structs of one name this chooses. */
bool types_member(struct types *types, const char *type, const char *member,
		  struct type_member *found);

enum variable_kind {
	VARIABLE_UNSIGNED,
	VARIABLE_SIGNED,
	VARIABLE_BOOL,
	VARIABLE_CHAR, /* a character of a string */
	VARIABLE_POINTER,
	VARIABLE_ENUM,
	VARIABLE_STRUCT, /* a struct or union */
	VARIABLE_OTHER,
};

struct variable_type {
	enum variable_kind kind; /* kind of an element */
	bool is_array;
	/* size: bytes of an element; count: elements over all dimensions, or 1. */
	uint64_t size, count;
	uint64_t row; /* elements of the last dimension; 0: an array without a length */
	char text[160]; /* the type in C syntax */
	const struct types_backend *backend; /* backend that describes the type */
	void *source;
	uint64_t id; /* id of the type of an element */
};

/* The type of a variable, with its link-time address and size; 0: any. False: no such variable; or
 * in BTF, which has no addresses, a variable of another size. */
bool types_variable(struct types *types, const char *name, uint64_t address, uint64_t size,
		    struct variable_type *found);
/* The name of an enumerator with this value; NULL: none. Valid until types_close(). */
const char *types_enumerator_of(const struct variable_type *type, uint64_t value);

/* Value of an enumerator of a named enum: ("pageflags", "PG_locked"), or ("enum
 * pageflags", "PG_locked"). */
bool types_enumerator(struct types *types, const char *enumeration, const char *name,
		      int64_t *value);

/* Calls visit for each enumerator in the order of declaration, until visit returns false. False:
 * there is no such enum. name is valid until types_close(). */
bool types_each_enumerator(struct types *types, const char *enumeration,
			   bool (*visit)(const char *name, int64_t value, void *arg), void *arg);
