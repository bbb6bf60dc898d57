/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads the notes of an ELF core: VMCOREINFO, registers, and notes that only the cores of user
 * processes contain. */
#pragma once

#include <stdbool.h>

#include "dump/dump.h"

struct elf_notes {
	uint16_t machine; /* EM_*; EM_NONE if the machine is unknown */
	bool user_process; /* the file is the core of a user process */
	bool cut; /* at least one note extends beyond the end of its segment */
	uint64_t cut_at; /* the offset in the segment of the first such note */
	/* The allocated numbers of elements of dump->cpus and dump->stopped. */
	size_t room_cpus, room_stopped;
};

/* Reads the notes of a PT_NOTE segment. CPUs, registers, the first VMCOREINFO, and the note of
 * dump/parts.h are added to the dump, which borrows their bytes from `segment`. *notes gets all
 * other results. It must be zeroed before the first segment. Returns false if memory runs out. */
bool elf_notes_read(struct elf_notes *notes, struct bytes segment, struct dump *dump);
