/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* BTF as a source of types. Only types_btf.c, which finds types, and types_btf_describe.c, which
 * describes types, use this header. */
#pragma once

#include "types/types_backend.h"

/* From include/uapi/linux/btf.h of 6.12. The constants are declared here because the headers
 * installed on a system may be older. */
enum btf_kind {
	KIND_UNKNOWN, /* a kind of a later kernel */
	KIND_INT,
	KIND_PTR,
	KIND_ARRAY,
	KIND_STRUCT,
	KIND_UNION,
	KIND_ENUM,
	KIND_FWD,
	KIND_TYPEDEF,
	KIND_VOLATILE,
	KIND_CONST,
	KIND_RESTRICT,
	KIND_FUNC,
	KIND_FUNC_PROTO,
	KIND_VAR,
	KIND_DATASEC,
	KIND_FLOAT,
	KIND_DECL_TAG,
	KIND_TYPE_TAG,
	KIND_ENUM64,
	NR_KINDS
};

/* One decoded type. */
struct btf_type {
	const char *name;
	uint32_t info; /* the word that contains the kind, the flag and nr */
	enum btf_kind kind;
	bool flag; /* the bit kind_flag of info */
	uint32_t nr; /* the number of items, such as members */
	uint32_t value; /* the size of the type, or the id of another type */
	const uint8_t *behind;
};

struct btf;

/* Decodes the type with this id. Returns false if there is no such type. */
bool types_btf_get(struct btf *btf, uint64_t id, struct btf_type *type);
/* Returns the id of the type with this name and one of these kinds, or 0 if there is no such type.
 * kinds: a bit for each enum btf_kind. */
uint64_t types_btf_find_kinds(struct btf *btf, const char *name, uint32_t kinds);
/* Returns the string at offset, or "" if offset is beyond the strings. */
const char *types_btf_name_at(const struct btf *btf, uint32_t offset);
uint32_t types_btf_pointer_size(const struct btf *btf);
/* Returns the unknown kind of the type after the last one that was read, if the layout does not show
 * its length. Returns 0 if there is none. */
unsigned int types_btf_unknown_kind(void *source);
void types_btf_close(void *source);
