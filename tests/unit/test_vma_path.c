/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Paths of mappings, with and without mounts, and damage that ends a path. */
#include "kernel/noted.h"
#include "linux/crash_members.h"
#include "linux/task_members.h"
#include "linux/vma/swap_area.h"
#include "made_files.h"
#include "placed.h"

#include "unit.h"

static void paths_over_mounts(void **state)
{
	static const char *const paths[] = { "/", "/mnt", "/mnt", "/mnt/dir", "/mnt/dir/file" };

	(void)state;
	/* before 3.3 (7d6fec45a513), these members were in vfsmount */
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

/* Each member that a path needs is either unknown or at an address that is not mapped. */
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

/* A file is deleted if it was unlinked or, in 2.6.37 and before, removed from the hash table. A
 * root is not in the hash table. */
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
		if (rows[i].has) {
			memset(path + 9, 'x', rows[i].length);
			image.bytes[MEMORY + LONG_TEXT + rows[i].length] = '\0';
		}
		kernel = PLACED_OPEN(NULL, layout);
		expect_path(kernel, 4, rows[i].has ? path : NULL);
		open_close(kernel);
	}
	/* the name is shorter than its length */
	{
		struct kernel *kernel;

		memory_start_64("6.1.0", "");
		put_files();
		put(DENTRIES + 0x80 * 4 + 16, 9, 4);
		kernel = PLACED_OPEN(NULL, layout);
		expect_path(kernel, 4, NULL);
		open_close(kernel);
	}
}

/* The bytes before and after the buffer of a path must not change. */
struct fenced {
	char before[2 * VMA_NAME_MAX], path[VMA_NAME_MAX], behind[2 * VMA_NAME_MAX];
};

static void expect_fenced(const struct fenced *fenced)
{
	for (size_t i = 0; i < sizeof(fenced->before); i++)
		assert_true(fenced->before[i] == '#' && fenced->behind[i] == '#');
}

/* As in /proc, a path has at most 4095 bytes and a NUL. 16 parts of 255 bytes fill it. */
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
		memset(image.bytes + MEMORY + LONG_TEXT, 'x', 255);
		put(LONG_TEXT + 255, 0, 1);
		for (unsigned int j = 1; j <= NR; j++) {
			unsigned int length = j == NR ? rows[i].last : 255;

			put_dentry(j, j - 1, "");
			put(DENTRIES + 0x80 * j + 8, IMAGE + LONG_TEXT + 255 - length, 8);
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

/* Two dentries that are the parents of each other, with empty names. The search ends. */
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
		put_mount(1, 1, 2, 2); /* is also its parent */
		kernel = PLACED_OPEN(NULL, layout);
		assert_false(vma_file_path(kernel, IMAGE + FILES + 64, path, &err));
		assert_int_equal(err.code, ERROR_FORMAT);
		open_close(kernel);
	}
	/* two mounts, each mounted on the root of the other */
	memory_start_64("6.1.0", "");
	put_files();
	put_mount(0, 1, 2, 0);
	put_mount(1, 0, 0, 2);
	kernel = PLACED_OPEN(NULL, layout);
	assert_false(vma_file_path(kernel, IMAGE + FILES, path, &err));
	assert_non_null(strstr(err.message, "loops, or has more than 4096 parts"));
	open_close(kernel);
}

/* --- the hash of a name --- */

/* Changes two words, by default none. Process 1 runs file 1 (mnt), 4 (dir/file) or none (-1). */
static struct kernel *open_hashed(const uint32_t hashes[3], const char *release, int program,
				  const uint64_t changes[2][2])
{
	enum { IDLE = 0x9000, FIRST = 0x9100, ADDRESS_SPACE = 0x9200 };
	static const unsigned int dentries[] = { 1, 3, 4 };
	struct kernel *kernel;

	memory_start_64(release, "SYMBOL(init_task)=ffffffff80009000\n");
	put_files();
	put(IDLE + 8, IMAGE + FIRST + 8, 8);
	put(FIRST + 24, 1, 4);
	put(FIRST + 32, IMAGE + ADDRESS_SPACE, 8);
	put(ADDRESS_SPACE, program < 0 ? 0 : IMAGE + FILES + 16 * (unsigned int)program, 8);
	for (size_t i = 0; i < 3; i++)
		put(DENTRIES + 0x80 * dentries[i] + 20, hashes[i], 4);
	for (size_t i = 0; i < 2; i++)
		if (changes[i][0])
			put(changes[i][0], changes[i][1], 8);
	kernel = PLACED_OPEN(NULL, layout);
	placed_set(kernel, TASK_TASKS, 8, 16);
	placed_set(kernel, TASK_PID, 24, 4);
	placed_set(kernel, TASK_MM, 32, 8);
	placed_set(kernel, MM_EXE_FILE, 0, 8);
	placed_set(kernel, DENTRY_NAME_HASH, 20, 4);
	placed_set(kernel, DENTRY_FLAGS, 48, 4);
	return kernel;
}

/* Process 1 shows how the kernel hashes names. Where it does not, no name is judged by its hash. */
static void names_and_hashes(void **state)
{
	/* of mnt, dir and file, by another implementation */
	static const uint32_t words[] = { 0xa0b7e989, 0x6a9b858f, 0x08dc02a1 },
			      bytes[] = { 0xd25ee18e, 0x603f3560, 0x56614adc },
			      both[] = { 0xa0b7e989, 0x603f3560, 0x08dc02a1 },
			      unsalted[] = { 0xcf31a53d, 0x46a4c46c, 0xb1bed465 }; /* of words */
#define DENTRY(NR, OFFSET) (DENTRIES + 0x80 * (NR) + (OFFSET))
	static const struct {
		const uint32_t *hashes;
		const char *release;
		int program;
		uint64_t changes[2][2]; /* address, 8 bytes */
		const char *path; /* of file 4 */
	} rows[] = {
		{ words, "6.1.0", 1, { { 0 } }, "/mnt/dir/file" },
		{ bytes, "6.1.0", 1, { { 0 } }, "/mnt/dir/file" },
		/* "filf", or a damaged hash */
		{ words, "6.1.0", 1, { { DENTRY(4, 0x40), 0x666c6966 } }, NULL },
		{ bytes, "6.1.0", 1, { { DENTRY(4, 0x40), 0x666c6966 } }, NULL },
		{ words, "6.1.0", 1, { { DENTRY(4, 20), 0x18dc02a1 } }, NULL },
		/* hashed by the file system, also if only the folder shows it; not looked up */
		{ words,
		  "6.1.0",
		  1,
		  { { DENTRY(4, 20), 7 }, { DENTRY(4, 48), 1 } },
		  "/mnt/dir/file" },
		{ words,
		  "6.1.0",
		  1,
		  { { DENTRY(4, 20), 7 }, { DENTRY(3, 48), 1 } },
		  "/mnt/dir/file" },
		{ words, "6.1.0", 1, { { DENTRY(4, 20), 0 } }, "/mnt/dir/file" },
		/* process 1's program is from such a file system: its names show nothing */
		{ words,
		  "6.1.0",
		  1,
		  { { DENTRY(0, 48), 1 }, { DENTRY(4, 20), 7 } },
		  "/mnt/dir/file" },
		/* before 4.8, without the parent */
		{ unsalted, "4.7.0", 1, { { 0 } }, "/mnt/dir/file" },
		{ unsalted, "4.7.0", 4, { { DENTRY(4, 20), 7 } }, "/mnt/dir/file" },
		/* one word of process 1 is damaged: the next folder shows the same, or nothing does */
		{ words, "6.1.0", 4, { { DENTRY(4, 20), 7 } }, NULL },
		{ bytes, "6.1.0", 4, { { DENTRY(4, 20), 7 } }, NULL },
		{ words, "6.1.0", 4, { { DENTRY(3, 0x40), 0x726965 } }, NULL },
		{ words,
		  "6.1.0",
		  4,
		  { { DENTRY(4, 48), 1 }, { DENTRY(3, 20), 7 } },
		  "/mnt/dir/file" },
		{ words, "6.1.0", 1, { { DENTRY(1, 20), 7 } }, "/mnt/dir/file" },
		{ words, "6.1.0", -1, { { DENTRY(4, 20), 7 } }, "/mnt/dir/file" },
		{ words, "6.1.0", 1, { { 0x9118, 2 }, { DENTRY(4, 20), 7 } }, "/mnt/dir/file" },
		/* no kernel hashes in both ways */
		{ both, "6.1.0", 4, { { 0 } }, "/mnt/dir/file" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel = open_hashed(rows[i].hashes, rows[i].release,
						    rows[i].program, rows[i].changes);
		char path[VMA_NAME_MAX];

		if (vma_file_path(kernel, IMAGE + FILES + 64, path, NULL) !=
			    (rows[i].path != NULL) ||
		    (rows[i].path && strcmp(path, rows[i].path) != 0))
			fail_msg("row %zu", i);
		open_close(kernel);
	}
	/* a rename from another folder replaced the name */
	for (int old = 0; old < 2; old++) {
		const uint64_t changes[2][2] = { { DENTRY(4, 0), dentry_at(0) },
						 { DENTRY(4, 40), 0 } };
		struct kernel *kernel = open_hashed(words, old ? "4.14.0" : "4.17.0", 1, changes);
		char path[VMA_NAME_MAX];

		assert_int_equal(vma_dentry_path(kernel, dentry_at(4), path, NULL), old);
		open_close(kernel);
	}
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

/* --- notes about texts that are read --- */

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

/* swap_info[] has pointers. The pointer of an area that was removed is NULL. */
static void files_of_swap_areas(void **state)
{
	static const struct {
		uint64_t type;
		const char *path; /* NULL: no path */
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
		assert_false(swap_area_file(kernel, rows[i].type, path, NULL));
		placed_set(kernel, SWAP_FILE, 8, 8);
		if (swap_area_file(kernel, rows[i].type, path, &err) != (rows[i].path != NULL))
			fail_msg("row %zu: %s", i, err.message);
		if (rows[i].path)
			assert_string_equal(path, rows[i].path);
		else
			assert_int_equal(err.code, ERROR_NO_ANSWER);
		placed_forget(kernel, FILE_DENTRY);
		assert_false(swap_area_file(kernel, rows[i].type, path, &err));
		open_close(kernel);
	}
	memory_start_64("6.1.0", "");
	{
		struct kernel *kernel = PLACED_OPEN(NULL, layout);
		char path[VMA_NAME_MAX];

		assert_false(swap_area_file(kernel, 0, path, NULL));
		open_close(kernel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_over_mounts),   cmocka_unit_test(paths_that_cannot_be_read),
		cmocka_unit_test(deleted_files),       cmocka_unit_test(long_names),
		cmocka_unit_test(long_paths),	       cmocka_unit_test(paths_that_loop),
		cmocka_unit_test(paths_of_dentries),   cmocka_unit_test(names_are_told),
		cmocka_unit_test(files_of_swap_areas), cmocka_unit_test(names_and_hashes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
