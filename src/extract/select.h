/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Chooses the parts of a dump to copy. How much is copied depends on the level of extraction. A
 * recorder (recorder.h) finds the data that commands read for their answers. The functions in this
 * file choose further parts: page tables, struct pages, and frames by their use. */
#pragma once

#include "extract/selection.h"
#include "linux/task/mm.h"

/* A part that should be copied at this level, but is not in the dump. */
struct lack {
	char part[64]; /* name of the part, for example "page tables" */
	struct error why;
};
enum { MOST_LACKS = 64 };

struct selector {
	struct kernel *kernel; /* borrowed */
	struct selection *selection; /* borrowed */
	struct lack lack[MOST_LACKS];
	size_t nr_lacks; /* number of missing parts; lack[] contains the first MOST_LACKS */
};

/* Records that a part is missing. */
void selector_lacks(struct selector *selector, const char *part, const struct error *why);

/* Each function below adds frames to selector->selection, and adds missing parts to selector->lack. If the
 * kernel's listener asks it to stop, the function returns early. */

/* Keeps all page tables of the kernel, of the CPUs and of all processes. */
void select_tables(struct selector *selector);
/* Keeps all struct pages. */
void select_memory_map(struct selector *selector);
/* Keeps the frames whose struct pages show that the kernel uses the frames for itself. */
void select_kernel_memory(struct selector *selector);
/* Keeps the frames that the process maps. */
void select_process_memory(struct selector *selector, const struct process *process);

/* Reads the data that identify the kernel, the data of the kernel's symbols and types, and the data
 * that are needed to find the struct page of a frame. This function and all functions below need a
 * recorder in kernel->dump, which records the bytes that they read. */
void select_identity(struct selector *selector);
/* Reads only those data of select_identity() that are the same on all machines with this kernel. */
void select_build(struct selector *selector);
/* Reads the data that show to which file each page of the page cache belongs. Visits all frames,
 * but reads each file once. Returns false if memory is exhausted. */
bool select_files(struct selector *selector);
/* Reads the structs that describe a process. */
void select_process_structs(struct selector *selector, const struct process *process);
