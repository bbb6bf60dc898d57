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
	TYPE_OTHER, /* integers, pointers, and other types that have only a size */
	TYPE_STRUCT,
	TYPE_UNION,
	TYPE_ENUM,
	TYPE_ALIAS, /* typedef, const, volatile and others: a different name for `target` */
	TYPE_ARRAY, /* an array of `count` elements of type `target` */
};

struct type {
	enum type_kind kind;
	uint64_t size; /* in bytes; not set for TYPE_ALIAS and TYPE_ARRAY */
	uint64_t target;
	uint64_t count;
	uint64_t row; /* TYPE_ARRAY: the number of elements of the last dimension */
};

/* How to write a type in C, and how its values are encoded. */
enum label_kind {
	LABEL_NAME, /* a type with a name; the name is "" for a struct without a name */
	LABEL_POINTER, /* a pointer to `target`; if `target` is 0, to void */
	LABEL_FUNCTION,
	LABEL_CONST, /* a const `target`; LABEL_VOLATILE is similar */
	LABEL_VOLATILE,
	LABEL_NONE, /* the type is not visible in C syntax */
};

enum type_coding { CODED_UNSIGNED, CODED_SIGNED, CODED_BOOL, CODED_OTHER };

struct type_label {
	enum label_kind kind;
	enum type_coding coding; /* LABEL_NAME: how its values are encoded */
	const char *keyword; /* what precedes the name, such as "struct " */
	const char *name;
	uint64_t target;
};

struct raw_member {
	const char *name; /* NULL or "" if the member is anonymous */
	uint64_t type;
	uint64_t bit_offset; /* the offset in the struct that directly contains the member */
	uint64_t bit_size; /* 0 if the member is not a bit field */
};

typedef bool (*member_visitor)(const struct raw_member *member, void *arg);
typedef bool (*enumerator_visitor)(const char *name, int64_t value, void *arg);

struct types_backend {
	const char *name;
	void (*close)(void *source);
	/* Finds the first complete definition of a type. For TYPE_ALIAS, finds a typedef or a base
	 * type. Returns 0 if there is none. */
	uint64_t (*find)(void *source, enum type_kind kind, const char *name);
	bool (*describe)(void *source, uint64_t id, struct type *type);
	/* Finds the type of a variable by its name and its link-time address, which may be 0
	 * (unknown). Returns 0 if there is no such variable. */
	uint64_t (*find_variable)(void *source, const char *name, uint64_t address);
	/* Describes a type that is not an array. Returns false if there is no such type. */
	bool (*label)(void *source, uint64_t id, struct type_label *label);
	/* Calls visit for each member, until visit returns false. The names are valid until
	 * close(). */
	void (*each_member)(void *source, uint64_t id, member_visitor visit, void *arg);
	void (*each_enumerator)(void *source, uint64_t id, enumerator_visitor visit, void *arg);
	/* Returns the number of the unknown kind at which reading of the types had to end, or 0.
	 * NULL: there are no such kinds. */
	unsigned int (*unknown_kind)(void *source);
};

/* Opens DWARF. Returns NULL if the files contain no DWARF, or if the listener stopped the work. All
 * arguments are borrowed. *listener may change while the DWARF is open. */
void *types_dwarf_open(Elf *elf, Elf *supplement, const struct listener *const *listener);
/* Opens BTF. For the BTF of a module, base is the result of this function for the BTF of the
 * kernel, which `bytes` continues. For other BTF, base is NULL. */
void *types_btf_open(struct bytes bytes, void *base, const struct listener *const *listener);

/* Writes a type in C syntax, such as "const char *" or "u64 [4]". An array of several dimensions is
 * shown with one dimension. */
enum { TYPE_TEXT = 160 };

extern const struct types_backend types_dwarf;
extern const struct types_backend types_btf;
