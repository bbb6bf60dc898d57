/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The open files of a process: include/linux/fdtable.h, since 2.6.14. */
#pragma once

#include "linux/vma/vma.h"

struct open_file {
	uint64_t fd, file; /* fd: the descriptor; file: address of the struct file */
	const char *kind; /* static: "file", "pipe", "socket", ...; NULL: unknown */
	bool has_offset;
	uint64_t offset;
	char path[VMA_NAME_MAX]; /* "": unknown, see why */
	struct error why;
};

/* Calls visit for each open file of the task at this address, by descriptor, until it returns
 * false. False with err: the table is not known or damaged; what was read so far was visited. */
bool vma_open_files(struct kernel *kernel, uint64_t task,
		    bool (*visit)(const struct open_file *file, void *arg), void *arg,
		    struct error *err);
