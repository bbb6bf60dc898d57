/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a frame is used for, as its struct page says: whose page cache or
 * anonymous memory, mapped or not. Then what that leads to: the file, and the
 * processes.
 */
#pragma once

#include "kernel/page_layout.h"
#include "kernel/vma.h"

extern const char *const page_use_names[NR_PAGE_USES];

struct page_use {
	enum page_use_kind kind;
	bool compound; /* part of several frames that are one */
	uint64_t head_pfn;
	bool has_order;
	unsigned int order; /* of these, or of the free block */
	bool hugetlb;
	bool has_index;
	uint64_t index; /* of this frame: pages in the file, or address / 4096 */
	uint64_t object; /* address_space, anon_vma or stable node; 0: none */
	bool has_swap; /* in the swap cache, too */
	uint64_t swap_type, swap_offset;
};

/* Fails where there is no struct page of the frame, it cannot be read or
 * contradicts itself, or nothing tells its layout. */
bool kernel_page_use(struct kernel *kernel, uint64_t pfn, struct page_use *use,
		     struct error *err);

/* The file that an address_space belongs to. */
struct page_file {
	uint64_t inode; /* of its struct inode */
	uint64_t number;
	char filesystem[32]; /* type: "ext4" */
	char device[32];     /* "sda1", or the type again */
	char path[VMA_NAME_MAX]; /* within the file system; "": not in the dump's caches */
};

/* Fails where it has no inode, or that has another address_space. */
bool kernel_page_file(struct kernel *kernel, uint64_t mapping,
		      struct page_file *file, struct error *err);

/* A place in a process where an anonymous page proves to belong: the table
 * there leads to its frame, or holds its swap entry. */
struct page_owner {
	uint64_t mm, vaddr;
	bool has_pid;
	int32_t pid;
};

enum { MOST_OWNERS = 64 };

/* Fills owner with up to MOST_OWNERS; *nr may be more. Fails where the anon_vma
 * cannot be followed to its end; what was found counts even so. */
bool kernel_page_owners(struct kernel *kernel, uint64_t pfn,
			const struct page_use *use, const struct watch *watch,
			struct page_owner owner[MOST_OWNERS], size_t *nr,
			struct error *err);
