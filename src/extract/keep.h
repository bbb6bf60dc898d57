/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Chooses the parts of a dump that are handed on, by level. A recorder (recorder.h) finds the
 * data that commands read to answer. The functions here choose the parts that no list of
 * commands could find: tables, struct pages, frames by their use. */
#pragma once

#include "extract/kept.h"
#include "linux/task/mm.h"

struct kernel;

/* A part of a level that the dump lacks. */
struct lack {
	char part[64]; /* "page tables" */
	struct error why;
};
enum { MOST_LACKS = 64 };

struct keep {
	struct kernel *kernel; /* borrowed */
	struct kept *kept; /* borrowed */
	struct lack lack[MOST_LACKS];
	size_t nr_lacks; /* only the first MOST_LACKS are in lack[] */
};

/* Notes that a part is lacking. */
void keep_lacks(struct keep *keep, const char *part, const struct error *why);

/* The functions below add to keep->kept, and add missing parts to keep->lack. They end early
 * where the kernel's listener stops them. */

/* All tables of the kernel, of the CPUs and of all processes. */
void keep_tables(struct keep *keep);
/* All struct pages. */
void keep_memory_map(struct keep *keep);
/* The frames that the kernel has for itself, by their struct pages. */
void keep_kernel_memory(struct keep *keep);
/* The frames that a process maps. */
void keep_process_memory(struct keep *keep, const struct process *process);

/* To be called while kernel->dump is a recorder: reads the data that identify the kernel, its
 * symbols and types, and the data that every conversion of a frame needs. */
void keep_identity(struct keep *keep);
/* Only the part that is the same on all machines with this kernel. */
void keep_build(struct keep *keep);
/* The same for the data that show which files the pages of the page cache belong to: goes
 * through all frames, and reads each file once. False: out of memory. */
bool keep_files(struct keep *keep);
/* The same for the structs of a process. */
void keep_process_structs(struct keep *keep, const struct process *process);
