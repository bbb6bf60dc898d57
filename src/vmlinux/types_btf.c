/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * BTF: Documentation/bpf/btf.rst, include/uapi/linux/btf.h. Read here and not by libbpf,
 * which prints what it does not like of a file on standard error, unless a setting of
 * the whole process is changed: a library may do neither.
 */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "vmlinux/types_backend.h"

/* include/uapi/linux/btf.h, 6.12. Declared here, as headers may be older. */
enum btf_kind {
	KIND_INT = 1,
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

/* Bytes behind a type of each kind: always, and for each of its items. */
static const struct {
	uint8_t fixed, item;
} extra[NR_KINDS] = {
	[KIND_INT] = { 4, 0 },	    [KIND_ARRAY] = { 12, 0 },
	[KIND_STRUCT] = { 0, 12 },  [KIND_UNION] = { 0, 12 },
	[KIND_ENUM] = { 0, 8 },	    [KIND_FUNC_PROTO] = { 0, 8 },
	[KIND_VAR] = { 4, 0 },	    [KIND_DATASEC] = { 0, 12 },
	[KIND_DECL_TAG] = { 4, 0 }, [KIND_ENUM64] = { 0, 12 },
};

enum {
	BTF_MAGIC = 0xeb9f,
	BTF_VERSION = 1,
	HEADER_SIZE = 24, /* of struct btf_header; may be longer */
	TYPE_SIZE = 12,   /* of struct btf_type: name_off, info, size or type */
};

struct btf {
	/* Borrowed from the file, which may be written to meanwhile: get() checks the length
	 * of each type anew. A copy would cost more than all that is asked of it. */
	const uint8_t *types;
	uint32_t size; /* of types, in bytes */
	char *strings; /* owned: a copy; they end with a NUL */
	uint32_t strings_size;
	uint32_t nr; /* types; ids are from 1 to nr, or behind those of base */
	uint32_t pointer_size;
	/* A module's types are behind those of the kernel, which they build on, and so are
	 * its strings. Borrowed; NULL: there is none. */
	const struct btf *base;
	/* Of type id - 1. */
	struct place {
		uint32_t offset; /* in types */
		uint32_t next;   /* id of the next type of its kind; 0: none */
	} *place; /* owned */
	uint32_t first[NR_KINDS]; /* id of the first type of that kind; 0: none */
};

/* One type, its words as numbers. */
struct btf_type {
	const char *name;
	uint32_t info; /* kind, flag and nr */
	enum btf_kind kind;
	bool flag; /* kind_flag */
	uint32_t nr; /* of its items */
	uint32_t value; /* its size, or the id of another type */
	const uint8_t *behind;
};

/* "" for an offset beyond the strings. */
static const char *name_at(const struct btf *btf, uint32_t offset)
{
	if (btf->base && offset < btf->base->strings_size)
		return btf->base->strings + offset;
	if (btf->base)
		offset -= btf->base->strings_size;
	return offset < btf->strings_size ? btf->strings + offset : "";
}

static uint32_t kind_of(uint32_t info)
{
	return info >> 24 & 0x1f;
}

static struct btf_type decode(const struct btf *btf, const uint8_t *at)
{
	uint32_t info = load_le32(at + 4);

	return (struct btf_type){
		.name = name_at(btf, load_le32(at)),
		.info = info,
		.kind = kind_of(info),
		.flag = info >> 31,
		.nr = info & 0xffff,
		.value = load_le32(at + 8),
		.behind = at + TYPE_SIZE,
	};
}

/* Bytes of a type with that info and what follows it; 0: of no known kind. */
static uint64_t length_of(uint32_t info)
{
	uint32_t kind = kind_of(info);

	if (!kind || kind >= NR_KINDS)
		return 0;
	return TYPE_SIZE + extra[kind].fixed +
	       (uint64_t)extra[kind].item * (info & 0xffff);
}

/* False: there is no such type. */
static bool get(const struct btf *btf, uint64_t id, struct btf_type *type)
{
	uint32_t offset;
	uint64_t length;

	if (btf->base && id > btf->base->nr)
		id -= btf->base->nr;
	else if (btf->base)
		btf = btf->base;
	if (id == 0 || id > btf->nr)
		return false;
	offset = btf->place[id - 1].offset;
	*type = decode(btf, btf->types + offset);
	length = length_of(type->info);
	return length && length <= btf->size - offset;
}

static uint64_t find_kind(const struct btf *btf, const char *name,
			  enum btf_kind kind)
{
	uint32_t below = btf->base ? btf->base->nr : 0;
	uint32_t id = btf->first[kind];

	for (; id; id = btf->place[id - 1].next) {
		const uint8_t *at = btf->types + btf->place[id - 1].offset;

		if (!strcmp(name_at(btf, load_le32(at)), name))
			return (uint64_t)below + id;
	}
	return btf->base ? find_kind(btf->base, name, kind) : 0;
}

static uint64_t find(void *source, enum type_kind kind, const char *name)
{
	uint64_t id;

	switch (kind) {
	case TYPE_STRUCT:
		return find_kind(source, name, KIND_STRUCT);
	case TYPE_UNION:
		return find_kind(source, name, KIND_UNION);
	case TYPE_ALIAS:
		id = find_kind(source, name, KIND_TYPEDEF);
		return id ? id : find_kind(source, name, KIND_INT);
	case TYPE_ENUM:
		id = find_kind(source, name, KIND_ENUM);
		return id ? id : find_kind(source, name, KIND_ENUM64);
	default:
		return 0;
	}
}

static bool describe(void *source, uint64_t id, struct type *type)
{
	const struct btf *btf = source;
	struct btf_type raw;

	*type = (struct type){ 0 };
	if (!get(btf, id, &raw))
		return false;
	type->size = raw.value;
	switch (raw.kind) {
	case KIND_STRUCT:
		type->kind = TYPE_STRUCT;
		return true;
	case KIND_UNION:
		type->kind = TYPE_UNION;
		return true;
	case KIND_ENUM:
	case KIND_ENUM64:
		type->kind = TYPE_ENUM;
		return true;
	case KIND_INT:
	case KIND_FLOAT:
		type->kind = TYPE_OTHER;
		return true;
	case KIND_PTR:
		type->kind = TYPE_OTHER;
		type->size = btf->pointer_size;
		return true;
	case KIND_TYPEDEF:
	case KIND_CONST:
	case KIND_VOLATILE:
	case KIND_RESTRICT:
	case KIND_TYPE_TAG:
		type->kind = TYPE_ALIAS;
		type->target = raw.value;
		return true;
	case KIND_ARRAY: /* struct btf_array: type, index_type, nelems */
		type->kind = TYPE_ARRAY;
		type->target = load_le32(raw.behind);
		type->count = load_le32(raw.behind + 8);
		return true;
	default:
		return false;
	}
}

/* struct btf_member: name_off, type, offset. With the flag, bits 31:24 of the offset are
 * the size of a bit field. */
static void each_member(void *source, uint64_t id, member_visitor visit,
			void *arg)
{
	const struct btf *btf = source;
	struct btf_type type;

	if (!get(btf, id, &type) ||
	    (type.kind != KIND_STRUCT && type.kind != KIND_UNION))
		return;
	for (uint32_t i = 0; i < type.nr; i++) {
		const uint8_t *at = type.behind + 12 * (size_t)i;
		uint32_t offset = load_le32(at + 8);
		struct raw_member member = {
			.name = name_at(btf, load_le32(at)),
			.type = load_le32(at + 4),
			.bit_offset = type.flag ? offset & 0xffffff : offset,
			.bit_size = type.flag ? offset >> 24 : 0,
		};

		if (!visit(&member, arg))
			return;
	}
}

/* struct btf_enum: name_off, val; struct btf_enum64: name_off, val_lo32, val_hi32. The
 * flag of an enum means that its values are signed. */
static void each_enumerator(void *source, uint64_t id,
			    enumerator_visitor visit, void *arg)
{
	const struct btf *btf = source;
	struct btf_type type;

	if (!get(btf, id, &type) ||
	    (type.kind != KIND_ENUM && type.kind != KIND_ENUM64))
		return;
	for (uint32_t i = 0; i < type.nr; i++) {
		const uint8_t *at = type.behind +
				    extra[type.kind].item * (size_t)i;
		uint32_t low = load_le32(at + 4);
		int64_t value = type.flag ? (int32_t)low : (int64_t)low;

		if (type.kind == KIND_ENUM64)
			value = (int64_t)load_le64(at + 4);
		if (!visit(name_at(btf, load_le32(at)), value, arg))
			return;
	}
}

/* Notes where the types are. False: they are not whole, or there is no memory. */
static bool index_types(struct btf *btf)
{
	uint32_t last[NR_KINDS] = { 0 }, at = 0;

	/* Most are larger: what is left over is never touched. */
	btf->place = malloc((btf->size / TYPE_SIZE + 1) * sizeof(*btf->place));
	if (!btf->place)
		return false;
	while (at < btf->size) {
		uint32_t left = btf->size - at, info, kind;
		uint64_t length;

		if (left < TYPE_SIZE)
			return false;
		info = load_le32(btf->types + at + 4);
		kind = kind_of(info);
		length = length_of(info);
		if (!length || length > left)
			return false;
		btf->place[btf->nr++] = (struct place){ .offset = at };
		if (last[kind])
			btf->place[last[kind] - 1].next = btf->nr;
		else
			btf->first[kind] = btf->nr;
		last[kind] = btf->nr;
		at += (uint32_t)length;
	}
	return true;
}

/* The size of "long", or of "unsigned long", is that of a pointer. */
static uint32_t find_pointer_size(const struct btf *btf)
{
	static const char *const names[] = { "long int", "long unsigned int",
					     "long", "unsigned long" };
	struct btf_type type;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (get(btf, find_kind(btf, names[i], KIND_INT), &type) &&
		    (type.value == 4 || type.value == 8))
			return type.value;
	return 0; /* unknown */
}

static bool copy_strings(struct btf *btf, const uint8_t *from, uint32_t size)
{
	btf->strings = malloc(size);
	if (!btf->strings)
		return false;
	memcpy(btf->strings, from, size);
	btf->strings_size = size;
	return (btf->base || !btf->strings[0]) && !btf->strings[size - 1];
}

/* Sets types and strings, which must be whole. */
static bool read_header(struct btf *btf, struct bytes bytes)
{
	const uint8_t *at = bytes.data;
	uint64_t header, start, strings, size;

	if (bytes.size < HEADER_SIZE || bytes.size > UINT32_MAX ||
	    load_le16(at) != BTF_MAGIC || at[2] != BTF_VERSION)
		return false;
	header = load_le32(at + 4);
	if (header < HEADER_SIZE || header > bytes.size)
		return false;
	start = header + load_le32(at + 8);
	btf->size = load_le32(at + 12);
	strings = header + load_le32(at + 16);
	size = load_le32(at + 20);
	if (start % 4 || !range_within(start, btf->size, bytes.size) || !size ||
	    !range_within(strings, size, bytes.size))
		return false;
	btf->types = at + start;
	return copy_strings(btf, at + strings, (uint32_t)size);
}

static void close_btf(void *source)
{
	struct btf *btf = source;

	free(btf->place);
	free(btf->strings);
	free(btf);
}

void *types_btf_open(struct bytes bytes, const void *base)
{
	struct btf *btf = calloc(1, sizeof(*btf));

	if (!btf)
		return NULL;
	btf->base = base;
	if (read_header(btf, bytes) && index_types(btf)) {
		btf->pointer_size = find_pointer_size(btf);
		return btf;
	}
	close_btf(btf);
	return NULL;
}

const struct types_backend types_btf = {
	.name = "BTF",
	.close = close_btf,
	.find = find,
	.describe = describe,
	.each_member = each_member,
	.each_enumerator = each_enumerator,
};
