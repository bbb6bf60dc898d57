/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The type and the owner of a kernel object, if the object or a task proves them. */
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
	char path[VMA_NAME_MAX]; /* of an inode, dentry or file; "": unknown */
	uint64_t inode; /* inode number, if type is "inode" */
	char filesystem[32]; /* of an inode; "": unknown */
};

/* Finds type and owner of the object at start, of at most size bytes, in a slab cache with this
 * name ("": a variable). */
void query_object_owner(struct kernel *kernel, uint64_t start, uint64_t size, const char *cache,
			struct object_owner *owner);

/* Finds a struct that contains vaddr and that a task points to, if slab caches are not known. */
bool query_task_object(struct kernel *kernel, uint64_t vaddr, struct object_owner *owner);
