/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Sizes of C types, member offsets, array lengths and enumerators, from BTF or, without BTF, from
 * DWARF (libdw). DWARF is read only up to the definition of the requested type, and each
 * compilation unit only once. */
#pragma once

#include <libelf.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/listener.h"

struct types; /* defined in types.c */

/* Borrows elf, which must outlive the types, and decompresses its debug sections in place. If elf
 * is NULL, there are no types. Returns NULL only if there is not enough memory. */
struct types *types_open(Elf *elf);
/* Sets the supplementary file of dwz, which is also borrowed. Call this function before the first
 * look-up. DWARF that needs a supplementary file is not read without it. */
void types_supplement(struct types *types, Elf *supplement);
/* Opens raw BTF, which must outlive the types. */
struct types *types_open_btf(struct bytes btf);
/* Opens the BTF of a module, which continues the BTF of its kernel. base is the BTF of the kernel
 * and must outlive the result. Look-ups also find the types of base. Returns NULL also if base has
 * no BTF or is itself the BTF of a module. */
struct types *types_open_split_btf(struct bytes btf, struct types *base);
void types_close(struct types *types); /* NULL is fine */

/* Sets the listener, which is borrowed. Searches ask it whether to stop. A search that is stopped
 * finds nothing, and does not record the type as missing. */
void types_listen(struct types *types, const struct listener *listener);

/* Forgets which types are missing, so that they are searched again. */
void types_forget(struct types *types);

/* Returns "DWARF" or "BTF", or NULL if there are no types. */
const char *types_source(struct types *types);

/* A member. For a bit field, offset and size are of the bytes that contain its bits. */
struct type_member {
	uint64_t offset; /* in bytes, from the start of the outermost struct */
	uint64_t size; /* size in bytes of the member, or of an element of an array */
	/* The number of elements of an array over all dimensions, 0 for a flexible array, 1 for
	 * other members. */
	uint64_t count;
};

/* Sets *size to the size in bytes of a type: "struct page", "union x", "pgd_t" (a typedef) or "enum
 * zone_type". Returns false if the type is missing or incomplete. */
bool types_size(struct types *types, const char *type, uint64_t *size);

/* Finds a member of a type. member is a name ("flags") or a path ("a.b.c"). Members of anonymous
 * structs and unions are found as in C. If a component of the path is an array, the next component
 * is a member of its elements. In "a->b", b is a member of the struct that a points to, and its
 * offset is relative to this struct. So "a->b" also selects one of several structs with the same
 * name. */
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
	enum variable_kind kind; /* kind of the variable, or of an element of an array */
	bool is_array;
	/* size: bytes of an element; count: number of elements over all dimensions, or 1. */
	uint64_t size, count;
	uint64_t row; /* number of elements of the last dimension; 0: an array without a length */
	char text[160]; /* the type in C syntax */
	const struct types_backend *backend; /* backend that describes the type */
	void *source;
	uint64_t id; /* the type of the variable, or of an element of an array */
};

/* Finds the type of a variable. address (at link time) and size select one of several variables
 * with this name; 0: unknown. Returns false if there is no such variable. BTF has no addresses, so
 * a variable in BTF must have the right size. */
bool types_variable(struct types *types, const char *name, uint64_t address, uint64_t size,
		    struct variable_type *found);
/* Returns the name of an enumerator with this value, or NULL. The name is valid until
 * types_close(). */
const char *types_enumerator_of(const struct variable_type *type, uint64_t value);

/* Finds the value of an enumerator of an enum with a name: ("pageflags", "PG_locked") or ("enum
 * pageflags", "PG_locked"). */
bool types_enumerator(struct types *types, const char *enumeration, const char *name,
		      int64_t *value);

/* Calls visit for each enumerator in the order of declaration, until visit returns false. Returns
 * false if there is no such enum. name is valid until types_close(). */
bool types_each_enumerator(struct types *types, const char *enumeration,
			   bool (*visit)(const char *name, int64_t value, void *arg), void *arg);
