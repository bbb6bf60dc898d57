/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Chooses the parts of a dump to copy, according to the level of extraction. A recorder
 * (recorder.h) finds the data that commands read for their answers. The functions here choose
 * further parts: page tables, struct pages, and frames by their use. */
#pragma once

#include "extract/kept.h"
#include "linux/task/mm.h"

struct kernel;

/* A part that belongs to the level but is not in the dump. */
struct lack {
	char part[64]; /* name of the part, such as "page tables" */
	struct error why;
};
enum { MOST_LACKS = 64 };

struct keep {
	struct kernel *kernel; /* borrowed */
	struct kept *kept; /* borrowed */
	struct lack lack[MOST_LACKS];
	size_t nr_lacks; /* number of missing parts; lack[] has the first MOST_LACKS */
};

/* Records that a part is missing. */
void keep_lacks(struct keep *keep, const char *part, const struct error *why);

/* Each function below adds frames to keep->kept, and records missing parts in keep->lack. It ends
 * early if the kernel's listener stops it. */

/* Keeps all page tables of the kernel, of the CPUs and of all processes. */
void keep_tables(struct keep *keep);
/* Keeps all struct pages. */
void keep_memory_map(struct keep *keep);
/* Keeps the frames that the kernel uses for itself, according to their struct pages. */
void keep_kernel_memory(struct keep *keep);
/* Keeps the frames that a process maps. */
void keep_process_memory(struct keep *keep, const struct process *process);

/* Reads the data that identify the kernel, its symbols and types, and the data that look-ups of
 * frames need. For this function and the functions below, kernel->dump must be a recorder. */
void keep_identity(struct keep *keep);
/* Reads only those data of keep_identity() that are the same on all machines with this kernel. */
void keep_build(struct keep *keep);
/* Reads the data that show which files the pages of the page cache belong to. Goes through all
 * frames, and reads each file once. Returns false if memory is exhausted. */
bool keep_files(struct keep *keep);
/* Reads the structs that describe a process. */
void keep_process_structs(struct keep *keep, const struct process *process);
