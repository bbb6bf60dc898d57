/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The interface of a source of types (BTF or DWARF), which types.c uses. A source finds types by
 * name, and describes types one level at a time. A type is identified by an id: the address of a
 * DIE, or a BTF type id. No type has the id 0. Files may be hostile, so the references between
 * types may form cycles. */
#pragma once

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/listener.h"
#include "types/types.h"

enum type_kind {
	TYPE_OTHER, /* integers, and other types that have only a size */
	TYPE_STRUCT,
	TYPE_UNION,
	TYPE_ENUM,
	TYPE_ALIAS, /* typedef, const, volatile and others: a different name for `target` */
	TYPE_ARRAY, /* an array of `count` elements of type `target` */
	TYPE_POINTER, /* to `target`; if it is 0, to void */
	TYPE_FUNCTION, /* returns `target`; its members are its parameters */
	TYPE_DECLARED, /* a struct, union or enum without its definition: see `declared` */
	TYPE_ANY, /* only for find(): any type that has a name */
};

enum { MOST_DIMENSIONS = 8 };

struct type {
	enum type_kind kind;
	uint64_t size; /* in bytes; only of structs, unions, enums, pointers and TYPE_OTHER */
	uint64_t target;
	uint64_t count; /* TYPE_ARRAY: the number of elements over all dimensions */
	/* TYPE_ARRAY: the length of each dimension. Those after MOST_DIMENSIONS are multiplied into
	 * the last. */
	uint64_t dim[MOST_DIMENSIONS];
	unsigned int nr_dims;
	enum type_kind declared; /* TYPE_DECLARED: the kind of the definition */
};

/* How to write a type in C, and how its values are encoded. */
enum label_kind {
	LABEL_NAME, /* a type with a name; the name is "" for a struct without a name */
	LABEL_CONST, /* the target of this TYPE_ALIAS is const */
	LABEL_VOLATILE,
	LABEL_ATOMIC,
	LABEL_NONE, /* the type is not visible in C syntax, or is no name */
};

enum type_coding { CODED_UNSIGNED, CODED_SIGNED, CODED_BOOL, CODED_FLOAT, CODED_OTHER };

struct type_label {
	enum label_kind kind;
	enum type_coding coding; /* of an integer, float or enum: how its values are encoded */
	const char *keyword; /* what precedes the name, such as "struct " */
	const char *name; /* NULL or "": none */
};

struct raw_member {
	/* NULL or "" if the member is anonymous. "..." with the type 0 is the end of the parameters
	 * of a function that takes more. */
	const char *name;
	uint64_t type;
	uint64_t bit_offset; /* the offset in the struct that directly contains the member */
	uint64_t bit_size; /* 0 if the member is not a bit field */
};

typedef bool (*member_visitor)(const struct raw_member *member, void *arg);
typedef bool (*enumerator_visitor)(const char *name, int64_t value, void *arg);
/* keyword: "struct ", "union ", "enum ", or "" for a typedef or integer */
typedef bool (*type_visitor)(const char *keyword, const char *name, void *arg);
typedef bool (*id_visitor)(uint64_t id, void *arg);

struct types_backend {
	const char *name;
	void (*close)(void *source);
	/* Finds the first complete definition of a type. For TYPE_ALIAS, finds a typedef or a base
	 * type. For TYPE_ANY, several kinds may have this name; then the first that was read is
	 * found, in DWARF or a typedef. Returns 0 if there is none. */
	uint64_t (*find)(void *source, enum type_kind kind, const char *name);
	bool (*describe)(void *source, uint64_t id, struct type *type);
	/* Calls visit for each definition of a struct, union or enum, equal or not, until visit returns
	 * false. For the BTF of a module, the definitions of its kernel are left out. Of DWARF, only
	 * the first MOST_UNITS units that refer to the name are read, and none if more than
	 * MOST_PATTERNS strings end with it. */
	void (*each_definition)(void *source, enum type_kind kind, const char *name,
				id_visitor visit, void *arg);
	/* Calls visit for each type that find() can find, until visit returns false. Of the BTF of a
	 * module, the types of its kernel are left out. The names are valid until close(). */
	void (*each_type)(void *source, type_visitor visit, void *arg);
	/* Finds the type of a variable by its name and its link-time address, which may be 0
	 * (unknown). Returns 0 if there is no such variable. */
	uint64_t (*find_variable)(void *source, const char *name, uint64_t address);
	/* Returns false if there is no such type. */
	bool (*label)(void *source, uint64_t id, struct type_label *label);
	/* Calls visit for each member of a struct or union, or parameter of a function, until visit
	 * returns false. The names are valid until close(). */
	void (*each_member)(void *source, uint64_t id, member_visitor visit, void *arg);
	void (*each_enumerator)(void *source, uint64_t id, enumerator_visitor visit, void *arg);
	/* Calls visit with the id of each enum that may have this enumerator, until visit returns
	 * false. */
	void (*each_enum)(void *source, const char *enumerator, id_visitor visit, void *arg);
	/* Returns the number of the unknown kind at which reading of the types had to end, or 0.
	 * NULL: there are no such kinds. */
	unsigned int (*unknown_kind)(void *source);
	/* Returns the size of a pointer in bytes, or 0 if it is unknown. */
	unsigned int (*pointer_size)(void *source);
};

/* Opens DWARF. Returns NULL if the files contain no DWARF, or if the listener stopped the work. All
 * arguments are borrowed. *listener may change while the DWARF is open. */
void *types_dwarf_open(Elf *elf, Elf *supplement, const struct listener *const *listener);
/* Opens BTF. For the BTF of a module, base is the result of this function for the BTF of the
 * kernel, which `bytes` continues. For other BTF, base is NULL. */
void *types_btf_open(struct bytes bytes, void *base, const struct listener *const *listener);

/* --- what ctype.c uses of types.c --- */

/* Returns the backend and the source of types, or NULL if there are no types. */
const struct types_backend *types_backend_of(struct types *types, void **source);
/* Splits "struct page" into TYPE_STRUCT and "page". Without a keyword, *kind gets `otherwise`. */
const char *types_split_name(const char *type, enum type_kind *kind, enum type_kind otherwise);
/* Follows typedefs and qualifiers from *id. *id and *type get the type at the end. If that is void,
 * *id is 0 and the result false. */
bool types_resolve(const struct types_backend *backend, void *source, uint64_t *id,
		   struct type *type);
/* If *id is an array, sets *id to the type of its elements and *count to the number of elements over
 * all dimensions. If *id is not an array, it stays the same, and *count is 1. Returns false if the
 * size of an element is unknown. */
bool types_enter_arrays(const struct types_backend *backend, void *source, uint64_t *id,
			struct type *type, uint64_t *count);
/* Finds a member of the struct or union id, in its anonymous members, too. found->bit_offset is the
 * offset in id. */
bool types_search_member(const struct types_backend *backend, void *source, uint64_t id,
			 const char *name, size_t length, struct raw_member *found);
/* Finds a variable: see ctype_of_variable(). Returns the id of its type in *backend and *source, or 0. */
uint64_t types_find_variable(struct types *types, const char *name, uint64_t address, uint64_t size,
			     const struct types_backend **backend, void **source);

/* Returns the id of the type whose DIE is at this offset of .debug_info, or 0. *source: of types_dwarf. */
uint64_t types_dwarf_type(struct types *types, uint64_t offset, void **source);
uint64_t types_dwarf_at(void *source, uint64_t offset);

extern const struct types_backend types_dwarf;
extern const struct types_backend types_btf;
