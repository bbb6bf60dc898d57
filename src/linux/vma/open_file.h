/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The open files of a process: include/linux/fdtable.h. Kernels before 2.6.14 are not supported. */
#pragma once

#include "linux/vma/vma.h"

struct open_file {
	uint64_t fd, file; /* the descriptor; the address of the struct file */
	const char *kind; /* a static text, such as "file", "pipe" or "socket"; NULL: unknown */
	bool freed; /* the struct file has no references, so the descriptor points to freed memory */
	uint64_t dentry, inode; /* their addresses; 0: none, or unknown */
	bool has_offset, has_size;
	uint64_t offset;
	uint64_t size; /* in bytes, of a file, directory or symbolic link */
	char path[VMA_NAME_MAX]; /* "": unknown */
	struct error why; /* code 0, or why the path or the kind is unknown or in doubt */
};

/* Finds the files_struct of the task at this address. *files is 0 if the task has ended. */
bool vma_files_struct(struct kernel *kernel, uint64_t task, uint64_t *files, struct error *err);
/* Calls visit for each descriptor of the files_struct, in ascending order, until visit returns
 * false. file: the address of the struct file, or 0 if open_fds alone has the descriptor. *slots: the
 * most slots of the table that are read; their number is subtracted. Returns false and sets err if the table is unknown or damaged. */
bool vma_each_descriptor(struct kernel *kernel, uint64_t files, uint64_t *slots,
			 bool (*visit)(uint64_t fd, uint64_t file, void *arg), void *arg,
			 struct error *err);
/* Finds the number of references to the struct file. Fails if it is unknown, or if the kernel does
 * not count it any more because it became too large. */
bool vma_file_references(struct kernel *kernel, uint64_t file, uint64_t *references,
			 struct error *err);

/* Calls visit for each open file of the task at this address, in the order of descriptors, until
 * visit returns false. Returns false and sets err if the table of files is unknown or damaged. In
 * this case visit may have been called for some of the files. */
bool vma_open_files(struct kernel *kernel, uint64_t task,
		    bool (*visit)(const struct open_file *file, void *arg), void *arg,
		    struct error *err);
