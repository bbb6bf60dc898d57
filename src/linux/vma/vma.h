/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A process' mappings: its vm_area_structs. */
#pragma once

#include <stddef.h>

#include "kernel/kernel.h"

/* include/linux/mm.h; unchanged since 2.6.16 */
enum {
	VMA_READ = 0x1,
	VMA_WRITE = 0x2,
	VMA_EXEC = 0x4,
	VMA_MAYSHARE = 0x80,
	VMA_GROWSDOWN = 0x100,
	VMA_PFNMAP = 0x400,
	VMA_IO = 0x4000,
	VMA_HUGETLB = 0x400000,
	VMA_MIXEDMAP = 0x10000000, /* 2.6.28; before, another bit or none */
};

struct vma {
	uint64_t address; /* address of the vm_area_struct */
	uint64_t first, last; /* both inclusive */
	uint64_t flags;
	uint64_t pgoff; /* in pages */
	uint64_t file; /* address of its struct file; 0: none */
};

struct vma_list {
	struct vma *vma; /* owned; in the order of addresses */
	size_t nr, room;
	struct damages damages;
};

/* Fills list, which need not be initialized, with mappings and damage. The caller must release
 * list. Fails if types are missing, if stopped, or out of memory. */
bool vma_each(struct kernel *kernel, uint64_t mm, struct vma_list *list, struct error *err);
void vma_list_release(struct vma_list *list);

/* The start of vma, an item of list, as in /proc/PID/maps: one page higher if the lowest page of a
 * mapping that grows downwards is its guard page. */
uint64_t vma_shown_start(struct kernel *kernel, const struct vma_list *list, const struct vma *vma);

/* "rwxp" or "rwxs", with "-" for each missing right. */
void vma_rights(const struct vma *vma, char rights[5]);

/* The mapping that contains vaddr, or else the next one, borrowed from the list; NULL: none. */
const struct vma *vma_list_at(const struct vma_list *list, uint64_t vaddr);

enum { VMA_NAME_MAX = 4096 };

/* The last column of /proc/PID/maps: a path, "[heap]", ..., or "". Fails if it cannot be read or is
 * unknown. */
bool vma_name_of(struct kernel *kernel, uint64_t mm, const struct vma *vma, char name[VMA_NAME_MAX],
		 struct error *err);

/* The path of a struct file, as in /proc/PID/maps. */
bool vma_file_path(struct kernel *kernel, uint64_t file, char path[VMA_NAME_MAX],
		   struct error *err);

/* The path from the root of the dentry's file system; only its name if it has no parent. */
bool vma_dentry_path(struct kernel *kernel, uint64_t dentry, char path[VMA_NAME_MAX],
		     struct error *err);

/* For vma*.c and maple.c: reads the vm_area_struct at address and adds it. It must belong to mm (0:
 * to any) and lie above the end of the list. */
bool vma_list_add(struct kernel *kernel, struct vma_list *list, uint64_t mm, uint64_t address,
		  struct error *err);
/* Adds all entries of a maple tree (6.1, d4af56c5c7c6), and damage, to the list. */
bool vma_list_from_maple(struct kernel *kernel, uint64_t mm, uint64_t tree, struct vma_list *list,
			 struct error *err);
