/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The notes of an ELF core: VMCOREINFO, registers, marks of a user-space process. */
#pragma once

#include <stdbool.h>

#include "dump/dump.h"

struct elf_notes {
	uint16_t machine; /* EM_*; EM_NONE: unknown */
	bool user_process; /* the file is the core of a process */
	bool cut; /* a note reaches past the end of its segment */
	uint64_t cut_at; /* offset in the segment of the first such note */
	/* Allocated sizes of the arrays cpus and stopped of the dump. */
	size_t room_cpus, room_stopped;
};

/* Adds the notes of one PT_NOTE segment to *notes, and CPUs and the first VMCOREINFO to the dump.
 * *notes is zeroed before the first segment; VMCOREINFO is borrowed from its segment. False: out of
 * memory. */
bool elf_notes_read(struct elf_notes *notes, struct bytes segment, struct dump *dump);
