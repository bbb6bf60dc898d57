/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifdef HAVE_LIBBPF

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "vmlinux/types_backend.h"

static const struct btf_type *type_of(const struct btf *btf, uint64_t id)
{
	if (id >= btf__type_cnt(btf))
		return NULL;
	return btf__type_by_id(btf, id);
}

static uint64_t find_kind(const struct btf *btf, const char *name,
			  uint32_t kind)
{
	int32_t id = btf__find_by_name_kind(btf, name, kind);

	return id > 0 ? id : 0;
}

static uint64_t find(void *source, enum type_kind kind, const char *name)
{
	uint64_t id;

	switch (kind) {
	case TYPE_STRUCT:
		return find_kind(source, name, BTF_KIND_STRUCT);
	case TYPE_UNION:
		return find_kind(source, name, BTF_KIND_UNION);
	case TYPE_ALIAS:
		id = find_kind(source, name, BTF_KIND_TYPEDEF);
		return id ? id : find_kind(source, name, BTF_KIND_INT);
	case TYPE_ENUM:
		id = find_kind(source, name, BTF_KIND_ENUM);
		return id ? id : find_kind(source, name, BTF_KIND_ENUM64);
	default:
		return 0;
	}
}

static bool describe(void *source, uint64_t id, struct type *type)
{
	const struct btf_type *raw = type_of(source, id);

	*type = (struct type){ 0 };
	if (!raw)
		return false;
	type->size = raw->size; /* the same word as raw->type */
	switch (btf_kind(raw)) {
	case BTF_KIND_STRUCT:
		type->kind = TYPE_STRUCT;
		return true;
	case BTF_KIND_UNION:
		type->kind = TYPE_UNION;
		return true;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		type->kind = TYPE_ENUM;
		return true;
	case BTF_KIND_INT:
	case BTF_KIND_FLOAT:
		type->kind = TYPE_OTHER;
		return true;
	case BTF_KIND_PTR:
		type->kind = TYPE_OTHER;
		type->size = btf__pointer_size(source);
		return true;
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_CONST:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
		type->kind = TYPE_ALIAS;
		type->target = raw->type;
		return true;
	case BTF_KIND_ARRAY:
		type->kind = TYPE_ARRAY;
		type->target = btf_array(raw)->type;
		type->count = btf_array(raw)->nelems;
		return true;
	default:
		return false;
	}
}

static void each_member(void *source, uint64_t id, member_visitor visit,
			void *arg)
{
	const struct btf_type *type = type_of(source, id);

	if (!type || !btf_is_composite(type))
		return;
	for (uint32_t i = 0; i < btf_vlen(type); i++) {
		const struct btf_member *raw = &btf_members(type)[i];
		struct raw_member member = {
			.name = btf__name_by_offset(source, raw->name_off),
			.type = raw->type,
			.bit_offset = btf_member_bit_offset(type, i),
			.bit_size = btf_member_bitfield_size(type, i),
		};

		if (!visit(&member, arg))
			return;
	}
}

/* The kind flag of an enum means that its values are signed. */
static int64_t value_of(const struct btf_type *type, uint32_t nr,
			uint32_t *name)
{
	if (btf_is_enum64(type)) {
		const struct btf_enum64 *wide = &btf_enum64(type)[nr];

		*name = wide->name_off;
		return (int64_t)btf_enum64_value(wide);
	}
	*name = btf_enum(type)[nr].name_off;
	if (btf_kflag(type))
		return btf_enum(type)[nr].val;
	return (uint32_t)btf_enum(type)[nr].val;
}

static void each_enumerator(void *source, uint64_t id,
			    enumerator_visitor visit, void *arg)
{
	const struct btf_type *type = type_of(source, id);

	if (!type || !btf_is_any_enum(type))
		return;
	for (uint32_t i = 0; i < btf_vlen(type); i++) {
		uint32_t offset;
		int64_t value = value_of(type, i, &offset);
		const char *name = btf__name_by_offset(source, offset);

		if (name && !visit(name, value, arg))
			return;
	}
}

void *types_btf_open(struct bytes bytes)
{
	struct btf *btf;

	if (bytes.size > UINT32_MAX)
		return NULL;
	libbpf_set_print(NULL);
	btf = btf__new(bytes.data, (uint32_t)bytes.size);
	if (libbpf_get_error(btf))
		return NULL;
	return btf;
}

static void close_btf(void *source)
{
	btf__free(source);
}

const struct types_backend types_btf = {
	.name = "BTF",
	.close = close_btf,
	.find = find,
	.describe = describe,
	.each_member = each_member,
	.each_enumerator = each_enumerator,
};

#endif
