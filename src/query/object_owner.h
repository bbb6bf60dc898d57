/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Finds the type and the owner of a kernel object, if the object's content or a task proves
 * them. */
#pragma once

#include "kernel/member.h"
#include "linux/task/task.h"
#include "linux/vma/vma.h"

#define MEMBERS_OF_WHATIS(X) X(TASK_CRED, "task_struct", "cred")
MEMBER_IDS(WHATIS);

struct object_owner {
	const char *type; /* static: "task_struct", "inode", ...; NULL: unknown */
	uint64_t address; /* address of the struct, which may be inside the object */
	const struct task *task; /* borrowed from the kernel; NULL: no task */
	size_t nr_tasks; /* number of tasks that point to it */
	char path[VMA_NAME_MAX]; /* path of an inode, dentry or file; "": unknown */
	uint64_t inode; /* inode number, if type is "inode" */
	char filesystem[32]; /* type of the inode's file system; "": unknown */
};

/* Finds type and owner of an object of size bytes at start. cache: the name of its slab cache; "":
 * the object is a variable. */
void query_object_owner(struct kernel *kernel, uint64_t start, uint64_t size, const char *cache,
			struct object_owner *owner);

/* Finds a struct that contains vaddr, if a task points to the struct. For kernels whose slab caches
 * are not known. */
bool query_task_object(struct kernel *kernel, uint64_t vaddr, struct object_owner *owner);
