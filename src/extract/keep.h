/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Chooses the parts of a dump to copy. How much is copied depends on the level of extraction. A
 * recorder (recorder.h) finds the data that commands read for their answers. The functions in this
 * file choose further parts: page tables, struct pages, and frames by their use. */
#pragma once

#include "extract/kept.h"
#include "linux/task/mm.h"

struct kernel;

/* A part that should be copied at this level, but is not in the dump. */
struct lack {
	char part[64]; /* name of the part, for example "page tables" */
	struct error why;
};
enum { MOST_LACKS = 64 };

struct keep {
	struct kernel *kernel; /* borrowed */
	struct kept *kept; /* borrowed */
	struct lack lack[MOST_LACKS];
	size_t nr_lacks; /* number of missing parts; lack[] contains the first MOST_LACKS */
};

/* Records that a part is missing. */
void keep_lacks(struct keep *keep, const char *part, const struct error *why);

/* Each function below adds frames to keep->kept, and adds missing parts to keep->lack. If the
 * kernel's listener asks it to stop, the function returns early. */

/* Keeps all page tables of the kernel, of the CPUs and of all processes. */
void keep_tables(struct keep *keep);
/* Keeps all struct pages. */
void keep_memory_map(struct keep *keep);
/* Keeps the frames whose struct pages show that the kernel uses the frames for itself. */
void keep_kernel_memory(struct keep *keep);
/* Keeps the frames that the process maps. */
void keep_process_memory(struct keep *keep, const struct process *process);

/* Reads the data that identify the kernel, the data of the kernel's symbols and types, and the data
 * that are needed to find the struct page of a frame. This function and all functions below need a
 * recorder in kernel->dump, which records the bytes that they read. */
void keep_identity(struct keep *keep);
/* Reads only those data of keep_identity() that are the same on all machines with this kernel. */
void keep_build(struct keep *keep);
/* Reads the data that show to which file each page of the page cache belongs. Visits all frames,
 * but reads each file once. Returns false if memory is exhausted. */
bool keep_files(struct keep *keep);
/* Reads the structs that describe a process. */
void keep_process_structs(struct keep *keep, const struct process *process);
