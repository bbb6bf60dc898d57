/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Chooses the parts of a dump to copy, by level. A recorder (recorder.h) finds the data that
 * commands read for their answers. The functions here choose parts that commands would not find:
 * page tables, struct pages, frames by their use. */
#pragma once

#include "extract/kept.h"
#include "linux/task/mm.h"

struct kernel;

/* A part of a level that is not in the dump. */
struct lack {
	char part[64]; /* "page tables" */
	struct error why;
};
enum { MOST_LACKS = 64 };

struct keep {
	struct kernel *kernel; /* borrowed */
	struct kept *kept; /* borrowed */
	struct lack lack[MOST_LACKS];
	size_t nr_lacks; /* only the first MOST_LACKS are stored in lack[] */
};

/* Records that a part is missing. */
void keep_lacks(struct keep *keep, const char *part, const struct error *why);

/* The functions below add to keep->kept, and add missing parts to keep->lack. They end early if the
 * kernel's listener stops them. */

/* All tables of the kernel, of the CPUs and of all processes. */
void keep_tables(struct keep *keep);
/* All struct pages. */
void keep_memory_map(struct keep *keep);
/* The frames that the kernel uses for itself, according to their struct pages. */
void keep_kernel_memory(struct keep *keep);
/* The frames that a process maps. */
void keep_process_memory(struct keep *keep, const struct process *process);

/* Reads the data that identify the kernel, its symbols and types, and the data needed to convert
 * frames. Call it while kernel->dump is a recorder, like the functions below. */
void keep_identity(struct keep *keep);
/* Reads only the data that are the same on all machines with this kernel. */
void keep_build(struct keep *keep);
/* Reads the data that show which files the pages of the page cache belong to: goes through all
 * frames, and reads each file once. False: out of memory. */
bool keep_files(struct keep *keep);
/* Reads the structs of a process. */
void keep_process_structs(struct keep *keep, const struct process *process);
