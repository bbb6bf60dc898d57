/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Describes the types in BTF. */
#include "types/types_btf.h"

#include "base/bytes.h"

/* Finds the type of a variable. BTF contains all per-CPU variables. It contains other global
 * variables only if pahole was called with an option for this (since 1.28). BTF has no addresses,
 * so address is ignored. */
static uint64_t types_btf_find_variable(void *source, const char *name, uint64_t address)
{
	struct btf_type variable;

	(void)address;
	return types_btf_get(source, types_btf_find_kinds(source, name, 1 << KIND_VAR), &variable) ?
		       variable.value :
		       0;
}

/* Returns the encoding of an integer. It is BTF_INT_ENCODING() of the word that follows a
 * KIND_INT. */
static enum type_coding types_btf_coding(const struct btf_type *type)
{
	uint32_t bits = type->kind == KIND_INT ? load_le32(type->behind) >> 24 & 0xf : 0;

	if (type->kind != KIND_INT && type->kind != KIND_TYPEDEF)
		return CODED_OTHER;
	return bits & 4 ? CODED_BOOL : bits & 1 ? CODED_SIGNED : CODED_UNSIGNED;
}

static bool types_btf_label(void *source, uint64_t id, struct type_label *label)
{
	static const struct {
		const char *keyword;
		enum label_kind label;
	} kinds[NR_KINDS] = {
		[KIND_STRUCT] = { "struct ", LABEL_NAME },  [KIND_UNION] = { "union ", LABEL_NAME },
		[KIND_ENUM] = { "enum ", LABEL_NAME },	    [KIND_ENUM64] = { "enum ", LABEL_NAME },
		[KIND_FWD] = { "struct ", LABEL_NAME },	    [KIND_PTR] = { "", LABEL_POINTER },
		[KIND_FUNC_PROTO] = { "", LABEL_FUNCTION }, [KIND_CONST] = { "", LABEL_CONST },
		[KIND_VOLATILE] = { "", LABEL_VOLATILE },   [KIND_RESTRICT] = { "", LABEL_NONE },
		[KIND_TYPE_TAG] = { "", LABEL_NONE },
	};
	struct btf_type type;

	if (!types_btf_get(source, id, &type))
		return false;
	*label = (struct type_label){
		.kind = kinds[type.kind].label,
		.coding = types_btf_coding(&type),
		.keyword = kinds[type.kind].keyword ? kinds[type.kind].keyword : "",
		.name = type.name,
		.target = type.value,
	};
	return true;
}

static uint64_t types_btf_find(void *source, enum type_kind kind, const char *name)
{
	static const uint32_t kinds[] = {
		[TYPE_STRUCT] = 1 << KIND_STRUCT,
		[TYPE_UNION] = 1 << KIND_UNION,
		[TYPE_ALIAS] = 1 << KIND_TYPEDEF | 1 << KIND_INT,
		[TYPE_ENUM] = 1 << KIND_ENUM | 1 << KIND_ENUM64,
	};

	return kind < sizeof(kinds) / sizeof(*kinds) && kinds[kind] ?
		       types_btf_find_kinds(source, name, kinds[kind]) :
		       0;
}

static bool types_btf_describe(void *source, uint64_t id, struct type *type)
{
	struct btf *btf = source;
	struct btf_type raw;

	*type = (struct type){ 0 };
	if (!types_btf_get(btf, id, &raw))
		return false;
	type->size = raw.value;
	switch (raw.kind) {
	case KIND_STRUCT: type->kind = TYPE_STRUCT; return true;
	case KIND_UNION: type->kind = TYPE_UNION; return true;
	case KIND_ENUM:
	case KIND_ENUM64: type->kind = TYPE_ENUM; return true;
	case KIND_INT:
	case KIND_FLOAT: type->kind = TYPE_OTHER; return true;
	case KIND_PTR:
		type->kind = TYPE_OTHER;
		type->size = types_btf_pointer_size(btf);
		return true;
	case KIND_TYPEDEF:
	case KIND_CONST:
	case KIND_VOLATILE:
	case KIND_RESTRICT:
	case KIND_TYPE_TAG:
		type->kind = TYPE_ALIAS;
		type->target = raw.value;
		return true;
	case KIND_ARRAY: /* followed by struct btf_array: type, index_type, nelems */
		type->kind = TYPE_ARRAY;
		type->target = load_le32(raw.behind);
		type->count = type->row = load_le32(raw.behind + 8);
		return true;
	default: return false;
	}
}

/* Each member is a struct btf_member: name_off, type, offset. If kind_flag of the struct is set,
 * bits 31:24 of offset are the size of a bit field. */
static void types_btf_each_member(void *source, uint64_t id, member_visitor visit, void *arg)
{
	struct btf *btf = source;
	struct btf_type type;

	if (!types_btf_get(btf, id, &type) || (type.kind != KIND_STRUCT && type.kind != KIND_UNION))
		return;
	for (uint32_t i = 0; i < type.nr; i++) {
		const uint8_t *at = type.behind + 12 * (size_t)i;
		uint32_t offset = load_le32(at + 8);
		struct raw_member member = {
			.name = types_btf_name_at(btf, load_le32(at)),
			.type = load_le32(at + 4),
			.bit_offset = type.flag ? offset & 0xffffff : offset,
			.bit_size = type.flag ? offset >> 24 : 0,
		};

		if (!visit(&member, arg))
			return;
	}
}

/* Each enumerator is a struct btf_enum (name_off, val) or a struct btf_enum64 (name_off, val_lo32,
 * val_hi32). If kind_flag of the enum is set, the values are signed. */
static void types_btf_each_enumerator(void *source, uint64_t id, enumerator_visitor visit,
				      void *arg)
{
	struct btf *btf = source;
	struct btf_type type;
	size_t item;

	if (!types_btf_get(btf, id, &type) || (type.kind != KIND_ENUM && type.kind != KIND_ENUM64))
		return;
	item = type.kind == KIND_ENUM64 ? 12 : 8;
	for (uint32_t i = 0; i < type.nr; i++) {
		const uint8_t *at = type.behind + item * (size_t)i;
		uint32_t low = load_le32(at + 4);
		int64_t value = type.flag ? (int32_t)low : (int64_t)low;

		if (type.kind == KIND_ENUM64)
			value = (int64_t)load_le64(at + 4);
		if (!visit(types_btf_name_at(btf, load_le32(at)), value, arg))
			return;
	}
}

const struct types_backend types_btf = {
	.name = "BTF",
	.close = types_btf_close,
	.find = types_btf_find,
	.describe = types_btf_describe,
	.find_variable = types_btf_find_variable,
	.label = types_btf_label,
	.each_member = types_btf_each_member,
	.each_enumerator = types_btf_each_enumerator,
	.unknown_kind = types_btf_unknown_kind,
};
