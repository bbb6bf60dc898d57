/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Finds the owners of a page: its file, or the processes that map the page. */
#pragma once

#include "linux/page/page_use.h"
#include "linux/vma/vma.h"

/* The file of an address_space. */
struct page_file {
	uint64_t inode; /* address of the struct inode */
	uint64_t number;
	char filesystem[32]; /* type of the file system: "ext4" */
	char device[32]; /* such as "sda1", or again the type of the file system */
	char path[VMA_NAME_MAX]; /* path within the file system; "": the dentry cache has no path */
};

/* Finds the file of a mapping, which is the address of a struct address_space. Returns false if its
 * inode does not point back to it. */
bool query_page_file(struct kernel *kernel, uint64_t mapping, struct page_file *file);

/* A process that owns an anonymous page. Its page table proves this: the entry for vaddr maps the
 * frame or contains the page's swap entry. */
struct page_owner {
	uint64_t mm, vaddr;
	bool has_pid;
	int32_t pid;
};

enum { MOST_OWNERS = 64 };

/* Fills owner with up to MOST_OWNERS owners. Returns the number of all owners found through the
 * page's anon_vma. */
size_t query_page_owners(struct kernel *kernel, uint64_t pfn, const struct page_use *use,
			 struct page_owner owner[MOST_OWNERS]);
