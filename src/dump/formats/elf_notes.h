/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The notes of an ELF core: VMCOREINFO, registers, and notes that only cores of user processes
 * have. */
#pragma once

#include <stdbool.h>

#include "dump/dump.h"

struct elf_notes {
	uint16_t machine; /* EM_*, or EM_NONE if unknown */
	bool user_process; /* the file is the core of a user process */
	bool cut; /* a note extends beyond the end of its segment */
	uint64_t cut_at; /* the offset in the segment of the first such note */
	/* The allocated sizes of the dump's arrays cpus and stopped, in elements. */
	size_t room_cpus, room_stopped;
};

/* Reads the notes of a PT_NOTE segment. Adds them to *notes, and adds CPUs and the first VMCOREINFO
 * to the dump. *notes must be zeroed before the first segment. VMCOREINFO is borrowed from its
 * segment. Returns false if memory runs out. */
bool elf_notes_read(struct elf_notes *notes, struct bytes segment, struct dump *dump);
