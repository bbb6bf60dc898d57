/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A source of type information for types.c: finds a type by name, and describes one level of a
 * type. An id is the address of a DIE or a BTF type id; 0 is not a type. Files are not trusted: ids
 * may form cycles. */
#pragma once

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/listener.h"

enum type_kind {
	TYPE_OTHER, /* integers, pointers: only the size is known */
	TYPE_STRUCT,
	TYPE_UNION,
	TYPE_ENUM,
	TYPE_ALIAS, /* typedef, const, volatile...: has a target */
	TYPE_ARRAY, /* array of count elements of type target */
};

struct type {
	enum type_kind kind;
	uint64_t size; /* in bytes; not set for TYPE_ALIAS and TYPE_ARRAY */
	uint64_t target;
	uint64_t count;
	uint64_t row; /* TYPE_ARRAY: the elements of the last dimension */
};

/* How C writes a type, and how its values are encoded. */
enum label_kind {
	LABEL_NAME, /* the type's name; "" for a struct without a name */
	LABEL_POINTER, /* pointer to target; target 0: to void */
	LABEL_FUNCTION,
	LABEL_CONST, /* qualifier of target, like those below */
	LABEL_VOLATILE,
	LABEL_NONE, /* C syntax does not show it */
};

enum type_coding { CODED_UNSIGNED, CODED_SIGNED, CODED_BOOL, CODED_OTHER };

struct type_label {
	enum label_kind kind;
	enum type_coding coding; /* encoding of values of a LABEL_NAME */
	const char *keyword; /* such as "struct " */
	const char *name;
	uint64_t target;
};

struct raw_member {
	const char *name; /* NULL or "": anonymous */
	uint64_t type;
	uint64_t bit_offset; /* offset from the start of its struct */
	uint64_t bit_size; /* 0: not a bit field */
};

typedef bool (*member_visitor)(const struct raw_member *member, void *arg);
typedef bool (*enumerator_visitor)(const char *name, int64_t value, void *arg);

struct types_backend {
	const char *name;
	void (*close)(void *source);
	/* Finds the first complete definition. TYPE_ALIAS: a typedef or base type. */
	uint64_t (*find)(void *source, enum type_kind kind, const char *name);
	bool (*describe)(void *source, uint64_t id, struct type *type);
	/* Finds the type of a variable at this link-time address; address 0: unknown. */
	uint64_t (*find_variable)(void *source, const char *name, uint64_t address);
	/* For all types except arrays. */
	bool (*label)(void *source, uint64_t id, struct type_label *label);
	/* Calls visit for each member, until visit returns false. Names are valid until close(). */
	void (*each_member)(void *source, uint64_t id, member_visitor visit, void *arg);
	void (*each_enumerator)(void *source, uint64_t id, enumerator_visitor visit, void *arg);
};

/* NULL: no such information, or stopped. The arguments are borrowed; *listener may change. */
void *types_dwarf_open(Elf *elf, Elf *supplement, const struct listener *const *listener);
/* base: NULL; or for a module, the result of this function for the BTF that bytes continue. */
void *types_btf_open(struct bytes bytes, void *base, const struct listener *const *listener);

/* The type in C syntax: "const char *", "u64 [4]". All dimensions of an array are shown as one. */
enum { TYPE_TEXT = 160 };
void types_text(const struct types_backend *backend, void *source, uint64_t id,
		char text[TYPE_TEXT]);

extern const struct types_backend types_dwarf;
extern const struct types_backend types_btf;
