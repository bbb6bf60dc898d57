/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A source of type information for types.c: finds a type by name and describes one
 * level of it. An id is the address of a DIE or a BTF type id; 0 is no type. Files are
 * not trusted: ids may form cycles. */
#pragma once

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/listener.h"

enum type_kind {
	TYPE_OTHER, /* integers, pointers: only a size */
	TYPE_STRUCT,
	TYPE_UNION,
	TYPE_ENUM,
	TYPE_ALIAS, /* typedef, const, volatile...: of target */
	TYPE_ARRAY, /* count elements of target */
};

struct type {
	enum type_kind kind;
	uint64_t size; /* bytes; unset for TYPE_ALIAS and TYPE_ARRAY */
	uint64_t target;
	uint64_t count;
	uint64_t row; /* TYPE_ARRAY: of these, the elements of the last dimension */
};

/* What a type is called, and how its values are coded. */
enum label_kind {
	LABEL_NAME, /* of the type; "" if a struct has none */
	LABEL_POINTER, /* to target; 0: to void */
	LABEL_FUNCTION,
	LABEL_CONST, /* of target, as those below */
	LABEL_VOLATILE,
	LABEL_NONE, /* what C shows nothing of */
};

enum type_coding { CODED_UNSIGNED, CODED_SIGNED, CODED_BOOL, CODED_OTHER };

struct type_label {
	enum label_kind kind;
	enum type_coding coding; /* of a LABEL_NAME */
	const char *keyword; /* "struct " or the like */
	const char *name;
	uint64_t target;
};

struct raw_member {
	const char *name; /* NULL or "" if anonymous */
	uint64_t type;
	uint64_t bit_offset; /* from the start of its struct */
	uint64_t bit_size; /* 0: not a bit field */
};

typedef bool (*member_visitor)(const struct raw_member *member, void *arg);
typedef bool (*enumerator_visitor)(const char *name, int64_t value, void *arg);

struct types_backend {
	const char *name;
	void (*close)(void *source);
	/* The first complete definition. TYPE_ALIAS: a typedef or base type. */
	uint64_t (*find)(void *source, enum type_kind kind, const char *name);
	bool (*describe)(void *source, uint64_t id, struct type *type);
	/* The type of a variable, at this address as linked; 0: unknown. */
	uint64_t (*find_variable)(void *source, const char *name, uint64_t address);
	/* Of any type but an array. */
	bool (*label)(void *source, uint64_t id, struct type_label *label);
	/* Until visit returns false. Names are valid until close(). */
	void (*each_member)(void *source, uint64_t id, member_visitor visit, void *arg);
	void (*each_enumerator)(void *source, uint64_t id, enumerator_visitor visit, void *arg);
};

/* NULL if there is no such information, or if stopped. The arguments are borrowed;
 * *listener may change. */
void *types_dwarf_open(Elf *elf, Elf *supplement, const struct listener *const *listener);
/* base: NULL, or what this returned for the BTF that bytes, a module's, continue. */
void *types_btf_open(struct bytes bytes, void *base, const struct listener *const *listener);

/* The type as C has it: "const char *", "u64 [4]". All dimensions of an array are one. */
enum { TYPE_TEXT = 160 };
void types_text(const struct types_backend *backend, void *source, uint64_t id,
		char text[TYPE_TEXT]);

extern const struct types_backend types_dwarf;
extern const struct types_backend types_btf;
