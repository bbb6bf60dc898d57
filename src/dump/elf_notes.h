/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The notes of an ELF core: VMCOREINFO, the CPUs' registers, and the ones
 * that give a user-space core away. */
#pragma once

#include <stdbool.h>

#include "dump/dump.h"

struct elf_notes {
	struct bytes vmcoreinfo;
	struct cpu_state *cpus; /* grown with realloc; the caller frees */
	size_t nr_cpus;
	uint16_t machine;  /* EM_386 or EM_X86_64 by the registers' size, else EM_NONE */
	bool user_process; /* a note that only a process's core has */
	bool cut;          /* a note reached past the end of its segment... */
	uint64_t cut_at;   /* ...the first here: offset in the segment */
};

/* Reads one PT_NOTE segment's content into *notes (zeroed by the caller before
 * the first). False only for lack of memory. */
bool elf_notes_read(struct elf_notes *notes, struct bytes segment);

/* Which machine's VMCOREINFO it is: a kernel's addresses in it tell how wide they
 * are. EM_NONE where it has none, or is of another machine. */
uint16_t vmcoreinfo_machine(struct bytes text);
