/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The types of C as a person and an expression need them: kind, size, members, elements, target and
 * text, from BTF or DWARF. Code that reads one member of one struct uses the members of
 * kernel/member.h, which are faster. A struct ctype is copied freely, and is valid until
 * types_close(). Files may be hostile, so chains and nesting are cut. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct types;
struct types_backend;

struct ctype {
	const struct types_backend *backend; /* NULL: an integer of C (ctype_integer), or void */
	void *source;
	uint64_t id; /* 0: void */
	uint8_t pointers; /* how many '*' follow the type with this id */
	uint8_t dimension; /* how many dimensions of the array `id` were entered; 0 for other types */
	uint8_t word; /* the size of a pointer in bytes, 4 or 8 */
	bool signed_char; /* char is signed, although the source may not say so */
};

enum ctype_kind {
	CTYPE_VOID,
	CTYPE_UNSIGNED,
	CTYPE_SIGNED,
	CTYPE_BOOL,
	CTYPE_FLOAT,
	CTYPE_POINTER,
	CTYPE_ENUM,
	CTYPE_ARRAY,
	CTYPE_STRUCT,
	CTYPE_UNION,
	CTYPE_FUNCTION,
	/* A struct, union or enum that is only declared in this source, or a damaged type. */
	CTYPE_UNKNOWN,
};

struct ctype_facts {
	enum ctype_kind kind;
	/* In bytes; of an array: of all elements. 0: void, a function, unknown, or an empty type. */
	uint64_t size;
	/* A pointer: what it points to. An array: its elements, which are arrays if there is another
	 * dimension. Else void. */
	struct ctype target;
	uint64_t count; /* an array: the number of elements; 0: a flexible array, or [0] */
	bool is_signed; /* CTYPE_SIGNED, and enums with negative values */
	bool is_char; /* an integer whose name is char, after typedefs other than u8, s8 and the like */
	/* The name behind all typedefs, such as "page" or "long unsigned int". "": none. Valid until
	 * types_close(). From a hostile file: may contain any bytes. */
	const char *name;
};

/* Finds a type by its text: "struct page", "union x", "enum y", a typedef, an integer in any of C's
 * forms ("unsigned long", "long unsigned int", "u8"), and any number of '*' after it. A single word
 * is a typedef or integer, or else a struct, union or enum of this name. Returns false if no type
 * has this name. */
bool ctype_find(struct types *types, const char *text, struct ctype *type);
enum { MOST_DEFINITIONS = 8 };
/* Definitions of one name that differ in size, members or enumerators. shape: a hash of these. */
struct ctype_definitions {
	struct ctype type[MOST_DEFINITIONS];
	uint64_t shape[MOST_DEFINITIONS];
	size_t nr;
};
/* Begins with the definition `first`. */
void ctype_definitions_begin(struct ctype_definitions *found, const struct ctype *first);
/* Adds what the types define under the name of the first, if it is a struct, union or enum. Equal
 * definitions, and those that do not fit, are left out. */
void ctype_definitions_add(struct ctype_definitions *found, struct types *types);
/* Calls visit for each type with a name, until visit returns false. keyword: "struct ", "union ", "enum ",
 * or "" for a typedef or integer. If these are the types of a module, the types of its kernel are left
 * out. The names are valid until types_close(). */
void ctype_each(struct types *types,
		bool (*visit)(const char *keyword, const char *name, void *arg), void *arg);
/* An integer of C that needs no source. size: 1, 2, 4 or 8. */
struct ctype ctype_integer(unsigned int size, bool is_signed, unsigned int word);
/* Finds the type of a variable. If several variables have this name, the link-time address and the
 * size select one of them. Both may be 0 (unknown). BTF contains no addresses, so a variable in BTF
 * must have this size. Returns false if there is no such variable. */
bool ctype_of_variable(struct types *types, const char *name, uint64_t address, uint64_t size,
		       struct ctype *type);
/* The type whose DIE is at this offset of .debug_info. Fails if there is no DWARF. */
bool ctype_of_die(struct types *types, uint64_t offset, struct ctype *type);
struct ctype ctype_pointer_to(struct ctype type);

/* Describes a type without its typedefs and qualifiers. A declaration is completed by the definition
 * with its name in the same source. Never fails: what cannot be described is CTYPE_UNKNOWN. */
struct ctype_facts ctype_describe(const struct ctype *type);

struct ctype_member {
	const char *name; /* "": an anonymous struct or union, or padding. May contain any bytes. */
	struct ctype type;
	uint64_t bit_offset; /* in the struct whose members are visited */
	uint64_t bit_size; /* 0: not a bit field */
};

/* Calls visit for each member of a struct or union, in order, until visit returns false. Members of
 * anonymous structs are not visited: their struct is. Returns false if visit did, or if this is no
 * complete struct or union. */
bool ctype_each_member(const struct ctype *type,
		       bool (*visit)(const struct ctype_member *member, void *arg), void *arg);
/* Calls visit for the name of each member, also of anonymous structs and unions, until visit returns
 * false. The number of members and the nesting are limited. */
void ctype_each_name(const struct ctype *type, bool (*visit)(const char *name, void *arg),
		     void *arg);
/* Finds a member by its name, in anonymous structs and unions, too. bit_offset is in `type`. The name
 * has `length` bytes. */
bool ctype_member(const struct ctype *type, const char *name, size_t length,
		  struct ctype_member *member);
/* Finds a member by its path of `length` bytes, such as "se.run_node" or "pid_links[1].next".
 * bit_offset is in `type`, and the member's name is not set. Fails for an index outside of its array,
 * unless the array is flexible, and for pointers, because these need values. */
bool ctype_path(const struct ctype *type, const char *path, size_t length,
		struct ctype_member *member);
/* Calls visit for each enumerator of an enum, until visit returns false. */
void ctype_each_enumerator(const struct ctype *type,
			   bool (*visit)(const char *name, int64_t value, void *arg), void *arg);
/* Returns the name of the first enumerator with this value, or of the last one, or NULL. */
const char *ctype_enumerator_of(const struct ctype *type, uint64_t value, bool last);
/* Finds an enumerator by its name in all enums. Returns 0 if none has it, and 2 if two give it different
 * values. In DWARF, only the first is found. */
unsigned int ctype_find_enumerator(struct types *types, const char *name, struct ctype type[2],
				   int64_t value[2]);

/* Writes a declaration in C, such as "char comm[16]" or "void (*func)(struct rcu_head *)". If name is
 * "", writes the type alone: "char [16]". The text is cut to size, and non-printable bytes become
 * '?'. */
void ctype_declare(const struct ctype *type, const char *name, char *text, size_t size);
/* "BTF", "DWARF", or "" for an integer of C. */
const char *ctype_source(const struct ctype *type);
