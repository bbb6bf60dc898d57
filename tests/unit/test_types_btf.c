/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Types from BTF that is made in memory, valid and damaged. */
#include <elf.h>
#include <libelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef HAVE_LIBBPF
#include <bpf/btf.h>
#endif

#include "base/bytes.h"
#include "types/types.h"
#include "stop.h"
#include "types_check.h"
#include "put_elf.h"

#ifdef HAVE_LIBBPF

struct copy {
	char *bytes;
	size_t size;
};

static struct btf *make_btf(void)
{
	struct btf *btf = btf__new_empty();
	int word, entry, array, pointer, anonymous;

	assert_non_null(btf);
	word = btf__add_int(btf, "long unsigned int", 8, 0);
	btf__set_endianness(btf, BTF_LITTLE_ENDIAN);
	btf__set_pointer_size(btf, 8);
	entry = btf__add_typedef(btf, "word_t", btf__add_const(btf, word));
	array = btf__add_array(btf, word, btf__add_array(btf, word, entry, 3), 2);
	pointer = btf__add_ptr(btf, 0);
	anonymous = btf__add_union(btf, NULL, 8);
	btf__add_field(btf, "inner", pointer, 0, 0);
	btf__add_fwd(btf, "forward", BTF_FWD_STRUCT);
	btf__add_struct(btf, "outer", 80);
	btf__add_field(btf, "flags", entry, 0, 0);
	btf__add_field(btf, "table", array, 64, 0);
	btf__add_field(btf, NULL, anonymous, 448, 0);
	btf__add_field(btf, "bits", word, 515, 7);
	btf__add_struct(btf, "itself", 8);
	btf__add_field(btf, NULL, btf__type_cnt(btf) - 1, 0, 0);
	btf__add_enum(btf, "level", 4);
	btf__add_enum_value(btf, "LOW", -1);
	btf__add_enum_value(btf, "HIGH", 5);
	btf__add_enum64(btf, "large", 8, false);
	btf__add_enum64_value(btf, "LARGE", 0x123456789aULL);
	return btf;
}

/* DWARF without types: a compilation unit of version 4, and the form of its only entry. */
static const uint8_t debug_info[] = { 8, 0, 0, 0, 4, 0, 0, 0, 0, 0, 8, 1 };
static const uint8_t debug_abbrev[] = { 1, 0x11, 0, 0, 0, 0 };

enum { NR_SECTIONS = 5 };

/* Makes an ELF file with BTF, which is at its end, and DWARF without types. */
static struct copy wrap_btf(const void *data, size_t size)
{
	static const char names[] = "\0.BTF\0.debug_info\0.debug_abbrev\0.shstrtab";
	const struct {
		const char *name;
		const void *data;
		size_t size;
	} sections[NR_SECTIONS] = {
		{ "", NULL, 0 },
		{ ".debug_info", debug_info, sizeof(debug_info) },
		{ ".debug_abbrev", debug_abbrev, sizeof(debug_abbrev) },
		{ ".shstrtab", names, sizeof(names) },
		{ ".BTF", data, size },
	};
	Elf64_Shdr headers[NR_SECTIONS] = { 0 };
	const Elf64_Ehdr header = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			     EV_CURRENT },
		.e_type = ET_EXEC,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_ehsize = sizeof(header),
		.e_shoff = sizeof(header),
		.e_shentsize = sizeof(headers[0]),
		.e_shnum = NR_SECTIONS,
		.e_shstrndx = 3,
	};
	struct copy copy = { .size = sizeof(header) + sizeof(headers) };

	for (unsigned int i = 1; i < NR_SECTIONS; i++) {
		const char *name = memmem(names, sizeof(names), sections[i].name,
					  strlen(sections[i].name) + 1);

		headers[i] = (Elf64_Shdr){ .sh_name = (Elf64_Word)(name - names),
					   .sh_type = i == 3 ? SHT_STRTAB : SHT_PROGBITS,
					   .sh_offset = copy.size,
					   .sh_size = sections[i].size,
					   .sh_addralign = 1 };
		copy.size += sections[i].size;
	}
	copy.bytes = malloc(copy.size);
	assert_non_null(copy.bytes);
	put_elf(copy.bytes, &header, sizeof(header), ELF_T_EHDR, false);
	put_elf(copy.bytes + sizeof(header), headers, sizeof(headers), ELF_T_SHDR, false);
	for (unsigned int i = 1; i < NR_SECTIONS; i++)
		memcpy(copy.bytes + headers[i].sh_offset, sections[i].data, sections[i].size);
	return copy;
}

static void ask_btf(struct types *types)
{
	struct type_member member;
	uint64_t size;

	assert_string_equal(types_source(types), "BTF");
	check_size(types, "struct outer", 80);
	check_size(types, "word_t", 8);
	check_member(types, "struct outer", "flags", (struct type_member){ 0, 8, 1, false });
	check_member(types, "struct outer", "table", (struct type_member){ 8, 48, 6, false });
	check_member(types, "struct outer", "inner", (struct type_member){ 56, 8, 1, true });
	check_member(types, "struct outer", "bits", (struct type_member){ 64, 2, 1, false });
	assert_false(types_member(types, "struct outer", "none", &member));
	assert_false(types_member(types, "struct itself", "none", &member));
	assert_false(types_size(types, "struct forward", &size));
	check_enumerator(types, "level", "LOW", -1);
	check_enumerator(types, "level", "HIGH", 5);
	check_enumerator(types, "enum large", "LARGE", 0x123456789a);
}

static void from_btf(void **state)
{
	struct btf *btf = make_btf();
	struct types *types;
	struct copy copy;
	const void *data;
	uint32_t size;
	Elf *elf;

	(void)state;
	data = btf__raw_data(btf, &size);
	assert_non_null(data);
	copy = wrap_btf(data, size);
	elf_version(EV_CURRENT);
	elf = elf_memory(copy.bytes, copy.size);
	types = types_open(elf);
	ask_btf(types);
	types_close(types);
	elf_end(elf);
	free(copy.bytes);
	btf__free(btf);
}

/* The BTF of a module, which refers to types of the kernel's BTF. */
static void from_split_btf(void **state)
{
	struct btf *base = make_btf(), *split = btf__new_empty_split(base);
	struct types *kernel, *module, *damaged;
	struct btf_size {
		const void *data;
		uint32_t size;
	} whole, more;

	(void)state;
	assert_non_null(split);
	btf__add_struct(split, "of_module", 96);
	btf__add_field(split, "own", btf__find_by_name_kind(base, "outer", BTF_KIND_STRUCT), 0, 0);
	btf__add_field(split, "flags", btf__find_by_name(base, "word_t"), 640, 0);
	btf__add_struct(split, "table", 24); /* its name is one of the kernel's strings */
	btf__add_enum(split, "more", 4);
	btf__add_enum_value(split, "THIRD", 3);
	whole.data = btf__raw_data(base, &whole.size);
	more.data = btf__raw_data(split, &more.size);
	kernel = types_open_btf((struct bytes){ whole.data, whole.size });
	module = types_open_split_btf((struct bytes){ more.data, more.size }, kernel);
	assert_non_null(module);
	check_size(module, "struct table", 24);
	check_size(module, "struct of_module", 96);
	check_member(module, "struct of_module", "own.inner",
		     (struct type_member){ 56, 8, 1, true });
	check_member(module, "struct of_module", "flags", (struct type_member){ 80, 8, 1, false });
	check_enumerator(module, "more", "THIRD", 3);
	ask_btf(module); /* the types of the kernel are found, too */
	assert_false(types_size(kernel, "struct of_module", &(uint64_t){ 0 }));
	/* Split BTF cannot be based on split BTF. */
	assert_null(types_open_split_btf((struct bytes){ more.data, more.size }, module));
	/* Without the end of its types, it is not valid. */
	damaged = types_open_split_btf((struct bytes){ more.data, more.size - 1 }, kernel);
	assert_null(types_source(damaged));
	types_close(damaged);
	types_close(module);
	types_close(kernel);
	btf__free(split);
	btf__free(base);
}

/* Types are cached as far as searches have read. From the 33rd search on, names are in chains, and
 * types that are cached later are added to the chains. */
static void types_searched_in_parts(void **state)
{
	enum { NR = 5000, STEP = 61 };
	struct btf *btf = btf__new_empty();
	struct types *types;
	const void *data;
	uint64_t found;
	uint32_t size;
	char name[64];

	(void)state;
	assert_non_null(btf);
	btf__set_endianness(btf, BTF_LITTLE_ENDIAN);
	btf__add_int(btf, "long int", 8, BTF_INT_SIGNED);
	for (uint32_t i = 0; i < NR; i++) {
		snprintf(name, sizeof(name), "type_%u", i);
		btf__add_struct(btf, name, i + 1);
		btf__add_typedef(btf, name, 1);
	}
	data = btf__raw_data(btf, &size);
	types = types_open_btf((struct bytes){ data, size });
	for (uint32_t i = 0; i < NR; i += STEP) {
		snprintf(name, sizeof(name), "struct type_%u", i);
		check_size(types, name, i + 1);
		check_size(types, name + strlen("struct "), 8);
	}
	assert_false(types_size(types, "struct type_x", &found));
	for (uint32_t i = NR - 1; i < NR; i -= STEP) {
		snprintf(name, sizeof(name), "struct type_%u", i);
		check_size(types, name, i + 1);
	}
	types_close(types);
	btf__free(btf);
}

static void ask_damaged(struct types *types)
{
	struct type_member member;
	int64_t value;

	types_member(types, "struct outer", "table", &member);
	types_member(types, "struct outer", "none", &member);
	types_member(types, "struct itself", "none", &member);
	types_enumerator(types, "level", "none", &value);
	types_enumerator(types, "large", "none", &value);
}

static char *put_words(char *at, const uint32_t *words, size_t nr)
{
	for (size_t i = 0; i < 4 * nr; i++)
		*at++ = (char)(words[i / 4] >> 8 * (i % 4));
	return at;
}

/* Adds three types to BTF: one of the kind 100, an enum with 70,000 values, and struct after. has_layout:
 * the header has the form of 7.1, with the lengths of kinds 0 to 100. The result is owned. */
static char *add_later_kinds(const char *data, bool has_layout, uint32_t *size)
{
	static const char after[] = "after";
	enum { HEADER = 24, KIND = 100, VALUES = 70000, ROWS = KIND + 1 };
	const uint8_t *old = (const uint8_t *)data;
	const uint32_t header = has_layout ? HEADER + 8 : HEADER,
		       layout = has_layout ? ROWS * 4 : 0;
	const uint32_t types = load_le32(old + 12), strings = load_le32(old + 20);
	/* name, info (kind, number of items), size */
	const uint32_t unknown[8] = { 0, (uint32_t)KIND << 24 | 3, 4 };
	const uint32_t wide[3] = { 0, UINT32_C(6) << 24 | VALUES, 4 };
	const uint32_t last[3] = { strings, UINT32_C(4) << 24, 77 };
	const uint32_t all = types + sizeof(unknown) + sizeof(wide) + VALUES * 8 + sizeof(last);
	const uint32_t words[8] = { load_le32(old),
				    header,
				    0,
				    all,
				    all + layout,
				    strings + (uint32_t)sizeof(after),
				    all,
				    layout };
	char *made, *at;

	*size = header + words[4] + words[5];
	made = calloc(1, *size);
	assert_non_null(made);
	at = put_words(made, words, header / 4);
	memcpy(at, data + load_le32(old + 4) + load_le32(old + 8), types);
	at = put_words(at + types, unknown, 8);
	at = put_words(at, wide, 3) + VALUES * 8;
	at = put_words(at, last, 3);
	if (has_layout)
		memcpy(at + 4 * KIND, (const char[]){ 8, 4, 0, 0 }, 4);
	at += layout;
	memcpy(at, data + load_le32(old + 4) + load_le32(old + 16), strings);
	memcpy(at + strings, after, sizeof(after));
	return made;
}

static void later_kinds(void **state)
{
	struct btf *btf = make_btf();
	uint32_t size, new_size;
	const char *data = btf__raw_data(btf, &size);

	(void)state;
	elf_version(EV_CURRENT);
	for (int has_layout = 0; has_layout < 2; has_layout++) {
		char *made = add_later_kinds(data, has_layout, &new_size);
		struct copy copy = wrap_btf(made, new_size);
		Elf *elf = elf_memory(copy.bytes, copy.size);
		struct types *types = types_open(elf);
		uint64_t bytes;

		ask_btf(types);
		assert_int_equal(types_size(types, "struct after", &bytes), has_layout);
		assert_int_equal(types_unknown_kind(types), has_layout ? 0 : 100);
		if (has_layout)
			check_size(types, "struct after", 77);
		types_close(types);
		elf_end(elf);
		free(copy.bytes);
		free(made);
	}
	btf__free(btf);
}

static void damaged_btf(void **state)
{
	struct btf *btf = make_btf();
	uint32_t size;
	const char *data = btf__raw_data(btf, &size);

	(void)state;
	elf_version(EV_CURRENT);
	for (uint32_t i = 0; i < size; i++) {
		struct copy copy = wrap_btf(data, size);
		struct types *types;
		Elf *elf;

		copy.bytes[copy.size - size + i] ^= 0xff;
		elf = elf_memory(copy.bytes, copy.size);
		types = types_open(elf);
		ask_damaged(types);
		types_close(types);
		elf_end(elf);
		free(copy.bytes);
	}
	btf__free(btf);
}

/* The file is written to after it was opened. Sanitizers detect reads after its end. */
static void changed_btf(void **state)
{
	struct btf *btf = make_btf();
	uint32_t size;
	const char *data = btf__raw_data(btf, &size);

	(void)state;
	elf_version(EV_CURRENT);
	for (uint32_t i = 0; i < size; i++) {
		struct copy copy = wrap_btf(data, size);
		Elf *elf = elf_memory(copy.bytes, copy.size);
		struct types *types = types_open(elf);
		struct type_member member;

		assert_true(types_member(types, "struct outer", "flags", &member));
		copy.bytes[copy.size - size + i] ^= 0xff;
		ask_damaged(types);
		types_close(types);
		elf_end(elf);
		free(copy.bytes);
	}
	btf__free(btf);
}

/* The work is stopped while BTF is opened. Later, BTF is opened again, and not DWARF. */
static void opening_stopped(void **state)
{
	struct btf *btf = make_btf();
	unsigned int most = 0, left;
	uint32_t size;
	const void *data = btf__raw_data(btf, &size);
	struct copy copy = wrap_btf(data, size);
	const char *source = NULL;

	(void)state;
	elf_version(EV_CURRENT);
	for (; !source; most++) {
		const struct listener listener = { .stop = stop_after, .arg = &left };
		Elf *elf = elf_memory(copy.bytes, copy.size);
		struct types *types = types_open(elf);

		types_listen(types, &listener);
		left = most;
		source = types_source(types);
		if (source)
			assert_string_equal(source, "BTF");
		left = UINT32_MAX;
		ask_btf(types);
		types_close(types);
		elf_end(elf);
	}
	assert_in_range(most, 3, 1000);
	free(copy.bytes);
	btf__free(btf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opening_stopped), cmocka_unit_test(from_btf),
		cmocka_unit_test(from_split_btf),  cmocka_unit_test(types_searched_in_parts),
		cmocka_unit_test(later_kinds),	   cmocka_unit_test(damaged_btf),
		cmocka_unit_test(changed_btf),
	};

	return cmocka_run_group_tests_name("types_btf", tests, NULL, NULL);
}

#else

static void without_libbpf(void **state)
{
	(void)state;
	skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_libbpf),
	};

	return cmocka_run_group_tests_name("types_btf", tests, NULL, NULL);
}

#endif
