/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A process' mappings: its vm_area_structs. */
#pragma once

#include <stddef.h>

#include "kernel/mm.h"

/* include/linux/mm.h; unchanged since 2.6.16 */
enum {
	VMA_READ = 0x1,
	VMA_WRITE = 0x2,
	VMA_EXEC = 0x4,
	VMA_MAYSHARE = 0x80,
	VMA_HUGETLB = 0x400000,
};

struct vma {
	uint64_t address; /* of its vm_area_struct */
	uint64_t start, last; /* inclusive */
	uint64_t flags;
	uint64_t pgoff;   /* in pages */
	uint64_t file;    /* struct file; 0: none */
};

struct vma_list {
	struct vma *vma; /* owned; in address order */
	size_t nr, room;
	struct damages damages;
};

/* Fills list, which need not be initialized; to be released also on failure.
 * Fails where types are missing, when stopped, or for lack of memory. */
bool kernel_vmas(struct kernel *kernel, uint64_t mm, const struct watch *watch,
		 struct vma_list *list, struct error *err);
void vma_list_release(struct vma_list *list);

/* The mapping that holds vaddr, or the first one above it; NULL: none. */
const struct vma *vma_list_at(const struct vma_list *list, uint64_t vaddr);

enum { VMA_NAME_MAX = 4096 };

/* What the last column of /proc/PID/maps says: a path, "[heap]", ..., "" where
 * it says nothing. Fails where that cannot be read or is not known. */
bool kernel_vma_name(struct kernel *kernel, uint64_t mm, const struct vma *vma,
		     char name[VMA_NAME_MAX], struct error *err);

/* The path of a dentry up to the root of its file system, or its name alone
 * where it hangs in no tree. */
bool kernel_dentry_path(struct kernel *kernel, uint64_t dentry,
			char path[VMA_NAME_MAX], struct error *err);

/* For the sources of VMAs: reads one and adds it to the list. mm 0: any. */
bool vma_list_add(struct kernel *kernel, struct vma_list *list, uint64_t mm,
		  uint64_t address, struct error *err);
/* Maple trees (6.1, d4af56c5c7c6): adds all entries. Damage is noted, not
 * failed for. */
bool vma_list_from_maple(struct kernel *kernel, uint64_t mm, uint64_t tree,
			 const struct watch *watch, struct vma_list *list,
			 struct error *err);
/* Red-black trees (2.4.10 to 6.0): adds what lies above the list's end. */
bool vma_list_from_rbtree(struct kernel *kernel, uint64_t mm,
			  const struct watch *watch, struct vma_list *list,
			  struct error *err);
