/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The type and the owner of an object of the kernel, as far as the object or a task proves them. */
#pragma once

#include "kernel/member.h"
#include "linux/task/task.h"
#include "linux/vma/vma.h"

#define MEMBERS_OF_WHATIS(X)                                                                       \
	X(TASK_CRED, "task_struct", "cred")                                                        \
	X(TASK_REAL_CRED, "task_struct", "real_cred")                                              \
	X(TASK_FILES, "task_struct", "files")
MEMBER_IDS(WHATIS);

struct object_owner {
	const char *type; /* static: "task_struct", "inode", ...; NULL: unknown */
	uint64_t address; /* of the struct, which may lie within the object */
	const struct task *task; /* borrowed from the kernel; NULL: none */
	size_t nr_tasks; /* number of all tasks that have it */
	char path[VMA_NAME_MAX]; /* of an inode, dentry or file; "": unknown */
	uint64_t inode; /* its number, if type is "inode" */
	char filesystem[32]; /* of an inode; "": unknown */
};

/* The object at start, of at most size bytes, of a slab cache of that name ("": it is a
 * variable). */
void query_object_owner(struct kernel *kernel, uint64_t start, uint64_t size, const char *cache,
			struct object_owner *owner);

/* A struct that a task points to and that holds vaddr, where slab caches are not known. */
bool query_task_object(struct kernel *kernel, uint64_t vaddr, struct object_owner *owner);
