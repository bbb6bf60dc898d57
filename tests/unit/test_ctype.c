/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Types as people see them: members of every kind, spellings, paths and definitions, from the DWARF of this
 * program and from BTF that is made in memory, valid and hostile. */
#include <fcntl.h>
#include <libelf.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#ifdef HAVE_LIBBPF
#include <bpf/btf.h>
#endif

#include "base/bytes.h"
#include "types/definition.h"
#include "types/member_path.h"
#include "types_check.h"

/* --- the types in the questions --- */

typedef unsigned char ct_byte;
typedef ct_byte ct_row[3];
typedef struct {
	int count;
} ct_count;
struct ct_every;
typedef int (*ct_handler)(struct ct_every *, const char *, ...);

enum ct_level { CT_LOW = -7, CT_HIGH = 200 };
enum ct_large { CT_LARGE = 0xfedcba9876543210ull };

struct ct_list {
	struct ct_list *next;
};

struct ct_every {
	char text[16];
	unsigned long word;
	const volatile ct_byte *const bytes;
	void (*call)(struct ct_every *, int, ...);
	int (*(*finder)(void))[3];
	int (*handlers[4])(ct_handler, unsigned long long);
	short matrix[2][3][4];
	ct_row row;
	enum ct_level level;
	enum ct_large large;
	enum { CT_A, CT_B } nameless;
	_Bool yes;
	float number;
	double numbers[2];
	ct_count counted;
	union {
		int as_int;
		struct {
			short low, high;
		};
	};
	const struct {
		ct_byte type;
		struct ct_list list;
	} named[2];
	struct ct_declared *declared;
	unsigned int three : 3;
	signed int twenty : 20;
	_Bool flag : 1;
	unsigned long long top : 40;
	ct_handler tail[];
};

struct ct_empty {
};
union ct_union {
	long number;
	char zero[0];
};

/* Of each kind of place that an access may have. */
struct ct_places {
	int first;
	unsigned int one : 3, two : 5;
	int marker[0];
	union { /* as struct_group() of linux/stddef.h */
		struct {
			int left, right;
		};
		struct {
			int left, right;
		} both;
	};
	union {
		unsigned long long whole;
		struct {
			int low, high;
		} halves;
	};
	struct {
		union {
			int as_int;
			short as_short;
		};
		union {
			char *text;
			struct ct_list *link;
		};
	} inside;
	struct {
		short number;
		struct ct_list list;
	} rows[3];
	union {
		char a, b;
		char c, d;
	};
	char padding;
	int last;
	struct ct_list tail[];
};

static volatile struct ct_every every;
static volatile struct ct_places places;
static volatile union ct_union a_union;
static volatile struct ct_empty an_empty;

static const char every_lines[] = "struct ct_every {\n"
				  "    char text[16];\n"
				  "    unsigned long word;\n"
				  "    const volatile ct_byte *const bytes;\n"
				  "    void (*call)(struct ct_every *, int, ...);\n"
				  "    int (*(*finder)(void))[3];\n"
				  "    int (*handlers[4])(ct_handler, unsigned long long);\n"
				  "    short matrix[2][3][4];\n"
				  "    ct_row row;\n"
				  "    enum ct_level level;\n"
				  "    enum ct_large large;\n"
				  "    enum {...} nameless;\n"
				  "    _Bool yes;\n"
				  "    float number;\n"
				  "    double numbers[2];\n"
				  "    ct_count counted;\n"
				  "    union {\n"
				  "        int as_int;\n"
				  "        struct {\n"
				  "            short low;\n"
				  "            short high;\n"
				  "        };\n"
				  "    };\n"
				  "    const struct {\n"
				  "        ct_byte type;\n"
				  "        struct ct_list list;\n"
				  "    } named[2];\n"
				  "    struct ct_declared *declared;\n"
				  "    unsigned int three : 3;\n"
				  "    int twenty : 20;\n"
				  "    _Bool flag : 1;\n"
				  "    unsigned long long top : 40;\n"
				  "    ct_handler tail[];\n"
				  "}\n";

/* --- questions --- */

struct text {
	char text[8192];
	unsigned int nr_lines, most; /* most: 0: no limit */
};

static bool add_line(const struct definition_line *line, void *arg)
{
	struct text *text = arg;
	size_t used = strlen(text->text);

	if (used < sizeof(text->text))
		snprintf(text->text + used, sizeof(text->text) - used, "%s\n", line->text);
	return ++text->nr_lines != text->most;
}

static struct ctype find(struct types *types, const char *name)
{
	struct ctype type;

	if (!ctype_find(types, name, &type))
		fail_msg("no type %s", name);
	return type;
}

static void check_lines(struct types *types, const char *name, struct definition_form form,
			const char *expected)
{
	struct ctype type = find(types, name);
	struct text text = { .most = 0 };
	struct error err;

	if (!definition_lines(&type, &form, add_line, &text, &err))
		fail_msg("%s: %s", name, err.message);
	assert_string_equal(text.text, expected);
}

static void check_path(struct types *types, const char *name, const char *path, uint64_t bits,
		       const char *declared)
{
	struct ctype type = find(types, name);
	struct ctype_member member;
	char text[256];

	if (!ctype_path(&type, path, strlen(path), &member))
		fail_msg("no member %s of %s", path, name);
	assert_int_equal(member.bit_offset, bits);
	ctype_declare(&member.type, "x", text, sizeof(text));
	assert_string_equal(text, declared);
}

static void lacks_path(struct types *types, const char *name, const char *path)
{
	struct ctype type = find(types, name);
	struct ctype_member member;

	assert_false(ctype_path(&type, path, strlen(path), &member));
}

static struct ctype_facts facts_of(struct types *types, const char *name)
{
	struct ctype type = find(types, name);

	return ctype_describe(&type);
}

static void check_facts(struct types *types, const char *name, enum ctype_kind kind, uint64_t size)
{
	struct ctype_facts facts = facts_of(types, name);

	assert_int_equal(facts.kind, kind);
	assert_int_equal(facts.size, size);
}

struct seen_types {
	struct types *types;
	char wanted[64]; /* the type that is looked for; "": none */
	bool found;
};

/* Each name that is visited must find a type. */
static bool see_type(const char *keyword, const char *name, void *arg)
{
	struct seen_types *seen = arg;
	struct ctype type;
	char text[256];

	snprintf(text, sizeof(text), "%s%s", keyword, name);
	if (!ctype_find(seen->types, text, &type))
		fail_msg("no type %s", text);
	seen->found = !strcmp(text, seen->wanted);
	return !seen->found;
}

static bool visits(struct types *types, const char *name)
{
	struct seen_types seen = { .types = types };

	snprintf(seen.wanted, sizeof(seen.wanted), "%s", name);
	ctype_each(types, see_type, &seen);
	return seen.found;
}

/* Compares the members that contain an access, joined by commas; "in " if it begins within them. */
static void check_access(struct types *types, const char *name, uint64_t offset, uint64_t size,
			 const char *expected)
{
	struct ctype type = find(types, name);
	struct member_paths found;
	char text[4 * MEMBER_PATH];

	member_paths_find(&type, offset, size, &found);
	snprintf(text, sizeof(text), "%s", found.nr && found.is_inside ? "in " : "");
	for (size_t i = 0; i < found.nr; i++) {
		strcat(text, i ? "," : "");
		strcat(text, found.path[i]);
	}
	assert_string_equal(text, expected);
}

/* --- DWARF of this program --- */

struct self {
	int fd;
	Elf *elf;
	struct types *types;
};

static struct self open_self(void)
{
	struct self self;

	every.yes = a_union.number;
	places.first = 0;
	(void)an_empty;
	elf_version(EV_CURRENT);
	self.fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	assert_true(self.fd >= 0);
	self.elf = elf_begin(self.fd, ELF_C_READ_MMAP, NULL);
	self.types = types_open_dwarf(self.elf);
	if (types_source(self.types))
		return self;
	types_close(self.types);
	skip(); /* built without -g */
	return self;
}

static void close_self(struct self *self)
{
	types_close(self->types);
	elf_end(self->elf);
	close(self->fd);
}

static void members_of_accesses(void **state)
{
#define AT(member) offsetof(struct ct_places, member)
	static const char name[] = "struct ct_places";
	const size_t word = sizeof(void *);
	struct self self = open_self();
	struct types *types = self.types;

	(void)state;
	check_access(types, name, 0, 4, "first");
	check_access(types, name, 0, 0, "first");
	check_access(types, name, 1, 1, "in first");
	check_access(types, name, 0, 8, ""); /* two members */
	check_access(types, name, 4, 1, ""); /* two bit fields */
	check_access(types, name, AT(left), 4, "left");
	check_access(types, name, AT(right), 4, "right");
	check_access(types, name, AT(both), 8, "both");
	check_access(types, name, AT(whole), 8, "whole,halves");
	check_access(types, name, AT(halves.high), 4, "in whole,halves.high");
	check_access(types, name, AT(inside.as_int), 4, "inside.as_int");
	check_access(types, name, AT(inside), 2, "inside.as_int,inside.as_short");
	check_access(types, name, AT(inside.link), word, "inside.text,inside.link");
	check_access(types, name, AT(inside) + 2, 4, "in inside"); /* crosses a border */
	check_access(types, name, AT(rows[0].number), 2, "rows[0].number");
	check_access(types, name, AT(rows[1].list), word, "rows[1].list.next");
	check_access(types, name, AT(rows[1]) + 2, 2, "in rows[1]"); /* padding */
	check_access(types, name, AT(rows[1]) - 2, 4, "in rows"); /* two elements */
	check_access(types, name, AT(a), 1, ""); /* too many */
	check_access(types, name, AT(last), 4, "last");
	check_access(types, name, AT(tail), word, "tail[0].next");
	check_access(types, name, AT(tail) + 1000 * word, word, "tail[1000].next");
	check_access(types, "struct ct_every", 0, 8, "text");
	check_access(types, "struct ct_every", 4, 8, "in text");
	check_access(types, "union ct_union", 0, sizeof(long), "number");
	check_access(types, "union ct_union", sizeof(long), sizeof(long), "in zero");
	check_access(types, "struct ct_empty", 0, 1, "");
	check_access(types, "ct_byte", 0, 1, "");
	close_self(&self);
}

static void every_member(void **state)
{
	struct self self = open_self();
	char expected[sizeof(every_lines) + 32];

	(void)state;
	snprintf(expected, sizeof(expected), "%sSIZE: %zu\n", every_lines, sizeof(struct ct_every));
	check_lines(self.types, "ct_every", (struct definition_form){ 0 }, expected);
	check_lines(self.types, "struct ct_empty", (struct definition_form){ 0 },
		    "struct ct_empty {\n}\nSIZE: 0\n");
	check_lines(self.types, "ct_byte", (struct definition_form){ 0 },
		    "typedef unsigned char ct_byte;\nSIZE: 1\n");
	check_lines(self.types, "ct_count", (struct definition_form){ 0 },
		    "typedef struct {\n    int count;\n} ct_count;\nSIZE: 4\n");
	check_lines(self.types, "enum ct_level", (struct definition_form){ .hex = true },
		    "enum ct_level {\n  CT_LOW = -7\n  CT_HIGH = 0xc8\n};\nSIZE: 0x4\n");
	check_lines(self.types, "ct_large", (struct definition_form){ .hex = true },
		    "enum ct_large {\n  CT_LARGE = 0xfedcba9876543210\n};\nSIZE: 0x8\n");
	close_self(&self);
}

static void paths(void **state)
{
#define OFFSET(MEMBER) (8 * offsetof(struct ct_every, MEMBER))
	struct self self = open_self();
	const char *every_name = "struct ct_every";

	(void)state;
	check_path(self.types, every_name, "text", OFFSET(text), "char x[16]");
	check_path(self.types, every_name, "text[15]", OFFSET(text[15]), "char x");
	check_path(self.types, every_name, "matrix", OFFSET(matrix), "short x[2][3][4]");
	check_path(self.types, every_name, "matrix[1]", OFFSET(matrix[1]), "short x[3][4]");
	check_path(self.types, every_name, "matrix[1][2]", OFFSET(matrix[1][2]), "short x[4]");
	check_path(self.types, every_name, "matrix[1][2][3]", OFFSET(matrix[1][2][3]), "short x");
	check_path(self.types, every_name, "row[2]", OFFSET(row[2]), "ct_byte x");
	check_path(self.types, every_name, "high", OFFSET(high), "short x");
	check_path(self.types, every_name, "named[1].list.next", OFFSET(named[1].list.next),
		   "struct ct_list *x");
	check_path(self.types, every_name, "counted.count", OFFSET(counted.count), "int x");
	check_path(self.types, every_name, "handlers[2]", OFFSET(handlers[2]),
		   "int (*x)(ct_handler, unsigned long long)");
	check_path(self.types, every_name, "tail[9]", OFFSET(tail[9]), "ct_handler x");
	for (const char *const *path =
		     (const char *const[]){ "", ".", "none", "text.", "text[16]", "text[", "text[]",
					    "text[-1]", "text[1", "matrix[0][3]", "word[0]",
					    "declared.next", "bytes[0]", "word.x",
					    "text[99999999999]", "named.list.next", NULL };
	     *path; path++)
		lacks_path(self.types, every_name, *path);
	close_self(&self);
}

static void kinds_and_spellings(void **state)
{
	static const char *const longs[] = { "unsigned long",	    "long unsigned int",
					     "long unsigned",	    "unsigned long int",
					     "const unsigned long", "int long unsigned" };
	static const char *const wrong[] = { "",
					     " ",
					     "*",
					     "unsigned float",
					     "long char",
					     "short long",
					     "long long long",
					     "struct",
					     "struct ",
					     "struct nonesuch",
					     "ct_nonesuch",
					     "signed unsigned" };
	struct self self = open_self();
	struct ctype type;
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof(longs) / sizeof(longs[0]); i++) {
		type = find(self.types, longs[i]);
		ctype_declare(&type, "", text, sizeof(text));
		assert_string_equal(text, "unsigned long");
		check_facts(self.types, longs[i], CTYPE_UNSIGNED, sizeof(long));
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(ctype_find(self.types, wrong[i], &type));
	check_facts(self.types, "void", CTYPE_VOID, 0);
	check_facts(self.types, "void *", CTYPE_POINTER, sizeof(void *));
	check_facts(self.types, "struct ct_list **", CTYPE_POINTER, sizeof(void *));
	check_facts(self.types, "ct_byte", CTYPE_UNSIGNED, 1);
	check_facts(self.types, "int", CTYPE_SIGNED, 4);
	check_facts(self.types, "ct_row", CTYPE_ARRAY, 3);
	check_facts(self.types, "ct_level", CTYPE_ENUM, 4);
	check_facts(self.types, "ct_handler", CTYPE_POINTER, sizeof(void *));
	check_facts(self.types, "union ct_union", CTYPE_UNION, sizeof(long));
	check_facts(self.types, "float", CTYPE_FLOAT, 4);
	check_facts(self.types, "_Bool", CTYPE_BOOL, 1);
	assert_true(facts_of(self.types, "char").is_char);
	assert_false(facts_of(self.types, "ct_byte").is_char);
	assert_true(facts_of(self.types, "ct_level").is_signed);
	assert_false(facts_of(self.types, "ct_large").is_signed);
	type = find(self.types, "enum ct_level");
	assert_string_equal(ctype_enumerator_of(&type, 0xfffffff9, false), "CT_LOW");
	assert_null(ctype_enumerator_of(&type, 1, false));
	assert_string_equal(ctype_source(&type), "DWARF");
	close_self(&self);
}

static void names(void **state)
{
	static const char *const some[] = { "struct ct_every", "struct ct_list", "union ct_union",
					    "enum ct_level",   "ct_byte",	 "int" };
	struct self self = open_self();

	(void)state;
	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++)
		assert_true(visits(self.types, some[i]));
	/* Only declared, of another kind, absent. */
	assert_false(visits(self.types, "struct ct_declared"));
	assert_false(visits(self.types, "union ct_every"));
	assert_false(visits(self.types, "ct_nonesuch"));
	close_self(&self);
}

static void integers_of_c(void **state)
{
	const struct ctype word = ctype_integer(8, false, 4), byte = ctype_integer(1, true, 8);
	struct ctype pointer = ctype_pointer_to(ctype_pointer_to(word));
	char text[64];

	(void)state;
	ctype_declare(&word, "x", text, sizeof(text));
	assert_string_equal(text, "unsigned long long x");
	ctype_declare(&byte, "", text, sizeof(text));
	assert_string_equal(text, "signed char");
	ctype_declare(&pointer, "x", text, sizeof(text));
	assert_string_equal(text, "unsigned long long **x");
	assert_int_equal(ctype_describe(&pointer).size, 4);
	assert_int_equal(ctype_describe(&word).size, 8);
	assert_true(ctype_describe(&byte).is_signed);
	assert_string_equal(ctype_source(&word), "");
	/* Text is cut. */
	ctype_declare(&pointer, "x", text, 12);
	assert_string_equal(text, "unsigned lo");
}

/* --- BTF --- */

#ifdef HAVE_LIBBPF
static struct btf *new_btf(void)
{
	struct btf *btf = btf__new_empty();

	assert_non_null(btf);
	btf__set_endianness(btf, BTF_LITTLE_ENDIAN);
	btf__set_pointer_size(btf, 8);
	btf__add_int(btf, "long unsigned int", 8, 0); /* the type 1 */
	btf__add_int(btf, "char", 1, 0); /* 2 */
	return btf;
}

static struct types *open_btf(struct btf *btf)
{
	uint32_t size;
	const void *data = btf__raw_data(btf, &size);
	struct types *types = types_open_btf((struct bytes){ data, size });

	assert_string_equal(types_source(types), "BTF");
	return types;
}

static void close_btf(struct btf *btf, struct types *types)
{
	types_close(types);
	btf__free(btf);
}

static void members_of_btf(void **state)
{
	struct btf *btf = new_btf();
	int forward = btf__add_fwd(btf, "later", BTF_FWD_STRUCT);
	int never = btf__add_ptr(btf,
				 btf__add_volatile(btf, btf__add_fwd(btf, "never", BTF_FWD_UNION)));
	int array = btf__add_array(btf, 1, btf__add_array(btf, 1, 2, 3), 2);
	int tail = btf__add_array(btf, 1, btf__add_type_tag(btf, "user", 1), 0);
	int real = btf__add_float(btf, "double", 8), link = btf__add_ptr(btf, forward);
	int first = btf__add_ptr(btf, btf__add_const(btf, forward)), function, call, inner, many;
	int large = btf__add_enum64(btf, "large", 8, true);
	struct ctype_member member;
	struct ctype every_type;
	struct types *types;

	(void)state;
	btf__add_enum64_value(btf, "LARGE", (uint64_t)INT64_MIN);
	function = btf__add_func_proto(btf, 1);
	btf__add_func_param(btf, "first", first);
	btf__add_func_param(btf, "", 0);
	call = btf__add_ptr(btf, function);
	inner = btf__add_struct(btf, NULL, 8);
	btf__add_field(btf, "low", 1, 0, 4);
	btf__add_field(btf, "high", 1, 4, 60);
	many = btf__add_array(btf, 1, inner, 2);
	btf__add_struct(btf, "every", 96);
	btf__add_field(btf, "table", array, 0, 0);
	btf__add_field(btf, "call", call, 64, 0);
	btf__add_field(btf, NULL, inner, 128, 0);
	btf__add_field(btf, "many", many, 192, 0);
	btf__add_field(btf, "link", link, 320, 0);
	btf__add_field(btf, "never", never, 384, 0);
	btf__add_field(btf, "size", real, 448, 0);
	btf__add_field(btf, "large", large, 512, 0);
	btf__add_field(btf, NULL, (int)btf__type_cnt(btf), 576, 0); /* struct later */
	btf__add_field(btf, "tail", tail, 640, 0);
	btf__add_struct(btf, "later", 8);
	btf__add_field(btf, "member", 1, 0, 0);
	types = open_btf(btf);
	check_lines(types, "every", (struct definition_form){ .offsets = true },
		    "struct every {\n"
		    "   [0] char table[2][3];\n"
		    "   [8] unsigned long (*call)(const struct later *, ...);\n"
		    "       struct {\n"
		    "  [16]     unsigned long low : 4;\n"
		    "  [16]     unsigned long high : 60;\n"
		    "       };\n"
		    "       struct {\n"
		    "  [24]     unsigned long low : 4;\n"
		    "  [24]     unsigned long high : 60;\n"
		    "  [24] } many[2];\n"
		    "  [40] struct later *link;\n"
		    "  [48] volatile union never *never;\n"
		    "  [56] double size;\n"
		    "  [64] enum large large;\n"
		    "       struct later {\n"
		    "  [72]     unsigned long member;\n"
		    "       };\n"
		    "  [80] unsigned long tail[];\n"
		    "}\nSIZE: 96\n");
	check_lines(types, "every",
		    (struct definition_form){ .members = "high,many[1].high,member" },
		    "struct every {\n"
		    "  [16] unsigned long high : 60;\n"
		    "  [32] unsigned long many[1].high : 60;\n"
		    "  [72] unsigned long member;\n"
		    "}\n");
	check_path(types, "every", "many[1].high", 8 * 32 + 4, "unsigned long x");
	check_path(types, "every", "member", 8 * 72, "unsigned long x");
	check_facts(types, "struct later", CTYPE_STRUCT, 8);
	every_type = find(types, "every");
	assert_true(ctype_member(&every_type, "link", 4, &member));
	every_type = ctype_describe(&member.type).target; /* only declared */
	assert_int_equal(ctype_describe(&every_type).size, 8);
	assert_true(ctype_member(&every_type, "member", 6, &member));
	assert_true(facts_of(types, "large").is_signed);
	close_btf(btf, types);
}

static void names_of_btf(void **state)
{
	struct btf *btf = new_btf(), *module;
	struct types *types, *of_module;
	const void *data;
	uint32_t size;

	(void)state;
	btf__add_struct(btf, NULL, 0);
	btf__add_fwd(btf, "declared", BTF_FWD_STRUCT);
	btf__add_union(btf, "of_kernel", 8);
	btf__add_enum64(btf, "large", 8, true);
	btf__add_typedef(btf, "word_t", 1);
	btf__add_int(btf, "signed char", 1, 0);
	/* First the module: looking for its names, libbpf drops the raw data of the base. */
	module = btf__new_empty_split(btf);
	btf__add_struct(module, "of_module", 8);
	types = open_btf(btf);
	assert_true(visits(types, "union of_kernel") && visits(types, "enum large"));
	assert_true(visits(types, "word_t") && visits(types, "long unsigned int"));
	assert_false(visits(types, "struct declared"));
	assert_true(facts_of(types, "signed char").is_signed);
	assert_false(facts_of(types, "char").is_signed);
	data = btf__raw_data(module, &size);
	of_module = types_open_split_btf((struct bytes){ data, size }, types);
	assert_true(visits(of_module, "struct of_module"));
	assert_false(visits(of_module, "union of_kernel"));
	types_close(of_module);
	btf__free(module);
	close_btf(btf, types);
}

/* Fails if a definition with so many lines is no definition of a hostile type. */
static void ends(struct types *types, const char *name, bool defined, unsigned int most_lines)
{
	const struct definition_form form = { .offsets = true };
	struct ctype type = find(types, name);
	struct text text = { .most = 0 };
	struct error err;
	char line[64];

	assert_int_equal(definition_lines(&type, &form, add_line, &text, &err), defined);
	assert_true(text.nr_lines <= most_lines);
	ctype_declare(&type, "x", line, sizeof(line));
	ctype_describe(&type);
}

static void hostile_btf(void **state)
{
	enum { MEMBERS = 300, PARAMETERS = 200 };
	struct btf *btf = new_btf();
	struct types *types;
	int at, function;

	(void)state;
	/* A struct whose anonymous members are itself. */
	at = btf__add_struct(btf, "itself", 8);
	for (int i = 0; i < MEMBERS; i++)
		btf__add_field(btf, NULL, at, 0, 0);
	/* An array of more than 2^64 bytes, and one of 2^62. */
	at = 1;
	for (int i = 0; i < 8; i++)
		at = btf__add_array(btf, 1, at, UINT32_MAX);
	btf__add_typedef(btf, "endless", at);
	/* An array of 2^64-1 bytes: as a signed number, its size is -1. */
	at = btf__add_int(btf, "byte", 1, 0);
	at = btf__add_array(btf, 1, btf__add_array(btf, 1, at, UINT32_MAX), 641);
	btf__add_typedef(btf, "negative", btf__add_array(btf, 1, at, 6700417));
	at = btf__add_array(btf, 1, btf__add_array(btf, 1, 2, 1u << 31), 1u << 31);
	btf__add_struct(btf, "wide", 8);
	btf__add_field(btf, "a", at, 0, 0);
	/* Functions whose parameters are pointers to such functions. */
	function = btf__add_func_proto(btf, 0);
	for (int i = 0; i < PARAMETERS; i++)
		btf__add_func_param(btf, "", function);
	btf__add_typedef(btf, "calls", btf__add_ptr(btf, function));
	/* Typedefs and pointers in a circle. */
	btf__add_typedef(btf, "one", btf__type_cnt(btf) + 1);
	btf__add_typedef(btf, "two", btf__type_cnt(btf) - 1);
	at = btf__type_cnt(btf);
	btf__add_typedef(btf, "round", btf__add_ptr(btf, at));
	btf__add_fwd(btf, "never", BTF_FWD_STRUCT);
	btf__add_typedef(btf, "never_t", btf__type_cnt(btf) - 1);
	/* A name with a newline, and references to types that do not exist. */
	btf__add_struct(btf, "bad", 8);
	btf__add_field(btf, "far", 1 << 20, 0, 0);
	types = open_btf(btf);
	ends(types, "itself", false, 1 << 14);
	check_access(types, "itself", 0, 1, "");
	ends(types, "endless", false, 0);
	ends(types, "wide", true, 4);
	ends(types, "calls", true, 2);
	ends(types, "one", false, 0);
	ends(types, "round", true, 2);
	ends(types, "never_t", false, 0);
	ends(types, "bad", true, 4);
	check_path(types, "wide", "a[1]", UINT64_C(8) << 31, "char x[2147483648]");
	lacks_path(types, "wide", "a[2147483647]"); /* its offset in bits has more than 64 bits */
	lacks_path(types, "wide", "a[2147483648]");
	assert_int_equal(facts_of(types, "endless").kind, CTYPE_UNKNOWN);
	assert_int_equal(facts_of(types, "negative").kind, CTYPE_UNKNOWN);
	assert_int_equal(facts_of(types, "negative").size, 0);
	assert_int_equal(facts_of(types, "one").kind, CTYPE_UNKNOWN);
	assert_int_equal(facts_of(types, "never_t").kind, CTYPE_UNKNOWN);
	lacks_path(types, "itself", "none");
	lacks_path(types, "bad", "far.none");
	close_btf(btf, types);
}
#else
static void members_of_btf(void **state)
{
	(void)state;
	skip();
}

static void names_of_btf(void **state)
{
	(void)state;
	skip();
}

static void hostile_btf(void **state)
{
	(void)state;
	skip();
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_of_accesses),
		cmocka_unit_test(every_member),
		cmocka_unit_test(paths),
		cmocka_unit_test(kinds_and_spellings),
		cmocka_unit_test(integers_of_c),
		cmocka_unit_test(names),
		cmocka_unit_test(names_of_btf),
		cmocka_unit_test(members_of_btf),
		cmocka_unit_test(hostile_btf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
