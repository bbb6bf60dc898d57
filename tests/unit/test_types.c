/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Types of this program, for which the compiler knows the answers, valid and damaged; and types of
 * the file in TEST_VMLINUX. */
#include <elf.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "types/types.h"
#include "types_check.h"

/* --- the types in the questions --- */

typedef unsigned long kw_word;
typedef struct {
	const volatile kw_word entry;
} kw_entry;
typedef const kw_entry kw_const_entry;
typedef short kw_row[5];

enum kw_level {
	KW_NEGATIVE = -7,
	KW_ZERO = 0,
	KW_BYTE = 200,
	KW_WIDE = 70000,
};

enum kw_large {
	KW_TOP_BIT = 0x80000000u,
	KW_BEYOND = 0x123456789abcLL,
};

struct kw_list {
	struct kw_list *next, *prev;
};

struct kw_page {
	kw_word flags;
	union {
		struct {
			union {
				struct kw_list lru;
				struct {
					void *filler;
					unsigned int mlock_count;
				};
			};
			void *mapping;
		};
		struct {
			kw_word compound_head;
			unsigned char order;
		};
		kw_row rows[3];
	};
	int refcount;
};

struct kw_bits {
	unsigned int first : 3;
	unsigned int second : 7;
	unsigned long long third : 33;
	int plain;
	unsigned char last : 1;
};

struct kw_zone {
	char name[16];
	kw_entry entries[2][3];
	struct kw_page pages[4];
	enum kw_level level;
	unsigned int (*handler)(int);
	int tail[];
};

struct kw_empty_tail {
	int length;
	char data[0];
};

union kw_union {
	uint8_t bytes[8];
	uint64_t number;
};

static volatile struct kw_zone a_zone;
static volatile struct kw_bits some_bits;
static volatile struct kw_empty_tail an_empty_tail;
static volatile union kw_union a_union;
static volatile kw_const_entry an_entry;
static volatile enum kw_large a_large;
static kw_row a_row;
static kw_row *volatile rows;
static struct kw_undefined *volatile an_undefined;

/* Uses the types above, so that they are in the debug information. */
static void use_them(void)
{
	a_zone.level = KW_WIDE;
	some_bits.first = 1;
	an_empty_tail.length = 1;
	a_union.number = an_entry.entry;
	a_large = KW_BEYOND;
	an_undefined = NULL;
	rows = &a_row;
}

/* --- this program --- */

struct opened {
	int fd;
	Elf *elf;
	struct types *types;
};

static void open_path(struct opened *opened, const char *path)
{
	elf_version(EV_CURRENT);
	opened->fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(opened->fd >= 0);
	opened->elf = elf_begin(opened->fd, ELF_C_READ_MMAP, NULL);
	assert_non_null(opened->elf);
	opened->types = types_open(opened->elf);
	assert_non_null(opened->types);
}

static void close_opened(struct opened *opened)
{
	types_close(opened->types);
	elf_end(opened->elf);
	close(opened->fd);
}

static void open_self(struct opened *self)
{
	open_path(self, "/proc/self/exe");
	if (types_source(self->types))
		return;
	close_opened(self);
	skip(); /* built without -g */
}

static void sizes(void **state)
{
	struct opened self;

	(void)state;
	use_them();
	open_self(&self);
	assert_string_equal(types_source(self.types), "DWARF");
	for (unsigned int round = 0; round < 2; round++) {
		check_size(self.types, "struct kw_page", sizeof(struct kw_page));
		check_size(self.types, "struct kw_zone", sizeof(struct kw_zone));
		check_size(self.types, "union kw_union", sizeof(union kw_union));
		check_size(self.types, "enum kw_large", sizeof(enum kw_large));
		check_size(self.types, "kw_word", sizeof(kw_word));
		check_size(self.types, "kw_entry", sizeof(kw_entry));
		check_size(self.types, "kw_const_entry", sizeof(kw_entry));
		check_size(self.types, "kw_row", sizeof(kw_row));
		check_size(self.types, "int", sizeof(int));
	}
	close_opened(&self);
}

static void absent_types(void **state)
{
	static const char *const absent[] = {
		"struct kw_undefined",
		"struct kw_nowhere",
		"kw_page",
		"union kw_page",
		"enum kw_page",
		"struct kw_entry",
		"struct ",
		"struct",
		"",
		"struct kw_pag",
		"kw",
		"x",
		"struct kw_union",
	};
	struct type_member member;
	struct opened self;
	uint64_t size;

	(void)state;
	open_self(&self);
	for (unsigned int round = 0; round < 2; round++) {
		for (size_t i = 0; i < sizeof(absent) / sizeof(*absent); i++) {
			assert_false(types_size(self.types, absent[i], &size));
			assert_false(types_member(self.types, absent[i], "a", &member));
		}
	}
	check_size(self.types, "struct kw_page", sizeof(struct kw_page));
	close_opened(&self);
}

#define MEMBER_SIZE(type, member) sizeof(((type *)NULL)->member)
#define IS_POINTER(type, member) (__builtin_classify_type(((type *)NULL)->member) == 5)
#define CHECK(types, type, member, count)                                                          \
	check_member(types, #type, #member,                                                        \
		     (struct type_member){ offsetof(type, member), MEMBER_SIZE(type, member),      \
					   count, (count) == 1 && IS_POINTER(type, member) })

static void members(void **state)
{
	struct opened self;

	(void)state;
	open_self(&self);
	CHECK(self.types, struct kw_page, flags, 1);
	CHECK(self.types, struct kw_page, refcount, 1);
	CHECK(self.types, struct kw_list, prev, 1);
	CHECK(self.types, union kw_union, bytes, 8);
	CHECK(self.types, kw_entry, entry, 1);
	CHECK(self.types, kw_const_entry, entry, 1);
	CHECK(self.types, struct kw_zone, level, 1);
	CHECK(self.types, struct kw_zone, handler, 1);
	close_opened(&self);
}

static void anonymous_members(void **state)
{
	struct opened self;

	(void)state;
	open_self(&self);
	CHECK(self.types, struct kw_page, lru, 1);
	CHECK(self.types, struct kw_page, lru.prev, 1);
	CHECK(self.types, struct kw_page, mlock_count, 1);
	CHECK(self.types, struct kw_page, mapping, 1);
	CHECK(self.types, struct kw_page, compound_head, 1);
	CHECK(self.types, struct kw_page, order, 1);
	close_opened(&self);
}

static void arrays(void **state)
{
	struct opened self;

	(void)state;
	open_self(&self);
	CHECK(self.types, struct kw_zone, name, 16);
	CHECK(self.types, struct kw_zone, entries, 6);
	CHECK(self.types, struct kw_zone, pages, 4);
	CHECK(self.types, struct kw_page, rows, 15);
	check_member(self.types, "struct kw_zone", "pages.lru.prev",
		     (struct type_member){ offsetof(struct kw_zone, pages[0].lru.prev),
					   sizeof(void *), 1, true });
	check_member(self.types, "struct kw_zone", "entries.entry",
		     (struct type_member){ offsetof(struct kw_zone, entries), sizeof(kw_word), 1,
					   false });
	check_member(self.types, "struct kw_zone", "tail",
		     (struct type_member){ offsetof(struct kw_zone, tail), 0, 0, false });
	check_member(self.types, "struct kw_empty_tail", "data",
		     (struct type_member){ offsetof(struct kw_empty_tail, data), 0, 0, false });
	close_opened(&self);
}

/* Returns the offset and size of the bytes that change when a field is set to all ones. */
static struct type_member touched(const struct kw_bits *bits)
{
	const uint8_t *bytes = (const uint8_t *)bits;
	struct type_member found = { .count = 1 };
	bool seen = false;

	for (size_t i = 0; i < sizeof(*bits); i++) {
		if (!bytes[i])
			continue;
		if (!seen)
			found.offset = i;
		seen = true;
		found.size = i + 1 - found.offset;
	}
	return found;
}

static void bit_fields(void **state)
{
	struct kw_bits bits;
	struct opened self;

	(void)state;
	open_self(&self);
	memset(&bits, 0, sizeof(bits));
	bits.first = 7;
	check_member(self.types, "struct kw_bits", "first", touched(&bits));
	memset(&bits, 0, sizeof(bits));
	bits.second = 127;
	check_member(self.types, "struct kw_bits", "second", touched(&bits));
	memset(&bits, 0, sizeof(bits));
	bits.third = (1ULL << 33) - 1;
	check_member(self.types, "struct kw_bits", "third", touched(&bits));
	memset(&bits, 0, sizeof(bits));
	bits.last = 1;
	check_member(self.types, "struct kw_bits", "last", touched(&bits));
	CHECK(self.types, struct kw_bits, plain, 1);
	close_opened(&self);
}

/* The offset is relative to the struct that the pointer points to. */
static void members_behind_pointers(void **state)
{
	struct type_member member;
	struct opened self;

	(void)state;
	open_self(&self);
	assert_true(types_member(self.types, "struct kw_page", "lru.prev->prev", &member));
	assert_int_equal(member.offset, offsetof(struct kw_list, prev));
	assert_int_equal(member.size, sizeof(void *));
	assert_true(types_member(self.types, "struct kw_page", "lru.next->next->next", &member));
	assert_int_equal(member.offset, 0);
	close_opened(&self);
}

static void absent_members(void **state)
{
	static const char *const absent[] = {
		"",
		".",
		"flag",
		"flagsx",
		"flags.",
		"flags.x",
		".flags",
		"lru.",
		"lru..prev",
		"lru.nowhere",
		"lru.prev.next",
		"nowhere",
		"lru.prev-",
		"lru.prev->",
		"lru.prev->nowhere",
		"lru->prev",
		"flags->next",
		"lru.prev-next",
	};
	struct type_member member;
	struct opened self;

	(void)state;
	open_self(&self);
	for (size_t i = 0; i < sizeof(absent) / sizeof(*absent); i++)
		assert_false(types_member(self.types, "struct kw_page", absent[i], &member));
	assert_false(types_member(self.types, "kw_word", "flags", &member));
	assert_false(types_member(self.types, "enum kw_level", "KW_ZERO", &member));
	close_opened(&self);
}

struct collected {
	char names[128];
	int64_t sum;
	unsigned int left;
};

static bool collect(const char *name, int64_t value, void *arg)
{
	struct collected *collected = arg;

	strcat(collected->names, name);
	strcat(collected->names, " ");
	collected->sum += value;
	return --collected->left > 0;
}

static void enumerators(void **state)
{
	struct collected all = { .left = 100 }, one = { .left = 1 };
	struct opened self;
	int64_t value;

	(void)state;
	open_self(&self);
	check_enumerator(self.types, "kw_level", "KW_NEGATIVE", KW_NEGATIVE);
	check_enumerator(self.types, "kw_level", "KW_ZERO", KW_ZERO);
	check_enumerator(self.types, "enum kw_level", "KW_BYTE", KW_BYTE);
	check_enumerator(self.types, "kw_level", "KW_WIDE", KW_WIDE);
	check_enumerator(self.types, "kw_large", "KW_TOP_BIT", 0x80000000);
	check_enumerator(self.types, "kw_large", "KW_BEYOND", KW_BEYOND);
	assert_false(types_enumerator(self.types, "kw_level", "KW_", &value));
	assert_false(types_enumerator(self.types, "kw_none", "KW_", &value));
	assert_false(types_enumerator(self.types, "struct kw_page", "flags", &value));
	assert_true(types_each_enumerator(self.types, "kw_level", collect, &all));
	assert_string_equal(all.names, "KW_NEGATIVE KW_ZERO KW_BYTE KW_WIDE ");
	assert_int_equal(all.sum, 70193);
	assert_true(types_each_enumerator(self.types, "kw_level", collect, &one));
	assert_string_equal(one.names, "KW_NEGATIVE ");
	close_opened(&self);
}

/* --- damage --- */

struct copy {
	char *bytes;
	size_t size;
};

static bool read_self(struct copy *copy)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct stat status;
	bool whole;

	if (fd < 0 || fstat(fd, &status) != 0)
		return false;
	copy->size = status.st_size;
	copy->bytes = malloc(copy->size);
	whole = copy->bytes && read(fd, copy->bytes, copy->size) == status.st_size;
	close(fd);
	return whole;
}

static bool find_section(struct copy *copy, const char *name, GElf_Shdr *header)
{
	Elf *elf = elf_memory(copy->bytes, copy->size);
	Elf_Scn *section = NULL;
	bool found = false;
	size_t names;

	if (elf_getshdrstrndx(elf, &names) == 0) {
		while (!found && (section = elf_nextscn(elf, section)))
			found = gelf_getshdr(section, header) &&
				!strcmp(elf_strptr(elf, names, header->sh_name), name);
	}
	elf_end(elf);
	return found;
}

/* Asks all questions. The answers do not matter, but no question may cause an invalid access. */
static void ask_everything(struct copy *copy)
{
	struct collected some = { .left = 2 };
	struct type_member member;
	struct types *types;
	uint64_t size;
	Elf *elf;

	elf = elf_memory(copy->bytes, copy->size);
	assert_non_null(elf);
	types = types_open(elf);
	assert_non_null(types);
	types_size(types, "struct kw_zone", &size);
	types_member(types, "struct kw_page", "lru.prev", &member);
	types_member(types, "struct kw_page", "refcount", &member);
	types_member(types, "struct kw_zone", "pages.nowhere", &member);
	types_member(types, "struct kw_bits", "third", &member);
	types_member(types, "kw_const_entry", "entry", &member);
	types_size(types, "kw_row", &size);
	types_size(types, "struct kw_nowhere", &size);
	types_each_enumerator(types, "kw_level", collect, &some);
	types_close(types);
	elf_end(elf);
}

/* xorshift, so that the damage is the same in each run. */
static uint32_t next_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static void damaged_sections(void **state)
{
	static const char *const sections[] = {
		".debug_info",
		".debug_abbrev",
		".debug_str",
	};
	uint32_t seed = 20240229;
	struct copy copy = { 0 };
	GElf_Shdr header;

	(void)state;
	elf_version(EV_CURRENT);
	assert_true(read_self(&copy));
	for (unsigned int round = 0; round < 300; round++) {
		const char *name = sections[round % 3];
		char saved[4];
		size_t at;

		if (!find_section(&copy, name, &header) || header.sh_size < sizeof(saved))
			continue;
		at = header.sh_offset + next_random(&seed) % (header.sh_size - sizeof(saved) + 1);
		memcpy(saved, copy.bytes + at, sizeof(saved));
		copy.bytes[at] = next_random(&seed);
		if (round % 2)
			memset(copy.bytes + at, -1, sizeof(saved));
		ask_everything(&copy);
		memcpy(copy.bytes + at, saved, sizeof(saved));
	}
	free(copy.bytes);
}

/* --- a kernel --- */

static void from_vmlinux(void **state)
{
	const char *path = getenv("TEST_VMLINUX");
	struct type_member member;
	struct opened vmlinux;
	uint64_t size;

	(void)state;
	if (!path)
		skip();
	open_path(&vmlinux, path);
	if (types_source(vmlinux.types) && types_size(vmlinux.types, "struct page", &size)) {
		assert_true(types_member(vmlinux.types, "struct page", "flags", &member));
		assert_int_equal(member.offset, 0);
		assert_true(member.size <= size);
	}
	assert_false(types_size(vmlinux.types, "struct kw_nowhere", &size));
	close_opened(&vmlinux);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes),
		cmocka_unit_test(absent_types),
		cmocka_unit_test(members),
		cmocka_unit_test(anonymous_members),
		cmocka_unit_test(arrays),
		cmocka_unit_test(bit_fields),
		cmocka_unit_test(members_behind_pointers),
		cmocka_unit_test(absent_members),
		cmocka_unit_test(enumerators),
		cmocka_unit_test(damaged_sections),
		cmocka_unit_test(from_vmlinux),
	};

	return cmocka_run_group_tests_name("types", tests, NULL, NULL);
}
