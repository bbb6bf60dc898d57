/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The open files of a process: include/linux/fdtable.h. Kernels before 2.6.14 are not supported. */
#pragma once

#include "linux/vma/vma.h"

struct open_file {
	uint64_t fd, file; /* the descriptor; the address of the struct file */
	const char *kind; /* a static text, such as "file", "pipe" or "socket"; NULL: unknown */
	bool freed; /* the struct file has no references, so the descriptor points to freed memory */
	bool has_offset;
	uint64_t offset;
	char path[VMA_NAME_MAX]; /* "": unknown, and why contains the reason */
	struct error why;
};

/* Calls visit for each open file of the task at this address, in the order of descriptors, until
 * visit returns false. Returns false and sets err if the table of files is unknown or damaged. In
 * this case visit may have been called for some of the files. */
bool vma_open_files(struct kernel *kernel, uint64_t task,
		    bool (*visit)(const struct open_file *file, void *arg), void *arg,
		    struct error *err);
