/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The mappings (vm_area_structs) of a process. */
#pragma once

#include <stddef.h>

#include "kernel/kernel.h"

/* VM_* in include/linux/mm.h. These values have not changed since 2.6.16. */
enum {
	VMA_READ = 0x1,
	VMA_WRITE = 0x2,
	VMA_EXEC = 0x4,
	VMA_RIGHTS = VMA_READ | VMA_WRITE | VMA_EXEC,
	VMA_SHARED = 0x8,
	VMA_MAYWRITE = 0x20,
	VMA_MAYSHARE = 0x80,
	VMA_GROWSDOWN = 0x100,
	VMA_PFNMAP = 0x400,
	VMA_IO = 0x4000,
	VMA_HUGETLB = 0x400000,
	VMA_MIXEDMAP = 0x10000000, /* since 2.6.28; before, another meaning or none */
};

struct vma {
	uint64_t address; /* address of the vm_area_struct */
	uint64_t first, last; /* inclusive */
	uint64_t flags;
	uint64_t pgoff; /* vm_pgoff: offset in the file, in pages */
	uint64_t file; /* address of the struct file; 0: no file */
};

struct vma_list {
	struct vma *vma; /* owned; in the order of addresses */
	size_t nr, room;
	/* A damage has the code ERROR_UNREADABLE if memory that is needed is not in the dump. */
	struct damages damages;
	bool has_gate; /* the list has the vsyscall page, which no tree or list of the kernel has */
};

/* Fills *list with the mappings of the mm_struct at address mm, and with the damage found. *list
 * need not be initialized, and must be released. Fails if types are missing, if the user stops the
 * work, or if there is not enough memory. */
bool vma_each(struct kernel *kernel, uint64_t mm, struct vma_list *list, struct error *err);
void vma_list_release(struct vma_list *list);
/* Returns true if the mappings of the mm_struct may have been changing when the dump was taken:
 * mmap_lock was held for writing. */
bool vma_is_changing(struct kernel *kernel, uint64_t mm);

/* Returns the start of a mapping as /proc/PID/maps shows it. list: the list that contains vma. The
 * lowest page of a mapping that grows downwards may be its guard page. Then the start is one page
 * above vma->first. */
uint64_t vma_shown_start(struct kernel *kernel, const struct vma_list *list, const struct vma *vma);

/* Writes the access rights and the sharing of a mapping, such as "rwxp" or "rwxs". '-' stands for a
 * missing right. */
void vma_rights(const struct vma *vma, char rights[5]);

/* Returns the mapping that contains vaddr, or else the next mapping above vaddr. It is borrowed
 * from the list. Returns NULL if there is neither. */
const struct vma *vma_list_at(const struct vma_list *list, uint64_t vaddr);

enum { VMA_NAME_MAX = 4096 };

/* Finds the name in the last column of /proc/PID/maps: a path, a name such as "[heap]", or "".
 * Fails if the name is unknown or cannot be read. */
bool vma_name_of(struct kernel *kernel, uint64_t mm, const struct vma *vma, char name[VMA_NAME_MAX],
		 struct error *err);

/* Finds the path of a struct file, as /proc/PID/maps shows it. */
bool vma_file_path(struct kernel *kernel, uint64_t file, char path[VMA_NAME_MAX],
		   struct error *err);

/* Finds the directory of a mount: a struct mount, or before 3.3 a vfsmount. */
bool vma_mount_path(struct kernel *kernel, uint64_t mount, char path[VMA_NAME_MAX],
		    struct error *err);

/* Finds the path of a dentry, starting at the root of its file system. If the dentry has no parent,
 * the path is only the name of the dentry. */
bool vma_dentry_path(struct kernel *kernel, uint64_t dentry, char path[VMA_NAME_MAX],
		     struct error *err);

/* Finds the path of a dentry as process 1 sees it, like vma_file_path(). Fails if process 1 has no
 * mount that contains the dentry: vma_name.c. */
bool vma_mounted_path(struct kernel *kernel, uint64_t dentry, char path[VMA_NAME_MAX]);

/* For vma*.c and maple.c: reads the vm_area_struct at `address` and adds it to the list. Fails
 * unless the mapping belongs to mm (0: any mm) and is above the end of the list. */
bool vma_list_add(struct kernel *kernel, struct vma_list *list, uint64_t mm, uint64_t address,
		  struct error *err);
