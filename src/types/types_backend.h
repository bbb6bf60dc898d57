/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A source of types for types.c: finds a type by name, and describes one level of a type. An id is
 * the address of a DIE or a BTF type id, and 0 is not a type. Files are not trusted: the references
 * between types may form cycles. */
#pragma once

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/listener.h"

enum type_kind {
	TYPE_OTHER, /* integers, pointers and other types of which only the size is known */
	TYPE_STRUCT,
	TYPE_UNION,
	TYPE_ENUM,
	TYPE_ALIAS, /* typedef, const, volatile...: another name for target */
	TYPE_ARRAY, /* array of count elements of type target */
};

struct type {
	enum type_kind kind;
	uint64_t size; /* in bytes; not set for TYPE_ALIAS and TYPE_ARRAY */
	uint64_t target;
	uint64_t count;
	uint64_t row; /* TYPE_ARRAY: number of elements of the last dimension */
};

/* How a type is written in C, and how its values are encoded. */
enum label_kind {
	LABEL_NAME, /* the name of the type; "" for a struct without a name */
	LABEL_POINTER, /* pointer to target; to void if target is 0 */
	LABEL_FUNCTION,
	LABEL_CONST, /* a qualifier of target, as is LABEL_VOLATILE */
	LABEL_VOLATILE,
	LABEL_NONE, /* not shown in C syntax */
};

enum type_coding { CODED_UNSIGNED, CODED_SIGNED, CODED_BOOL, CODED_OTHER };

struct type_label {
	enum label_kind kind;
	enum type_coding coding; /* LABEL_NAME: encoding of the values */
	const char *keyword; /* such as "struct " */
	const char *name;
	uint64_t target;
};

struct raw_member {
	const char *name; /* NULL or "": anonymous */
	uint64_t type;
	uint64_t bit_offset; /* offset from the start of the struct that declares the member */
	uint64_t bit_size; /* 0: not a bit field */
};

typedef bool (*member_visitor)(const struct raw_member *member, void *arg);
typedef bool (*enumerator_visitor)(const char *name, int64_t value, void *arg);

struct types_backend {
	const char *name;
	void (*close)(void *source);
	/* Finds the first complete definition. TYPE_ALIAS means a typedef or a base type. */
	uint64_t (*find)(void *source, enum type_kind kind, const char *name);
	bool (*describe)(void *source, uint64_t id, struct type *type);
	/* Finds the type of the variable at this link-time address. address may be 0 (unknown). */
	uint64_t (*find_variable)(void *source, const char *name, uint64_t address);
	/* Describes any type except an array. */
	bool (*label)(void *source, uint64_t id, struct type_label *label);
	/* Calls visit for each member, until visit returns false. Names are valid until close(). */
	void (*each_member)(void *source, uint64_t id, member_visitor visit, void *arg);
	void (*each_enumerator)(void *source, uint64_t id, enumerator_visitor visit, void *arg);
};

/* Returns NULL if the files have no DWARF, or if the user stopped the work. The arguments are
 * borrowed. *listener may change. */
void *types_dwarf_open(Elf *elf, Elf *supplement, const struct listener *const *listener);
/* For the BTF of a module, base is the result of this function for the kernel's BTF, which bytes
 * continues. Otherwise base is NULL. */
void *types_btf_open(struct bytes bytes, void *base, const struct listener *const *listener);

/* Writes a type in C syntax: "const char *", "u64 [4]". All dimensions of an array are shown as
 * one. */
enum { TYPE_TEXT = 160 };
void types_text(const struct types_backend *backend, void *source, uint64_t id,
		char text[TYPE_TEXT]);

extern const struct types_backend types_dwarf;
extern const struct types_backend types_btf;
