/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the type and the owner of a kernel object, if its content or a task proves them. */
#pragma once

#include "kernel/member.h"
#include "linux/task/task.h"
#include "query/page_owner.h"

#define MEMBERS_OF_QUERY(X) X(TASK_CRED, "task_struct", "cred")
MEMBER_IDS(QUERY);

struct object_owner {
	const char *type; /* a static text, such as "task_struct" or "inode"; NULL: unknown */
	uint64_t address; /* address of the struct, which may start inside the object */
	const struct task *task; /* borrowed from the kernel; NULL: no task points to the struct */
	size_t nr_tasks; /* number of tasks that point to the struct */
	/* path of an inode or dentry within its file system, or of a file; "": unknown */
	char path[VMA_NAME_MAX];
	/* path of the same as process 1 sees it; "": unknown, or not below a mount of process 1 */
	char mounted[VMA_NAME_MAX];
	uint64_t inode; /* number of the inode, if type is "inode" */
	char filesystem[FILESYSTEM_MAX]; /* type of its file system; "": unknown */
	/* Printable name of the slab cache, if type is "kmem_cache"; device of the file system, if
	 * it is "super_block". "": unknown. */
	char name[64];
	const char *freeze; /* static text: "frozen" or "being frozen"; NULL: not, or unknown */
};

/* Finds the type and the owner of an object of `size` bytes at `start`. cache: name of the slab
 * cache of the object; "": the object is a variable. */
void query_object_owner(struct kernel *kernel, uint64_t start, uint64_t size, const char *cache,
			struct object_owner *owner);

/* Finds a struct that contains vaddr and to which a task points. Used if the slab cache of vaddr is
 * not known. */
bool query_task_object(struct kernel *kernel, uint64_t vaddr, struct object_owner *owner);
