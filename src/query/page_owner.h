/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the owners of a page: its file, or the processes that map the page. */
#pragma once

#include "linux/page/page_use.h"
#include "linux/vma/vma.h"

enum { FILESYSTEM_MAX = 32 };

/* The file to which an address_space belongs. */
struct page_file {
	uint64_t inode; /* address of the struct inode */
	uint64_t number;
	char filesystem[FILESYSTEM_MAX]; /* type of the file system, such as "ext4" */
	char device[FILESYSTEM_MAX]; /* such as "sda1"; without a device, the type of file system */
	char path[VMA_NAME_MAX]; /* path within the file system; "": not in the dentry cache */
	/* path as process 1 sees it; "": unknown, or not below a mount of process 1 */
	char mounted[VMA_NAME_MAX];
};

/* Finds the file of an address_space. mapping: address of the address_space. Returns false if its
 * inode does not point back to the address_space. */
bool query_page_file(struct kernel *kernel, uint64_t mapping, struct page_file *file);

/* Finds the two paths of a dentry, as in struct page_file. */
void query_dentry_paths(struct kernel *kernel, uint64_t dentry, char path[VMA_NAME_MAX],
			char mounted[VMA_NAME_MAX]);
enum { PATH_TEXT = VMA_NAME_MAX + FILESYSTEM_MAX + 16 };

/* Writes the path that text shows: "/mnt/file", or "/file within tmpfs" if `mounted` is not known.
 * Writes "" if both paths are not known. */
void query_path_text(const char *path, const char *mounted, const char *filesystem,
		     char text[PATH_TEXT]);
/* Finds the type of the file system of a super_block, and its device, as in struct page_file. A device
 * that is not known is "". */
bool query_super_block(struct kernel *kernel, uint64_t sb, char filesystem[FILESYSTEM_MAX],
		       char device[FILESYSTEM_MAX]);

/* A process that owns an anonymous page. The page table of the process proves this: the entry for
 * vaddr maps the frame, or contains the swap entry of the page. */
struct page_owner {
	uint64_t mm, vaddr;
	bool has_pid;
	int32_t pid;
};

enum { MOST_OWNERS = 64 };

/* Finds the processes that own the page, through its anon_vma. Writes at most MOST_OWNERS of them
 * to `owner`, and returns the number of all. */
size_t query_page_owners(struct kernel *kernel, uint64_t pfn, const struct page_use *use,
			 struct page_owner owner[MOST_OWNERS]);
