/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of mappings: paths over mounts and what may end them, names that functions of a
 * file system give, special mappings, the parts of a process, names that it gave. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "kernel/noted.h"
#include "placed.h"
#include "linux/task_members.h"
#include "linux/vma/vma.h"

/* Has a macro fail() of its own. */
#include <cmocka.h>

enum {
	FILES = 0x4000, /* struct file, 10 bytes each */
	DENTRIES = 0x5000, /* 80 each, its name in the second half */
	MOUNTS = 0x7000, /* struct mount, 40 each, its vfsmount from 10 on */
	OPERATIONS = 0x7800,
	AREA = 0x7900, /* a vm_area_struct */
	MM = 0x7a00,
	TEXT = 0x7b00,
	LONG_TEXT = 0x8000,
};

static const struct placed layout[] = {
	{ FILE_DENTRY, 0, 8 },	 { FILE_MNT, 8, 8 },	     { DENTRY_PARENT, 0, 8 },
	{ DENTRY_NAME, 8, 8 },	 { DENTRY_LENGTH, 16, 4 },   { DENTRY_OPS, 24, 8 },
	{ DENTRY_HASH, 32, 16 }, { DENTRY_OPS_DNAME, 8, 8 }, { VFSMOUNT_ROOT, 0, 8 },
	{ MOUNT_MNT, 16, 8 },	 { MOUNT_PARENT, 0, 8 },     { MOUNT_MOUNTPOINT, 8, 8 },
};

static uint64_t dentry_at(unsigned int nr)
{
	return IMAGE + DENTRIES + 0x80 * nr;
}

static uint64_t mount_at(unsigned int nr)
{
	return IMAGE + MOUNTS + 0x40 * nr;
}

static void put_text(uint64_t paddr, const char *text)
{
	memcpy(image.bytes + MEMORY + paddr, text, strlen(text) + 1);
}

/* Hashed, and without operations. */
static void put_dentry(unsigned int nr, unsigned int parent, const char *name)
{
	uint64_t at = DENTRIES + 0x80 * nr;

	put(at, dentry_at(parent), 8);
	put(at + 8, IMAGE + at + 0x40, 8);
	put(at + 16, strlen(name), 4);
	put(at + 24, 0, 8);
	put(at + 32, 0x99, 8);
	put(at + 40, IMAGE + TEXT, 8); /* pprev */
	put_text(at + 0x40, name);
}

/* Mounted on a dentry of its parent, of which it may be its own. */
static void put_mount(unsigned int nr, unsigned int parent, unsigned int mountpoint,
		      unsigned int root)
{
	uint64_t at = MOUNTS + 0x40 * nr;

	put(at, mount_at(parent), 8);
	put(at + 8, dentry_at(mountpoint), 8);
	put(at + 16, dentry_at(root), 8);
}

static void put_file(unsigned int nr, unsigned int dentry, unsigned int mount)
{
	put(FILES + 16 * nr, dentry_at(dentry), 8);
	put(FILES + 16 * nr + 8, mount_at(mount) + 16, 8);
}

/* / has mnt, on which another file system is mounted, which has dir and dir/file. A third
 * is mounted nowhere. */
static void put_files(void)
{
	put_dentry(0, 0, "/");
	put_dentry(1, 0, "mnt");
	put_dentry(2, 2, "/");
	put_dentry(3, 2, "dir");
	put_dentry(4, 3, "file");
	put_dentry(5, 5, "alone");
	put_mount(0, 0, 0, 0);
	put_mount(1, 0, 1, 2);
	put_file(0, 0, 0);
	put_file(1, 1, 0);
	put_file(2, 2, 1);
	put_file(3, 3, 1);
	put_file(4, 4, 1);
}

static void expect_path(struct kernel *kernel, unsigned int file, const char *path)
{
	struct error err = { .message = "" };
	char found[VMA_NAME_MAX];
	bool done = vma_file_path(kernel, IMAGE + FILES + 16 * file, found, &err);

	if (!done && path)
		fail_msg("%s: %s", path, err.message);
	assert_int_equal(done, path != NULL);
	if (path)
		assert_string_equal(found, path);
}

static void paths_over_mounts(void **state)
{
	static const char *const paths[] = { "/", "/mnt", "/mnt", "/mnt/dir", "/mnt/dir/file" };

	(void)state;
	/* before 3.3 (7d6fec45a513) a vfsmount had the members itself */
	for (int old = 0; old < 2; old++) {
		struct kernel *kernel;

		memory_start_64("3.2.0", "");
		put_files();
		for (unsigned int i = 0; old && i < 5; i++)
			put(FILES + 16 * i + 8, mount_at(i > 1), 8);
		kernel = PLACED_OPEN(NULL, layout);
		if (old) {
			placed_set(kernel, VFSMOUNT_ROOT, 16, 8);
			placed_set(kernel, VFSMOUNT_PARENT, 0, 8);
			placed_set(kernel, VFSMOUNT_MOUNTPOINT, 8, 8);
			placed_forget(kernel, MOUNT_MNT);
			placed_forget(kernel, MOUNT_PARENT);
			placed_forget(kernel, MOUNT_MOUNTPOINT);
		}
		for (unsigned int i = 0; i < 5; i++)
			expect_path(kernel, i, paths[i]);
		open_close(kernel);
	}
}

/* Each member that a path needs, forgotten or where nothing is mapped. */
static void paths_that_cannot_be_read(void **state)
{
	static const unsigned int needed[] = {
		FILE_DENTRY,   FILE_MNT,     DENTRY_PARENT,    DENTRY_NAME,
		DENTRY_LENGTH, DENTRY_OPS,   DENTRY_HASH,      VFSMOUNT_ROOT,
		MOUNT_MNT,     MOUNT_PARENT, MOUNT_MOUNTPOINT,
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(needed) / sizeof(needed[0]); i++) {
		unsigned int id = needed[i / 2];
		struct kernel *kernel;

		memory_start_64("6.1.0", "");
		put_files();
		kernel = PLACED_OPEN(NULL, layout);
		expect_path(kernel, 4, "/mnt/dir/file");
		if (i % 2)
			placed_forget(kernel, id);
		else
			placed_set(kernel, id, 0x40000000, id == DENTRY_HASH ? 16 : 8);
		if (id == MOUNT_MNT && i % 2 == 0)
			placed_set(kernel, id, 0x70000000, 8);
		expect_path(kernel, 4, NULL);
		open_close(kernel);
	}
}

/* An unlinked file, or one that 2.6.37 and before took out of the hash table, is deleted;
 * a root is in no table. */
static void deleted_files(void **state)
{
	static const struct {
		uint64_t pprev;
		unsigned int dentry;
		const char *path;
	} rows[] = {
		{ 0, 4, "/mnt/dir/file (deleted)" },
		{ 0x200200, 4, "/mnt/dir/file (deleted)" },
		{ 0xdead000000200200, 4, "/mnt/dir/file (deleted)" },
		{ 0x200201, 4, "/mnt/dir/file" },
		{ 0x2001ff, 4, "/mnt/dir/file" },
		{ 0xdead000000200201, 4, "/mnt/dir/file" },
		{ 0xdead0000002001ff, 4, "/mnt/dir/file" },
		{ 0xffff888000001234, 4, "/mnt/dir/file" },
		{ 0, 2, "/mnt" },
		{ 0x200200, 2, "/mnt" },
		{ 0, 3, "/mnt/dir (deleted)" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;

		memory_start_64("2.6.32", "");
		put_files();
		put(DENTRIES + 0x80 * rows[i].dentry + 40, rows[i].pprev, 8);
		kernel = PLACED_OPEN(NULL, layout);
		expect_path(kernel, rows[i].dentry, rows[i].path);
		open_close(kernel);
	}
}

static void long_names(void **state)
{
	static const struct {
		unsigned int length;
		bool has;
	} rows[] = { { 0, true }, { 255, true }, { 256, false }, { 0xffffffff, false } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char path[400] = "/mnt/dir/";
		struct kernel *kernel;

		memory_start_64("6.1.0", "");
		put_files();
		memset(image.bytes + MEMORY + LONG_TEXT, 'x', 0x200);
		put(DENTRIES + 0x80 * 4 + 8, IMAGE + LONG_TEXT, 8);
		put(DENTRIES + 0x80 * 4 + 16, rows[i].length, 4);
		if (rows[i].has)
			memset(path + 9, 'x', rows[i].length);
		kernel = PLACED_OPEN(NULL, layout);
		expect_path(kernel, 4, rows[i].has ? path : NULL);
		open_close(kernel);
	}
	/* a NUL in it ends it */
	{
		struct kernel *kernel;

		memory_start_64("6.1.0", "");
		put_files();
		put(DENTRIES + 0x80 * 4 + 16, 9, 4);
		kernel = PLACED_OPEN(NULL, layout);
		expect_path(kernel, 4, "/mnt/dir/file");
		open_close(kernel);
	}
}

/* What lies before and behind a path's buffer stays as it was. */
struct fenced {
	char before[2 * VMA_NAME_MAX], path[VMA_NAME_MAX], behind[2 * VMA_NAME_MAX];
};

static void expect_fenced(const struct fenced *fenced)
{
	for (size_t i = 0; i < sizeof(fenced->before); i++)
		assert_true(fenced->before[i] == '#' && fenced->behind[i] == '#');
}

/* 4095 bytes and a NUL, as /proc has them: 16 parts of 255 fill it. */
static void long_paths(void **state)
{
	enum { NR = 16 };
	static const struct {
		unsigned int last;
		bool has;
	} rows[] = { { 254, true }, { 255, false } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char path[VMA_NAME_MAX + 256] = "";
		struct fenced fenced;
		struct kernel *kernel;
		size_t size = 0;
		bool done;

		memory_start_64("6.1.0", "");
		put_dentry(0, 0, "/");
		memset(image.bytes + MEMORY + LONG_TEXT, 'x', 0x100);
		for (unsigned int j = 1; j <= NR; j++) {
			unsigned int length = j == NR ? rows[i].last : 255;

			put_dentry(j, j - 1, "");
			put(DENTRIES + 0x80 * j + 8, IMAGE + LONG_TEXT, 8);
			put(DENTRIES + 0x80 * j + 16, length, 4);
			path[size++] = '/';
			memset(path + size, 'x', length);
			size += length;
		}
		put_mount(0, 0, 0, 0);
		put_file(0, NR, 0);
		assert_int_equal(size, i ? VMA_NAME_MAX : VMA_NAME_MAX - 1);
		kernel = PLACED_OPEN(NULL, layout);
		for (int by_file = 0; by_file < 2; by_file++) {
			memset(&fenced, '#', sizeof(fenced));
			done = by_file ? vma_file_path(kernel, IMAGE + FILES, fenced.path, NULL) :
					 vma_dentry_path(kernel, dentry_at(NR), fenced.path, NULL);
			assert_int_equal(done, rows[i].has);
			if (done)
				assert_string_equal(fenced.path, path);
			expect_fenced(&fenced);
		}
		open_close(kernel);
	}
}

/* Two dentries that are each other's parent, with names of no bytes: it ends. */
static void paths_that_loop(void **state)
{
	char path[VMA_NAME_MAX];
	struct kernel *kernel;
	struct error err;

	(void)state;
	for (int empty = 0; empty < 2; empty++) {
		memory_start_64("6.1.0", "");
		put_files();
		put_dentry(3, 4, empty ? "" : "dir");
		put_dentry(4, 3, empty ? "" : "file");
		put_mount(1, 1, 2, 2); /* is its own parent, too */
		kernel = PLACED_OPEN(NULL, layout);
		assert_false(vma_file_path(kernel, IMAGE + FILES + 64, path, &err));
		assert_int_equal(err.code, ERROR_FORMAT);
		open_close(kernel);
	}
	/* two mounts, each on the other's root */
	memory_start_64("6.1.0", "");
	put_files();
	put_mount(0, 1, 2, 0);
	put_mount(1, 0, 0, 2);
	kernel = PLACED_OPEN(NULL, layout);
	assert_false(vma_file_path(kernel, IMAGE + FILES, path, &err));
	assert_non_null(strstr(err.message, "loops, or has more than 4096 parts"));
	open_close(kernel);
}

/* --- without a mount --- */

static void paths_of_dentries(void **state)
{
	static const struct {
		unsigned int dentry;
		const char *path;
	} rows[] = {
		{ 4, "/dir/file" },
		{ 3, "/dir" },
		{ 2, "/" },
		{ 5, "alone" },
	};
	char path[VMA_NAME_MAX];
	struct kernel *kernel;

	(void)state;
	memory_start_64("6.1.0", "");
	put_files();
	kernel = PLACED_OPEN(NULL, layout);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(vma_dentry_path(kernel, dentry_at(rows[i].dentry), path, NULL));
		assert_string_equal(path, rows[i].path);
	}
	placed_forget(kernel, DENTRY_NAME);
	assert_false(vma_dentry_path(kernel, dentry_at(4), path, NULL));
	assert_false(vma_dentry_path(kernel, dentry_at(5), path, NULL));
	placed_forget(kernel, DENTRY_PARENT);
	assert_false(vma_dentry_path(kernel, dentry_at(5), path, NULL));
	open_close(kernel);
	memory_start_64("6.1.0", "");
	put_files();
	put(DENTRIES + 0x80 * 4 + 40, 0, 8);
	kernel = PLACED_OPEN(NULL, layout);
	assert_true(vma_dentry_path(kernel, dentry_at(4), path, NULL));
	assert_string_equal(path, "/dir/file (deleted)");
	open_close(kernel);
}

/* --- names that a file system gives --- */

static void names_by_functions(void **state)
{
	static const struct {
		const char *function; /* that the note has; NULL: an unknown one */
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
		/* what is named cannot be read */
		placed_forget(kernel, DENTRY_NAME);
		expect_path(kernel, 0, NULL);
		open_close(kernel);
	}
}

/* When the function is asked: not of a mount's root, nor without operations or where they
 * name none; and where types know of no such member (before 2.6.23), never. */
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

/* --- mappings of no file --- */

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
	/* a process without a vdso has none at 0 */
	memory_start_64("6.6.0", "");
	put_area();
	put(MM + 24, 0, 8);
	kernel = PLACED_OPEN(NULL, area_layout);
	expect_name(kernel, 0, 0xfff, "");
	open_close(kernel);
}

/* By special_mapping_vmops (a62c34bd2a8a, 3.15). Of the name 63 bytes are shown. */
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
	/* a name that cannot be read, and one that ends where none does */
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

/* prctl(PR_SET_VMA), 9a10064f5625 (5.17): 80 bytes with the NUL; of more, 80 are shown. */
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
	/* the heap keeps its own */
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

/* gate_vma is the vsyscall page, whatever it has; a mapping of a file has the file's path. */
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

/* --- what is told of texts that are read --- */

struct taker {
	struct note_taker taker;
	char text[400];
};

static void take(struct note_taker *taker, const struct noted *noted)
{
	char *text = ((struct taker *)taker)->text;

	sprintf(text + strlen(text), "%d:%llx:%.*s ", noted->kind, (unsigned long long)noted->vaddr,
		(int)noted->size, noted->kind == NOTED_NAME ? (const char *)noted->text : "");
}

static void names_are_told(void **state)
{
	struct taker taker = { .taker = { take } };
	char expected[400], path[VMA_NAME_MAX];
	struct kernel *kernel;

	(void)state;
	memory_start_64("6.1.0", "");
	put_files();
	kernel = PLACED_OPEN(NULL, layout);
	kernel->notes = &taker.taker;
	assert_true(vma_file_path(kernel, IMAGE + FILES + 48, path, NULL));
	snprintf(expected, sizeof(expected), "%d:%llx: %d:%llx:dir %d:%llx:mnt ", NOTED_LINK,
		 (unsigned long long)dentry_at(3) + 40, NOTED_NAME,
		 (unsigned long long)dentry_at(3) + 0x40, NOTED_NAME,
		 (unsigned long long)dentry_at(1) + 0x40);
	assert_string_equal(taker.text, expected);
	kernel->notes = NULL;
	open_close(kernel);
}

/* --- the file of a swap area --- */

/* swap_info[] has pointers; an area that was given up is NULL. */
static void files_of_swap_areas(void **state)
{
	static const struct {
		uint64_t type;
		const char *path; /* NULL: none */
	} rows[] = { { 0, "/mnt/dir/file" }, { 1, NULL },  { 2, "/mnt/dir" },
		     { 31, "/mnt" },	     { 32, NULL }, { UINT64_MAX, NULL } };
	enum { TABLE = 0x9000, INFO = 0x9400 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct error err = { .message = "" };
		char path[VMA_NAME_MAX];
		struct kernel *kernel;

		memory_start_64("6.1.0", "SYMBOL(swap_info)=ffffffff80009000\n");
		put_files();
		put(0x1000, 0x2000 | P | RW, 8); /* 0 is mapped, too */
		put(0x2000, P | RW | PS, 8);
		put(8, IMAGE + FILES, 8);
		put(TABLE, IMAGE + INFO, 8);
		put(TABLE + 16, IMAGE + INFO + 0x40, 8);
		put(TABLE + 31 * 8, IMAGE + INFO + 0x80, 8);
		put(TABLE + 32 * 8, IMAGE + INFO, 8);
		put(INFO + 8, IMAGE + FILES + 64, 8);
		put(INFO + 0x48, IMAGE + FILES + 48, 8);
		put(INFO + 0x88, IMAGE + FILES + 16, 8);
		kernel = PLACED_OPEN(NULL, layout);
		assert_false(vma_swap_file(kernel, rows[i].type, path, NULL));
		placed_set(kernel, SWAP_FILE, 8, 8);
		if (vma_swap_file(kernel, rows[i].type, path, &err) != (rows[i].path != NULL))
			fail_msg("row %zu: %s", i, err.message);
		if (rows[i].path)
			assert_string_equal(path, rows[i].path);
		else
			assert_int_equal(err.code, ERROR_NO_ANSWER);
		placed_forget(kernel, FILE_DENTRY);
		assert_false(vma_swap_file(kernel, rows[i].type, path, &err));
		open_close(kernel);
	}
	memory_start_64("6.1.0", "");
	{
		struct kernel *kernel = PLACED_OPEN(NULL, layout);
		char path[VMA_NAME_MAX];

		assert_false(vma_swap_file(kernel, 0, path, NULL));
		open_close(kernel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_over_mounts),
		cmocka_unit_test(paths_that_cannot_be_read),
		cmocka_unit_test(deleted_files),
		cmocka_unit_test(long_names),
		cmocka_unit_test(long_paths),
		cmocka_unit_test(paths_that_loop),
		cmocka_unit_test(paths_of_dentries),
		cmocka_unit_test(names_by_functions),
		cmocka_unit_test(functions_that_are_not_asked),
		cmocka_unit_test(parts_of_a_process),
		cmocka_unit_test(special_mappings),
		cmocka_unit_test(names_that_a_process_gave),
		cmocka_unit_test(gates_and_files),
		cmocka_unit_test(names_are_told),
		cmocka_unit_test(files_of_swap_areas),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
