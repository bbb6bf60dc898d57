/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files, dentries and mounts, in memory. */
#pragma once

#include "linux/task_members.h"
#include "linux/vma/vma.h"
#include "placed.h"

#include "unit.h"

enum {
	FILES = 0x4000, /* struct file, 0x10 bytes each */
	DENTRIES = 0x5000, /* 0x80 bytes each; the name is in the second half */
	MOUNTS = 0x7000, /* struct mount, 0x40 bytes each, with its vfsmount at 0x10 */
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

static inline uint64_t dentry_at(unsigned int nr)
{
	return IMAGE + DENTRIES + 0x80 * nr;
}

static inline uint64_t mount_at(unsigned int nr)
{
	return IMAGE + MOUNTS + 0x40 * nr;
}

static inline void put_text(uint64_t paddr, const char *text)
{
	memcpy(image.bytes + MEMORY + paddr, text, strlen(text) + 1);
}

/* Adds a dentry that is hashed and has no operations. */
static inline void put_dentry(unsigned int nr, unsigned int parent, const char *name)
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

/* Adds a mount on a dentry of its parent. A mount may be its own parent. */
static inline void put_mount(unsigned int nr, unsigned int parent, unsigned int mountpoint,
			     unsigned int root)
{
	uint64_t at = MOUNTS + 0x40 * nr;

	put(at, mount_at(parent), 8);
	put(at + 8, dentry_at(mountpoint), 8);
	put(at + 16, dentry_at(root), 8);
}

static inline void put_file(unsigned int nr, unsigned int dentry, unsigned int mount)
{
	put(FILES + 16 * nr, dentry_at(dentry), 8);
	put(FILES + 16 * nr + 8, mount_at(mount) + 16, 8);
}

/* The root / has a folder mnt, on which a file system with dir and dir/file is mounted. A third
 * file system is not mounted. */
static inline void put_files(void)
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

static inline void expect_path(struct kernel *kernel, unsigned int file, const char *path)
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
