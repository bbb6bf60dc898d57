/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of mappings that are not paths: names from functions of a file system, special mappings,
 * parts of a process, and names that the process set. */
#include "linux/task_members.h"
#include "linux/vma/vma.h"
#include "made_files.h"
#include "placed.h"

#include "unit.h"

/* --- names from a file system --- */

static void names_by_functions(void **state)
{
	static const struct {
		const char *function; /* function in the note; NULL: an unknown function */
		unsigned int dentry;
		const char *path;
	} rows[] = {
		{ "simple_dname", 5, "/alone (deleted)" },
		{ "anon_inodefs_dname", 5, "anon_inode:alone" },
		{ "dmabuffs_dname", 5, "/dmabuf:alone" },
		{ "dmabuffs_dnama", 5, NULL },
		{ NULL, 5, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		char note[200] = "SYMBOL(another)=ffffffff80009100\n";

		if (rows[i].function)
			sprintf(note, "SYMBOL(%s)=ffffffff80009000\n", rows[i].function);
		memory_start_64("6.1.0", note);
		put_files();
		put_file(0, 5, 1);
		put(DENTRIES + 0x80 * 5 + 24, IMAGE + OPERATIONS, 8);
		put(OPERATIONS + 8, IMAGE + 0x9000, 8);
		kernel = PLACED_OPEN(NULL, layout);
		expect_path(kernel, 0, rows[i].path);
		/* the name cannot be read */
		placed_forget(kernel, DENTRY_NAME);
		expect_path(kernel, 0, NULL);
		open_close(kernel);
	}
}

/* The function is not asked for the root of a mount, nor if there are no operations or if these
 * have no such function. If the types have no such member (before 2.6.23), it is never asked. */
static void functions_that_are_not_asked(void **state)
{
	static const struct {
		const char *note;
		bool is_root, operations, function, member;
		const char *path;
	} rows[] = {
		{ "", false, true, true, true, NULL },
		{ "", true, true, true, true, "/mnt" },
		{ "", false, false, true, true, "/mnt/dir/file" },
		{ "", false, true, false, true, "/mnt/dir/file" },
		{ "", false, true, true, false, NULL },
		{ "SIZE(dentry_operations)=64\n", false, true, true, false, "/mnt/dir/file" },
		{ "SIZE(dentry_operations)=64\n", false, true, true, true, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned int dentry = rows[i].is_root ? 2 : 4;
		struct kernel *kernel;

		memory_start_64("6.1.0", rows[i].note);
		put_files();
		put(0x1000, 0x2000 | P | RW, 8); /* 0 is mapped, too */
		put(0x2000, P | RW | PS, 8);
		put(8, 0x1234, 8);
		put(DENTRIES + 0x80 * dentry + 24, rows[i].operations ? IMAGE + OPERATIONS : 0, 8);
		put(OPERATIONS + 8, rows[i].function ? IMAGE + 0x9000 : 0, 8);
		kernel = PLACED_OPEN(NULL, layout);
		if (!rows[i].member)
			placed_forget(kernel, DENTRY_OPS_DNAME);
		expect_path(kernel, dentry, rows[i].path);
		open_close(kernel);
	}
}

/* --- mappings without a file --- */

enum { START_BRK = 0x20000, BRK = 0x23000, STACK = 0x7fff0800, VDSO = 0x50000 };

static const struct placed area_layout[] = {
	{ VMA_OPS, 0, 8 },	  { VMA_PRIVATE_DATA, 8, 8 },	  { VMA_ANON_NAME, 16, 8 },
	{ ANON_NAME_NAME, 4, 0 }, { SPECIAL_MAPPING_NAME, 8, 8 }, { MM_START_BRK, 0, 8 },
	{ MM_BRK, 8, 8 },	  { MM_START_STACK, 16, 8 },	  { MM_VDSO, 24, 8 },
};

static void put_area(void)
{
	put(AREA, IMAGE + 0x9000, 8);
	put(AREA + 8, IMAGE + OPERATIONS, 8);
	put(OPERATIONS + 8, IMAGE + TEXT, 8);
	put(MM, START_BRK, 8);
	put(MM + 8, BRK, 8);
	put(MM + 16, STACK, 8);
	put(MM + 24, VDSO, 8);
}

static void expect_name(struct kernel *kernel, uint64_t first, uint64_t last, const char *expected)
{
	const struct vma vma = { .address = IMAGE + AREA, .first = first, .last = last };
	struct error err = { .message = "" };
	char name[VMA_NAME_MAX];
	bool done = vma_name_of(kernel, IMAGE + MM, &vma, name, &err);

	if (!done && expected)
		fail_msg("%s: %s", expected, err.message);
	assert_int_equal(done, expected != NULL);
	if (expected && strcmp(name, expected))
		fail_msg("%llx: %s, not %s", (unsigned long long)first, name, expected);
}

static void parts_of_a_process(void **state)
{
	static const struct {
		uint64_t first, last;
		const char *name;
	} rows[] = {
		{ VDSO, VDSO + 0x1fff, "[vdso]" },
		{ VDSO - 0x1000, VDSO + 0x1fff, "" },
		{ VDSO + 0x1000, VDSO + 0x1fff, "" },
		{ START_BRK, BRK - 1, "[heap]" },
		{ START_BRK - 0x1000, START_BRK - 1, "" },
		{ START_BRK - 0x1000, START_BRK, "[heap]" },
		{ BRK, BRK + 0xfff, "" },
		{ BRK - 1, BRK + 0xfff, "[heap]" },
		{ STACK - 0x800, STACK + 0x7ff, "[stack]" },
		{ STACK, STACK + 0xfff, "[stack]" },
		{ STACK + 1, STACK + 0xfff, "" },
		{ STACK - 0x1000, STACK - 1, "[stack]" },
		{ STACK - 0x1000, STACK - 2, "" },
		{ 0x100000, 0x100fff, "" },
	};
	struct kernel *kernel;

	(void)state;
	memory_start_64("6.6.0", "");
	put_area();
	kernel = PLACED_OPEN(NULL, area_layout);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_name(kernel, rows[i].first, rows[i].last, rows[i].name);
	for (size_t i = 5; i < 8; i++) {
		placed_forget(kernel, area_layout[i].id);
		expect_name(kernel, 0x100000, 0x100fff, NULL);
		placed_set(kernel, area_layout[i].id, area_layout[i].offset, 8);
	}
	placed_forget(kernel, MM_VDSO);
	expect_name(kernel, VDSO, VDSO + 0x1fff, "");
	open_close(kernel);
	/* if a process has no vdso, the mapping at 0 is not one */
	memory_start_64("6.6.0", "");
	put_area();
	put(MM + 24, 0, 8);
	kernel = PLACED_OPEN(NULL, area_layout);
	expect_name(kernel, 0, 0xfff, "");
	open_close(kernel);
}

/* Recognised by special_mapping_vmops (a62c34bd2a8a, 3.15). Up to 63 bytes of the name are
 * shown. */
static void special_mappings(void **state)
{
	static const char note[] = "SYMBOL(special_mapping_vmops)=ffffffff80009000\n";
	char text[100];
	struct kernel *kernel;

	(void)state;
	memory_start_64("6.6.0", note);
	put_area();
	put_text(TEXT, "[vvar]");
	kernel = PLACED_OPEN(NULL, area_layout);
	expect_name(kernel, 0x100000, 0x100fff, "[vvar]");
	expect_name(kernel, START_BRK, BRK - 1, "[vvar]");
	placed_forget(kernel, VMA_PRIVATE_DATA);
	expect_name(kernel, 0x100000, 0x100fff, NULL);
	placed_forget(kernel, VMA_OPS);
	expect_name(kernel, 0x100000, 0x100fff, NULL);
	placed_forget(kernel, SPECIAL_MAPPING_NAME);
	expect_name(kernel, 0x100000, 0x100fff, "");
	open_close(kernel);
	/* a mapping with other operations */
	memory_start_64("6.6.0", note);
	put_area();
	put_text(TEXT, "[vvar]");
	put(AREA, IMAGE + 0x9010, 8);
	kernel = PLACED_OPEN(NULL, area_layout);
	expect_name(kernel, 0x100000, 0x100fff, "");
	open_close(kernel);
	/* other operations, where it is known which mappings without a file have some */
	for (unsigned int legacy = 0; legacy < 2; legacy++) {
		memory_start_64("6.6.0", "SYMBOL(special_mapping_vmops)=ffffffff80009000\n"
					 "SYMBOL(legacy_special_mapping_vmops)=ffffffff80009020\n");
		put_area();
		put(AREA, IMAGE + 0x9010 + 0x10 * legacy, 8);
		kernel = PLACED_OPEN(NULL, area_layout);
		expect_name(kernel, 0x100000, 0x100fff, legacy ? "" : NULL);
		open_close(kernel);
	}
	/* a name that cannot be read, and a name without an end */
	memory_start_64("6.6.0", note);
	put_area();
	put(AREA + 8, 0x1234, 8);
	kernel = PLACED_OPEN(NULL, area_layout);
	expect_name(kernel, 0x100000, 0x100fff, NULL);
	open_close(kernel);
	for (size_t size = 62; size < 66; size++) {
		memset(text, 'v', size);
		text[size] = '\0';
		memory_start_64("6.6.0", note);
		put_area();
		put_text(TEXT, text);
		kernel = PLACED_OPEN(NULL, area_layout);
		text[63] = '\0';
		expect_name(kernel, 0x100000, 0x100fff, text);
		open_close(kernel);
	}
}

/* prctl(PR_SET_VMA), 9a10064f5625 (5.17): a name has up to 80 bytes with its NUL. Of longer names,
 * 80 bytes are shown. */
static void names_that_a_process_gave(void **state)
{
	char text[100], expected[120];
	struct kernel *kernel;

	(void)state;
	memory_start_64("6.6.0", "");
	put_area();
	put(AREA + 16, IMAGE + TEXT, 8);
	put_text(TEXT, "1234mine");
	kernel = PLACED_OPEN(NULL, area_layout);
	expect_name(kernel, 0x100000, 0x100fff, "[anon:mine]");
	/* the heap has another name */
	expect_name(kernel, START_BRK, BRK - 1, "[heap]");
	placed_forget(kernel, ANON_NAME_NAME);
	expect_name(kernel, 0x100000, 0x100fff, NULL);
	placed_forget(kernel, VMA_ANON_NAME);
	expect_name(kernel, 0x100000, 0x100fff, "");
	placed_set(kernel, VMA_ANON_NAME, 0x40000000, 8);
	expect_name(kernel, 0x100000, 0x100fff, NULL);
	open_close(kernel);
	memory_start_64("6.6.0", "");
	put_area();
	kernel = PLACED_OPEN(NULL, area_layout);
	expect_name(kernel, 0x100000, 0x100fff, "");
	open_close(kernel);
	for (size_t size = 79; size < 83; size++) {
		memset(text, 'n', size);
		text[size] = '\0';
		memory_start_64("6.6.0", "");
		put_area();
		put(AREA + 16, IMAGE + TEXT - 4, 8);
		put_text(TEXT, text);
		snprintf(expected, sizeof(expected), "[anon:%.80s]", text);
		kernel = PLACED_OPEN(NULL, area_layout);
		expect_name(kernel, 0x100000, 0x100fff, expected);
		open_close(kernel);
	}
}

/* gate_vma is the vsyscall page, whatever its members are. A mapping of a file has the path of the
 * file. */
static void gates_and_files(void **state)
{
	struct vma vma = { .address = IMAGE + AREA, .file = IMAGE + FILES + 64 };
	char name[VMA_NAME_MAX];
	struct kernel *kernel;

	(void)state;
	for (int gate = 0; gate < 2; gate++) {
		memory_start_64("6.6.0", gate ? "SYMBOL(gate_vma)=ffffffff80007900\n" :
						"SYMBOL(gate_vma)=ffffffff80007908\n");
		put_files();
		kernel = PLACED_OPEN(NULL, layout);
		assert_true(vma_name_of(kernel, IMAGE + MM, &vma, name, NULL));
		assert_string_equal(name, gate ? "[vsyscall]" : "/mnt/dir/file");
		open_close(kernel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_by_functions),
		cmocka_unit_test(functions_that_are_not_asked),
		cmocka_unit_test(parts_of_a_process),
		cmocka_unit_test(special_mappings),
		cmocka_unit_test(names_that_a_process_gave),
		cmocka_unit_test(gates_and_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
