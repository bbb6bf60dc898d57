/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads BTF (Documentation/bpf/btf.rst, include/uapi/linux/btf.h) without libbpf. For a damaged
 * file, libbpf prints warnings on standard error, unless a setting of the whole process is changed.
 * libkwalk is a library, so it must neither print warnings nor change such a setting. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "symbols/strings.h"
#include "symbols/symbol_names.h"
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

/* For each kind of type, the number of bytes that follow struct btf_type: `fixed` bytes, and then
 * `item` bytes for each item. */
static const struct {
	uint8_t fixed, item;
} extra[NR_KINDS] = {
	[KIND_INT] = { 4, 0 },	   [KIND_ARRAY] = { 12, 0 },   [KIND_STRUCT] = { 0, 12 },
	[KIND_UNION] = { 0, 12 },  [KIND_ENUM] = { 0, 8 },     [KIND_FUNC_PROTO] = { 0, 8 },
	[KIND_VAR] = { 4, 0 },	   [KIND_DATASEC] = { 0, 12 }, [KIND_DECL_TAG] = { 4, 0 },
	[KIND_ENUM64] = { 0, 12 },
};

enum {
	BTF_MAGIC = 0xeb9f,
	BTF_VERSION = 1,
	HEADER_SIZE = 24, /* the size of struct btf_header until 7.0; later versions are longer */
	LAYOUT_HEADER_SIZE = 32, /* its size since 7.1, with layout_off and layout_len */
	LAYOUT_ROW = 4, /* the size of struct btf_layout: info_sz, elem_sz, flags */
	TYPE_SIZE = 12, /* the size of struct btf_type: name_off, info, size or type */
	BLOCK = 16, /* btf.blocks has the offset of every BLOCK-th type */
	LATELY = 16,
	MOST_ABSENT = 8, /* after so many searches for absent names, all types are read */
};

struct btf {
	/* Borrowed. If this is the BTF of a module: the BTF of the kernel, which contains the first
	 * types and strings. If not: NULL. */
	struct btf *base;
	/* Borrowed from the file, whose content may change. Therefore types_btf_get() checks the
	 * length of each type again when it decodes the type. The types are not copied, because
	 * this would take longer than all look-ups. */
	const uint8_t *types;
	uint32_t size; /* the number of bytes at `types` */
	/* The lengths of all kinds that the kernel uses (since 7.1, 222edc843c15), for kinds that are
	 * not known here. Borrowed as `types` is. nr_layouts: the number of its rows. */
	const uint8_t *layout;
	uint32_t nr_layouts;
	struct strings strings;
	/* The number of types in base, and of bytes of its strings. */
	uint32_t start, strings_start;
	/* The number of types that were read so far, and of their bytes. Types are read only until
	 * the requested type is found, because most requested types are near the start. The types
	 * that were read have the ids start + 1 to start + nr. */
	uint32_t nr, end;
	uint32_t pointer_size;
	bool flags_known, has_flags; /* has an enum the flag of signed values? */
	unsigned int nr_absent; /* how often a name was not among the strings */
	uint32_t *blocks; /* owned; the offset in `types` of every BLOCK-th type */
	/* Types that were decoded lately, by the last bits of their number. at: NULL, or the place of
	 * the type. The values of a list have few types. */
	struct {
		uint32_t nr;
		const uint8_t *at;
	} lately[LATELY];
	struct symbol_names names; /* the type with a certain id has the number id - start - 1 */
	char text[MOST_NAME]; /* the name that a search is comparing */
	const struct listener *const *listener; /* borrowed */
};

/* Returns the string at offset, or "" if offset is beyond the strings. */
static const char *types_btf_name_at(const struct btf *btf, uint32_t offset)
{
	if (offset < btf->strings_start)
		return types_btf_name_at(btf->base, offset);
	offset -= btf->strings_start;
	return strings_at(&btf->strings, offset);
}

/* A kind has 7 bits since 7.2 (f7a6b9eaff3e), and the number of items 24. Before, the kind had 5 bits
 * and the number 16, and all other bits between the two were 0. */
static uint32_t types_btf_kind_of(uint32_t info)
{
	return info >> 24 & 0x7f;
}

static uint32_t nr_items_of(uint32_t info)
{
	return info & 0xffffff;
}

static struct btf_type types_btf_decode(const struct btf *btf, const uint8_t *at)
{
	uint32_t info = load_le32(at + 4);

	return (struct btf_type){
		.name = types_btf_name_at(btf, load_le32(at)),
		.info = info,
		.kind = types_btf_kind_of(info) < NR_KINDS ? types_btf_kind_of(info) : KIND_UNKNOWN,
		.flag = info >> 31,
		.nr = nr_items_of(info),
		.value = load_le32(at + 8),
		.behind = at + TYPE_SIZE,
	};
}

/* Returns the number of bytes of a type whose info word is given, including its items. Returns 0 if
 * the kind is unknown, and the layout does not contain it. */
static inline uint64_t types_btf_length_of(const struct btf *btf, uint32_t info)
{
	uint32_t kind = types_btf_kind_of(info), fixed, item;

	if (!kind || (kind >= NR_KINDS && kind >= btf->nr_layouts))
		return 0;
	if (kind < NR_KINDS) {
		fixed = extra[kind].fixed;
		item = extra[kind].item;
	} else {
		fixed = btf->layout[kind * LAYOUT_ROW];
		item = btf->layout[kind * LAYOUT_ROW + 1];
	}
	return TYPE_SIZE + fixed + (uint64_t)item * nr_items_of(info);
}

/* Returns the type at this offset, or NULL if it is incomplete or of an unknown kind. *length gets
 * the number of its bytes. */
static const uint8_t *type_at(const struct btf *btf, uint32_t offset, uint64_t *length)
{
	const uint8_t *at = btf->types + offset;
	uint32_t left = btf->size - offset;

	*length = left < TYPE_SIZE ? 0 : types_btf_length_of(btf, load_le32(at + 4));
	return *length && *length <= left ? at : NULL;
}

/* Returns the type with the id start + 1 + nr. */
static const uint8_t *type_number(const struct btf *btf, uint32_t nr)
{
	uint32_t offset = btf->blocks[nr / BLOCK];
	const uint8_t *at;
	uint64_t length;

	for (nr %= BLOCK; (at = type_at(btf, offset, &length)) && nr; nr--)
		offset += (uint32_t)length;
	return at;
}

static bool is_of_kind(uint32_t info, uint32_t kinds)
{
	uint32_t kind = types_btf_kind_of(info);

	return kind < NR_KINDS && kinds >> kind & 1;
}

enum {
	NAMED = 1 << KIND_STRUCT | 1 << KIND_UNION | 1 << KIND_TYPEDEF | 1 << KIND_INT |
		1 << KIND_ENUM | 1 << KIND_ENUM64 | 1 << KIND_VAR,
};

static const char *types_btf_peek(const struct btf *btf, uint32_t offset, char text[MOST_NAME])
{
	if (offset < btf->strings_start)
		return types_btf_peek(btf->base, offset, text);
	return strings_peek(&btf->strings, offset - btf->strings_start, text);
}

static const char *name_of_number(void *table, uint32_t nr, enum name_rank *rank)
{
	struct btf *btf = table;
	const uint8_t *at = type_number(btf, nr);

	*rank = NAME_GLOBAL;
	return at ? types_btf_peek(btf, load_le32(at), btf->text) : NULL;
}

/* Returns the first bytes of a name. In the BTF of a module, the name may be one of the kernel's
 * strings. */
static uint64_t head_at(const struct btf *btf, uint32_t offset)
{
	if (offset < btf->strings_start)
		return head_at(btf->base, offset);
	return strings_head(&btf->strings, offset - btf->strings_start);
}

/* Reads the next type, and records its offset and its name. Returns NULL if no type is left, or if
 * the rest is damaged. */
static const uint8_t *next_type(struct btf *btf)
{
	uint64_t length;
	const uint8_t *at = type_at(btf, btf->end, &length);

	if (!at)
		return NULL;
	if (btf->nr % BLOCK == 0)
		btf->blocks[btf->nr / BLOCK] = btf->end;
	if (is_of_kind(load_le32(at + 4), NAMED))
		symbol_names_add(&btf->names, btf->nr, head_at(btf, load_le32(at)));
	btf->end += (uint32_t)length;
	btf->names.count = ++btf->nr;
	return at;
}

/* Decodes the type with this id. Returns false if there is no such type. */
static bool types_btf_get(struct btf *btf, uint64_t id, struct btf_type *type)
{
	const uint8_t *at;
	uint64_t length;
	uint32_t nr;

	if (id && id <= btf->start)
		return types_btf_get(btf->base, id, type);
	id -= btf->start;
	while (id > btf->nr && !listener_stops_at(*btf->listener, btf->nr + 1) && next_type(btf))
		;
	if (id == 0 || id > btf->nr)
		return false;
	nr = (uint32_t)id - 1;
	if (btf->lately[nr % LATELY].nr != nr || !btf->lately[nr % LATELY].at) {
		btf->lately[nr % LATELY].nr = nr;
		btf->lately[nr % LATELY].at = type_number(btf, nr);
	}
	at = btf->lately[nr % LATELY].at;
	if (!at)
		return false;
	*type = types_btf_decode(btf, at);
	length = types_btf_length_of(btf, type->info);
	return length && length <= btf->size - (size_t)(at - btf->types);
}

struct types_btf_search {
	const struct btf *btf;
	uint32_t kinds;
	uint64_t id; /* the id of the first type that was found; 0: none */
};

static bool see(uint32_t nr, enum name_rank rank, void *arg)
{
	struct types_btf_search *search = arg;
	const uint8_t *at = type_number(search->btf, nr);

	(void)rank;
	if (at && is_of_kind(load_le32(at + 4), search->kinds))
		search->id = (uint64_t)search->btf->start + nr + 1;
	return true;
}

/* Is the name absent from the strings? Then no type has this name. Searching the strings takes a
 * fraction of the time of reading the types. Returns false if this is not known. */
static bool is_absent(struct btf *btf, const char *name)
{
	if (btf->base || btf->nr_absent == MOST_ABSENT || btf->end == btf->size ||
	    memmem(strings_source(&btf->strings), btf->strings.size, name, strlen(name) + 1))
		return false;
	btf->nr_absent++;
	return true;
}

/* Reads further types until a type has this name and one of these kinds. Returns its id, or 0 if
 * there is no such type. */
static uint64_t types_btf_find_next(struct btf *btf, const char *name, uint32_t kinds)
{
	const uint8_t *at;

	if (is_absent(btf, name))
		return 0;
	while (!listener_stops_at(*btf->listener, btf->nr + 1) && (at = next_type(btf)))
		if (is_of_kind(load_le32(at + 4), kinds) &&
		    !strcmp(types_btf_peek(btf, load_le32(at), btf->text), name))
			return (uint64_t)btf->start + btf->nr;
	return 0;
}

/* Returns the id of the type with this name and one of these kinds, or 0 if there is no such type.
 * kinds: a bit for each enum btf_kind. */
static uint64_t types_btf_find_kinds(struct btf *btf, const char *name, uint32_t kinds)
{
	struct types_btf_search search = { btf, kinds, 0 };

	btf->names.listener = *btf->listener;
	symbol_names_each(&btf->names, name, see, &search);
	if (!search.id)
		search.id = types_btf_find_next(btf, name, kinds);
	if (!search.id && btf->base)
		search.id = types_btf_find_kinds(btf->base, name, kinds);
	return search.id;
}

static bool prepare_index(struct btf *btf)
{
	/* The most types that the bytes can contain. This takes more memory than needed, but most
	 * of it is never accessed. */
	uint32_t most = btf->size / TYPE_SIZE;

	btf->blocks = malloc((most / BLOCK + 1) * sizeof(*btf->blocks));
	if (!btf->blocks || !symbol_names_init(&btf->names, name_of_number, btf, most))
		return false;
	btf->names.count = 0;
	return true;
}

/* Returns the size of "long" or "unsigned long", which has the size of a pointer, or 0 if both are
 * missing. */
static uint32_t find_pointer_size(struct btf *btf)
{
	static const char *const names[] = { "long int", "long unsigned int", "long",
					     "unsigned long" };
	struct btf_type type;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (types_btf_get(btf, types_btf_find_kinds(btf, names[i], 1 << KIND_INT), &type) &&
		    (type.value == 4 || type.value == 8))
			return type.value;
	return 0;
}

static bool types_btf_open_strings(struct btf *btf, const uint8_t *from, uint32_t size)
{
	if ((size && from[size - 1]) ||
	    !strings_open(&btf->strings, (struct bytes){ from, size }, NULL))
		return false;
	return btf->base || (size && !from[0]); /* the first string of a kernel's BTF must be "" */
}

/* Sets the types and the strings. Returns false if `bytes` does not contain all of them. */
static bool types_btf_read_header(struct btf *btf, struct bytes bytes)
{
	const uint8_t *at = bytes.data;
	uint64_t header, start, strings, size;

	if (bytes.size < HEADER_SIZE || bytes.size > UINT32_MAX || load_le16(at) != BTF_MAGIC ||
	    at[2] != BTF_VERSION)
		return false;
	header = load_le32(at + 4);
	if (header < HEADER_SIZE || header > bytes.size)
		return false;
	start = header + load_le32(at + 8);
	btf->size = load_le32(at + 12);
	strings = header + load_le32(at + 16);
	size = load_le32(at + 20);
	if (start % 4 || !range_within(start, btf->size, bytes.size) ||
	    !range_within(strings, size, bytes.size))
		return false;
	btf->types = at + start;
	if (header >= LAYOUT_HEADER_SIZE) {
		uint64_t layout = header + load_le32(at + 24), length = load_le32(at + 28);

		if (range_within(layout, length, bytes.size)) {
			btf->layout = at + layout;
			btf->nr_layouts = (uint32_t)length / LAYOUT_ROW;
		}
	}
	return types_btf_open_strings(btf, at + strings, (uint32_t)size);
}

/* Returns the unknown kind of the type after the last one that was read, if the layout does not show
 * its length. Returns 0 if there is none. */
static unsigned int types_btf_unknown_kind(void *source)
{
	const struct btf *btf = source;
	uint32_t kind;

	if (btf->size - btf->end < TYPE_SIZE)
		return 0;
	kind = types_btf_kind_of(load_le32(btf->types + btf->end + 4));
	return kind >= NR_KINDS && kind >= btf->nr_layouts ? kind : 0;
}

static void types_btf_close(void *source)
{
	struct btf *btf = source;

	free(btf->blocks);
	symbol_names_free(&btf->names);
	strings_close(&btf->strings);
	free(btf);
}

/* Sets btf->base to `base`, the BTF of the kernel, which must have no base itself. All types of
 * base must be read, because the ids of btf follow the last id of base. Returns false if base is
 * damaged, or if the listener stopped the work. */
static bool set_base(struct btf *btf, struct btf *base)
{
	while (!listener_stops_at(*btf->listener, base->nr + 1) && next_type(base))
		;
	btf->base = base;
	btf->start = base->nr;
	btf->strings_start = (uint32_t)base->strings.size;
	return base->end == base->size;
}

void *types_btf_open(struct bytes bytes, void *base, const struct listener *const *listener)
{
	struct btf *btf = calloc(1, sizeof(*btf));

	if (!btf)
		return NULL;
	btf->listener = listener;
	if ((!base || set_base(btf, base)) && types_btf_read_header(btf, bytes) &&
	    prepare_index(btf)) {
		btf->pointer_size = find_pointer_size(btf);
		if (!listener_stops(*listener) && (next_type(btf) || btf->end == btf->size))
			return btf;
	}
	types_btf_close(btf);
	return NULL;
}

static unsigned int types_btf_pointer_size(void *source)
{
	const struct btf *btf = source;

	return btf->pointer_size;
}

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

/* Does the flag of an enum show that its values are signed? It does since 6.0 (6089fb325cf7), and each
 * kernel has such enums. */
static bool has_flags(struct btf *btf)
{
	struct btf_type type;

	if (btf->base)
		return has_flags(btf->base);
	for (uint64_t id = 1; !btf->flags_known; id++) {
		if (!types_btf_get(btf, id, &type))
			btf->flags_known = !listener_stops(*btf->listener);
		else if (type.kind == KIND_ENUM && type.flag)
			btf->flags_known = btf->has_flags = true;
		else
			continue;
		break;
	}
	return btf->has_flags;
}

static bool enum_is_signed(struct btf *btf, const struct btf_type *type)
{
	if (type->flag || type->kind == KIND_ENUM64)
		return type->flag;
	for (uint32_t i = 0; !btf->has_flags && i < type->nr; i++)
		if (load_le32(type->behind + 8 * (size_t)i + 4) >> 31)
			return !has_flags(btf);
	return false;
}

/* Returns the encoding of a type. The encoding of an integer is BTF_INT_ENCODING() of the word that
 * follows a KIND_INT. Older releases of pahole did not write that char and signed char are signed:
 * for Debian's 5.10, for example. */
static enum type_coding types_btf_coding(struct btf *btf, const struct btf_type *type)
{
	uint32_t bits;

	switch (type->kind) {
	case KIND_INT:
		bits = load_le32(type->behind) >> 24 & 0xf;
		if (bits & 4)
			return CODED_BOOL;
		return bits & 1 || !strcmp(type->name, "signed char") ? CODED_SIGNED :
									CODED_UNSIGNED;
	case KIND_ENUM:
	case KIND_ENUM64: return enum_is_signed(btf, type) ? CODED_SIGNED : CODED_UNSIGNED;
	case KIND_FLOAT: return CODED_FLOAT;
	default: return CODED_OTHER;
	}
}

static bool types_btf_label(void *source, uint64_t id, struct type_label *label)
{
	static const struct {
		const char *keyword;
		enum label_kind label;
	} kinds[NR_KINDS] = {
		[KIND_STRUCT] = { "struct ", LABEL_NAME }, [KIND_UNION] = { "union ", LABEL_NAME },
		[KIND_ENUM] = { "enum ", LABEL_NAME },	   [KIND_ENUM64] = { "enum ", LABEL_NAME },
		[KIND_FWD] = { "struct ", LABEL_NAME },	   [KIND_PTR] = { "", LABEL_NONE },
		[KIND_FUNC_PROTO] = { "", LABEL_NONE },	   [KIND_CONST] = { "", LABEL_CONST },
		[KIND_VOLATILE] = { "", LABEL_VOLATILE },  [KIND_RESTRICT] = { "", LABEL_NONE },
		[KIND_TYPE_TAG] = { "", LABEL_NONE },	   [KIND_ARRAY] = { "", LABEL_NONE },
	};
	struct btf_type type;

	if (!types_btf_get(source, id, &type))
		return false;
	*label = (struct type_label){
		.kind = kinds[type.kind].label,
		.coding = types_btf_coding(source, &type),
		.keyword = kinds[type.kind].keyword ? kinds[type.kind].keyword : "",
		.name = type.name,
	};
	if (type.kind == KIND_FWD && type.flag)
		label->keyword = "union ";
	return true;
}

static const uint32_t kinds_of[] = {
	[TYPE_STRUCT] = 1 << KIND_STRUCT,
	[TYPE_UNION] = 1 << KIND_UNION,
	[TYPE_ALIAS] = 1 << KIND_TYPEDEF | 1 << KIND_INT,
	[TYPE_ENUM] = 1 << KIND_ENUM | 1 << KIND_ENUM64,
	[TYPE_ANY] = NAMED & ~(1 << KIND_VAR),
};

static uint64_t types_btf_find(void *source, enum type_kind kind, const char *name)
{
	return kind < sizeof(kinds_of) / sizeof(*kinds_of) && kinds_of[kind] ?
		       types_btf_find_kinds(source, name, kinds_of[kind]) :
		       0;
}

enum { MOST_KEPT = 64 };

/* The types of a name, from the last id on; of more than MOST_KEPT, the lowest ids. */
struct types_btf_found {
	struct btf *btf;
	uint32_t kinds;
	uint64_t id[MOST_KEPT];
	size_t nr;
};

static bool keep(uint32_t nr, enum name_rank rank, void *arg)
{
	struct types_btf_found *found = arg;
	const uint8_t *at = type_number(found->btf, nr);

	(void)rank;
	if (at && is_of_kind(load_le32(at + 4), found->kinds))
		found->id[found->nr++ % MOST_KEPT] = (uint64_t)found->btf->start + nr + 1;
	return true;
}

static void types_btf_each_definition(void *source, enum type_kind kind, const char *name,
				      id_visitor visit, void *arg)
{
	struct types_btf_found found = { source, kinds_of[kind], { 0 }, 0 };

	types_btf_find_next(source, name, 0); /* reads all types */
	found.btf->names.listener = *found.btf->listener;
	symbol_names_each(&found.btf->names, name, keep, &found);
	for (size_t i = found.nr; i && found.nr - i < MOST_KEPT; i--)
		if (!visit(found.id[(i - 1) % MOST_KEPT], arg))
			return;
}

static void types_btf_each_type(void *source, type_visitor visit, void *arg)
{
	static const char *const keywords[NR_KINDS] = {
		[KIND_STRUCT] = "struct ", [KIND_UNION] = "union ", [KIND_ENUM] = "enum ",
		[KIND_ENUM64] = "enum ",   [KIND_INT] = "",	    [KIND_TYPEDEF] = "",
	};
	struct btf *btf = source;
	struct btf_type type;

	for (uint64_t id = (uint64_t)btf->start + 1; types_btf_get(btf, id, &type); id++)
		if (keywords[type.kind] && *type.name &&
		    !visit(keywords[type.kind], type.name, arg))
			return;
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
		type->kind = TYPE_POINTER;
		type->size = btf->pointer_size;
		type->target = raw.value;
		return true;
	case KIND_FUNC_PROTO:
		*type = (struct type){ .kind = TYPE_FUNCTION, .target = raw.value };
		return true;
	case KIND_FWD:
		*type = (struct type){ .kind = TYPE_DECLARED,
				       .declared = raw.flag ? TYPE_UNION : TYPE_STRUCT };
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
		type->count = type->dim[0] = load_le32(raw.behind + 8);
		type->nr_dims = 1;
		return true;
	default: return false;
	}
}

/* Each parameter is a struct btf_param: name_off, type. */
static void each_parameter(const struct btf *btf, const struct btf_type *type, member_visitor visit,
			   void *arg)
{
	struct raw_member member = { 0 };

	for (uint32_t i = 0; i < type->nr; i++) {
		const uint8_t *at = type->behind + 8 * (size_t)i;

		member.name = types_btf_name_at(btf, load_le32(at));
		member.type = load_le32(at + 4);
		if (!member.type)
			member.name = "...";
		if (!visit(&member, arg))
			return;
	}
}

/* Each member is a struct btf_member: name_off, type, offset. If kind_flag of the struct is set,
 * bits 31:24 of offset are the size of a bit field. */
static void types_btf_each_member(void *source, uint64_t id, member_visitor visit, void *arg)
{
	struct btf *btf = source;
	struct btf_type type;

	if (!types_btf_get(btf, id, &type))
		return;
	if (type.kind == KIND_FUNC_PROTO)
		each_parameter(btf, &type, visit, arg);
	if (type.kind != KIND_STRUCT && type.kind != KIND_UNION)
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
 * val_hi32). */
static void types_btf_each_enumerator(void *source, uint64_t id, enumerator_visitor visit,
				      void *arg)
{
	struct btf *btf = source;
	struct btf_type type;
	bool is_signed;
	size_t item;

	if (!types_btf_get(btf, id, &type) || (type.kind != KIND_ENUM && type.kind != KIND_ENUM64))
		return;
	item = type.kind == KIND_ENUM64 ? 12 : 8;
	is_signed = enum_is_signed(btf, &type);
	for (uint32_t i = 0; i < type.nr; i++) {
		const uint8_t *at = type.behind + item * (size_t)i;
		uint32_t low = load_le32(at + 4);
		int64_t value = is_signed ? (int32_t)low : (int64_t)low;

		if (type.kind == KIND_ENUM64)
			value = (int64_t)load_le64(at + 4);
		if (!visit(types_btf_name_at(btf, load_le32(at)), value, arg))
			return;
	}
}

static void types_btf_each_enum(void *source, const char *enumerator, id_visitor visit, void *arg)
{
	struct btf_type type;

	if (is_absent(source, enumerator))
		return;
	for (uint64_t id = 1; types_btf_get(source, id, &type); id++)
		if ((type.kind == KIND_ENUM || type.kind == KIND_ENUM64) && !visit(id, arg))
			return;
}

const struct types_backend types_btf = {
	.name = "BTF",
	.close = types_btf_close,
	.find = types_btf_find,
	.each_definition = types_btf_each_definition,
	.each_type = types_btf_each_type,
	.describe = types_btf_describe,
	.find_variable = types_btf_find_variable,
	.label = types_btf_label,
	.each_member = types_btf_each_member,
	.each_enumerator = types_btf_each_enumerator,
	.each_enum = types_btf_each_enum,
	.unknown_kind = types_btf_unknown_kind,
	.pointer_size = types_btf_pointer_size,
};
